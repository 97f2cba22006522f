"""Personal links of units: which one is good now, and until when. Deeds: `actions.reports.linking`.

A link names one unit, one directive and a serial. Without a row of its own the first one is good.
It ends `link_days` after the last day of what it is for, never while the unit owes an answer; an
officer can end it sooner, and the next serial takes its place.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from actions.desk import VIETNAM, Desk
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import OPEN_OBLIGATIONS, DirectiveState
from models.obligation import Obligation
from models.report import UnitLink

PURPOSE = "answer"
"""Read, acknowledge, report: the one purpose that links have."""


Serials = Mapping[tuple[DirectiveId, str], int]
"""Serials of newest links, by directive and unit; 1 where there is none."""

_FOLLOWED = (DirectiveState.ISSUED, DirectiveState.CORRECTED)
"""As `actions.closing.RUNNING`, which stands above this module."""


class LinkStanding(StrEnum):
    """What a link is worth."""

    GOOD = "good"
    UNKNOWN = "unknown"
    """We made none with this serial."""
    REVOKED = "revoked"
    """An officer ended it; a newer one may be good."""
    EXPIRED = "expired"
    """Its time is over."""


def current_link(
    desk: Desk, session: Session, organisation_id: str, directive_id: DirectiveId
) -> str:
    """Returns the address that a letter to the unit shows now."""
    serial = current_serial(session, organisation_id, directive_id)
    more = () if serial == 1 else (serial,)
    return desk.unit_link(organisation_id, str(directive_id), *more)


def current_links(
    desk: Desk, session: Session, organisation_id: str, directives: Sequence[DirectiveId]
) -> dict[DirectiveId, str]:
    """Returns the addresses of several directives at once, as `current_link` does of one."""
    rows = session.execute(
        select(UnitLink.directive_id, func.max(UnitLink.serial))
        .where(UnitLink.organisation_id == organisation_id, UnitLink.purpose == PURPOSE)
        .group_by(UnitLink.directive_id)
    )
    newest = dict(rows.tuples().all())
    found: dict[DirectiveId, str] = {}
    for one in directives:
        serial = newest.get(one, 1)
        found[one] = desk.unit_link(organisation_id, str(one), *(() if serial == 1 else (serial,)))
    return found


def newest_serials(session: Session, directives: Iterable[DirectiveId]) -> Serials:
    """Returns the serials of all units that had more than the first link of these directives."""
    rows = session.execute(
        select(UnitLink.directive_id, UnitLink.organisation_id, func.max(UnitLink.serial))
        .where(UnitLink.directive_id.in_(list(directives)), UnitLink.purpose == PURPOSE)
        .group_by(UnitLink.directive_id, UnitLink.organisation_id)
    )
    return {(directive, unit): serial for directive, unit, serial in rows}


def link_by(desk: Desk, serials: Serials, organisation_id: str, directive_id: DirectiveId) -> str:
    """Returns the address that a letter shows now, as `current_link` does, without asking again."""
    serial = serials.get((directive_id, organisation_id), 1)
    more = () if serial == 1 else (serial,)
    return desk.unit_link(organisation_id, str(directive_id), *more)


def current_serial(session: Session, organisation_id: str, directive_id: DirectiveId) -> int:
    """Returns the serial of the newest link of a unit for a directive; 1 without a row."""
    newest = session.scalar(
        select(func.max(UnitLink.serial)).where(
            UnitLink.organisation_id == organisation_id,
            UnitLink.directive_id == directive_id,
            UnitLink.purpose == PURPOSE,
        )
    )
    return newest or 1


def standing_of(
    desk: Desk, session: Session, directive: Directive, organisation_id: str, serial: int
) -> LinkStanding:
    """Returns what a link with a good signature is worth now."""
    row = link_row(session, organisation_id, directive.id, serial)
    if row is None and serial != 1:
        return LinkStanding.UNKNOWN
    if row is not None and row.revoked_at is not None:
        return LinkStanding.REVOKED
    ends = link_ends(desk, session, directive, organisation_id, row)
    expired = ends is not None and desk.clock() >= ends
    return LinkStanding.EXPIRED if expired else LinkStanding.GOOD


def link_row(
    session: Session, organisation_id: str, directive_id: DirectiveId, serial: int
) -> UnitLink | None:
    """Returns what is written of a link; the first one may have nothing written."""
    return session.scalar(
        select(UnitLink).where(
            UnitLink.organisation_id == organisation_id,
            UnitLink.directive_id == directive_id,
            UnitLink.purpose == PURPOSE,
            UnitLink.serial == serial,
        )
    )


def link_ends(
    desk: Desk,
    session: Session,
    directive: Directive,
    organisation_id: str,
    row: UnitLink | None = None,
) -> datetime | None:
    """Returns when a link ends (aware); None while the unit owes an answer."""
    owed = session.execute(
        select(Obligation.state, Obligation.last_allowed_day, Obligation.due).where(
            Obligation.directive_id == directive.id,
            or_(
                Obligation.organisation_id == organisation_id,
                Obligation.reports_through_id == organisation_id,
            ),
        )
    ).all()
    if directive.state in _FOLLOWED and any(one.state in OPEN_OBLIGATIONS for one in owed):
        return None
    days = [day for one in owed for day in (one.last_allowed_day, one.due) if day is not None]
    marks = [at for at in (directive.issued_at, directive.closed_at) if at is not None]
    marks += [datetime.combine(day, time.max, tzinfo=VIETNAM) for day in days]
    ends = max(marks, default=desk.clock()) + timedelta(days=desk.link_days)
    return max(ends, row.expires_at) if row is not None and row.expires_at else ends
