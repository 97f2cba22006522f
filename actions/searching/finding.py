"""Filters over directives, one page of what they let through, and how many there are."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from actions.listing.paging import COUNTED, Order, Page, page_of
from actions.listing.sight import Reader
from actions.searching.terms import NO_TERMS, Terms
from models.directive import Directive, RecipientLine
from models.dispatch import Consignment
from models.lifecycle import DirectiveState
from models.organisation import GroupMembership

NEWEST: Final = Order(by=Directive.updated_at, key=Directive.id, descending=True)
_NOT_SENT: Final = tuple(
    one.value
    for one in (
        DirectiveState.DRAFTING, DirectiveState.RETURNED, DirectiveState.IN_REVIEW,
        DirectiveState.APPROVED, DirectiveState.NUMBERED, DirectiveState.SIGNED,
        DirectiveState.SEALED, DirectiveState.CANCELLED,
    )
)  # fmt: skip
"""States in which a directive has gone to nobody yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a directive must fulfil; what is left out lets everything through."""

    terms: Terms = NO_TERMS
    states: frozenset[DirectiveState] | None = None
    doc_type: str | None = None
    unit: str | None = None
    """Identifier of an organisation to which it goes or went."""
    number: str | None = None
    """Number and symbol, exactly."""
    since: date | None = None
    """First date that may stand on it; one without a date is let through by neither."""
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many directives there are, counted as far as `COUNTED`."""

    by_state: Mapping[str, int]
    is_more: bool
    """There are more than were counted; the figures by state are then left out."""

    def of(self, states: Collection[DirectiveState]) -> int | None:
        """Returns how many stand in some states; None where that was not counted."""
        return None if self.is_more else sum(self.by_state.get(one.value, 0) for one in states)


def query_of(reader: Reader, filters: Filters) -> Select[tuple[Directive]]:
    """Returns what the filters let through of what the reader may see, without an order."""
    session = reader.session
    query = select(Directive).where(reader.sees_directives())
    if filters.terms:
        query = query.where(filters.terms.condition(session))
    if filters.states is not None:
        query = query.where(Directive.state.in_([one.value for one in filters.states]))
    if filters.doc_type is not None:
        query = query.where(Directive.doc_type == filters.doc_type)
    if filters.unit is not None:
        query = query.where(_goes_to(session, filters.unit, reader.day))
    if filters.number is not None:
        query = query.where(Directive.number_text == filters.number)
    if filters.since is not None:
        query = query.where(Directive.issue_date >= filters.since)
    if filters.until is not None:
        query = query.where(Directive.issue_date <= filters.until)
    return query


def find(reader: Reader, filters: Filters, *, after: str | None, limit: int) -> Page[Directive]:
    """Returns a page of directives, the one that changed last first.

    By keyset: what is added meanwhile moves nothing from one page to another.

    Raises:
        InvalidInputError: the cursor is none of ours.
    """
    return page_of(
        reader.session, query_of(reader, filters), NEWEST, after=after, limit=limit,
        values=lambda one: (one.updated_at, one.id),
    )  # fmt: skip


def count(reader: Reader, filters: Filters) -> Counts:
    """Counts what the filters let through, by state; stops beyond `COUNTED`."""
    states = (
        query_of(reader, filters).with_only_columns(Directive.state).limit(COUNTED + 1).subquery()
    )
    rows = reader.session.execute(select(states.c.state, func.count()).group_by(states.c.state))
    found = Counter(dict(rows.tuples().all()))
    return Counts(by_state=found, is_more=found.total() > COUNTED)


def number_of(reader: Reader, filters: Filters) -> int:
    """Returns how many they let through; `COUNTED` + 1 stands for more."""
    some = query_of(reader, filters).with_only_columns(Directive.id).limit(COUNTED + 1).subquery()
    return reader.session.scalars(select(func.count()).select_from(some)).one()


def without_states(filters: Filters) -> Filters:
    """Returns the same filters for every state."""
    return replace(filters, states=None)


def _goes_to(session: Session, unit: str, day: date) -> ColumnElement[bool]:
    """It was sent to the unit; or, before that, its list names the unit or a group of today's."""
    groups = session.scalars(
        select(GroupMembership.group_id).where(
            GroupMembership.organisation_id == unit,
            GroupMembership.valid_from <= day,
            or_(GroupMembership.valid_to.is_(None), GroupMembership.valid_to >= day),
        )
    ).all()
    named = or_(
        _names(RecipientLine.organisations, unit),
        *(_names(RecipientLine.groups, one) for one in groups),
    )
    sent = select(Consignment.directive_id).where(Consignment.organisation_id == unit)
    planned = (
        select(RecipientLine.directive_id)
        .join(Directive, Directive.id == RecipientLine.directive_id)
        .where(
            Directive.state.in_(_NOT_SENT),
            RecipientLine.revision == Directive.revision,
            named,
        )
    )
    return or_(Directive.id.in_(sent), Directive.id.in_(planned))


def _names(column: InstrumentedAttribute[list[Any]], key: str) -> ColumnElement[bool]:
    """Identifiers stand in a JSON list, each in quotes, on both databases."""
    return cast(column, String).contains(f'"{key}"', autoescape=True)
