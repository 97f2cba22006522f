"""Checks, approval and return: who, when, on which revision."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import update

from actions.auditing import Actor
from actions.drafting import revise, submit
from actions.errors import (
    ActionRefusedError,
    AlreadyDoneError,
    InvalidInputError,
    NotAuthorisedError,
    SeparationError,
    StaleRevisionError,
    WrongStateError,
)
from actions.numbering import take_number
from actions.reviewing import pass_step, return_draft, steps_due
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState, ReviewStep
from models.numbering import TakenNumber
from models.review import Review
from tests.support.front import DRAFT, Front, with_content

CONTENT, FORM, APPROVAL = ReviewStep.CONTENT, ReviewStep.FORM, ReviewStep.APPROVAL


def _due(front: Front, key: DirectiveId) -> frozenset[ReviewStep]:
    with front.desk.database.reading() as session:
        return steps_due(session, session.get_one(Directive, key))


def _return(front: Front, key: DirectiveId, step: ReviewStep, reason: str = "Sửa lại") -> None:
    revision = front.directive(key).revision
    return_draft(front.desk, front.reviewer(step), key, reason=reason, revision=revision)


def _back(front: Front, key: DirectiveId) -> None:
    """The drafter mends the draft and hands it in again."""
    revise(front.desk, front.drafter, key, draft=with_content(title="Đã sửa"), note="Đã sửa")
    submit(front.desk, front.drafter, key)


def test_content_form_and_approval_lead_to_approved(front: Front) -> None:
    key = front.submitted()
    assert _due(front, key) == {CONTENT, FORM}
    assert front.passes(key, FORM) == "in_review"
    assert front.passes(key, CONTENT) == "in_review"
    assert _due(front, key) == {APPROVAL}
    assert front.passes(key, APPROVAL) == "approved"
    assert _due(front, key) == frozenset()
    assert [event.deed for event in front.events(key)][-3:] == [
        "check_form",
        "check_content",
        "approve",
    ]


@pytest.mark.parametrize("step", ReviewStep)
def test_each_step_belongs_to_the_officer_who_was_named(
    lone_front: Front, step: ReviewStep
) -> None:
    key = lone_front.submitted()
    if step is APPROVAL:
        lone_front.passes(key, CONTENT)
        lone_front.passes(key, FORM)
    for actor in [
        *lone_front.everybody(),
        Actor(kind="unit", id=lone_front.reviewer(step).id, name="?"),
    ]:
        if actor == lone_front.reviewer(step):
            continue
        with pytest.raises(NotAuthorisedError, match="không có quyền"):
            pass_step(lone_front.desk, actor, key, step, revision=1)
    assert lone_front.last_event().outcome == "refused"
    lone_front.passes(key, step)
    assert lone_front.last_event().outcome == "done"


def test_approval_does_not_come_before_both_checks(front: Front) -> None:
    key = front.submitted()
    front.passes(key, CONTENT)
    with pytest.raises(WrongStateError, match="các bước kiểm tra trước đã xong"):
        front.passes(key, APPROVAL)
    assert front.state(key) == "in_review"


def test_a_step_is_passed_once_for_a_revision(front: Front) -> None:
    key = front.submitted()
    front.passes(key, CONTENT)
    with pytest.raises(AlreadyDoneError):
        front.passes(key, CONTENT)
    assert front.count(Review) == 1


def test_a_decision_on_another_revision_is_refused(front: Front) -> None:
    key = front.submitted()
    with pytest.raises(StaleRevisionError):
        pass_step(front.desk, front.content_reviewer, key, CONTENT, revision=2)
    with pytest.raises(StaleRevisionError):
        return_draft(front.desk, front.content_reviewer, key, reason="Sửa", revision=2)


@pytest.mark.parametrize("make", [Front.start, Front.approved, Front.numbered])
def test_outside_review_nothing_can_be_passed(
    lone_front: Front, make: Callable[[Front], DirectiveId]
) -> None:
    key = make(lone_front)
    for step in ReviewStep:
        with pytest.raises(WrongStateError):
            lone_front.passes(key, step)


@pytest.mark.parametrize(
    ("column", "step"),
    [
        ("content_reviewer_id", CONTENT),
        ("form_reviewer_id", FORM),
        ("signatory_id", APPROVAL),
    ],
)
def test_the_drafter_never_decides_on_the_own_draft(
    lone_front: Front, column: str, step: ReviewStep
) -> None:
    key = lone_front.submitted()
    lone_front.change(lambda s: s.execute(update(Directive).values({column: "drafter"})))
    with pytest.raises(SeparationError, match="soạn thảo"):
        pass_step(lone_front.desk, lone_front.drafter, key, step, revision=1)
    assert lone_front.count(Review) == 0


def test_nobody_decides_two_steps_of_one_revision(front: Front) -> None:
    key = front.submitted()
    front.passes(key, CONTENT)
    front.change(lambda s: s.execute(update(Directive).values(form_reviewer_id="content-reviewer")))
    with pytest.raises(SeparationError, match="kiểm tra nội dung"):
        pass_step(front.desk, front.content_reviewer, key, FORM, revision=1)


@pytest.mark.parametrize("step", [CONTENT, FORM])
def test_a_returned_draft_resumes_at_the_step_it_came_from(front: Front, step: ReviewStep) -> None:
    key = front.submitted()
    _return(front, key, step, "Thiếu căn cứ")
    returned = front.directive(key)
    assert (returned.state, returned.return_reason) == ("returned", "Thiếu căn cứ")
    with pytest.raises(InvalidInputError, match="Chưa sửa"):
        submit(front.desk, front.drafter, key)
    _back(front, key)
    assert _due(front, key) == {step}
    other = FORM if step is CONTENT else CONTENT
    with pytest.raises(WrongStateError):
        front.passes(key, other)
    front.passes(key, step)
    assert _due(front, key) == {other}
    front.passes(key, other)
    assert front.passes(key, APPROVAL) == "approved"
    assert front.directive(key).return_reason is None


def test_after_a_return_by_the_signatory_both_checks_look_again(front: Front) -> None:
    key = front.approved()
    _return(front, key, APPROVAL)
    _back(front, key)
    assert _due(front, key) == {APPROVAL}
    assert front.passes(key, APPROVAL) == "in_review"
    assert _due(front, key) == {CONTENT, FORM}
    front.passes(key, CONTENT)
    assert front.passes(key, FORM) == "approved"


def test_a_draft_returned_twice_resumes_where_it_was_returned_last(front: Front) -> None:
    key = front.submitted()
    _return(front, key, CONTENT)
    _back(front, key)
    front.passes(key, CONTENT)
    _return(front, key, FORM)
    _back(front, key)
    assert _due(front, key) == {FORM}
    assert front.directive(key).revision == 3


def test_a_number_stays_with_a_directive_that_is_returned_after_it(front: Front) -> None:
    key = front.frozen()
    _return(front, key, APPROVAL)
    assert front.directive(key).frozen_sha256 is None
    with pytest.raises(InvalidInputError, match="đã được cấp số 96-HD/BTNTU"):
        revise(front.desk, front.drafter, key, draft=with_content(symbol="HD/KHAC"), note="Sửa")
    _back(front, key)
    front.passes(key, APPROVAL)
    front.passes(key, CONTENT)
    assert front.passes(key, FORM) == "numbered"
    assert front.directive(key).number_text == "96-HD/BTNTU"
    assert front.count(TakenNumber) == 1
    with pytest.raises(AlreadyDoneError):
        take_number(front.desk, front.clerk, key)


def test_a_return_needs_a_reason(front: Front) -> None:
    key = front.submitted()
    with pytest.raises(InvalidInputError, match="Lý do"):
        _return(front, key, CONTENT, "  ")
    assert front.state(key) == "in_review"


def test_only_who_must_decide_now_returns_a_draft(front: Front) -> None:
    key = front.submitted()
    outsiders = [actor for actor in front.everybody() if "reviewer" not in actor.id]
    same_name = Actor(kind="unit", id="content-reviewer", name="Đơn vị")
    for actor in (*outsiders, same_name):
        with pytest.raises(NotAuthorisedError, match="trả lại"):
            return_draft(front.desk, actor, key, reason="Sửa", revision=1)
    assert front.state(key) == "in_review"
    _return(front, key, FORM)
    assert front.state(key) == "returned"


def test_who_has_passed_it_and_returns_it_from_an_old_page_is_told_so(front: Front) -> None:
    key = front.submitted()
    front.passes(key, FORM)
    with pytest.raises(AlreadyDoneError, match="Kiểm tra thể thức"):
        _return(front, key, FORM)
    assert front.state(key) == "in_review"


@pytest.mark.parametrize("make", [Front.approved, Front.numbered, Front.frozen])
def test_once_approved_only_the_signatory_returns(
    lone_front: Front, make: Callable[[Front], DirectiveId]
) -> None:
    key = make(lone_front)
    with pytest.raises(NotAuthorisedError):
        _return(lone_front, key, CONTENT)
    _return(lone_front, key, APPROVAL)
    assert lone_front.state(key) == "returned"


def test_a_draft_with_its_drafter_cannot_be_returned(front: Front) -> None:
    key = front.start()
    with pytest.raises(WrongStateError):
        _return(front, key, APPROVAL)


def test_two_reviewers_at_once_leave_no_draft_behind(front: Front) -> None:
    """After a return by the signatory, the two checks come last, perhaps in the same instant."""
    for _ in range(5):
        key = front.approved()
        _return(front, key, APPROVAL)
        _back(front, key)
        front.passes(key, APPROVAL)
        start = Barrier(2)

        def check(step: ReviewStep, key: DirectiveId = key, start: Barrier = start) -> str:
            start.wait()
            return pass_step(front.desk, front.reviewer(step), key, step, revision=2)

        with ThreadPoolExecutor(2) as pool:
            states = set(pool.map(check, [CONTENT, FORM]))
        assert states == {DirectiveState.IN_REVIEW, DirectiveState.APPROVED}
        assert front.state(key) == "approved"


def test_one_decision_made_twice_at_once_counts_once(front: Front) -> None:
    key = front.submitted()
    start = Barrier(4)

    def check(_: int) -> str:
        start.wait()
        try:
            return pass_step(front.desk, front.content_reviewer, key, CONTENT, revision=1)
        except ActionRefusedError as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(check, range(4)))
    assert outcomes == ["already_done"] * 3 + ["in_review"]
    assert front.count(Review) == 1


def test_the_people_of_a_revision_may_change_with_it(front: Front) -> None:
    key = front.submitted()
    _return(front, key, CONTENT)
    front.change(
        lambda s: s.execute(update(Directive).values(content_reviewer_id="content-reviewer"))
    )
    with pytest.raises(SeparationError):
        revise(
            front.desk,
            front.drafter,
            key,
            draft=replace(DRAFT, content_reviewer="form-reviewer"),
            note="Đổi người",
        )
    assert front.directive(key).revision == 1
