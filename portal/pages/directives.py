"""The list of directives: search, filters that stand in its address, one page after another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from sqlalchemy import func, select
from starlette.responses import Response

from actions.boards.directives import Standing, standing_of
from actions.errors import InvalidInputError
from actions.listing.paging import COUNTED, Page
from actions.listing.sight import Reader
from actions.progress import OPEN_STATES, steps_of
from actions.searching.finding import count, find, number_of, without_states
from actions.searching.numbers import bearing
from actions.searching.tables import found_table
from actions.searching.views import views_of
from actions.working.choices import types_of
from documents.content import Regime
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment
from models.lifecycle import DirectiveState
from models.organisation import Organisation
from portal.context import Portal, ThePortal
from portal.dispatch_view import NOT_SENT
from portal.i18n.catalogue import gettext
from portal.identity import Person, SignedInPerson
from portal.pages.boards import taken
from portal.rendering import page
from portal.search_form import GROUPS, Asked, address_of, read_search
from portal.seeing import Kept

ROWS: Final = 50
"""Directives of a page."""
NOTHING_TYPED: Final = Kept()

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A group of states that can be chosen."""

    address: str
    label: str
    count: int | None
    """None where there are too many to count."""
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a directive that was issued."""

    standing: Standing
    unsent: int
    """Units to which it has not gone out yet."""


@router.get("/van-ban")
def directives(
    request: Request, portal: ThePortal, person: SignedInPerson, sau: str = ""
) -> Response:
    """Shows the directives of the reader's offices, the one that changed last first."""
    return show(request, portal, person, request.query_params, cursor=sau)


@router.get("/van-ban/tep")
def table(request: Request, portal: ThePortal, person: SignedInPerson, dang: str = "") -> Response:
    """Returns what the fields of the address let through as a file (`dang`: csv, xlsx)."""
    with portal.looking(person.actor) as reader:
        made = found_table(reader, read_search(reader, request.query_params).filters)
    return taken(portal, made, dang)


def show(
    request: Request,
    portal: Portal,
    person: Person,
    given: Mapping[str, str],
    *,
    cursor: str = "",
    kept: Kept = NOTHING_TYPED,
    status: int = 200,
) -> Response:
    """Returns the list for the fields of an address.

    Args:
        request: what is answered.
        portal: the portal.
        person: who reads.
        given: the fields.
        cursor: where it goes on.
        kept: the name of a saved view that was refused.
        status: HTTP status.
    """
    with portal.looking(person.actor) as reader:
        asked = read_search(reader, given)
        found, is_first = _page(reader, asked, cursor)
        is_plain = is_first and not asked.is_filtered and not asked.group
        bearing_it = bearing(reader, asked.typed["q"]) if is_plain else []
        if {one.id for one in bearing_it} == {one.id for one in found.items}:
            bearing_it = []  # they are the whole list
        outcomes = _outcomes(reader, found.items)
        under_way = [one for one in found.items if one.state in OPEN_STATES]
        waits = steps_of(reader.session, under_way) if under_way else {}
        counts = count(reader, without_states(asked.filters))
        states = asked.filters.states or frozenset(DirectiveState)
        total = counts.of(states)
        if total is None:
            every = asked.filters.states is None
            total = COUNTED + 1 if every else number_of(reader, asked.filters)
        types = _types(portal, reader, person)
        views = views_of(reader.session, person.officer_id)
    chips = [
        Chip(
            address=asked.address(loc=key, trang_thai=""), label=label,
            count=counts.of(among), is_chosen=key == asked.group,
        )
        for key, (label, among) in GROUPS.items()
    ]  # fmt: skip
    chosen = asked.typed["loai"]
    return page(
        request, "directives.html", person=person, q=asked.typed["q"], asked=asked, chips=chips,
        rows=found.items,
        bearing_it=bearing_it, outcomes=outcomes, waits=waits, total=total, most=COUNTED,
        is_first=is_first,
        further=asked.address(sau=found.next) if found.next else "",
        types=types if not chosen or chosen in types else (chosen, *types),
        states=[one.value for one in DirectiveState], views=views, kept=kept,
        address_of=address_of, status=status,
        is_saved=any(one.filters == asked.lasting for one in views),
    )  # fmt: skip


def _page(reader: Reader, asked: Asked, cursor: str) -> tuple[Page[Directive], bool]:
    """The rows, and whether they are the first ones."""
    try:
        return find(reader, asked.filters, after=cursor or None, limit=ROWS), not cursor
    except InvalidInputError:
        asked.faults["sau"] = gettext("Không mở được trang theo địa chỉ này; đang hiện trang đầu.")
        return find(reader, asked.filters, after=None, limit=ROWS), True


def _outcomes(reader: Reader, rows: Sequence[Directive]) -> dict[DirectiveId, Outcome]:
    """How those of the rows that were issued stand with their units."""
    keys = [DirectiveId(one.id) for one in rows if one.issued_at]
    if not keys:
        return {}
    standing = standing_of(reader, keys)
    unsent = dict(
        reader.session.execute(
            select(Consignment.directive_id, func.count())
            .where(Consignment.directive_id.in_(keys), Consignment.state.in_(NOT_SENT))
            .group_by(Consignment.directive_id)
        )
        .tuples()
        .all()
    )
    return {
        key: Outcome(standing=standing.get(key, Standing()), unsent=unsent.get(key, 0))
        for key in keys
    }


def _types(portal: Portal, reader: Reader, person: Person) -> tuple[str, ...]:
    """Kinds of papers of the reader's offices."""
    regimes = reader.session.scalars(
        select(Organisation.regime).where(Organisation.id.in_(person.roles)).distinct()
    ).all()
    found = dict.fromkeys(
        name for one in sorted(regimes) for name in types_of(Regime(one), portal.today())
    )
    return tuple(found)
