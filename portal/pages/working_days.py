"""Lịch làm việc: days off and swapped days of a year; a new list is shown before it is taken."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.errors import (
    ActionRefusedError,
    InvalidInputError,
    NotAuthorisedError,
    WrongStateError,
)
from actions.obligations.calendar_files import SIZE_LIMIT_BYTES, read_lists
from actions.obligations.calendars import compare_year, import_year, show_year, state_of
from actions.year_calendars import years_entered
from deadlines.year_lists import YearLists
from models.officer import Role
from portal.context import Portal, ThePortal
from portal.errors import BadUploadError, PortalError, UploadTooLargeError
from portal.identity import Deciding, Person, SignedInPerson, check_own_form
from portal.problems import problem_of
from portal.rendering import page
from portal.uploads import read_upload

PATH: Final = "/lich-lam-viec"
UPLOAD: Final = f"{PATH}/xem/"
FIRST, LAST = 2000, 2200

router = APIRouter(prefix=PATH)


@router.get("")
def calendar(request: Request, portal: ThePortal, person: SignedInPerson, nam: int = 0) -> Response:
    """Shows the calendar of a year (`nam`); of this one by default."""
    return show(request, portal, person, nam)


@router.post("/xem/{year}")
async def look(request: Request, portal: ThePortal, person: SignedInPerson, year: int) -> Response:
    """Shows what the lists of a file would change; nothing is written."""
    try:
        upload = await read_upload(request, limit_bytes=SIZE_LIMIT_BYTES)
        check_own_form(request, person, upload.fields.get("csrf", ""))
        lists = await to_thread.run_sync(
            partial(
                read_lists, upload.name, upload.content, year,
                basis=upload.fields.get("basis", ""), confirmed="confirmed" in upload.fields,
            ),
            limiter=portal.judges,
        )  # fmt: skip
    except (InvalidInputError, BadUploadError, UploadTooLargeError) as refusal:
        return await to_thread.run_sync(
            partial(show, request, portal, person, year, refusal=refusal)
        )
    return await to_thread.run_sync(partial(show, request, portal, person, year, lists=lists))


@router.post("/nhap/{year}")
def take(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    year: int,
    rows: Annotated[str, Form()] = "",
    basis: Annotated[str, Form()] = "",
    confirmed: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
) -> Response:
    """Takes the lists that were shown, unless somebody else took others meanwhile."""
    try:
        lists = read_lists("lich.csv", rows.encode(), year, basis=basis, confirmed=bool(confirmed))
        import_year(portal.desk, person.actor, lists, seen=seen or None)
    except (InvalidInputError, NotAuthorisedError, WrongStateError) as refusal:
        return show(request, portal, person, year, refusal=refusal)
    return RedirectResponse(f"{PATH}?nam={year}", status_code=303)


def show(
    request: Request,
    portal: Portal,
    person: Person,
    year: int,
    *,
    lists: YearLists | None = None,
    refusal: ActionRefusedError | PortalError | None = None,
) -> Response:
    """Shows the calendar of a year, with what lists would change where some are given."""
    wanted = year if FIRST <= year <= LAST else portal.today().year
    problem = problem_of(refusal) if refusal else None
    with portal.database.reading() as session:
        shown = show_year(session, wanted)
        compared = compare_year(session, lists) if lists else None
        known = years_entered(session)
    this = portal.today().year
    return page(
        request, "working_days.html", person=person, status=problem.status if problem else 200,
        shown=shown, runs=runs_of(shown.lists.off), year=wanted,
        years=sorted({*known, this, this + 1, wanted}),
        lists=lists, compared=compared, table=_table(lists) if lists else "",
        edits=[("nghỉ", runs_of(lists.off)), ("làm bù", runs_of(lists.working))] if lists else [],
        seen=state_of(shown.lists), refusal=problem.sentence if problem else "",
        may_import=bool({Role.ADMINISTRATOR, Role.FOLLOW_UP} & person.all_roles),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Days off that follow each other under one name."""

    first: date
    last: date
    label: str


def runs_of(off: Mapping[date, str]) -> list[Run]:
    """Returns days in their order, joined where they follow each other under one name."""
    found: list[Run] = []
    for day, label in off.items():
        before = found[-1] if found else None
        if before and before.label == label and (day - before.last).days == 1:
            found[-1] = replace(before, last=day)
        else:
            found.append(Run(first=day, last=day, label=label))
    return found


def _table(lists: YearLists) -> str:
    """Returns the lists as the table that is sent back when they are taken."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("ngày", "loại", "tên"))
    writer.writerows((day.isoformat(), "nghỉ", label) for day, label in lists.off.items())
    writer.writerows((day.isoformat(), "làm bù", label) for day, label in lists.working.items())
    return text.getvalue()
