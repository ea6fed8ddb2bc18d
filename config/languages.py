"""The languages of pages and mails. Whoever asks which there are asks here."""

from enum import StrEnum


class Language(StrEnum):
    """By its code; each has a catalogue in erp/web/translations but English."""

    ENGLISH = "en"
    HEBREW = "he"
    ARABIC = "ar"


# As those who read it call it.
LANGUAGES: dict[str, str] = {
    Language.ENGLISH: "English",
    Language.HEBREW: "עברית",
    Language.ARABIC: "العربية",
}
