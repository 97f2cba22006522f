"""What people decide of a directive, for programs: the way from the draft to its end."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from actions.amending.correcting import correct
from actions.amending.recalling import recall
from actions.amending.recipients import update_recipients
from actions.amending.replacing import Owed, replace
from actions.cancelling import cancel
from actions.closing import close_directive
from actions.consolidating import consolidate
from actions.distribution.trials import send_test
from actions.drafting import submit
from actions.issuing import issue
from actions.numbering import take_number
from actions.reporting_upwards import draft_upwards
from actions.reviewing import pass_step, return_draft
from actions.taking_back import take_back
from models.base import DirectiveId
from models.lifecycle import ReviewStep
from portal.api.shapes import DOES, LARGEST, Given, Key, Line, Reason, Reasoned, Words
from portal.calling import Decides, Writes

router = APIRouter(prefix="/api/v1/directives/{directive_id}", tags=["decisions"])

Revision = Annotated[int, Field(ge=1, le=LARGEST, description="The version that was looked at")]


class Looked(Given):
    """A decision about the version that was looked at; about another one it is refused."""

    revision: Revision


class Returned(Looked):
    """Back to the drafter."""

    reason: Reason


class Number(Given):
    """The next number of the series, or one by hand."""

    number: Annotated[
        int | None, Field(ge=1, le=9_999_999, description="By hand; then with a reason")
    ] = None
    reason: Words = ""


class Replacement(Reasoned):
    """By which directive it is replaced, and what becomes of what is owed."""

    by: UUID
    owed: Owed = Owed.CANCEL


class Correction(Reasoned):
    """By which official letter it is corrected."""

    by: UUID
    printed: Words = ""
    corrected: Words = ""


class NewRecipients(Reasoned):
    """Units that are added and taken away."""

    add: Annotated[tuple[Key, ...], Field(max_length=2000)] = ()
    remove: Annotated[tuple[Key, ...], Field(max_length=2000)] = ()
    role: Annotated[str, Field(pattern="^(action|report|know)$")] = "know"


class Period(Given):
    """Of which period, where the directive asks for reports again and again."""

    period: Annotated[Line | None, Field(description="`2026-Q1`; left out: of all")] = None


class Trial(Given):
    """To whom a test message goes."""

    organisation_id: Key
    channel: Annotated[str, Field(max_length=20)] = ""


@router.post("/submit", **DOES)
def submits(call: Writes, directive_id: UUID) -> Response:
    """Hands the draft in for its checks."""
    key = DirectiveId(directive_id)
    return call.do(lambda desk: submit(desk, call.actor, key), nudge=key)


def _passes(step: ReviewStep, call: Decides, directive_id: UUID, body: Looked) -> Response:
    key = DirectiveId(directive_id)
    return call.do(
        lambda desk: pass_step(desk, call.actor, key, step, revision=body.revision), nudge=key
    )


@router.post("/check-content", **DOES)
def checks_content(call: Decides, directive_id: UUID, body: Looked) -> Response:
    """Finds its content good."""
    return _passes(ReviewStep.CONTENT, call, directive_id, body)


@router.post("/check-form", **DOES)
def checks_form(call: Decides, directive_id: UUID, body: Looked) -> Response:
    """Finds its form good."""
    return _passes(ReviewStep.FORM, call, directive_id, body)


@router.post("/approve", **DOES)
def approves(call: Decides, directive_id: UUID, body: Looked) -> Response:
    """Approves it (phê duyệt)."""
    return _passes(ReviewStep.APPROVAL, call, directive_id, body)


@router.post("/return", **DOES)
def returns(call: Decides, directive_id: UUID, body: Returned) -> Response:
    """Returns it to the drafter with a reason."""
    key = DirectiveId(directive_id)
    return call.do(
        lambda desk: return_draft(
            desk, call.actor, key, reason=body.reason, revision=body.revision
        ),
        nudge=key,
    )


@router.post("/take-back", **DOES)
def takes_back(call: Writes, directive_id: UUID, body: Returned) -> Response:
    """Takes it back from review to change it, with a reason; its drafter alone, until approval."""
    key = DirectiveId(directive_id)
    return call.do(
        lambda desk: take_back(desk, call.actor, key, reason=body.reason, revision=body.revision),
        nudge=key,
    )


@router.post("/number", **DOES)
def numbers(call: Writes, directive_id: UUID, body: Number) -> Response:
    """Takes its number: the next one, or one by hand with a reason."""
    key = DirectiveId(directive_id)
    return call.do(
        lambda desk: take_number(
            desk, call.actor, key, number=body.number, reason=body.reason or None
        ),
        nudge=key,
    )


@router.post("/cancel", **DOES)
def cancels(call: Decides, directive_id: UUID, body: Reasoned) -> Response:
    """Gives it up before it is issued; its number becomes void."""
    key = DirectiveId(directive_id)
    return call.do(lambda desk: cancel(desk, call.actor, key, reason=body.reason), nudge=key)


@router.post("/issue", **DOES)
def issues(call: Decides, directive_id: UUID) -> Response:
    """Issues it: to all units of its list, with what they owe."""
    key = DirectiveId(directive_id)
    return call.do(lambda desk: issue(desk, call.actor, key), nudge=key)


@router.post("/test-message", **DOES)
def tests(call: Writes, directive_id: UUID, body: Trial) -> Response:
    """Sends a test message to a unit, to see whether its address is good."""
    with call.looking() as reader:
        reader.directive(DirectiveId(directive_id))
    return call.do(
        lambda desk: send_test(desk, call.actor, body.organisation_id, channel=body.channel),
        nudge=DirectiveId(directive_id),
    )


@router.post("/recall", **DOES)
def recalls(call: Decides, directive_id: UUID, body: Reasoned) -> Response:
    """Recalls it; each unit is asked to give it back."""
    key = DirectiveId(directive_id)
    return call.do(lambda desk: recall(desk, call.actor, key, reason=body.reason), nudge=key)


@router.post("/replace", **DOES)
def replaces(call: Decides, directive_id: UUID, body: Replacement) -> Response:
    """Replaces it by another directive."""
    key = DirectiveId(directive_id)
    return call.do(
        lambda desk: replace(
            desk, call.actor, key, by=DirectiveId(body.by), reason=body.reason, owed=body.owed
        ),
        nudge=key,
    )


@router.post("/correct", **DOES)
def corrects(call: Decides, directive_id: UUID, body: Correction) -> Response:
    """Corrects it by an official letter (đính chính)."""
    key = DirectiveId(directive_id)
    return call.do(
        lambda desk: correct(
            desk, call.actor, key, by=DirectiveId(body.by), reason=body.reason,
            printed=body.printed, corrected=body.corrected,
        ),
        nudge=key,
    )  # fmt: skip


@router.post("/recipients", **DOES)
def changes_recipients(call: Decides, directive_id: UUID, body: NewRecipients) -> Response:
    """Adds units to its recipients after issue, or takes some away."""
    key = DirectiveId(directive_id)
    return call.do(
        lambda desk: update_recipients(
            desk, call.actor, key, add=body.add, remove=body.remove, role=body.role,
            reason=body.reason,
        ),
        nudge=key,
    )  # fmt: skip


@router.post("/close", **DOES)
def closes(call: Decides, directive_id: UUID, body: Reasoned) -> Response:
    """Ends its follow-up with a reason."""
    key = DirectiveId(directive_id)
    return call.do(
        lambda desk: close_directive(desk, call.actor, key, reason=body.reason), nudge=key
    )


@router.post("/consolidations", **DOES)
def consolidates(call: Writes, directive_id: UUID, body: Period) -> Response:
    """Makes the consolidated report of what units answered so far."""
    key = DirectiveId(directive_id)
    return call.do(
        lambda desk: consolidate(desk, key, actor=call.actor, period_key=body.period), nudge=key
    )


@router.post("/draft-upwards", **DOES)
def drafts_upwards(call: Writes, directive_id: UUID, body: Period) -> Response:
    """Drafts the report upwards out of what units answered."""
    key = DirectiveId(directive_id)
    return call.do(
        lambda desk: draft_upwards(desk, call.actor, key, period_key=body.period), nudge=key
    )
