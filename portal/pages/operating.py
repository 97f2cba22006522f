"""Operation: the flows of the machine, started by hand, and what their runs did."""

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from actions.access import may_see
from actions.errors import ActionRefusedError, InvalidInputError, Problem
from actions.offices import office_facts
from actions.operating.operations import OPERATIONS, Operation
from actions.operating.runs import (
    FAILED,
    RUN_WORDS,
    STARTER_WORDS,
    UNENDED,
    ask_for_run,
    recent_runs,
)
from models.directive import Directive
from models.officer import Officer
from models.operation import RunRecord
from portal.context import Portal, ThePortal
from portal.i18n.said import said
from portal.identity import Deciding, Person, SignedInPerson
from portal.problems import problem_of
from portal.rendering import page

PATH: Final = "/van-hanh"
MOST_RUNS: Final = 100
TONES: Final = {"asked": "plain", "running": "plain", "done": "good", "failed": "bad"}

router = APIRouter(prefix=PATH)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run as the page shows it."""

    run: RunRecord
    title: str
    words: str
    tone: str
    starter: str
    directive: Directive | None
    may_repeat: bool


@router.get("")
def operations(
    request: Request, portal: ThePortal, person: SignedInPerson, loc: str = ""
) -> Response:
    """Shows the flows that the reader may start, and the newest runs."""
    return _show(request, portal, person, only_failed=loc == "khong-thanh")


@router.post("/chay")
def start(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    flow: Annotated[str, Form()],
    directive: Annotated[str, Form()] = "",
) -> Response:
    """Asks for a run; the machine takes it up at once, or as soon as it can."""
    try:
        about = _directive(portal, directive)
        record_id = ask_for_run(portal.desk, person.actor, flow, directive_id=about)
    except ActionRefusedError as refusal:
        problem = problem_of(refusal)
        return _show(
            request, portal, person, refusal=problem.sentence, status=problem.status,
            typed={flow: directive},
        )  # fmt: skip
    portal.office.start_run(record_id)
    return RedirectResponse(PATH, status_code=303)


def _directive(portal: Portal, typed: str) -> UUID | None:
    """Returns the directive of a number or identifier.

    Raises:
        InvalidInputError: none or several bear that number.
    """
    wanted = typed.strip()
    if not wanted:
        return None
    with portal.database.reading() as session:
        found = session.scalars(
            select(Directive.id).where(Directive.number_text == wanted).limit(2)
        ).all()
    if len(found) == 1:
        return found[0]
    try:
        return UUID(wanted)
    except ValueError as err:
        said = (
            f"Có nhiều văn bản mang số “{wanted}”. Mở trang của văn bản và dùng mã trong địa chỉ."
            if found
            else f"Không có văn bản nào mang số “{wanted}”. Kiểm tra lại số, ký hiệu."
        )
        raise InvalidInputError(Problem(place="Văn bản", reason=said)) from err


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    *,
    only_failed: bool = False,
    refusal: str = "",
    status: int = 200,
    typed: dict[str, str] | None = None,
) -> Response:
    mine = [one for one in OPERATIONS.values() if one.roles & person.all_roles]
    with portal.database.reading() as session:
        runs = recent_runs(session, limit=MOST_RUNS, state=FAILED if only_failed else None)
        rows = [
            _row(session, one, mine) for one in runs if _is_theirs(session, portal, person, one)
        ]
    return page(
        request, "operating.html", person=person, status=status, operations=mine, rows=rows,
        refusal=refusal, typed=typed or {}, only_failed=only_failed,
        under_way=any(one.run.state in UNENDED for one in rows),
    )  # fmt: skip


def _is_theirs(session: Session, portal: Portal, person: Person, run: RunRecord) -> bool:
    """Runs tell of directives and of the whole office: those of others are not shown."""
    about = session.get(Directive, run.directive_id) if run.directive_id else None
    if about is not None:
        return may_see(session, person.officer_id, about, portal.today())
    return office_facts(session).organisation_id in person.roles


def _row(session: Session, run: RunRecord, mine: list[Operation]) -> RunRow:
    known = OPERATIONS.get(run.flow)
    officer = session.get(Officer, run.started_by)
    return RunRow(
        run=run,
        title=known.title if known else run.flow,
        words=RUN_WORDS[run.state],
        tone=TONES[run.state],
        starter=(
            officer.name if officer else said(STARTER_WORDS.get(run.started_by, run.started_by))
        ),
        directive=session.get(Directive, run.directive_id) if run.directive_id else None,
        may_repeat=run.state == FAILED and known in mine,
    )
