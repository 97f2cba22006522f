"""The journal: audit events by officer, deed, day and directive, newest first; and its chain.

Events are numbered in the order of their writing, so that a page is a stretch of numbers: a filter
that finds little looks through `STRETCH` of them at a time and says how far it came. No table of
its own, no index that every event would pay for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from actions.access import ROLE_WORDS, roles_on
from actions.auditing import MACHINE, Actor, ChainReport, verify_chain
from actions.deed_words import DEED_WORDS
from actions.desk import local_day, start_of
from actions.errors import NotAuthorisedError
from actions.offices import office_facts
from actions.searching.numbers import bearers
from models.audit import AuditEvent
from models.directive import Directive
from models.officer import Role

STRETCH: Final = 20_000
"""Events looked through at a time."""
ROWS: Final = 50
MOST_ROWS: Final = 10_000
"""Of a table to take away."""
CHECKED: Final = 20_000
"""Events whose chain is recomputed while somebody waits; the whole one: `trinhky audit verify`."""
OVERSEES: Final = (Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; what is empty does not matter."""

    officer: str = ""
    """Identifier of who acted."""
    deed: str = ""
    since: date | None = None
    until: date | None = None
    about: str = ""
    """Number or identifier of a directive, or the identifier of any other subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of the journal."""

    events: Sequence[AuditEvent]
    next: int | None
    """The number before which the next page begins; None at the journal's beginning."""
    is_whole_stretch: bool
    """Whether it ends because a stretch was looked through, not because the page is full."""


def require_overseer(session: Session, actor: Actor, at: datetime) -> None:
    """Insists that the actor oversees the office.

    Raises:
        NotAuthorisedError: it is somebody else.
    """
    if actor == MACHINE:
        return
    held = (
        roles_on(session, actor.id, office_facts(session).organisation_id, local_day(at))
        if actor.kind == "officer"
        else frozenset()
    )
    if not held & set(OVERSEES):
        who = " hoặc ".join(ROLE_WORDS[role] for role in OVERSEES)
        raise NotAuthorisedError(actor.name, "xem nhật ký của cơ quan", who)


def journal(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    *,
    at: datetime,
    before: int | None = None,
    rows: int = ROWS,
) -> Found:
    """Returns the newest events that fit, before a number.

    Raises:
        NotAuthorisedError: the actor does not oversee the office.
    """
    require_overseer(session, actor, at)
    first, last = _bounds(session, wanted)
    last = min(last, before - 1) if before is not None else last
    lowest = max(first, last - STRETCH + 1)
    query = (
        select(AuditEvent)
        .where(AuditEvent.sequence.between(lowest, last), *_conditions(session, wanted))
        .order_by(AuditEvent.sequence.desc())
        .limit(rows + 1)
    )
    found = session.scalars(query).all()
    if len(found) > rows:
        return Found(events=found[:rows], next=found[rows - 1].sequence, is_whole_stretch=False)
    return Found(
        events=found, next=lowest if lowest > first else None, is_whole_stretch=lowest > first
    )


def whole_journal(
    session: Session, actor: Actor, wanted: Wanted, *, at: datetime
) -> Iterator[AuditEvent]:
    """Yields what fits, newest first, `MOST_ROWS` at most.

    Raises:
        NotAuthorisedError: the actor does not oversee the office.
    """
    before: int | None = None
    left = MOST_ROWS
    while left > 0:
        found = journal(session, actor, wanted, at=at, before=before, rows=min(left, 1000))
        yield from found.events
        left -= len(found.events)
        before = found.next
        if before is None:
            return


def deeds_known() -> Sequence[tuple[str, str]]:
    """Returns deeds with their words, by their words."""
    return sorted(DEED_WORDS.items(), key=lambda one: one[1].casefold())


def chain(session: Session, actor: Actor, *, at: datetime) -> tuple[ChainReport, int]:
    """Returns whether the newest events hang together, and from which number on that was looked at.

    Raises:
        NotAuthorisedError: the actor does not oversee the office.
    """
    require_overseer(session, actor, at)
    last = session.scalar(select(func.max(AuditEvent.sequence))) or 0
    after = max(0, last - CHECKED)
    return verify_chain(session, after=after), after + 1


def _conditions(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.officer:
        found.append(AuditEvent.actor_id == wanted.officer)
    if wanted.deed:
        found.append(AuditEvent.deed == wanted.deed)
    if wanted.since:
        found.append(AuditEvent.at >= start_of(wanted.since))
    if wanted.until:
        found.append(AuditEvent.at < start_of(wanted.until + timedelta(days=1)))
    if wanted.about:
        numbered = session.scalars(
            select(Directive.id).where(Directive.number_text == wanted.about).limit(10)
        )
        bearing = (one.id for one in bearers(session, wanted.about))
        keys = {wanted.about, *map(str, numbered), *map(str, bearing)}
        found.append(AuditEvent.subject_id.in_(keys))
    return found


def _bounds(session: Session, wanted: Wanted) -> tuple[int, int]:
    """Returns between which numbers the days lie: times rise with the numbers, nearly."""
    first, last = 1, session.scalar(select(func.max(AuditEvent.sequence))) or 0
    slack = timedelta(hours=1)  # clocks of several machines
    if wanted.since:
        first = _first_at(session, start_of(wanted.since) - slack, last)
    if wanted.until:
        last = _first_at(session, start_of(wanted.until + timedelta(days=1)) + slack, last) - 1
    return first, last


def _first_at(session: Session, instant: datetime, last: int) -> int:
    low, high = 1, last + 1
    while low < high:
        middle = (low + high) // 2
        at = session.scalar(select(AuditEvent.at).where(AuditEvent.sequence == middle))
        if at is not None and at < instant:
            low = middle + 1
        else:
            high = middle
    return low
