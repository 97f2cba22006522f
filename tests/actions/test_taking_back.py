"""A drafter takes a draft back from review: who, when, why, and what comes again afterwards."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from actions.auditing import Actor
from actions.drafting import revise, submit
from actions.errors import (
    ActionRefusedError,
    InvalidInputError,
    NotAuthorisedError,
    StaleRevisionError,
    WrongStateError,
)
from actions.journey import journey
from actions.ordering import state_words
from actions.progress import NextStep, next_steps, timeline
from actions.reviewing import pass_step, return_draft, steps_due
from actions.taking_back import take_back
from actions.work.listing import everything_for
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import ReviewStep
from models.officer import Role
from models.outbox import OutboxRow
from models.review import Review
from models.signature import Signature
from tests.actions.test_leaving import leaves, second
from tests.support.front import Front, with_content
from tests.support.signing_office import signs

CONTENT, FORM, APPROVAL = ReviewStep.CONTENT, ReviewStep.FORM, ReviewStep.APPROVAL
WHY = "Sai số liệu ở mục II"


def takes_back(front: Front, key: DirectiveId, actor: Actor | None = None) -> None:
    revision = front.directive(key).revision
    take_back(front.desk, actor or front.drafter, key, reason=WHY, revision=revision)


def due(front: Front, key: DirectiveId) -> set[ReviewStep]:
    with front.desk.database.reading() as session:
        return set(steps_due(session, session.get_one(Directive, key)))


def steps(front: Front, key: DirectiveId) -> tuple[NextStep, ...]:
    with front.desk.database.reading() as session:
        return next_steps(session, session.get_one(Directive, key))


def hands_in(front: Front, key: DirectiveId) -> None:
    submit(front.desk, front.drafter, key)


def mends(front: Front, key: DirectiveId) -> None:
    """The drafter changes the draft and hands it in again."""
    revise(front.desk, front.drafter, key, draft=with_content(title="Đã sửa"), note="Đã sửa")
    submit(front.desk, front.drafter, key)


def returned_by(front: Front, step: ReviewStep) -> DirectiveId:
    """A draft that somebody returned, mended and in review again."""
    key = front.submitted()
    if step is APPROVAL:
        front.passes(key, CONTENT)
        front.passes(key, FORM)
    return_draft(front.desk, front.reviewer(step), key, reason="Thiếu căn cứ", revision=1)
    mends(front, key)
    return key


def test_a_draft_that_is_checked_comes_back_to_its_drafter_with_the_reason(front: Front) -> None:
    key = front.submitted()
    wakes = select(func.count()).where(OutboxRow.kind == "wake", OutboxRow.state != "settled")
    front.change(lambda s: s.execute(update(OutboxRow).values(state="settled")))
    takes_back(front, key)
    found = front.directive(key)
    assert (found.state, found.return_reason, found.taken_back_revision) == ("returned", WHY, 1)
    assert front.count(Review) == 0
    event = front.last_event()
    assert (event.deed, event.outcome, event.actor_id) == ("take_back", "done", "drafter")
    assert event.detail == {
        "from": "in_review", "to": "returned", "revision": 1, "reason": WHY,
        "steps": ["content", "form"],
    }  # fmt: skip
    with front.desk.database.reading() as session:
        assert session.scalar(wakes) == 1


def test_only_its_drafter_takes_a_draft_back(front: Front) -> None:
    key = front.submitted()
    same_name = Actor(kind="unit", id="drafter", name="Đơn vị")
    for actor in (*front.everybody(), same_name):
        if actor == front.drafter:
            continue
        with pytest.raises(NotAuthorisedError, match="không có quyền rút lại dự thảo"):
            takes_back(front, key, actor)
        assert (front.last_event().deed, front.last_event().outcome) == ("take_back", "refused")
    assert front.state(key) == "in_review"


def test_whoever_took_over_the_drafting_takes_back_and_the_first_drafter_no_more(
    front: Front,
) -> None:
    key = front.submitted()
    front.change(lambda s: s.execute(update(Directive).values(drafter_id="follow-up")))
    with pytest.raises(NotAuthorisedError):
        takes_back(front, key)
    successor = next(one for one in front.everybody() if one.id == "follow-up")
    takes_back(front, key, successor)
    assert front.state(key) == "returned"


@pytest.mark.parametrize("reason", ["", " \n\t"])
def test_taking_back_needs_a_reason(lone_front: Front, reason: str) -> None:
    key = lone_front.submitted()
    with pytest.raises(InvalidInputError, match="Rút lại phải có lý do"):
        take_back(lone_front.desk, lone_front.drafter, key, reason=reason, revision=1)
    assert lone_front.state(key) == "in_review"


def test_a_version_that_was_not_looked_at_is_not_taken_back(front: Front) -> None:
    key = returned_by(front, FORM)
    with pytest.raises(StaleRevisionError):
        take_back(front.desk, front.drafter, key, reason=WHY, revision=1)
    assert front.state(key) == "in_review"


@pytest.mark.parametrize("make", [Front.start, Front.approved, Front.numbered, Front.frozen])
def test_before_it_is_handed_in_and_once_it_is_approved_nothing_is_taken_back(
    lone_front: Front, make: Callable[[Front], DirectiveId]
) -> None:
    key = make(lone_front)
    before = lone_front.state(key)
    with pytest.raises(WrongStateError, match="chỉ làm được khi đang kiểm tra"):
        takes_back(lone_front, key)
    assert lone_front.state(key) == before


def test_a_draft_is_taken_back_once(front: Front) -> None:
    key = front.submitted()
    takes_back(front, key)
    with pytest.raises(WrongStateError, match="Văn bản đã được người soạn rút lại; việc này"):
        takes_back(front, key)
    with pytest.raises(WrongStateError, match="đã được người soạn rút lại"):
        front.passes(key, CONTENT)


def test_unchanged_it_comes_again_and_what_was_passed_stays_passed(front: Front) -> None:
    key = front.submitted()
    front.passes(key, CONTENT)
    takes_back(front, key)
    assert front.last_event().detail["steps"] == ["content", "form"]
    assert due(front, key) == set()
    submit(front.desk, front.drafter, key)
    assert due(front, key) == {FORM}
    front.passes(key, FORM)
    assert front.passes(key, APPROVAL) == "approved"
    found = front.directive(key)
    assert (found.return_reason, found.taken_back_revision) == (None, None)


def test_changed_it_is_looked_at_by_all_again_content_and_form_first(front: Front) -> None:
    key = front.submitted()
    front.passes(key, CONTENT)
    front.passes(key, FORM)
    takes_back(front, key)
    mends(front, key)
    assert due(front, key) == {CONTENT, FORM}
    with pytest.raises(WrongStateError):
        front.passes(key, APPROVAL)
    front.passes(key, FORM)
    front.passes(key, CONTENT)
    assert front.passes(key, APPROVAL) == "approved"


@pytest.mark.parametrize("step", ReviewStep)
@pytest.mark.parametrize("again", [mends, hands_in])
def test_who_returned_a_draft_still_gets_it_first(
    lone_front: Front, step: ReviewStep, again: Callable[[Front, DirectiveId], None]
) -> None:
    key = returned_by(lone_front, step)
    takes_back(lone_front, key)
    again(lone_front, key)
    assert due(lone_front, key) == {step}


def test_what_was_returned_and_looked_at_again_comes_back_in_the_usual_order(front: Front) -> None:
    key = returned_by(front, APPROVAL)
    front.passes(key, APPROVAL)
    takes_back(front, key)
    mends(front, key)
    assert due(front, key) == {CONTENT, FORM}


def test_a_number_stays_with_a_draft_that_is_taken_back(front: Front) -> None:
    key = front.frozen()
    return_draft(front.desk, front.signatory, key, reason="Sửa", revision=1)
    mends(front, key)
    takes_back(front, key)
    mends(front, key)
    for step in (APPROVAL, CONTENT, FORM):
        front.passes(key, step)
    assert (front.state(key), front.directive(key).number_text) == ("numbered", "96-HD/BTNTU")


def test_words_say_that_the_drafter_did_it_and_nobody_else(front: Front) -> None:
    key = front.submitted()
    takes_back(front, key)
    (step,) = steps(front, key)
    assert (step.deed, step.officers) == ("revise", ("drafter",))
    waits = "Người soạn đã rút lại để sửa; chờ Nguyễn Thị Soạn sửa và trình lại."
    said = f"{waits} Lý do rút lại: {WHY}"
    assert step.words == said
    assert state_words(front.directive(key)) == "đã được người soạn rút lại"
    with front.desk.database.reading() as session:
        (row,) = everything_for(session, "drafter", front.clock()).mine
        whole = journey(session, key, at=front.clock())
        last = timeline(session, key)[-1]
    assert row.words == f"Dự thảo đã rút lại, chờ sửa. Lý do rút lại: {WHY}"
    assert (whole.state, whole.sentence) == ("Đã được người soạn rút lại", said)
    assert (whole.steps[-1].name, whole.steps[-1].detail) == ("Rút lại để sửa", WHY)
    assert last.words == "Rút lại để sửa"
    # Changed but not handed in yet: what is asked is another thing, why it lies there is not.
    revise(front.desk, front.drafter, key, draft=with_content(title="Mới"), note="Sửa")
    (step,) = steps(front, key)
    assert (step.deed, step.words) == ("submit", said)
    submit(front.desk, front.drafter, key)
    assert state_words(front.directive(key)) == "đang kiểm tra"


def test_returned_afterwards_it_is_no_longer_said_to_be_taken_back(front: Front) -> None:
    key = front.submitted()
    takes_back(front, key)
    submit(front.desk, front.drafter, key)
    return_draft(front.desk, front.form_reviewer, key, reason="Sửa địa danh", revision=1)
    assert state_words(front.directive(key)) == "đã trả lại người soạn"
    assert steps(front, key)[0].words.endswith(
        "sửa dự thảo bị trả lại. Lý do trả lại: Sửa địa danh"
    )
    with pytest.raises(InvalidInputError, match="Chưa sửa sau khi bị trả lại"):
        submit(front.desk, front.drafter, key)


@pytest.mark.parametrize("taken_over", [False, True])
def test_what_comes_back_because_somebody_left_is_not_said_to_be_taken_back(
    lone_front: Front, *, taken_over: bool
) -> None:
    front = lone_front
    key = front.submitted()
    takes_back(front, key)
    hands_in(front, key)
    to = second(front, Role.SIGNATORY, may_sign=True) if taken_over else None
    leaves(front, "signatory" if taken_over else "form-reviewer", to=to)
    found = front.directive(key)
    assert found.taken_back_revision is None
    if taken_over:
        # A further revision by another signatory, in review from the start.
        assert (found.state, found.revision, found.return_reason) == ("in_review", 2, None)
    else:
        assert state_words(found) == "đã trả lại người soạn"
        assert "thôi công tác" in str(found.return_reason)


def test_no_planned_signature_is_left_and_none_that_a_key_has_made_is_lost(
    frozen_front: Front, key: DirectiveId
) -> None:
    front = frozen_front
    signs(front, key)
    front.change(lambda s: s.execute(update(Directive).values(state="in_review")))
    with pytest.raises(WrongStateError, match="đang được ký"):
        takes_back(front, key)
    front.change(lambda s: s.execute(update(Signature).values(state="planned")))
    takes_back(front, key)
    with front.desk.database.reading() as session:
        assert list(session.scalars(select(Signature.state))) == ["abandoned"]
    assert front.directive(key).frozen_sha256 is None


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Does deeds in the same instant; tells for each `done` or the code of its refusal."""
    start = Barrier(len(deeds))

    def act(deed: Callable[[], object]) -> str:
        start.wait()
        try:
            deed()
        except ActionRefusedError as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(act, deeds))


@pytest.mark.both_databases
def test_of_taking_back_and_returning_in_one_instant_one_wins(front: Front) -> None:
    winners = set()
    for _ in range(6):
        key = front.submitted()
        outcomes = at_once(
            lambda key=key: takes_back(front, key),
            lambda key=key: return_draft(
                front.desk, front.form_reviewer, key, reason="Sửa", revision=1
            ),
        )
        assert sorted(outcomes) == ["done", "wrong_state"]
        found, won = front.directive(key), outcomes.index("done")
        assert (found.state, found.return_reason) == ("returned", (WHY, "Sửa")[won])
        assert (found.taken_back_revision, found.resume_step) == ((1, None), (None, "form"))[won]
        assert [one.outcome for one in front.events(key)].count("refused") == 1
        winners.add(won)
    assert winners <= {0, 1}


@pytest.mark.both_databases
def test_of_taking_back_and_the_last_pass_in_one_instant_one_wins(front: Front) -> None:
    for _ in range(6):
        key = front.submitted()
        front.passes(key, CONTENT)
        front.passes(key, FORM)
        outcomes = at_once(
            lambda key=key: takes_back(front, key),
            lambda key=key: pass_step(front.desk, front.signatory, key, APPROVAL, revision=1),
        )
        assert sorted(outcomes) == ["done", "wrong_state"]
        assert front.state(key) == ("returned", "approved")[outcomes.index("done")]


@pytest.mark.both_databases
def test_a_pass_in_the_same_instant_counts_or_is_refused_and_is_never_half(front: Front) -> None:
    for _ in range(6):
        key = front.submitted()
        outcomes = at_once(
            lambda key=key: takes_back(front, key),
            lambda key=key: pass_step(front.desk, front.form_reviewer, key, FORM, revision=1),
        )
        assert outcomes in (["done", "done"], ["done", "wrong_state"])
        assert front.state(key) == "returned"
        submit(front.desk, front.drafter, key)
        passed = outcomes[1] == "done"
        assert due(front, key) == ({CONTENT} if passed else {CONTENT, FORM})
        assert front.count(Review, Review.directive_id == key) == int(passed)
