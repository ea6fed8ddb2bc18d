"""Mails to suppliers that became files go with the customer's address."""

from dataclasses import replace
from pathlib import Path

from config.database import Sessions
from erp.fulfilment.forwarding.requests import purchase_requests
from erp.fulfilment.redaction.redacting import redact_due
from suppliers.contract import SupplierClient
from suppliers.registry import Clients, Connection
from tests.erp.fulfilment.redaction.customers import (
    LATER,
    WORDS,
    finish,
    rules,
    take_in,
)
from tests.factories import NOW
from tests.suppliers.post_office import outgoing


def test_mails_that_became_files_go_too(store: Sessions, tmp_path: Path) -> None:
    with store.writing() as session:
        purchase = finish(session, take_in(session))
        names = [f"S1-{purchase.reference}", f"S1-{purchase.reference}-cancel"]
    for name in (*names, "S1-other"):
        (tmp_path / f"{name}.eml").write_text(WORDS)

    redact_due(store, rules(tmp_path), LATER)

    assert [path.name for path in tmp_path.glob("*.eml")] == ["S1-other.eml"]


def test_a_mail_with_many_orders_goes_whatever_its_supplier_calls_them(
    store: Sessions, tmp_path: Path
) -> None:
    """It told a number of its own, so nobody knows the mail by its name any more."""
    with store.writing() as session:
        purchase = finish(session, take_in(session))
        supplier_id, purchase_id = purchase.supplier_id, purchase.id or 0
        known = purchase_requests(session, [purchase_id])[purchase_id]
    of_others = [replace(known, reference=f"PO-{number}") for number in (2, 3, 4)]
    client = clerk(supplier_id, tmp_path)
    client.submit_together([known, of_others[0]])
    (named,) = list(tmp_path.rglob("*.eml"))
    client.submit_together(of_others[1:])

    redact_due(store, rules(named.parent), LATER)

    (left,) = list(tmp_path.rglob("*.eml"))
    assert left != named


def clerk(supplier_id: int, folder: Path) -> SupplierClient:
    """Of a store without a mail server: its mails become files."""
    to = {"to": ["orders@acme.test"], "batch_at": "09:00"}
    connection = Connection(supplier_id, "email", "S1", "", "", options=to)
    return Clients(lambda: NOW, outgoing=outgoing(folder)).client_for(connection)
