"""Whether a purchase order's supplier is told: joined where purchase orders are read.

So it costs no question of its own where nobody is.
"""

from sqlmodel import and_, col

from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.notices.models import SupplierEndpoint

WANTS_NOTICES = and_(
    col(SupplierEndpoint.supplier_id) == col(PurchaseOrder.supplier_id),
    col(SupplierEndpoint.disabled_at).is_(None),
)
IS_TOLD = col(SupplierEndpoint.supplier_id).is_not(None)
