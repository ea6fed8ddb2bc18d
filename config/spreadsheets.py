"""Texts that a spreadsheet opens: one that looks like a formula stays a text."""

FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001  full-width ones run as well


def safe_text(text: str) -> str:
    """An apostrophe before what a spreadsheet would run; NULs are left out."""
    text = text.replace("\0", "")
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
