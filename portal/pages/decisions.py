"""Decisions of people on a directive: each is one deed, then the run is nudged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.auditing import Actor
from actions.cancelling import cancel
from actions.closing import close_directive
from actions.consolidating import consolidate
from actions.desk import Desk
from actions.drafting import submit
from actions.errors import ActionRefusedError, InvalidInputError, Problem
from actions.numbering import take_number
from actions.reviewing import pass_step, return_draft
from actions.taking_back import take_back
from models.base import DirectiveId
from models.lifecycle import ReviewStep
from portal import directive_page
from portal.context import Portal, ThePortal
from portal.i18n.catalogue import gettext
from portal.identity import Deciding, Person
from portal.problems import STALE, problem_of
from portal.seeing import Kept

router = APIRouter(prefix="/van-ban/{directive_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What the form said."""

    revision: int = 0
    """The revision that the person looked at."""
    reason: str = ""
    number: str = ""

    def typed(self) -> Mapping[str, str]:
        """Returns what would be lost if the form were simply refused."""
        return {"reason": self.reason, "number": self.number}


Decision = Callable[[Desk, Actor, DirectiveId, Entered], None]


def _pass(step: ReviewStep, desk: Desk, actor: Actor, key: DirectiveId, said: Entered) -> None:
    pass_step(desk, actor, key, step, revision=said.revision)


def _return(desk: Desk, actor: Actor, key: DirectiveId, said: Entered) -> None:
    return_draft(desk, actor, key, reason=said.reason, revision=said.revision)


def _take_back(desk: Desk, actor: Actor, key: DirectiveId, said: Entered) -> None:
    take_back(desk, actor, key, reason=said.reason, revision=said.revision)


def _number(desk: Desk, actor: Actor, key: DirectiveId, said: Entered) -> None:
    typed = said.number.strip()
    if typed and not (typed.isascii() and typed.isdigit() and len(typed) <= len("9999999")):
        raise InvalidInputError(Problem(place="Số", reason="Chỉ ghi chữ số, ví dụ 97."))
    number = int(typed) if typed else None
    take_number(desk, actor, key, number=number, reason=said.reason or None)


def _submit(desk: Desk, actor: Actor, key: DirectiveId, _said: Entered) -> None:
    submit(desk, actor, key)


def _cancel(desk: Desk, actor: Actor, key: DirectiveId, said: Entered) -> None:
    cancel(desk, actor, key, reason=said.reason)


def _close(desk: Desk, actor: Actor, key: DirectiveId, said: Entered) -> None:
    close_directive(desk, actor, key, reason=said.reason)


def _consolidate(desk: Desk, actor: Actor, key: DirectiveId, _said: Entered) -> None:
    consolidate(desk, key, actor=actor)


DECISIONS: Final[Mapping[str, Decision]] = {
    "submit": _submit,
    "check_content": partial(_pass, ReviewStep.CONTENT),
    "check_form": partial(_pass, ReviewStep.FORM),
    "approve": partial(_pass, ReviewStep.APPROVAL),
    "return": _return,
    "take_back": _take_back,
    "take_number": _number,
    "cancel": _cancel,
    "close": _close,
    "consolidate": _consolidate,
}
"""Deeds that are one button, by their names."""
_RETURN_TO: Final = {"close": "/theo-doi/{id}", "consolidate": "/van-ban/{id}?the=phien-ban"}


@router.post("/quyet-dinh/{deed}")
def decide(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    deed: str,
    revision: Annotated[int, Form()] = 0,
    reason: Annotated[str, Form()] = "",
    number: Annotated[str, Form()] = "",
) -> Response:
    """Does a deed and goes back to the directive, or shows why not with what was typed."""
    if deed not in DECISIONS:
        raise HTTPException(404)
    key = DirectiveId(directive_id)
    said = Entered(revision=revision, reason=reason, number=number)
    try:
        DECISIONS[deed](portal.desk, person.actor, key, said)
    except (*STALE, InvalidInputError) as refusal:
        return _again(request, portal, person, key, refusal=refusal, said=said)
    portal.nudge(key)
    target = _RETURN_TO.get(deed, "/van-ban/{id}").format(id=key)
    return RedirectResponse(target, status_code=303)


def _again(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    *,
    refusal: ActionRefusedError,
    said: Entered,
) -> Response:
    problem = problem_of(refusal)
    kept = Kept(
        sentence=refused_words(portal, key, refusal),
        stale=isinstance(refusal, STALE),
        typed={name: text for name, text in said.typed().items() if text},
    )
    return directive_page.show(request, portal, person, key, kept=kept, status=problem.status)


def refused_words(portal: Portal, key: DirectiveId, refusal: ActionRefusedError) -> str:
    """Returns the sentence of a refusal; for an old page, who was quicker and when."""
    if not isinstance(refusal, STALE):
        return refusal.diagnosis()
    with portal.database.reading() as session:
        quicker = directive_page.stale_sentence(session, key, gettext("Văn bản đã thay đổi"))
    return gettext("%(quicker)s; trang này đã cũ.", quicker=quicker)
