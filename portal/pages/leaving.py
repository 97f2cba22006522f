"""An officer leaves: what would happen is shown from a real try, then done."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.administering.people import person as person_line
from actions.administering.service import service
from actions.errors import ActionRefusedError, NotFoundError
from actions.leaving import Left, leave, preview
from portal.administering import (
    MOST_REASON,
    PREFIX,
    Administrator,
    ChangingAdministrator,
    day_typed,
)
from portal.context import Portal, ThePortal
from portal.identity import Person
from portal.once import new_word, shown_once
from portal.pages.officer import page_of
from portal.problems import problem_of
from portal.rendering import page

PATH: Final = f"{PREFIX}/can-bo/{{officer_id}}/thoi-cong-tac"
_DAY: Final = "Ngày làm việc cuối cùng"

router = APIRouter()


@router.get(PATH)
def look(
    *,
    request: Request,
    portal: ThePortal,
    person: Administrator,
    officer_id: str,
    ngay: str = "",
    cho: str = "",
) -> Response:
    """Shows what the officer's leaving would do; nothing is written."""
    left, refusal = _tried(portal, person, officer_id, (ngay, cho))
    return _show(request, portal, person, officer_id, left=left, refusal=refusal, given=(ngay, cho))


@router.post(PATH)
def let_go(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    officer_id: str,
    ngay: Annotated[str, Form()] = "",
    cho: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    once: Annotated[str, Form()] = "",
) -> Response:
    """Ends the officer's service and hands the open work over; shows what was done.

    A page that is loaded anew sends its form again: then the officer's page is shown.
    """
    why = reason.strip()[:MOST_REASON]

    def act() -> Left:
        return leave(
            portal.database, officer_id, on=day_typed(ngay, portal, _DAY), to=cho or None,
            reason=why, at=portal.at(), actor=person.actor,
        )  # fmt: skip

    form = f"{person.csrf_token}:thoi-cong-tac:{officer_id}"
    done, refusal = shown_once(portal.forms, form, once, act)
    if isinstance(refusal, NotFoundError):
        raise refusal
    if refusal is not None:
        looked, _ = _tried(portal, person, officer_id, (ngay, cho))
        return _show(
            request, portal, person, officer_id, left=looked, refusal=refusal, given=(ngay, cho),
            typed=why,
        )  # fmt: skip
    if not done:
        return RedirectResponse(page_of(officer_id, "thoi"), status_code=303)
    for one in done[0].work:
        portal.nudge(one.directive_id)
    return _show(request, portal, person, officer_id, left=done[0], given=(ngay, cho), done=True)


def _tried(
    portal: Portal, person: Person, officer_id: str, given: tuple[str, str]
) -> tuple[Left | None, ActionRefusedError | None]:
    try:
        left = preview(
            portal.database, officer_id, on=day_typed(given[0], portal, _DAY), to=given[1] or None,
            at=portal.at(), actor=person.actor,
        )  # fmt: skip
    except NotFoundError:
        raise
    except ActionRefusedError as refusal:
        return None, refusal
    return left, None


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    officer_id: str,
    *,
    left: Left | None = None,
    refusal: ActionRefusedError | None = None,
    given: tuple[str, str] = ("", ""),
    typed: str = "",
    done: bool = False,
) -> Response:
    problem = problem_of(refusal) if refusal else None
    with portal.database.reading() as session:
        line = person_line(session, person.actor, officer_id, at=portal.at())
        names = dict(service(session, person.actor, officer_id, at=portal.at()).others)
    return page(
        request, "leaving.html", person=person, status=problem.status if problem else 200,
        line=line, left=left, refusal=problem.sentence if problem else "", typed=typed, done=done,
        on=given[0] or portal.today().isoformat(), to=given[1], to_name=names.get(given[1], ""),
        once=new_word(),
    )  # fmt: skip
