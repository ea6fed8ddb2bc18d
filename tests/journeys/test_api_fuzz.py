"""The running APIs hold what their own documents promise, whatever they are sent."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from erp.accounts.models import Scope
from erp.accounts.tokens import create_token
from erp.fulfilment.lifecycle import PurchaseStatus
from tests.factories import make_order, make_purchase_order, make_supplier
from tests.filled_store import Filled, fill, opened
from tests.journeys.fuzzing import fuzz
from tests.running import Program, serving

# Two promises the schema cannot make for orders; every other check holds everywhere.
# Amounts must add up, and an order that comes again must not contradict what is stored:
# such orders fit the schema and are refused all the same. A batch with a bad item is
# answered 200, since each item has a verdict of its own.
ORDERS = """
[[operations]]
include-operation-id = "post_orders"
[operations.checks]
positive_data_acceptance.enabled = false
negative_data_rejection.enabled = false
"""
# One promise the schema cannot make for what suppliers tell: a moment has a sensible
# year and does not lie ahead, and a SKU is named once.
SUPPLIERS = """
[[operations]]
include-method = ["POST", "PUT"]
[operations.checks]
positive_data_acceptance.enabled = false
"""
REFERENCE = "FUZZ-1"
KNOWN_TO_BE_THERE = f"""
[parameters]
"path.reference" = "{REFERENCE}"
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    return fill(tmp_path_factory.mktemp("api") / "data")


@pytest.fixture(scope="module")
def program(filled: Filled) -> Iterator[Program]:
    with serving(filled.data) as running:
        yield running


def test_nothing_is_found_by_fuzzing(
    program: Program, filled: Filled, tmp_path: Path
) -> None:
    document = f"{program.url}/api/openapi.json"

    found = fuzz(document, filled.token, tmp_path, ORDERS)

    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]
    assert "4 selected / 4 total" in found.stdout
    assert "Traceback" not in program.logged()


@pytest.fixture(scope="module")
def theirs(filled: Filled) -> str:
    """The token of a supplier that was handed a purchase order."""
    now = datetime.now(UTC)
    with opened(filled.data) as erp, erp.sessions.writing() as session:
        supplier = make_supplier(session, "S1")
        order = make_order(session, (("A", 90, 1000), ("D", 9, 1000)), next_step=None)
        given = {"reference": REFERENCE, "sent_at": now}
        make_purchase_order(session, order, supplier, PurchaseStatus.SENT, **given)
        given = {"by": "ada", "supplier": supplier}
        _, secret = create_token(session, "depot", Scope.WRITE, now, **given)
    return secret


@pytest.mark.parametrize("more", ["", KNOWN_TO_BE_THERE], ids=["any", "its own"])
def test_nothing_is_found_by_fuzzing_what_suppliers_tell(
    program: Program, theirs: str, tmp_path: Path, more: str
) -> None:
    """Of purchase orders that are not there, and of one that is."""
    document = f"{program.url}/supplier/openapi.json"

    found = fuzz(document, theirs, tmp_path, more + SUPPLIERS)

    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]
    assert "10 selected / 10 total" in found.stdout
    assert "Traceback" not in program.logged()
