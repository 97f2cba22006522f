"""From the lines of a recipient list to units, as of a date.

A line names organisations and groups. Groups are opened as of the day; an organisation that has
ended gives way to its successors, with a word about it; a unit named alone and inside a group is
one unit under the stronger role. Nothing is dropped: a unit that cannot be reached stays, with the
reason in `problem`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from actions.errors import NotFoundError
from actions.ways import (
    PAPER_TASK,
    Way,
    channel_words,
    chunks,
    first_usable,
    ways_of,
)
from models.directive import RecipientLine
from models.organisation import GroupMembership, Organisation, OrganisationSuccessor, UnitGroup

STRENGTH = ("unmarked", "know", "report", "action")
"""Roles from the weakest to the strongest; a unit named twice keeps the strongest."""

_POINTS_AT_ADDRESSEES = frozenset({"as_above", "as_article"})
"""Lines that point at those who must act: whom the letter addresses, whom an article names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpandedUnit:
    """One unit that a recipient list comes down to."""

    organisation_id: str
    """The unit as it exists on the day."""
    name: str
    """Its name."""
    role: str
    """The strongest role under which it is named: action, report, know or unmarked."""
    lines: tuple[int, ...]
    """Ordinals of the lines that lead to it."""
    channel: str
    """The channel that reaches it."""
    address: str | None
    """Where the channel reaches it; None where nobody has entered an address."""
    detail: str | None = None
    """How it came to be here, where that is not plain: the organisation it took over from."""
    problem: str | None = None
    """Why nothing can be sent to it now; None where something can."""
    further: tuple[Way, ...] = ()
    """The channels that are tried after this one, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LivingUnit:
    """An organisation as of a day, with how it was come to."""

    organisation: Organisation
    """The organisation."""
    detail: str | None = None
    """The organisation it took over from, and by which paper."""
    problem: str | None = None
    """Why it cannot act on that day: ended without a successor, or not yet founded."""


def members_of(session: Session, groups: Iterable[str], day: date) -> list[str]:
    """Returns the organisations that belong to any of the groups on a day.

    Raises:
        NotFoundError: there is no such group.
    """
    wanted = list(groups)
    if not wanted:
        return []
    known = set(session.scalars(select(UnitGroup.id).where(UnitGroup.id.in_(wanted))))
    for group in wanted:
        if group not in known:
            raise NotFoundError("nhóm đơn vị", group)
    return list(
        session.scalars(
            select(GroupMembership.organisation_id)
            .where(
                GroupMembership.group_id.in_(wanted),
                GroupMembership.valid_from <= day,
                or_(GroupMembership.valid_to.is_(None), GroupMembership.valid_to >= day),
            )
            .order_by(GroupMembership.organisation_id)
            .distinct()
        )
    )


def living(session: Session, organisation_id: str, day: date) -> tuple[LivingUnit, ...]:
    """Returns who stands for an organisation on a day: itself, or those who took over from it.

    Raises:
        NotFoundError: there is no such organisation.
    """
    return tuple(_living(session, organisation_id, day, None, frozenset()))


def _living(
    session: Session, organisation_id: str, day: date, detail: str | None, passed: frozenset[str]
) -> Iterator[LivingUnit]:
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFoundError("đơn vị", organisation_id)
    if organisation.valid_from > day:
        since = f"{organisation.valid_from:%d/%m/%Y}"
        problem = f"Đơn vị chỉ hoạt động từ ngày {since}; kiểm tra lại ngày hoặc danh sách."
        yield LivingUnit(organisation=organisation, detail=detail, problem=problem)
        return
    if organisation.valid_to is None or organisation.valid_to >= day:
        yield LivingUnit(organisation=organisation, detail=detail)
        return
    successors = [
        row for row in _successors(session, organisation_id, day) if row.successor_id not in passed
    ]
    if not successors:
        until = f"{organisation.valid_to:%d/%m/%Y}"
        problem = (
            f"Đơn vị đã kết thúc hoạt động ngày {until} và chưa có đơn vị kế thừa; "
            "bổ sung đơn vị kế thừa rồi gửi lại."
        )
        yield LivingUnit(organisation=organisation, detail=detail, problem=problem)
    for row in successors:
        basis = f" ({row.basis})" if row.basis else ""
        said = f"Kế thừa {organisation.name} từ ngày {row.since:%d/%m/%Y}{basis}."
        yield from _living(
            session, row.successor_id, day, f"{detail} {said}" if detail else said,
            passed | {organisation_id},
        )  # fmt: skip


def _successors(session: Session, organisation_id: str, day: date) -> list[OrganisationSuccessor]:
    return list(
        session.scalars(
            select(OrganisationSuccessor)
            .where(
                OrganisationSuccessor.organisation_id == organisation_id,
                OrganisationSuccessor.since <= day,
            )
            .order_by(OrganisationSuccessor.successor_id)
        )
    )


def units_named(
    session: Session, organisations: Iterable[str], groups: Iterable[str], day: date
) -> dict[str, LivingUnit]:
    """Returns the units that names and groups stand for on a day, by identifier.

    Raises:
        NotFoundError: there is no such organisation or group.
    """
    names = [*organisations, *members_of(session, groups, day)]
    # Held until the end: the session then finds each of them without asking the database.
    at_hand = [
        session.scalars(select(Organisation).where(Organisation.id.in_(chunk))).all()
        for chunk in chunks(names)
    ]
    found: dict[str, LivingUnit] = {}
    for name in names:
        for unit in living(session, name, day):
            found.setdefault(unit.organisation.id, unit)
    del at_hand
    return found


def expand(
    session: Session,
    lines: Sequence[RecipientLine],
    day: date,
    *,
    issuer_id: str,
    acting: frozenset[str] = frozenset(),
) -> tuple[ExpandedUnit, ...]:
    """Opens a recipient list into units, in the order in which the list names them first.

    The archive line is filed, not sent; the issuing office is not sent its own paper.

    Args:
        session: an open look or transaction.
        lines: the lines of one revision.
        day: the day as of which groups and organisations are read.
        issuer_id: the issuing office.
        acting: units that a task of the directive names; where no line gives them a role, they act.

    Raises:
        NotFoundError: a line names an organisation or group that does not exist.
    """
    found: dict[str, ExpandedUnit] = {}
    for line in sorted(lines, key=lambda line: line.ordinal):
        if line.role == "archive":
            continue
        named = units_named(session, line.organisations, line.groups, day)
        named.pop(issuer_id, None)
        ways = ways_of(session, (unit.organisation for unit in named.values()))
        for key, unit in named.items():
            _join(found, _unit(unit, line, acting, ways[key]))
    return tuple(found.values())


def expand_one(session: Session, unit: LivingUnit, *, role: str) -> ExpandedUnit:
    """Returns a unit that no line names, for instance a successor, with the way that reaches it."""
    organisation = unit.organisation
    return _reached(unit, role, (), ways_of(session, (organisation,))[organisation.id])


def _join(found: dict[str, ExpandedUnit], unit: ExpandedUnit) -> None:
    """Adds a unit, or joins it with the one that is there: one recipient, the stronger role."""
    before = found.get(unit.organisation_id)
    if before is None:
        found[unit.organisation_id] = unit
        return
    found[unit.organisation_id] = replace(
        before,
        role=max(before.role, unit.role, key=STRENGTH.index),
        lines=(*before.lines, *unit.lines),
        detail=before.detail or unit.detail,
    )


def _unit(
    unit: LivingUnit, line: RecipientLine, acting: frozenset[str], ways: Sequence[Way]
) -> ExpandedUnit:
    role = "action" if line.role in _POINTS_AT_ADDRESSEES else line.role
    if role == "unmarked" and unit.organisation.id in acting:
        role = "action"
    return _reached(unit, role, (line.ordinal,), ways)


def _reached(
    unit: LivingUnit, role: str, lines: tuple[int, ...], ways: Sequence[Way]
) -> ExpandedUnit:
    """Puts a unit on the first of its ways that is usable; the others stay behind it."""
    organisation, way = unit.organisation, first_usable(ways)
    passed = None
    if way is not ways[0]:
        passed = (
            f"Kênh đầu ({channel_words(ways[0].channel)}) chưa có địa chỉ; "
            f"gửi qua kênh {channel_words(way.channel)}."
        )
    return ExpandedUnit(
        organisation_id=organisation.id,
        name=organisation.name,
        role=role,
        lines=lines,
        channel=way.channel,
        address=way.address,
        detail=" ".join(words for words in (unit.detail, passed) if words) or None,
        problem=unit.problem or _unreachable(organisation, way),
        further=tuple(ways[list(ways).index(way) + 1 :]),
    )


def _unreachable(organisation: Organisation, way: Way) -> str | None:
    if way.is_paper:
        return PAPER_TASK
    if way.address:
        return None
    return (
        f"Chưa có địa chỉ để gửi cho {organisation.name}. "
        "Ghi địa chỉ khi gửi lại, hoặc bổ sung trong dữ liệu cơ quan."
    )
