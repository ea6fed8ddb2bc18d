"""Asks suppliers what became of their purchase orders, each when its turn comes.

Some keep a list of what changed, read page by page, and each page renews the turn; of
others each open purchase order is looked up, those asked longest ago first; the rest
tell us by themselves.
"""

import logging
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from config.database import Sessions
from erp.fulfilment.forwarding.caller import NOT_APPLICABLE, Caller, until_told
from erp.fulfilment.letters.keeping import keep_letters
from erp.fulfilment.tracking.apart import take_apart, unfit_for_us
from erp.fulfilment.tracking.asking import Answer, LookedUp, Poll, ask
from erp.fulfilment.tracking.looked_up import note_absence, note_asked, note_presence
from erp.fulfilment.tracking.next_turn import note_turn
from erp.fulfilment.tracking.reports import apply_told
from erp.fulfilment.tracking.turns import anything_due, claim_next_pages, claim_turns
from suppliers.allowances import Told, listen, told
from suppliers.connections import is_still
from suppliers.contract import ChangePage, Letter
from suppliers.models import Supplier

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 1.0  # for turns that come while others are asked
Heard = tuple[Poll, Answer]


def track_due(sessions: Sessions, caller: Caller, every: timedelta) -> int:
    """Poll the suppliers whose turn it is; how many purchase orders were reported.

    What comes in meanwhile is kept together, and turns that come are taken: so a slow
    supplier delays nobody, and many quick ones cost little more than one.
    """
    applied = 0
    with ThreadPoolExecutor(caller.threads, thread_name_prefix="poll") as pool:
        asked: dict[Future[Answer], Poll] = {}
        while True:
            for poll in _claim_more(sessions, caller, caller.threads - len(asked)):
                asked[pool.submit(ask, caller, poll)] = poll
            if not asked:
                return applied
            done, _ = wait_for(asked, LOOK_AGAIN_SECONDS, return_when=FIRST_COMPLETED)
            heard = [(asked.pop(each), each.result()) for each in done]
            applied += _keep(sessions, caller, heard, every)
            for poll in _go_on(sessions, caller, heard):
                asked[pool.submit(ask, caller, poll)] = poll


def _claim_more(sessions: Sessions, caller: Caller, most: int) -> list[Poll]:
    now = caller.clock()
    if most < 1:
        return []
    with sessions.reading() as session:
        if not anything_due(session, now):
            return []
    with sessions.writing() as session:
        return claim_turns(session, caller, now, most)


def _go_on(
    sessions: Sessions, caller: Caller, heard: Sequence[Heard]
) -> Sequence[Poll]:
    """The next pages of those who have more to tell; none where one was not kept."""
    cursors = {
        poll.connection.supplier_id: page.cursor
        for poll, page in heard
        if isinstance(page, ChangePage) and page.more and page.cursor != poll.cursor
    }
    if not cursors:
        return ()
    with sessions.writing() as session:
        kept = _suppliers(session, cursors)
        current = {
            each: cursor
            for each, cursor in cursors.items()
            if kept[each].changes_cursor == cursor
        }
        return claim_next_pages(session, current, caller, caller.clock())


def _keep(
    sessions: Sessions, caller: Caller, heard: Sequence[Heard], every: timedelta
) -> int:
    """Apply what was heard, together if possible; how many purchase orders it was.

    If a supplier tells what cannot be applied, each is taken by itself, and then each
    of its reports, so that one spoils nobody else's news.
    """
    if not heard:
        return 0
    try:
        return _record(sessions, caller, heard, every)
    except NOT_APPLICABLE as error:
        if len(heard) > 1:
            return sum(_keep(sessions, caller, [each], every) for each in heard)
        poll, answer = heard[0]
        if isinstance(answer, ChangePage | LookedUp) and answer.reports:
            applied, rest = take_apart(sessions, poll, answer, caller.clock)
            return applied + _keep(sessions, caller, [(poll, rest)], every)
        unfit = unfit_for_us(poll, error)
        return _record(sessions, caller, [(poll, unfit)], every)


def _record(
    sessions: Sessions, caller: Caller, heard: Sequence[Heard], every: timedelta
) -> int:
    """Each page is applied together with its cursor; what is missed, after it."""
    now = caller.clock()
    reports = [
        (poll.connection.supplier_id, report)
        for poll, answer in heard
        if isinstance(answer, ChangePage | LookedUp)
        for report in answer.reports
    ]
    with sessions.writing() as session:
        applied = apply_told(session, reports, now) if reports else 0
        note_asked(session, _asked(heard), now)
        note_presence(session, _seen(heard))
        keep_letters(session, _letters(heard), now)
        valid = _still_connected(session, heard)
        for supplier, poll, answer in valid:
            note_turn(supplier, poll, answer, caller, now, every)
        said = [(poll, answer) for _, poll, answer in valid]
        listen(session, _told(said, caller, now), now)
    for poll, answer in heard:
        if isinstance(answer, LookedUp) and answer.absent:
            with sessions.writing() as session:
                supplier_id, settle = poll.connection.supplier_id, caller.rules.settle
                note_absence(session, supplier_id, answer.absent, now, settle=settle)
    return applied


def _letters(heard: Sequence[Heard]) -> list[tuple[int, Letter]]:
    pages = [(poll, page) for poll, page in heard if isinstance(page, ChangePage)]
    return [
        (poll.connection.supplier_id, letter)
        for poll, page in pages
        for letter in page.letters
    ]


def _still_connected(
    session: Session, heard: Sequence[Heard]
) -> list[tuple[Supplier, Poll, Answer]]:
    """Who was asked, but for those whose connection was changed meanwhile.

    What the former one came to says nothing of the new one, least of all its cursor.
    """
    ids = {poll.connection.supplier_id for poll, _ in heard}
    query = select(Supplier).where(col(Supplier.id).in_(ids)).order_by(col(Supplier.id))
    locked = query.with_for_update(key_share=True)
    fresh = session.exec(locked.execution_options(populate_existing=True))
    suppliers = {supplier.id: supplier for supplier in fresh}
    found = [(suppliers[p.connection.supplier_id], p, answer) for p, answer in heard]
    return [each for each in found if is_still(each[0], each[1].connection)]


def _suppliers(session: Session, ids: Collection[int]) -> dict[int, Supplier]:
    query = select(Supplier).where(col(Supplier.id).in_(ids)).order_by(col(Supplier.id))
    return {supplier.id or 0: supplier for supplier in session.exec(query)}


def _asked(heard: Sequence[Heard]) -> list[str]:
    looked_up = [answer for _, answer in heard if isinstance(answer, LookedUp)]
    return [reference for each in looked_up for reference in each.asked]


def _seen(heard: Sequence[Heard]) -> list[str]:
    looked_up = [answer for _, answer in heard if isinstance(answer, LookedUp)]
    return [report.reference for each in looked_up for report in each.reports]


def _told(heard: Sequence[Heard], caller: Caller, now: datetime) -> Iterator[Told]:
    """What each call says of its supplier; of many alike, each counts."""
    for poll, answer in heard:
        calls: list[object] = [answer]
        if isinstance(answer, LookedUp):
            calls = [*[answer] * answer.answers, *answer.failures]
        for each in calls:
            yield told(
                poll.connection.supplier_id,
                each,
                until_told(each, caller, now),
                counts=poll.counts,
                is_probe=poll.is_probe,
            )
