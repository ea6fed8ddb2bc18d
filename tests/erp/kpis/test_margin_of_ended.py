"""What is billed for a purchase order that was ended counts on both databases."""

from datetime import timedelta

from erp.fulfilment.invoicing.deciding import accept
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.kpis.margin_facts import gross_margin
from erp.kpis.measures import Measured
from erp.kpis.scopes import OVERALL, Window
from erp.orders.models import Order
from tests.erp.fulfilment.invoicing.billing import billed, bought, item
from tests.factories import NOW, make_purchase_order, make_supplier

MONTH = Window(NOW - timedelta(days=30), NOW)


def test_a_bill_for_a_rejected_purchase_order_counts_once_accepted(both_sessions):
    with both_sessions.writing() as session:
        live = bought(session, supplier="S2")
        order = session.get_one(Order, live.order_id)
        ended = make_purchase_order(
            session,
            order,
            make_supplier(session, "S1"),
            PurchaseStatus.REJECTED,
            order_fee_cents=90,
        )
        made = billed(session, item(ended, 2, 300))
        accept(session, made.invoice, "", NOW, by="op")
        session.flush()
        found = gross_margin(session, MONTH, currency="USD")[OVERALL]
    assert found == Measured(2000 - 1000 - 600, 2000, 1, 1)
