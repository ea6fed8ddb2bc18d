"""Letters as suppliers write them, kept as they come in."""

from datetime import timedelta

from sqlmodel import Session

from erp.fulfilment.letters.keeping import keep_letters
from suppliers.contract import Letter
from tests.factories import NOW, make_supplier


def written(number: int, reference: str = "", **given: object) -> Letter:
    told = {
        "letter_id": f"<{number}@acme.test>",
        "reference": reference,
        "sender": f"Olga {number} <olga{number}@acme.test>",
        "subject": f"Question {number}",
        "text": f"Where is the label of {number}?",
        "received_at": NOW - timedelta(hours=number),
        "is_understood": False,
    }
    return Letter(**(told | given))


def write(session: Session, *letters: Letter, code: str = "S1") -> None:
    supplier = make_supplier(session, code)
    keep_letters(session, [(supplier.id, each) for each in letters], NOW)
