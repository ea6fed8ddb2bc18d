"""What a reply says itself: HTML as text, and our own mail cut off again. Pure."""

import re
from html.parser import HTMLParser

from suppliers.dialects.email.wording import MARK

UNSEEN = frozenset({"script", "style", "head", "title", "template"})
QUOTES = frozenset(
    {"gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote"}
)
QUOTES_BY_ID = frozenset({"divrplyfwdmsg", "appendonsend", "mail-editor-reference"})
VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "col", "area"})
BLOCKS = frozenset({"p", "div", "br", "tr", "li", "table", "h1", "h2", "h3", "hr"})
# Where programs begin to repeat the mail that is answered.
_BEGINS = re.compile(
    r"^(?:"
    r"-{2,}\s*(?:Original Message|Forwarded message|הודעה מקורית|الرسالة الأصلية)"
    r"\s*-{2,}"
    r"|_{10,}[ \t]*$"
    r"|From: .+\n(?:Sent|Date): "
    r"|מאת: .+\n(?:נשלח|תאריך): "
    r"|من: .+\n(?:تاريخ الإرسال|تم الإرسال|التاريخ): "
    r")",
    re.MULTILINE | re.IGNORECASE,
)
# "On Monday … wrote:", on one line or broken into two.
_INTRODUCES = re.compile(
    r"^[\u200e\u200f\u202a-\u202e]*"  # marks of direction
    r"(?:On\b[^\n]{3,200}(?:\n(?!On\b)[^\n]{1,200})?\bwrote:"
    r"|בתאריך[^\n]{3,200}(?:\n(?!בתאריך)[^\n]{1,200})?(?:כתב|כתבה|כתב/ה):"
    # Arabic names the writer last.
    r"|(?:في|بتاريخ) [^\n]{3,200}(?:\n(?!في|بتاريخ)[^\n]{1,200})?"
    r"(?:كتب|كتبت|بواسطة) [^\n]{1,200}:)"
    r"[\u200e\u200f\u202a-\u202e \t]*$",
    re.MULTILINE,
)
_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_BLANKS = re.compile(r"\n(?:[ \t]*\n){2,}")


def own_words(text: str) -> str:
    """A reply without what it quotes; an answer below a quote is kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    text = _QUOTED.sub("", text)
    text = text.partition(MARK)[0]
    found = _BEGINS.search(text)
    text = text[: found.start()] if found else text
    text = _INTRODUCES.sub("", text)
    return _BLANKS.sub("\n\n", text).strip()


def text_of(html: str) -> str:
    """The words of a page, with the addresses its links lead to."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.words)


class _Reader(HTMLParser):
    """Collects words; what is skipped ends where its element ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._skips: list[str] = []  # the element that is skipped, and those in it
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if self._skips or _is_skipped(tag, told):
            if tag not in VOID:
                self._skips.append(tag)
            return
        if tag in BLOCKS:
            self.words.append("\n")
        elif tag in ("td", "th"):
            self.words.append(" ")
        elif tag == "a" and told.get("href", "").startswith(("http:", "https:")):
            self._link = told["href"]

    def handle_endtag(self, tag: str) -> None:
        if self._skips:
            if tag in self._skips:
                while self._skips.pop() != tag:
                    pass
            return
        if tag == "a" and self._link:
            self.words.append(f" ({self._link})")
            self._link = ""
        if tag in BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._skips:
            self.words.append(re.sub(r"\s+", " ", data))


def _is_skipped(tag: str, told: dict[str, str]) -> bool:
    if tag in UNSEEN or tag == "blockquote":
        return True
    classes = set(told.get("class", "").lower().split())
    return bool(classes & QUOTES) or told.get("id", "").lower() in QUOTES_BY_ID
