"""Checks, approval and return. Content and form by two people, approval by the signatory.

Source: NĐ 30/2020 Đ11, Đ12. All three decisions must cover the revision that is signed: after a
return the step that returned the draft gets it back first, then the others look again at what
has changed.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.absence_rows import in_place_of
from actions.access import require_person
from actions.auditing import Actor
from actions.changing import amend, expect_state, get_directive, move
from actions.desk import Deed, Desk, doing
from actions.errors import (
    AlreadyDoneError,
    InvalidInputError,
    Problem,
    SeparationError,
    StaleRevisionError,
    WrongStateError,
)
from actions.signatures import abandon_planned, is_being_signed
from actions.waking import ask_to_wake
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState, ReviewStep, open_review_steps
from models.review import Review

STEP_WORDS = {
    ReviewStep.CONTENT: ("kiểm tra nội dung", "người kiểm tra nội dung được phân công"),
    ReviewStep.FORM: ("kiểm tra thể thức", "người kiểm tra thể thức được phân công"),
    ReviewStep.APPROVAL: ("phê duyệt", "người ký văn bản"),
}
"""Each step as a deed, and who takes it."""

DEEDS = {
    ReviewStep.CONTENT: "check_content",
    ReviewStep.FORM: "check_form",
    ReviewStep.APPROVAL: "approve",
}
"""Each step's name in the audit trail."""

_RETURNABLE = (DirectiveState.IN_REVIEW, DirectiveState.APPROVED, DirectiveState.NUMBERED)


def passed_steps(session: Session, directive: Directive) -> frozenset[ReviewStep]:
    """Returns the steps that were passed for the current revision."""
    return frozenset(
        ReviewStep(step)
        for step in session.scalars(
            select(Review.step).where(
                Review.directive_id == directive.id,
                Review.revision == directive.revision,
                Review.decision == "passed",
            )
        )
    )


def steps_due(session: Session, directive: Directive) -> frozenset[ReviewStep]:
    """Returns the steps that wait for a decision now; empty unless the directive is in review."""
    if directive.state != DirectiveState.IN_REVIEW:
        return frozenset()
    return steps_due_after(directive, passed_steps(session, directive))


def steps_due_after(directive: Directive, passed: frozenset[ReviewStep]) -> frozenset[ReviewStep]:
    """Returns the steps that are due in review once those were passed for the revision."""
    resume = ReviewStep(directive.resume_step) if directive.resume_step else None
    return open_review_steps(passed, resume)


def was_returned(session: Session, directive: Directive) -> bool:
    """Tells whether the current revision is the very one that somebody returned."""
    returned = select(Review.id).where(
        Review.directive_id == directive.id,
        Review.revision == directive.revision,
        Review.decision == "returned",
    )
    return session.scalars(returned).first() is not None


def person_for(directive: Directive, step: ReviewStep) -> str | None:
    """Returns the officer who was named for a step."""
    return {
        ReviewStep.CONTENT: directive.content_reviewer_id,
        ReviewStep.FORM: directive.form_reviewer_id,
        ReviewStep.APPROVAL: directive.signatory_id,
    }[step]


def pass_step(
    desk: Desk, actor: Actor, directive_id: DirectiveId, step: ReviewStep, *, revision: int
) -> DirectiveState:
    """Records that the actor passes a step for a revision. Returns the state afterwards.

    Raises:
        NotAuthorisedError: the actor was not named for the step.
        SeparationError: the actor wrote the draft or took another step with it.
        WrongStateError: the directive is not in review, or another step comes first.
        StaleRevisionError: `revision` is not the current one.
        AlreadyDoneError: the step was passed before for this revision.
    """
    with doing(desk, actor, DEEDS[step], subject=directive_id) as deed:
        directive = get_directive(deed.session, directive_id)
        what, who = STEP_WORDS[step]
        require_person(deed, person_for(directive, step), what, who)
        expect_state(directive, DirectiveState.IN_REVIEW)
        require_revision(directive, revision)
        # From here on nobody else decides on this directive: two reviewers at once would each
        # miss the other's decision and leave it standing in review.
        amend(deed, directive, expected=DirectiveState.IN_REVIEW)
        _require_apart(deed, directive, step)
        if step in passed_steps(deed.session, directive):
            raise AlreadyDoneError(what.capitalize(), deed.actor.name)
        if step not in steps_due(deed.session, directive):
            raise WrongStateError(
                "Văn bản", expected=("các bước kiểm tra trước đã xong",), actual=directive.state
            )
        _record(deed, directive, step, "passed", None)
        deed.detail |= {"revision": revision, "step": step.value}
        if step is ReviewStep.APPROVAL:
            deed.detail |= in_place_of(deed.session, directive)
        _advance_if_all_passed(deed, directive, step)
        ask_to_wake(deed, directive_id)
        return DirectiveState(directive.state)


def return_draft(
    desk: Desk, actor: Actor, directive_id: DirectiveId, *, reason: str, revision: int
) -> None:
    """Returns the draft to its drafter with a reason; it resumes at the step it came from.

    Possible for whoever must decide now: a reviewer while in review, the signatory until the
    directive is signed.

    Raises:
        InvalidInputError: no reason was given.
        NotAuthorisedError: the actor decides no step that is due.
        AlreadyDoneError: the actor has passed the step that was theirs.
        WrongStateError: the directive cannot be returned now, or a key has signed it already.
        StaleRevisionError: `revision` is not the current one.
    """
    with doing(desk, actor, "return", subject=directive_id) as deed:
        if not reason.strip():
            raise InvalidInputError(
                Problem(place="Lý do", reason="Trả lại phải có lý do. Ghi rõ điều cần sửa.")
            )
        directive = get_directive(deed.session, directive_id)
        expect_state(directive, *_RETURNABLE)
        require_revision(directive, revision)
        state = DirectiveState(directive.state)
        amend(deed, directive, expected=state)
        if directive.signed_sha256 is not None:  # numbered after its signature
            raise WrongStateError("Văn bản", expected=_RETURNABLE, actual=DirectiveState.SIGNED)
        step = _returning_step(deed, directive)
        give_up_signing(deed, directive, "Văn bản đã được trả lại trước khi ký.")
        _record(deed, directive, step, "returned", reason)
        move(
            deed,
            directive,
            DirectiveState.RETURNED,
            expected=state,
            resume_step=step.value,
            return_reason=reason,
            taken_back_revision=None,
            frozen_sha256=None,
        )
        ask_to_wake(deed, directive_id)
        deed.detail |= {"revision": revision, "step": step.value, "reason": reason}


def give_up_signing(deed: Deed, directive: Directive, why: str) -> None:
    """Gives up signatures that were planned for what goes back to its drafter. Does not commit.

    Raises:
        WrongStateError: a key has signed it, and the machine is at work.
    """
    if is_being_signed(deed.session, directive.id):
        raise WrongStateError("Văn bản", expected=("chữ ký đã hoàn tất",), actual="đang được ký")
    abandon_planned(deed, directive.id, why)


def _returning_step(deed: Deed, directive: Directive) -> ReviewStep:
    due = steps_due(deed.session, directive) or frozenset({ReviewStep.APPROVAL})
    mine = [step for step in sorted(due) if person_for(directive, step) == deed.actor.id]
    step = (mine or sorted(due))[0]
    if not mine and directive.state == DirectiveState.IN_REVIEW:
        _require_open(deed, directive)
    require_person(deed, person_for(directive, step), "trả lại văn bản", STEP_WORDS[step][1])
    return step


def _require_open(deed: Deed, directive: Directive) -> None:
    """Whoever has passed the step that was theirs looks at an old page, and lacks no right."""
    for step in sorted(passed_steps(deed.session, directive)):
        if person_for(directive, step) == deed.actor.id:
            raise AlreadyDoneError(STEP_WORDS[step][0].capitalize(), deed.actor.name)


def _require_apart(deed: Deed, directive: Directive, step: ReviewStep) -> None:
    """Whoever wrote or decided may not decide again; held here too, whatever the row may name."""
    others = deed.session.scalars(
        select(Review.step).where(
            Review.directive_id == directive.id,
            Review.revision == directive.revision,
            Review.officer_id == deed.actor.id,
            Review.step != step.value,
        )
    )
    done = [STEP_WORDS[ReviewStep(other)][0] for other in others]
    if deed.actor.id == directive.drafter_id:
        done.append("soạn thảo")
    if done:
        raise SeparationError(deed.actor.name, done[0], STEP_WORDS[step][0])


def _advance_if_all_passed(deed: Deed, directive: Directive, step: ReviewStep) -> None:
    """Moves on once all three decisions cover this revision.

    A directive that has its number already (it was returned later) goes on as numbered.
    """
    deed.session.flush()
    if passed_steps(deed.session, directive) == frozenset(ReviewStep):
        new = DirectiveState.APPROVED if directive.number is None else DirectiveState.NUMBERED
        move(
            deed,
            directive,
            new,
            expected=DirectiveState.IN_REVIEW,
            resume_step=None,
            return_reason=None,
            taken_back_revision=None,
        )
    elif directive.resume_step == step:
        directive.resume_step = None


def require_revision(directive: Directive, revision: int) -> None:
    """Insists that the revision that was looked at is the current one.

    Raises:
        StaleRevisionError: it is another.
    """
    if directive.revision != revision:
        raise StaleRevisionError(f"bản {revision}", f"bản {directive.revision}")


def _record(
    deed: Deed, directive: Directive, step: ReviewStep, decision: str, reason: str | None
) -> None:
    deed.session.add(
        Review(
            directive_id=directive.id,
            revision=directive.revision,
            step=step.value,
            decision=decision,
            officer_id=deed.actor.id,
            reason=reason,
            at=deed.at,
        )
    )
