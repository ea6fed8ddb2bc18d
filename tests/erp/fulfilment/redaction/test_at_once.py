"""Two who take words away at once wait for each other, and neither in vain."""

from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

from sqlmodel import col

from config.database import Sessions
from config.upsert import table_of
from erp.fulfilment.letters.models import SupplierLetter
from erp.fulfilment.redaction.letters import blank_letters
from erp.fulfilment.redaction.redacting import redact_order
from erp.orders.models import Order, OrderEvent
from erp.orders.redaction import forget_words
from tests.erp.fulfilment.redaction.customers import (
    LATER,
    MAY_STAY,
    finish,
    named_in,
    take_in,
    write_down,
)
from tests.erp.fulfilment.trade import EVERYWHERE


@EVERYWHERE
def test_an_order_is_forgotten_while_old_letters_lose_their_words(
    store: Sessions, tmp_path: Path
) -> None:
    with store.writing() as session:
        order = take_in(session)
        write_down(session, finish(session, order))
        order_id = order.id or 0

    def forget() -> bool:
        with store.writing() as session:
            order = session.get_one(Order, order_id)
            return redact_order(session, order, tmp_path, LATER, by="ann")

    with ThreadPoolExecutor(1) as pool:
        with store.writing() as session:  # as those who take old letters
            blank_letters(session, col(SupplierLetter.id) > 0, LATER)
            forgotten = pool.submit(forget)
            wait([forgotten], timeout=0.5)
            events = table_of(OrderEvent)
            forget_words(session, events, events.c.order_id == order_id)
        assert forgotten.result()
    assert named_in(store) == MAY_STAY
