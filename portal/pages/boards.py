"""Follow-up over all directives: by directive, by unit, by day, as a chart; to take away."""

from collections.abc import Callable
from typing import Final, TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from actions.boards import sheets
from actions.boards.counting import Count
from actions.boards.deadlines import by_day, without_a_day
from actions.boards.directives import by_directive
from actions.boards.months import by_month
from actions.boards.periods import around, period_of
from actions.boards.units import UnitStanding, by_unit, whole
from actions.errors import InvalidInputError
from actions.listing.paging import Page
from actions.listing.sight import Reader
from actions.offices import working_calendar
from actions.reminding.setting import MAY_SET
from actions.standing import state_words
from portal.context import Portal, ThePortal
from portal.i18n.catalogue import noted
from portal.identity import Person, SignedInPerson
from portal.kept_counts import Counted
from portal.pages.directive import download
from portal.rendering import page

_T = TypeVar("_T")
PATH: Final = "/theo-doi"
ROWS: Final = 50
"""Rows of a page."""
CLOSED: Final = "xong"
SPANS: Final = {
    "": noted("Tất cả"),
    "qua-han": noted("Quá hạn"),
    "hom-nay": noted("Hôm nay"),
    "bay-ngay": noted("7 ngày tới"),
    "ba-muoi-ngay": noted("30 ngày tới"),
}
"""Chips of what is owed by day, by the value of `?loc=`."""
router = APIRouter(prefix=PATH)


@router.get("")
def followed(
    request: Request, portal: ThePortal, person: SignedInPerson, loc: str = "", sau: str = ""
) -> Response:
    """Shows the directives that are followed up, newest first; `loc=xong` those that were."""
    with portal.looking(person.actor) as reader:
        found = by_directive(reader, is_closed=loc == CLOSED, after=sau or None, limit=ROWS)
        return page(
            request, "followed.html", person=person, found=found, chosen=loc,
            is_first=not sau, may_set_chasing=bool(set(MAY_SET) & person.all_roles),
        )  # fmt: skip


@router.get("/cac-don-vi")
def units(
    *,
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    ky: str = "",
    ten: str = "",
    sau: str = "",
) -> Response:
    """Shows how each unit answered within a period (`ky`)."""
    today = portal.today()
    refusal, period = "", period_of("", today)
    try:
        period = period_of(ky, today)
    except InvalidInputError as err:
        refusal = err.diagnosis()

    def count(reader: Reader) -> tuple[Page[UnitStanding], Count]:
        found = by_unit(reader, period, named=ten, after=sau or None, limit=ROWS)
        return found, whole(reader, period)

    counted = _counted(portal, person, f"units {period.key} {sau} {ten}", count)
    found, all_units = counted.figures
    return page(
        request, "followed_units.html", person=person, found=found, period=period, named=ten,
        periods=around(today), whole=all_units, is_first=not sau, refusal=refusal,
        counted_at=counted.at, status=422 if refusal else 200,
    )  # fmt: skip


@router.get("/theo-han")
def days(
    *,
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    loc: str = "",
    ten: str = "",
    sau: str = "",
) -> Response:
    """Shows what units still owe, what is due first at the top."""
    with portal.looking(person.actor) as reader:
        found = by_day(reader, span=loc, named=ten, after=sau or None, limit=ROWS)
        return page(
            request, "followed_days.html", person=person, found=found, chosen=loc, named=ten,
            spans=SPANS, is_first=not sau, calendar=working_calendar(reader.session),
            is_without_day=without_a_day(reader), at=portal.at(), state_words=state_words,
        )  # fmt: skip


@router.get("/bieu-do")
def months(request: Request, portal: ThePortal, person: SignedInPerson, ky: str = "") -> Response:
    """Shows a year, month by month."""
    today = portal.today()
    year = period_of(ky[:4] or str(today.year), today)
    counted = _counted(portal, person, f"months {year.key}", lambda reader: by_month(reader, year))
    rows = counted.figures
    return page(
        request, "followed_months.html", person=person, rows=rows, year=year,
        years=[one for one in around(today) if "-" not in one.key],
        most=max((one.count.whole for one in rows), default=0), counted_at=counted.at,
    )  # fmt: skip


@router.get("/tep")
def table(
    *,
    portal: ThePortal,
    person: SignedInPerson,
    bang: str,
    dang: str,
    ky: str = "",
    loc: str = "",
    ten: str = "",
) -> Response:
    """Returns a board (`bang`: van-ban, don-vi, han) as a file (`dang`: csv, xlsx), filtered."""
    with portal.looking(person.actor) as reader:
        if bang == "don-vi":
            made = sheets.units_table(reader, period_of(ky, portal.today()), named=ten)
        elif bang == "han":
            made = sheets.owed_table(reader, portal.at(), span=loc, named=ten)
        else:
            made = sheets.directives_table(reader, is_closed=loc == CLOSED)
    return taken(portal, made, dang)


def _counted(
    portal: Portal, person: Person, what: str, count: Callable[[Reader], _T]
) -> Counted[_T]:
    """Returns figures for whoever sees the directives of the same offices on the same day."""

    def look() -> _T:
        with portal.looking(person.actor) as reader:
            return count(reader)

    with portal.looking(person.actor) as reader:
        key = (what, reader.day, reader.organisations)
    return portal.counts.get(key, look, portal.at)


def taken(portal: Portal, made: sheets.Table, form: str) -> Response:
    """Returns a table as something to keep.

    Raises:
        InvalidInputError: there is no such form.
    """
    content = made.written(form, portal.at())
    return download(content, f"{made.name}.{form}", sheets.MEDIA_TYPES[form])
