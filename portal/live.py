"""What open pages ask for again and again: whether anything that they show has changed.

A mark says what a page showed. It begins with the end of the audit chain: while that stands still
nothing was done in the office, and the question costs two statements. Why asking and no open
connection: `docs/adr/0038-pages-that-look-again.md`.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.auditing import is_about
from actions.batch_rows import RUNNING, view
from actions.notices.concerning import may_concern
from actions.notices.showing import count_new, newest
from actions.ordering import state_words
from actions.progress import next_steps
from actions.work.listing import Work, everything_for
from actions.working.sources import UNDER_WAY, sources_of
from models.audit import AuditEvent, AuditHead
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment
from models.lifecycle import REACHED, DeliveryState
from models.obligation import Obligation
from portal.context import Portal
from portal.i18n.catalogue import gettext, ngettext
from portal.identity import Person
from portal.seeing import is_moving, open_directive

PATH: Final = "/song"
AT_WORK_S: Final = 2
"""Between two questions while the machine is at work."""
AT_REST_S: Final = 10
"""At first, while people are; an unchanged page asks more and more seldom."""


class Watched(StrEnum):
    """What a page shows, and so what is looked at for it."""

    NOTHING = "trang"
    DIRECTIVE = "van-ban"
    DISPATCH = "phat-hanh"
    FOLLOW_UP = "theo-doi"
    BATCH = "lan-ky"
    WORK = "viec"
    NOTICES = "thong-bao"
    SOURCES = "doc-tep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look found."""

    mark: str
    """Changes with everything that the page shows."""
    wait_s: int = AT_REST_S
    words: str = ""
    """How it stands, for people who see or hear that it changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What a page says of itself, so that its script can ask."""

    address: str
    mark: str
    wait_s: int


def live_of_any(session: Session) -> Live:
    """Returns what a page bears that shows nothing which moves: its bell is kept right."""
    return Live(address=f"{PATH}?trang={Watched.NOTHING}", mark=_mark(chain_end(session), ""),
                wait_s=AT_REST_S)  # fmt: skip


def bell_words(count: int) -> str:
    """Returns what the bell says."""
    if not count:
        return gettext("Thông báo: không có gì mới")
    return ngettext("Thông báo: %(n)s mới", "Thông báo: %(n)s mới", count)


def live_of(
    session: Session, portal: Portal, person: Person, what: Watched, subject: UUID | None = None
) -> Live:
    """Returns what a page bears; taken before its other values, so that nothing is missed.

    Raises:
        NotFoundError, NotAuthorisedError: the page is none of the reader's.
    """
    return _borne(look(session, portal, person, what, subject), what, subject)


def live_of_work(head: int, found: Work) -> Live:
    """Returns what the page of one's work bears, from the very list that it shows.

    Args:
        head: `chain_end`, read before the list was, so that nothing is missed.
        found: the list.
    """
    return _borne(_marked(head, _work(found)), Watched.WORK, None)


def _borne(found: Look, what: Watched, subject: UUID | None) -> Live:
    query = {"trang": what.value} | ({"ma": str(subject)} if subject else {})
    return Live(address=f"{PATH}?{urlencode(query)}", mark=found.mark, wait_s=found.wait_s)


def chain_end(session: Session) -> int:
    """Returns the number of the last audit event; 0 before the first."""
    return session.scalar(select(AuditHead.sequence).where(AuditHead.id == 1)) or 0


def head_of(mark: str) -> int:
    """Returns the end of the chain that a mark begins with; -1 for what is no mark of ours."""
    head, _, _ = mark.partition("-")
    return int(head) if head.isascii() and head.isdigit() and len(head) < 19 else -1  # noqa: PLR2004 (digits of a BIGINT)


def same(one: str, other: str) -> bool:
    """Tells whether two marks are of the same sight, whatever else was done in the office."""
    return one.partition("-")[2] == other.partition("-")[2]


def look(
    session: Session, portal: Portal, person: Person, what: Watched, subject: UUID | None
) -> Look:
    """Looks at what a page shows.

    Raises:
        NotFoundError, NotAuthorisedError: it is none of the reader's.
    """
    head = chain_end(session)
    if what is Watched.WORK:
        found = _work(everything_for(session, person.officer_id, portal.at()))
    elif what is Watched.BATCH and subject is not None:
        found = _batch(session, person, subject)
    elif what is Watched.NOTICES:
        found = _notices(session, person)
    elif what is Watched.SOURCES:
        found = _sources(session, person)
    elif what is Watched.NOTHING or subject is None:
        found = Look(mark="")
    else:
        directive = open_directive(session, portal, person, DirectiveId(subject))
        found = _OF_DIRECTIVES[what](session, directive)
    return _marked(head, found)


def _marked(head: int, found: Look) -> Look:
    return Look(mark=_mark(head, found.mark), wait_s=found.wait_s, words=found.words)


def look_again(
    session: Session,
    portal: Portal,
    person: Person,
    what: Watched,
    subject: UUID | None,
    *,
    mark: str,
) -> Look:
    """Looks as `look` does; at a list of work only where what was done since may concern it.

    Raises:
        NotFoundError, NotAuthorisedError: it is none of the reader's.
    """
    since, sight = head_of(mark), mark.partition("-")[2]
    if what is Watched.WORK and since >= 0 and sight:
        head = chain_end(session)
        if since <= head and not may_concern(session, person.officer_id, since):
            return Look(mark=f"{head}-{sight}")
    return look(session, portal, person, what, subject)


def _mark(head: int, sight: str) -> str:
    return f"{head}-{hashlib.sha256(sight.encode()).hexdigest()[:20]}"


def _directive(session: Session, directive: Directive) -> Look:
    last = session.scalar(
        select(func.max(AuditEvent.sequence)).where(is_about("directive", directive.id))
    )
    stand = _dispatch(session, directive).mark if directive.issued_at else ""
    moving = is_moving(next_steps(session, directive))
    return Look(
        mark=f"{directive.state} {directive.revision} {last} {stand}",
        wait_s=AT_WORK_S if moving else AT_REST_S,
        words=gettext("Tình trạng: %(state)s.", state=gettext(state_words(directive))),
    )


def _dispatch(session: Session, directive: Directive) -> Look:
    rows = session.execute(
        select(
            Consignment.state, func.count(), func.max(Consignment.sent_at),
            func.max(Consignment.acknowledged_at),
        )
        .where(Consignment.directive_id == directive.id, Consignment.rerouted_to_id.is_(None))
        .group_by(Consignment.state)
        .order_by(Consignment.state)
    ).all()  # fmt: skip
    counted = {DeliveryState(state): count for state, count, _, _ in rows}
    waiting = counted.get(DeliveryState.PLANNED, 0) + counted.get(DeliveryState.SENDING, 0)
    return Look(
        mark=";".join(f"{state} {count} {sent} {taken}" for state, count, sent, taken in rows),
        wait_s=AT_WORK_S if waiting else AT_REST_S,
        words=gettext(
            "Đã gửi %(reached)s/%(total)s đơn vị.",
            reached=sum(counted.get(state, 0) for state in REACHED), total=sum(counted.values()),
        ),
    )  # fmt: skip


def _follow_up(session: Session, directive: Directive) -> Look:
    rows = session.execute(
        select(Obligation.state, func.count(), func.min(Obligation.due), func.max(Obligation.due))
        .where(Obligation.directive_id == directive.id)
        .group_by(Obligation.state)
        .order_by(Obligation.state)
    ).all()
    counted = {state: count for state, count, _, _ in rows}
    waiting = counted.get("reported", 0) + counted.get("extension_requested", 0)
    return Look(
        mark=f"{directive.state};" + ";".join(" ".join(map(str, row)) for row in rows),
        words=ngettext(
            "%(n)s nhiệm vụ chờ xem xét.", "%(n)s nhiệm vụ chờ xem xét.", waiting
        ),
    )  # fmt: skip


_OF_DIRECTIVES: Final = {
    Watched.DIRECTIVE: _directive,
    Watched.DISPATCH: _dispatch,
    Watched.FOLLOW_UP: _follow_up,
}


def _batch(session: Session, person: Person, batch_id: UUID) -> Look:
    batch = view(session, person.actor, batch_id)
    outcomes = " ".join(line.outcome for line in batch.lines)
    return Look(
        mark=f"{batch.state} {batch.stop_asked} {batch.prepared} {outcomes}",
        wait_s=AT_WORK_S if batch.state == RUNNING else AT_REST_S,
        words=gettext(
            "Xong %(signed)s/%(count)s văn bản.",
            signed=len(batch.signed), count=len(batch.lines),
        ),
    )  # fmt: skip


def _sources(session: Session, person: Person) -> Look:
    rows = sources_of(session, person.officer_id)
    under_way = [one for one in rows if one.state in UNDER_WAY]
    words = ngettext("Còn %(n)s tệp đang đọc.", "Còn %(n)s tệp đang đọc.", len(under_way))
    first = next((one for one in under_way if one.pages), None)
    if first is not None:
        words = gettext("Đang đọc trang %(page)s/%(pages)s.", page=first.page, pages=first.pages)
        if first.page > first.pages:
            words = gettext(
                "Đã đọc đủ %(pages)s trang, đang đối chiếu với danh mục.", pages=first.pages
            )
    return Look(
        mark=";".join(f"{one.id} {one.state} {one.page}/{one.pages}" for one in rows),
        wait_s=AT_WORK_S if under_way else AT_REST_S,
        words=words if under_way else gettext("Không còn tệp nào đang đọc."),
    )


def _work(found: Work) -> Look:
    rows = "\n".join(
        f"{one.subject} {one.words} {one.due} {one.holder}" for one in (*found.mine, *found.taken)
    )
    return Look(
        mark=rows,
        words=ngettext("%(n)s việc đang chờ.", "%(n)s việc đang chờ.", len(found.mine)),
    )


def _notices(session: Session, person: Person) -> Look:
    rows = "\n".join(
        f"{one.id} {one.at} {one.over_at}" for one in newest(session, person.officer_id)
    )
    return Look(mark=rows, words=bell_words(count_new(session, person.officer_id)))


def stood_still(session: Session, mark: str, what: Watched) -> bool:
    """Tells whether nothing was done since a mark; some things also move without a deed."""
    return what not in {Watched.BATCH, Watched.SOURCES} and head_of(mark) == chain_end(session)
