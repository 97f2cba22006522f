"""The units of a directive as the page of dispatch shows them: counted, filtered, in headings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from actions.draft_rows import content_of, lines_of
from actions.ways import channel_words
from documents.content import is_as_above
from models.directive import Directive
from models.dispatch import Consignment, DeliveryAttempt, DeliveryEvent
from models.lifecycle import (
    ANSWERED_OBLIGATIONS,
    GONE_OBLIGATIONS,
    NEEDS_A_PERSON,
    REACHED,
    DeliveryState,
)
from models.obligation import Obligation
from models.officer import Role
from models.organisation import Organisation
from portal.i18n.catalogue import noted
from portal.identity import Person

UNDER_WAY: Final = frozenset({DeliveryState.PLANNED, DeliveryState.SENDING})
_FAILED: Final = frozenset(NEEDS_A_PERSON) - {DeliveryState.REFUSED}
"""What may go out again as it is; what was refused is sent again from the unit's own page."""
NOT_SENT: Final = UNDER_WAY | _FAILED
LATE: Final = "sap-het-han"
CHIPS: Final = {
    "": ("Tất cả", frozenset(DeliveryState)),
    "da-gui": ("Đã gửi", REACHED),
    "cho-gui": ("Chờ gửi", UNDER_WAY),
    "can-xu-ly": ("Cần xử lý", frozenset(NEEDS_A_PERSON)),
    LATE: ("Sắp hết hạn gửi", NOT_SENT),
}
"""Filter of the page, to its words and the states it shows."""
OTHER_UNITS: Final = noted("Nơi nhận khác")
"""Heading of units that no line leads to any more."""
FOLDED_FROM: Final = 12
"""With more units than this, those of a line may be folded where all is well."""
MOST_UNITS: Final = 400
"""So many units are on one page; more are found by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One unit's row of the grid."""

    consignment: Consignment
    unit: str
    attempts: int
    may_resend: bool
    before: tuple[str, ...]
    """Channels that were tried before this one, in words."""
    arrived_at: datetime | None
    """When a receipt told that it came in; not every channel gives one."""
    asked: int
    """Answers that the unit owes or owed."""
    answered: int
    warned: bool
    """Not sent although its limit is near."""

    @property
    def needs_somebody(self) -> bool:
        """Whether it goes on only when somebody does something, or is near its limit."""
        return self.warned or self.consignment.state in NEEDS_A_PERSON

    @property
    def channel(self) -> str:
        """The channel in words."""
        return channel_words(self.consignment.channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A line of the recipient list with the units that it led to."""

    title: str
    rows: tuple[Line, ...]
    reached: int
    total: int

    @property
    def stuck(self) -> int:
        """Units that need somebody."""
        return sum(row.needs_somebody for row in self.rows)


def lines_of_units(session: Session, directive: Directive, person: Person) -> list[Line]:
    """Returns one row per unit, in the order of the names."""
    tried = (
        select(DeliveryAttempt.ikey, func.count().label("attempts"))
        .join(Consignment, Consignment.key == DeliveryAttempt.ikey)
        .where(Consignment.directive_id == directive.id)
        .group_by(DeliveryAttempt.ikey)
        .subquery()
    )
    rows = session.execute(
        select(Consignment, Organisation.name, tried.c.attempts)
        .join(Organisation, Organisation.id == Consignment.organisation_id)
        .outerjoin(tried, tried.c.ikey == Consignment.key)
        .where(Consignment.directive_id == directive.id)
        .order_by(Organisation.sort_key, Consignment.planned_at)
    ).all()
    before: dict[str, list[str]] = {}
    for one, _, _ in rows:
        if one.rerouted_to_id is not None:
            before.setdefault(one.organisation_id, []).append(channel_words(one.channel))
    arrived, answers = _arrivals(session, directive), _answers(session, directive)
    is_clerk = person.has(directive.organisation_id, Role.REGISTRY_CLERK)
    return [
        Line(
            consignment=one, unit=name, attempts=attempts or 0,
            may_resend=is_clerk and one.state in _FAILED and one.channel != "paper",
            before=tuple(before.get(one.organisation_id, ())),
            arrived_at=arrived.get(one.id),
            asked=sum(answers.get(one.organisation_id, (0, 0))),
            answered=answers.get(one.organisation_id, (0, 0))[0],
            warned=one.warned_at is not None and one.state in NOT_SENT,
        )
        for one, name, attempts in rows
        if one.rerouted_to_id is None
    ]  # fmt: skip


def _arrivals(session: Session, directive: Directive) -> dict[UUID, datetime]:
    rows = session.execute(
        select(DeliveryEvent.consignment_id, func.min(DeliveryEvent.at))
        .join(Consignment, Consignment.id == DeliveryEvent.consignment_id)
        .where(
            Consignment.directive_id == directive.id, DeliveryEvent.state == DeliveryState.ARRIVED
        )
        .group_by(DeliveryEvent.consignment_id)
    )
    return {key: at for key, at in rows}  # noqa: C416 (rows are no pairs)


def _answers(session: Session, directive: Directive) -> dict[str, tuple[int, int]]:
    """Counts, by unit, the answers that came and those still owed."""
    answered = Obligation.state.in_(ANSWERED_OBLIGATIONS)
    rows = session.execute(
        select(
            Obligation.organisation_id,
            func.sum(case((answered, 1), else_=0)),
            func.sum(case((answered, 0), else_=1)),
        )
        .where(Obligation.directive_id == directive.id, Obligation.state.not_in(GONE_OBLIGATIONS))
        .group_by(Obligation.organisation_id)
    )
    return {unit: (int(came), int(owed)) for unit, came, owed in rows}


def shown(lines: Sequence[Line], chosen: str, named: str) -> list[Line]:
    """Returns the rows that a filter and a part of a name leave."""
    states, part = CHIPS[chosen][1], named.strip().casefold()
    return [
        line
        for line in lines
        if line.consignment.state in states
        and (chosen != LATE or line.warned)
        and part in line.unit.casefold()
    ]


def chips(lines: Sequence[Line]) -> list[tuple[str, str, int]]:
    """Returns each filter with its words and how many units it shows; an empty last one is left."""
    counted = [(key, label, len(shown(lines, key, ""))) for key, (label, _) in CHIPS.items()]
    return [one for one in counted if one[0] != LATE or one[2]]


def limit_of(lines: Sequence[Line]) -> datetime | None:
    """Returns by when what is not sent yet must be sent; None where all is."""
    waiting = (one.consignment for one in lines if one.consignment.state in NOT_SENT)
    return min((one.send_by for one in waiting if one.send_by), default=None)


def titles_of(session: Session, directive: Directive) -> dict[int, str]:
    """Returns the lines of the recipient list as headings, by their ordinals."""
    above = ", ".join(content_of(session, directive).addressees)
    return {
        line.ordinal: f"{line.raw}: {above}" if above and is_as_above(line.raw) else line.raw
        for line in lines_of(session, directive)
    }


def headings(lines: Sequence[Line], titles: dict[int, str]) -> list[Heading]:
    """Returns the rows below the lines of the recipient list that led to them."""
    found: dict[int, list[Line]] = {}
    for line in lines:
        found.setdefault(min(line.consignment.lines, default=0), []).append(line)
    return [
        Heading(
            title=titles.get(ordinal, OTHER_UNITS),
            rows=tuple(rows),
            reached=sum(row.consignment.state in REACHED for row in rows),
            total=len(rows),
        )
        for ordinal, rows in sorted(found.items())
    ]


def counts(session: Session, keys: Sequence[UUID]) -> dict[UUID, Counter[str]]:
    """Returns how many units stand where, by directive."""
    found: dict[UUID, Counter[str]] = {}
    rows = session.execute(
        select(Consignment.directive_id, Consignment.state, func.count())
        .where(Consignment.directive_id.in_(keys), Consignment.rerouted_to_id.is_(None))
        .group_by(Consignment.directive_id, Consignment.state)
    )
    for key, state, count in rows:
        found.setdefault(key, Counter())[state] += count
    return found
