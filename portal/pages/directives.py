"""The list of directives: search, filters that stand in its address, one page after another."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import Response

from actions.errors import InvalidInputError
from actions.listing.paging import Page
from actions.listing.sight import Reader
from actions.searching.finding import COUNTED, count, find, number_of, without_states
from actions.working.choices import types_of
from documents.content import Regime
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.organisation import Organisation
from portal.context import Portal, ThePortal
from portal.i18n.catalogue import gettext
from portal.identity import Person, SignedInPerson
from portal.rendering import page
from portal.search_form import GROUPS, Asked, read_search

ROWS: Final = 50
"""Directives of a page."""

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A group of states that can be chosen."""

    address: str
    label: str
    count: int | None
    """None where there are too many to count."""
    is_chosen: bool


@router.get("/van-ban")
def directives(
    request: Request, portal: ThePortal, person: SignedInPerson, sau: str = ""
) -> Response:
    """Shows the directives of the reader's offices, the one that changed last first."""
    with portal.database.reading() as session:
        reader = Reader(session=session, actor=person.actor, day=portal.today())
        asked = read_search(reader, request.query_params)
        found, is_first = _page(reader, asked, sau)
        counts = count(reader, without_states(asked.filters))
        states = asked.filters.states or frozenset(DirectiveState)
        total = counts.of(states)
        if total is None:
            total = number_of(reader, asked.filters)
        types = _types(portal, reader, person)
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
        rows=found.items, total=total, most=COUNTED, is_first=is_first,
        further=asked.address(sau=found.next) if found.next else "",
        types=types if not chosen or chosen in types else (chosen, *types),
        states=[one.value for one in DirectiveState],
    )  # fmt: skip


def _page(reader: Reader, asked: Asked, cursor: str) -> tuple[Page[Directive], bool]:
    """The rows, and whether they are the first ones."""
    try:
        return find(reader, asked.filters, after=cursor or None, limit=ROWS), not cursor
    except InvalidInputError:
        asked.faults["sau"] = gettext("Không mở được trang theo địa chỉ này; đang hiện trang đầu.")
        return find(reader, asked.filters, after=None, limit=ROWS), True


def _types(portal: Portal, reader: Reader, person: Person) -> tuple[str, ...]:
    """Kinds of papers of the reader's offices."""
    regimes = reader.session.scalars(
        select(Organisation.regime).where(Organisation.id.in_(person.roles)).distinct()
    ).all()
    found = dict.fromkeys(
        name for one in sorted(regimes) for name in types_of(Regime(one), portal.today())
    )
    return tuple(found)
