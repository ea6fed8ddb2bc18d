"""A reference says which order it is of, whatever numbers our rows have."""

from hypothesis import given
from hypothesis import strategies as st

from erp.fulfilment.references import purchase_reference


def test_an_order_taken_in_again_after_a_restore_keeps_its_reference() -> None:
    assert purchase_reference("web", "5001", 1) == purchase_reference("web", "5001", 1)


def test_another_channel_order_or_number_has_another_reference() -> None:
    references = {
        purchase_reference(channel, external_id, number)
        for channel in ("web", "shop")
        for external_id in ("5001", "5002")
        for number in (1, 2)
    }
    assert len(references) == 8


@given(st.text(max_size=120), st.integers(1, 999))
def test_it_fits_the_narrowest_field_suppliers_have(text: str, number: int) -> None:
    reference = purchase_reference("web", text, number)
    assert len(reference) <= 32
    assert reference.replace("-", "").isalnum()
    assert reference.isascii()
