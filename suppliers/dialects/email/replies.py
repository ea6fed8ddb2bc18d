"""What a supplier's mails say, as letters and as reports. Pure.

Which purchase order a mail is about: the one whose mail it answers, else the one its
subject names, else the one its words name. If it names several, only patterns that
tell the purchase order themselves are believed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr

from suppliers.contract import (
    Letter,
    ParcelReport,
    PurchaseReport,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from suppliers.dialects.email.numbering import Numbering, bare, named
from suppliers.dialects.email.options import Options
from suppliers.dialects.email.reading import Read
from suppliers.dialects.email.tracking import Told, TooSlow, answer_in, parcels_in

LONGEST_NOTE = 1_000
MAIL_SERVERS = ("mailer-daemon@", "postmaster@")


@dataclass(frozen=True, slots=True)
class News:
    letter: Letter
    reports: tuple[PurchaseReport, ...] = ()


@dataclass(frozen=True, slots=True)
class Replies:
    """How one supplier's mails are told from others', and understood."""

    numbering: Numbering
    options: Options

    def may_concern(self, head: Read) -> bool:
        """Whether the whole mail is worth reading, as far as its head tells."""
        mailbox = self.options.mailbox
        return (
            (mailbox is not None and mailbox.is_theirs_alone)
            or self._is_sender(head.sender)
            or self.numbering.is_ours(head.answers)
            or _is_server(head)
        )

    def news(self, mail: Read, letter_id: str, at: datetime) -> list[News]:
        """One, as a rule. None if after all it is somebody else's mail that came back;
        if it is one of many orders, one for each."""
        if _is_server(mail) and not self.numbering.is_ours(mail.answers):
            return []
        ours = self.numbering.answered(mail.answers)
        about = ours or named(mail.subject) or bare(mail.text)
        reference = about[0] if len(about) == 1 else ""
        letter = Letter(
            letter_id=letter_id,
            reference=reference,
            sender=mail.sender,
            subject=mail.subject,
            text=mail.text,
            received_at=at,
            is_understood=False,
            is_returned=mail.is_returned,
        )
        if mail.is_returned and len(ours) > 1:
            return [News(_returned(letter, each)) for each in ours]
        if _is_server(mail) or mail.is_automatic:
            return [News(letter)]
        return [self._understood(letter)]

    def _understood(self, letter: Letter) -> News:
        options = self.options
        words = f"{letter.subject}\n{letter.text}"
        try:
            parcels = parcels_in(words, options.tracking, usual=options.usual_tracking)
            answer = answer_in(words, options.answers)
        except TooSlow as error:
            return News(replace(letter, text=f"{letter.text}\n\n[{error}]"))
        told = self._by_reference(letter, parcels)
        reports = [self._shipped(each, told[each], letter) for each in told]
        if answer is not None and letter.reference:
            said = PurchaseReport(
                reference=letter.reference,
                supplier_reference="",
                status=answer.status,
                acknowledged_at=letter.received_at,
                reason=answer.reason,
                note=letter.text[:LONGEST_NOTE],
            )
            reports = _joined(said, reports)
        is_understood = bool(reports)
        if not reports and letter.reference:
            reports = [_arrived(letter)]
        return News(replace(letter, is_understood=is_understood), tuple(reports))

    def _by_reference(
        self, letter: Letter, parcels: Iterable[Told]
    ) -> dict[str, list[Told]]:
        found: dict[str, list[Told]] = {}
        for each in parcels:
            reference = each.reference or letter.reference
            if reference:
                found.setdefault(reference, []).append(each)
        return found

    def _shipped(
        self, reference: str, parcels: Sequence[Told], letter: Letter
    ) -> PurchaseReport:
        return PurchaseReport(
            reference=reference,
            supplier_reference="",
            status=ReportedStatus.ACCEPTED,
            parcels=tuple(
                self._parcel(each, letter.received_at, is_first=number == 0)
                for number, each in enumerate(parcels)
            ),
        )

    def _parcel(self, told: Told, at: datetime, *, is_first: bool) -> ParcelReport:
        """Contents that are told for none of several parcels are in the first."""
        kind = ScanKind(self.options.shipped_means)
        rest = is_first and not told.contents and self.options.whole_by_default
        return ParcelReport(
            shipment_id=told.tracking,
            carrier=told.carrier,
            tracking_number=told.tracking,
            contents=tuple(told.contents),
            scans=(ScanReport(kind, at),),
            holds_rest=rest,
        )

    def _is_sender(self, address: str) -> bool:
        known = self.options.senders or self.options.to
        return any(
            address.endswith(each.lower())
            if each.startswith("@")
            else address == parseaddr(each)[1].lower()
            for each in known
        )


def joined(reports: Iterable[PurchaseReport]) -> tuple[PurchaseReport, ...]:
    """One report for each purchase order, of all that several mails say of it.

    The newest answer counts; that a mail arrived at all is no answer.
    """
    found: dict[str, PurchaseReport] = {}
    for report in reports:
        before = found.get(report.reference, report)
        newest = before if report.status is ReportedStatus.RECEIVED else report
        parcels = () if before is report else before.parcels
        found[report.reference] = replace(newest, parcels=parcels + report.parcels)
    return tuple(found.values())


def _is_server(mail: Read) -> bool:
    return mail.is_report or mail.sender.startswith(MAIL_SERVERS)


def _returned(letter: Letter, reference: str) -> Letter:
    own = f"{letter.letter_id}#{reference}"
    return replace(letter, reference=reference, letter_id=own)


def _arrived(letter: Letter) -> PurchaseReport:
    """Whoever answers our mail has it, whatever the answer is."""
    return PurchaseReport(letter.reference, "", ReportedStatus.RECEIVED)


def _joined(
    said: PurchaseReport, shipped: Sequence[PurchaseReport]
) -> list[PurchaseReport]:
    """An answer together with the parcels of its own purchase order."""
    own = [each for each in shipped if each.reference == said.reference]
    parcels = [each for report in own for each in report.parcels]
    rest = [each for each in shipped if each.reference != said.reference]
    return [replace(said, parcels=tuple(parcels)), *rest]
