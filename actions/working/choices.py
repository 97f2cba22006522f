"""What a drafter can choose from: kinds of papers, signatories, reviewers, units. As of a day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from actions.absence_rows import away_on
from actions.access import roles_on
from documents.content import Regime
from documents.regimes import rules_for
from models.alphabet import sort_key
from models.numbering import NumberSeries
from models.officer import Officer, Post, Role, SigningAuthority, in_service
from models.organisation import GroupMembership, Organisation, UnitGroup

LETTER = "Công văn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of paper."""

    name: str
    symbol: str
    """What follows the number in this office."""
    mark: str
    """What stands between number and symbol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """One way in which somebody may sign."""

    id: str
    officer_id: str
    name: str
    position: str
    lines: tuple[str, ...]
    """As printed above the position."""
    away_until: date | None = None
    """Last day of an absence that holds today; what waits passes to the deputy meanwhile."""

    @property
    def words(self) -> str:
        """How it is offered: `Trần Trung Hiếu: K/T TRƯỞNG BAN, Phó Trưởng ban`."""
        return f"{self.name}: {', '.join((*self.lines, self.position))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One officer who may take a step."""

    id: str
    name: str
    post: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One organisation or group of the directory."""

    id: str
    name: str
    group: bool = False
    count: int = 0
    """Members of a group today."""
    children: tuple["Unit", ...] = ()
    """Organisations below it."""


def kinds(session: Session, organisation_id: str, day: date) -> tuple[Kind, ...]:
    """Returns the kinds that the office's series and its form allow on a day.

    Letters come first, for most papers are letters; the others as the form orders them.
    Where no series is open the whole list of the form is offered: the clerk opens one before the
    number is taken.
    """
    office = session.get_one(Organisation, organisation_id)
    named = types_of(Regime(office.regime), day)
    rows = session.scalars(
        select(NumberSeries).where(
            NumberSeries.organisation_id == organisation_id,
            NumberSeries.period_from <= day,
            or_(NumberSeries.period_to.is_(None), NumberSeries.period_to >= day),
        )
    ).all()
    allowed = {row.doc_type.casefold() for row in rows if row.doc_type}
    whole = not rows or any(row.doc_type is None for row in rows)
    mark = Regime(office.regime).number_separator()
    return tuple(
        Kind(name=name, symbol=symbol_for(office, name, day), mark=mark)
        for name in sorted(named, key=lambda one: one != LETTER)
        if whole or name.casefold() in allowed
    )


def types_of(regime: Regime, day: date) -> tuple[str, ...]:
    """Returns the kinds of papers of a form, as it lists them."""
    listed = tuple(entry.split(" ", 1)[1] for entry in rules_for(regime).words("types", day))
    return listed if LETTER in listed else (*listed, LETTER)


def symbol_for(office: Organisation, doc_type: str, day: date) -> str:
    """Returns the symbol of a kind of paper. Source: NĐ 30/2020 PL I II.3; HD 36 II.1.3."""
    regime = Regime(office.regime)
    rules = rules_for(regime)
    codes = {
        name.casefold(): code
        for code, name in (entry.split(" ", 1) for entry in rules.words("types", day))
    }
    code = codes.get(doc_type.casefold(), str(rules.rule("letter_code", day).value))
    own = office.abbreviation or ""
    if regime is Regime.PARTY:
        return f"{code}/{own}"
    # A State letter bears the unit that drafted it; "VP" is the usual one until it is changed.
    return f"{code}-{own}" if code else f"{own}-VP"


def authorities(
    session: Session, organisation_id: str, doc_type: str, day: date
) -> tuple[Authority, ...]:
    """Returns who may sign this kind of paper on a day, and in which capacity."""
    away = away_on(session, day)
    rows = session.execute(
        select(SigningAuthority, Officer)
        .join(Officer, Officer.id == SigningAuthority.officer_id)
        .where(
            SigningAuthority.organisation_id == organisation_id,
            SigningAuthority.valid_from <= day,
            or_(SigningAuthority.valid_to.is_(None), SigningAuthority.valid_to >= day),
            in_service(day),
        )
        .order_by(Officer.sort_key, SigningAuthority.id)
    )
    return tuple(
        Authority(
            id=row.id, officer_id=officer.id, name=officer.name, position=row.position,
            lines=tuple(row.capacity_lines),
            away_until=away[officer.id].last_day if officer.id in away else None,
        )
        for row, officer in rows
        if not row.doc_types or doc_type.casefold() in {one.casefold() for one in row.doc_types}
    )  # fmt: skip


def reviewers(session: Session, organisation_id: str, role: Role, day: date) -> tuple[Person, ...]:
    """Returns the officers who may take a step of checking at the office on a day."""
    rows = session.execute(
        select(Officer, Post.title)
        .join(Post, Post.officer_id == Officer.id)
        .where(
            Post.organisation_id == organisation_id,
            Post.valid_from <= day,
            or_(Post.valid_to.is_(None), Post.valid_to >= day),
        )
        .order_by(Officer.sort_key)
    )
    found = {
        officer.id: Person(id=officer.id, name=officer.name, post=title)
        for officer, title in rows
        if role in roles_on(session, officer.id, organisation_id, day)
    }
    return tuple(found.values())


def organisations_on(session: Session, day: date) -> list[Organisation]:
    """Returns the organisations that exist on a day, by name."""
    return list(
        session.scalars(
            select(Organisation)
            .where(
                Organisation.valid_from <= day,
                or_(Organisation.valid_to.is_(None), Organisation.valid_to >= day),
            )
            .order_by(Organisation.sort_key)
        )
    )


def groups_on(session: Session, day: date) -> tuple[Unit, ...]:
    """Returns the groups with how many members they have on a day."""
    counts: dict[str, int] = defaultdict(int)
    for group_id in session.scalars(
        select(GroupMembership.group_id).where(
            GroupMembership.valid_from <= day,
            or_(GroupMembership.valid_to.is_(None), GroupMembership.valid_to >= day),
        )
    ):
        counts[group_id] += 1
    groups = sorted(session.scalars(select(UnitGroup)), key=lambda one: sort_key(one.name))
    return tuple(Unit(id=one.id, name=one.name, group=True, count=counts[one.id]) for one in groups)


def tree(session: Session, day: date) -> tuple[Unit, ...]:
    """Returns the organisations of a day as a tree; one whose superior ended stands at the top."""
    rows = organisations_on(session, day)
    known = {row.id for row in rows}
    below: dict[str | None, list[Organisation]] = defaultdict(list)
    for row in rows:
        below[row.parent_id if row.parent_id in known else None].append(row)
    return _branch(below, None, frozenset())


def _branch(
    below: dict[str | None, list[Organisation]], key: str | None, passed: frozenset[str]
) -> tuple[Unit, ...]:
    return tuple(
        Unit(id=row.id, name=row.name, children=_branch(below, row.id, passed | {row.id}))
        for row in below.get(key, ())
        if row.id not in passed
    )


def names_of(session: Session) -> dict[str, str]:
    """Returns the names of all organisations and groups, `g:` before the key of a group."""
    named = {row.id: row.name for row in session.scalars(select(Organisation))}
    return named | {f"g:{row.id}": row.name for row in session.scalars(select(UnitGroup))}
