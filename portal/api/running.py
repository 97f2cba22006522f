"""How the office runs, for programs: registers, calendar, chasing, runs of flows."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import Field
from starlette.responses import Response

from actions.desk import Desk
from actions.errors import NotFoundError
from actions.ladders import EVERY_KIND, all_ladders
from actions.listing import administration as listing
from actions.obligations.calendar_files import read_lists
from actions.obligations.calendars import import_year, show_year
from actions.operating.runs import ask_for_run
from actions.registers.books import book, books, span_of, spans
from actions.registers.printing import print_register
from actions.reminding.built_in import BUILT_IN
from actions.reminding.quiet import quiet_hours
from actions.reminding.setting import (
    MAY_SET,
    reset_ladder,
    reset_template,
    set_ladder,
    set_quiet_hours,
    set_template,
)
from actions.reminding.templates import template_of
from deadlines.ladder import Audience, LadderStep, Wording
from portal import reminding_view as view
from portal.api.shapes import DOES, FILE, After, Day, Given, Limit, Line, Listed, Told
from portal.calling import Decides, Reads, Writes
from portal.pages.directive import download

router = APIRouter(prefix="/api/v1", tags=["running the office"])
Year = Annotated[int, Path(ge=2000, le=2200)]
BookKey = Annotated[str, Path(max_length=30)]
KindKey = Annotated[str, Path(min_length=1, max_length=60)]


class Register(Told):
    """A register of the office."""

    key: str
    title: str
    columns: dict[str, str]


class Span(Told):
    """A year or a term."""

    key: str
    first: date
    last: date


class Registers(Told):
    """The registers, and of which times they have lines."""

    items: list[Register]
    spans: list[Span]


class RegisterLine(Told):
    """One line: texts in the order of the register's columns."""

    cells: list[str]
    directive_id: UUID | None
    incoming_document_id: UUID | None
    imported: bool


class NamedDay(Given):
    """A day with its name."""

    day: Day
    label: Annotated[str, Field(min_length=1, max_length=200)]


class Calendar(Given):
    """Days off and swapped days of a year; both lists are given whole."""

    off: Annotated[tuple[NamedDay, ...], Field(max_length=366)]
    working: Annotated[tuple[NamedDay, ...], Field(max_length=366)] = ()
    basis: Line = ""
    confirmed: bool = False


class CalendarShown(Told):
    """The calendar of a year."""

    year: int
    entered: bool
    """False: nobody has entered this year; only what never changes is known."""
    off: list[NamedDay]
    working: list[NamedDay]
    basis: str
    confirmed: bool


class Step(Given):
    """One rung: how many working days before (negative) or after the day, to whom, how."""

    key: Annotated[str, Field(max_length=40, pattern="^[A-Za-z0-9_+.-]*$")] = ""
    working_days: Annotated[int, Field(ge=-400, le=400)]
    audience: Audience
    wording: Wording


class Ladder(Given):
    """All rungs of a ladder."""

    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=60)]


class OwnLadder(Told):
    """The ladder of a kind of directive; `*` is every other kind."""

    doc_type: str
    steps: list[Step]


class Letter(Told):
    """The words of a letter."""

    key: str
    subject: str
    text: str
    own: bool
    """False where they are built in."""


class Hours(Given):
    """When nothing is sent."""

    begins: Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    ends: Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class LetterWords(Given):
    """The office's own words."""

    subject: Annotated[str, Field(min_length=1, max_length=300)]
    text: Annotated[str, Field(min_length=1, max_length=20_000)]


class Chasing(Told):
    """How the office chases."""

    quiet_hours: Hours
    ladders: list[OwnLadder]
    letters: list[Letter]


class NewRun(Given):
    """Which flow, and for which directive where it is about one."""

    flow: Annotated[str, Field(min_length=1, max_length=60)]
    directive_id: UUID | None = None


class Run(Told):
    """What a flow did."""

    id: UUID
    flow: str
    directive_id: UUID | None
    started_by: str
    state: str
    summary: str | None
    advice: str | None
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


@router.get("/registers")
def registers(call: Reads) -> Registers:
    """Returns which registers there are."""
    with call.looking() as reader:
        reader.require_post("xem sổ văn bản")
        found = spans(reader.session, reader.day)
    return Registers(
        items=[
            Register(key=one.key, title=one.title, columns=dict(one.columns))
            for one in books().values()
        ],
        spans=[Span.model_validate(one) for one in found],
    )


@router.get("/registers/{key}")
def register(
    call: Reads,
    key: BookKey,
    span: Annotated[str, Query(max_length=40, description="`2026`; this year")] = "",
    limit: Limit = 50,
    after: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Listed[RegisterLine]:
    """Returns the lines of a register in order."""
    wanted = book(key)
    with call.looking() as reader:
        reader.require_post("xem sổ văn bản")
        when = span_of(reader.session, span, reader.day)
        lines = iter(wanted.lines(reader.session, when, reader.day))
        rows = list(islice(lines, after, after + limit + 1))
    return Listed(
        items=[RegisterLine.model_validate(one) for one in rows[:limit]],
        next=str(after + limit) if len(rows) > limit else None,
    )


@router.get("/registers/{key}/file", **FILE)
def printed(
    call: Reads,
    key: BookKey,
    span: Annotated[str, Query(max_length=40)] = "",
    form: Annotated[str, Query(pattern="^(pdf|xlsx)$")] = "pdf",
) -> Response:
    """Returns a register as a file to print or to work with."""
    with call.looking() as reader:
        reader.require_post("xem sổ văn bản")
    made = print_register(call.portal.desk, key, span=span, form=form)
    return download(made.content, made.name, made.media_type)


@router.get("/calendars/{year}")
def calendar(call: Reads, year: Year) -> CalendarShown:
    """Returns the calendar of a year."""
    with call.looking() as reader:
        shown = show_year(reader.session, year)
    lists = shown.lists
    return CalendarShown(
        year=year,
        entered=shown.entered,
        off=[NamedDay(day=day, label=label) for day, label in lists.off.items()],
        working=[NamedDay(day=day, label=label) for day, label in lists.working.items()],
        basis=lists.basis,
        confirmed=lists.confirmed,
    )


@router.put("/calendars/{year}", **DOES)
def takes_calendar(call: Decides, year: Year, body: Calendar) -> Response:
    """Takes the lists of a year; what is owed and not late moves with them."""
    table = _table(body.off, body.working)
    lists = read_lists("lich.csv", table, year, basis=body.basis, confirmed=body.confirmed)
    return call.do(lambda desk: import_year(desk, call.actor, lists))


@router.get("/chasing")
def chasing(call: Reads) -> Chasing:
    """Returns the ladders, the letters and the quiet hours."""
    with call.looking() as reader:
        reader.require_role("xem cách đôn đốc của cơ quan", *MAY_SET)
        ladders, hours = all_ladders(reader.session), quiet_hours(reader.session)
        letters = [template_of(reader.session, key) for key in BUILT_IN]
    every = {EVERY_KIND: ladders.usual, **ladders.own}
    return Chasing(
        quiet_hours=Hours(begins=f"{hours.begins:%H:%M}", ends=f"{hours.ends:%H:%M}"),
        ladders=[OwnLadder(doc_type=kind, steps=_told(steps)) for kind, steps in every.items()],
        letters=[Letter.model_validate(one) for one in letters],
    )


@router.put("/chasing/quiet-hours", **DOES)
def sets_quiet_hours(call: Decides, body: Hours) -> Response:
    """Sets the quiet hours."""
    return call.do(
        lambda desk: set_quiet_hours(desk, call.actor, begins=body.begins, ends=body.ends)
    )


@router.put("/chasing/ladders/{doc_type}", **DOES)
def sets_ladder(call: Decides, doc_type: KindKey, body: Ladder) -> Response:
    """Puts a ladder in place. A step that only moves keeps its key."""
    rows = [
        view.TypedStep(
            key=one.key, days=str(abs(one.working_days)),
            when=view.AFTER if one.working_days > 0 else view.BEFORE,
            audience=one.audience.value, wording=one.wording.value,
        )
        for one in body.steps
    ]  # fmt: skip
    with call.looking() as reader:
        ladders = all_ladders(reader.session)
        view.require_kind(doc_type, view.kinds_of(reader.session, call.portal, ladders))
    steps = view.ladder_of(rows, ladders.of(doc_type))
    return call.do(lambda desk: set_ladder(desk, call.actor, doc_type, steps))


@router.delete("/chasing/ladders/{doc_type}", **DOES)
def resets_ladder(call: Decides, doc_type: KindKey) -> Response:
    """Takes a ladder of its own away."""
    return call.do(lambda desk: reset_ladder(desk, call.actor, doc_type))


@router.put("/chasing/letters/{key}", **DOES)
def sets_letter(call: Decides, key: KindKey, body: LetterWords) -> Response:
    """Puts the office's own words in place."""
    _require_letter(key)
    return call.do(
        lambda desk: set_template(desk, call.actor, key, subject=body.subject, text=body.text)
    )


@router.delete("/chasing/letters/{key}", **DOES)
def resets_letter(call: Decides, key: KindKey) -> Response:
    """Takes the office's own words away."""
    _require_letter(key)
    return call.do(lambda desk: reset_template(desk, call.actor, key))


@router.get("/runs")
def runs(call: Reads, limit: Limit = 50, after: After = None) -> Listed[Run]:
    """Returns what flows did, the last one first."""
    with call.looking() as reader:
        found = listing.runs(reader, after=after, limit=limit)
    return Listed(items=[Run.model_validate(one) for one in found.items], next=found.next)


@router.post("/runs", **DOES)
def starts(call: Writes, body: NewRun) -> Response:
    """Asks for a run of a flow; the machine takes it up as soon as it can."""
    asked: list[UUID] = []

    def asks(desk: Desk) -> None:
        asked.append(ask_for_run(desk, call.actor, body.flow, directive_id=body.directive_id))

    answer = call.do(asks)
    for record_id in asked:
        call.portal.office.start_run(record_id)
    return answer


def _require_letter(key: str) -> None:
    if key not in BUILT_IN:
        raise NotFoundError("mẫu thư", key)


def _told(steps: Sequence[LadderStep]) -> list[Step]:
    return [
        Step(key=one.key, working_days=one.working_days, audience=one.audience, wording=one.wording)
        for one in steps
    ]


def _table(off: Sequence[NamedDay], working: Sequence[NamedDay]) -> bytes:
    """The lists as the table that people bring: what is wrong is said by its line."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("ngày", "loại", "tên"))
    writer.writerows((one.day.isoformat(), "nghỉ", one.label) for one in off)
    writer.writerows((one.day.isoformat(), "làm bù", one.label) for one in working)
    return text.getvalue().encode()
