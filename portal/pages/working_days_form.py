"""Lịch làm việc, day by day: the days off and made-up days of a year in a table to change.

What is typed is shown with what it would change, as a file is, before it is taken.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from actions.errors import InvalidInputError, NotAuthorisedError
from actions.obligations.calendar_files import read_lists
from actions.obligations.calendars import show_year
from deadlines.year_lists import FIXED_HOLIDAYS
from models.officer import Role
from portal.context import Portal, ThePortal
from portal.i18n.catalogue import noted
from portal.identity import Deciding, Person, SignedInPerson
from portal.pages.working_days import FIRST, LAST, PATH, runs_of, show
from portal.problems import problem_of
from portal.rendering import page

OFF, MADE_UP = "nghỉ", "làm bù"
KINDS: Final = ((OFF, noted("nghỉ")), (MADE_UP, noted("làm bù")))
ADD, EDIT, LOOK = "them", "sua", "xem"
MOST_ROWS: Final = 60
MOST_LABEL: Final = 200
_TAKE_OUT: Final = re.compile(r"bo-([0-9]{1,2})")
_FIXED: Final = dict(
    zip(
        FIXED_HOLIDAYS,
        ("Tết Dương lịch", "Ngày Chiến thắng", "Ngày Quốc tế lao động", "Quốc khánh"),
        strict=True,
    )
)
"""Names of the holidays that lie on one day of every year, in their order."""

router = APIRouter(prefix=PATH)


@dataclass(frozen=True, slots=True)
class TypedDay:
    """One row as it was typed: a day, or all days to another."""

    first: str = ""
    last: str = ""
    kind: str = OFF
    label: str = ""


@router.get("/sua/{year}")
def table(request: Request, portal: ThePortal, person: SignedInPerson, year: int) -> Response:
    """Shows the days of a year as rows to change; a year without any begins with fixed holidays."""
    _require(person)
    return _show(request, portal, person, year, _standing(portal, year))


@router.post("/sua/{year}")
def change(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    year: int,
    act: Annotated[str, Form()] = LOOK,
    first: Annotated[list[str] | None, Form()] = None,
    last: Annotated[list[str] | None, Form()] = None,
    kind: Annotated[list[str] | None, Form()] = None,
    label: Annotated[list[str] | None, Form()] = None,
    basis: Annotated[str, Form()] = "",
    confirmed: Annotated[str, Form()] = "",
) -> Response:
    """Gives the table back with a row more or less, or shows what it would change."""
    _require(person)
    rows = [TypedDay(*one) for one in zip(first or [], last or [], kind or [], label or [],
                                          strict=False)][:MOST_ROWS]  # fmt: skip
    found = _TAKE_OUT.fullmatch(act)
    if found is not None:
        rows = [row for place, row in enumerate(rows) if place != int(found[1])]
    elif act == ADD:
        rows = [*rows, TypedDay()]
    elif act != EDIT:
        try:
            lists = read_lists(
                "lich.csv", _written(rows), year, basis=basis[:300], confirmed=bool(confirmed)
            )
        except InvalidInputError as refusal:
            return _show(
                request, portal, person, year, rows, basis=basis, confirmed=bool(confirmed),
                refusal=refusal,
            )  # fmt: skip
        return show(request, portal, person, year, lists=lists)
    return _show(request, portal, person, year, rows, basis=basis, confirmed=bool(confirmed))


def _require(person: Person) -> None:
    if not {Role.ADMINISTRATOR, Role.FOLLOW_UP} & person.all_roles:
        raise NotAuthorisedError(person.name, "nhập lịch nghỉ", "quản trị hoặc người theo dõi")


def _standing(portal: Portal, year: int) -> list[TypedDay]:
    with portal.database.reading() as session:
        lists = show_year(session, _known(portal, year)).lists
    if not lists.off and not lists.working:
        return [
            TypedDay(date(_known(portal, year), month, day).isoformat(), "", OFF, name)
            for (month, day), name in _FIXED.items()
        ]
    return [
        TypedDay(
            one.first.isoformat(), one.last.isoformat() if one.last != one.first else "", kind,
            one.label,
        )
        for kind, days in ((OFF, lists.off), (MADE_UP, lists.working))
        for one in runs_of(days)
    ]  # fmt: skip


def _known(portal: Portal, year: int) -> int:
    return year if FIRST <= year <= LAST else portal.today().year


def _written(rows: Sequence[TypedDay]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("ngày", "đến ngày", "loại", "tên"))
    writer.writerows(
        (row.first, row.last, row.kind, row.label[:MOST_LABEL])
        for row in rows
        if any(part.strip() for part in (row.first, row.last, row.label))
    )
    return text.getvalue().encode()


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    year: int,
    rows: Sequence[TypedDay],
    *,
    basis: str | None = None,
    confirmed: bool = True,
    refusal: InvalidInputError | None = None,
) -> Response:
    problem = problem_of(refusal) if refusal else None
    known = _known(portal, year)
    with portal.database.reading() as session:
        stands = show_year(session, known).lists
    return page(
        request, "working_days_form.html", person=person, year=known, rows=rows, kinds=KINDS,
        status=problem.status if problem else 200, refusal=problem.sentence if problem else "",
        basis=stands.basis if basis is None else basis, confirmed=confirmed, most_rows=MOST_ROWS,
        most_label=MOST_LABEL,
    )  # fmt: skip
