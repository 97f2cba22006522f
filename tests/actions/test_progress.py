"""What comes next, for whom, and what happened so far."""

import ast
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from actions.cancelling import cancel
from actions.deed_words import DEED_WORDS, deed_words
from actions.drafting import revise, submit
from actions.errors import NotAuthorisedError, NotFoundError
from actions.freezing import freeze
from actions.issuing import issue
from actions.numbering import take_number
from actions.progress import NextStep, WorkItem, next_step, next_steps, timeline, work_for
from actions.reviewing import return_draft
from actions.sealing import complete as complete_seal
from actions.signing_off import complete as complete_signature
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState, ObligationState, ReviewStep
from models.obligation import Obligation
from models.officer import Officer, Post, Role
from models.signature import Signature
from tests.support.front import Front, with_content
from tests.support.signing_office import seals, signs

pytestmark = pytest.mark.both_databases

DAY = date(2022, 9, 20)


def _steps(front: Front, key: DirectiveId) -> tuple[NextStep, ...]:
    with front.desk.database.reading() as session:
        directive = session.get_one(Directive, key)
        steps = next_steps(session, directive)
        assert next_step(session, directive) == steps[0]
    return steps


def _told(front: Front, key: DirectiveId) -> list[tuple[str, str, str]]:
    return [
        (step.kind, step.deed, step.role or ",".join(step.officers)) for step in _steps(front, key)
    ]


def _work(front: Front, officer: str, day: date = DAY) -> list[WorkItem]:
    with front.desk.database.reading() as session:
        return work_for(session, officer, day)


def _everybodys_work(front: Front) -> dict[str, list[str]]:
    work = {actor.id: [item.deed for item in _work(front, actor.id)] for actor in front.everybody()}
    return {officer: deeds for officer, deeds in work.items() if deeds}


def test_each_step_until_the_signature_waits_for_the_right_one(front: Front) -> None:
    key = front.start()
    assert _told(front, key) == [("person", "submit", "drafter")]
    assert _everybodys_work(front) == {"drafter": ["submit"]}
    submit(front.desk, front.drafter, key)
    assert _told(front, key) == [
        ("person", "check_content", "content-reviewer"),
        ("person", "check_form", "form-reviewer"),
    ]
    assert _everybodys_work(front) == {
        "content-reviewer": ["check_content"],
        "form-reviewer": ["check_form"],
    }
    front.passes(key, ReviewStep.CONTENT)
    front.passes(key, ReviewStep.FORM)
    assert _told(front, key) == [("person", "approve", "signatory")]
    front.passes(key, ReviewStep.APPROVAL)
    assert _told(front, key) == [("person", "take_number", "registry_clerk")]
    assert _everybodys_work(front) == {"registry-clerk": ["take_number"]}
    take_number(front.desk, front.clerk, key)
    assert _told(front, key) == [("machine", "freeze", "")]
    assert _everybodys_work(front) == {}
    freeze(front.desk, key)
    assert _told(front, key) == [("person", "sign", "signatory")]
    assert _steps(front, key)[0].words == "Chờ Trần Văn Ký ký."
    item = _work(front, "signatory")[0]
    assert (item.directive_id, item.title, item.state) == (key, "96-HD/BTNTU", "numbered")


def test_from_the_signature_on_machine_and_clerk_take_turns(
    frozen_front: Front, key: DirectiveId
) -> None:
    front = frozen_front
    signs(front, key)
    assert _told(front, key) == [("machine", "complete_signature", "")]
    complete_signature(front.desk, key)
    assert _told(front, key) == [("person", "seal", "registry_clerk")]
    seals(front, key)
    assert _told(front, key) == [("machine", "complete_seal", "")]
    complete_seal(front.desk, key)
    assert _told(front, key) == [("person", "issue", "registry_clerk")]
    issue(front.desk, front.clerk, key)
    assert _told(front, key) == [("done", "follow_up", "follow_up")]
    assert _everybodys_work(front) == {}
    front.change(
        lambda s: s.execute(update(Obligation).values(state=ObligationState.REPORTED.value))
    )
    assert _everybodys_work(front) == {"follow-up": ["follow_up"]}


def test_a_planned_signature_without_a_key_still_waits_for_the_signatory(
    frozen_front: Front, key: DirectiveId
) -> None:
    signs(frozen_front, key)
    frozen_front.change(lambda s: s.execute(update(Signature).values(state="planned")))
    assert _told(frozen_front, key) == [("person", "sign", "signatory")]


def test_a_returned_draft_waits_to_be_revised_then_to_be_submitted(front: Front) -> None:
    key = front.submitted()
    return_draft(front.desk, front.form_reviewer, key, reason="Thiếu căn cứ", revision=1)
    step = _steps(front, key)[0]
    assert (step.deed, step.officers) == ("revise", ("drafter",))
    assert step.words.endswith("Lý do trả lại: Thiếu căn cứ")
    revise(front.desk, front.drafter, key, draft=with_content(title="Mới"), note="Thêm căn cứ")
    assert _told(front, key) == [("person", "submit", "drafter")]
    submit(front.desk, front.drafter, key)
    assert _told(front, key) == [("person", "check_form", "form-reviewer")]


def test_what_is_over_says_why(front: Front) -> None:
    key = front.start()
    cancel(front.desk, front.drafter, key, reason="Trùng")
    assert _steps(front, key) == (
        NextStep(kind="done", deed="", words="Văn bản đã huỷ. Lý do: Trùng"),
    )
    front.change(lambda s: s.execute(update(Directive).values(state="replaced", close_reason=None)))
    assert _steps(front, key)[0].words == "Văn bản đã được thay thế."


@pytest.mark.parametrize("state", DirectiveState)
def test_every_state_has_a_next_step_with_words(lone_front: Front, state: DirectiveState) -> None:
    key = lone_front.submitted()
    lone_front.change(lambda s: s.execute(update(Directive).values(state=state.value)))
    assert all(step.words for step in _steps(lone_front, key))


def test_a_step_whose_person_is_unknown_is_still_told(front: Front) -> None:
    key = front.submitted()
    front.change(lambda s: s.execute(update(Directive).values(content_reviewer_id=None)))
    step = _steps(front, key)[0]
    assert (step.officers, step.words) == ((), "Chờ người được phân công kiểm tra nội dung.")


def test_work_goes_with_the_post_and_its_days(front: Front) -> None:
    front.approved()
    front.change(lambda s: s.add(Officer(id="new-clerk", name="Người Mới")))
    front.change(
        lambda s: s.add(
            Post(
                officer_id="new-clerk",
                organisation_id="ban",
                title="Văn thư",
                roles=[Role.REGISTRY_CLERK.value],
                valid_from=date(2022, 10, 1),
            )
        )
    )
    assert _work(front, "new-clerk") == []
    assert [item.deed for item in _work(front, "new-clerk", date(2022, 10, 1))] == ["take_number"]
    assert _work(front, "nobody") == []


def test_work_of_a_clerk_elsewhere_is_not_ours(front: Front) -> None:
    front.approved()
    front.change(
        lambda s: s.execute(
            update(Post)
            .where(Post.officer_id == "registry-clerk")
            .values(organisation_id="tinh-uy")
        )
    )
    assert _work(front, "registry-clerk") == []


def test_what_waits_longest_comes_first(front: Front) -> None:
    first = front.start()
    front.clock.advance(hours=1)
    second = front.start()
    assert [item.directive_id for item in _work(front, "drafter")] == [first, second]
    assert {item.title for item in _work(front, "drafter")} == {"Dự thảo"}


def test_the_timeline_tells_deeds_and_refusals_in_words(front: Front) -> None:
    key = front.submitted()
    with pytest.raises(NotAuthorisedError):
        take_number(front.desk, front.drafter, key)
    front.clock.advance(minutes=5)
    return_draft(front.desk, front.content_reviewer, key, reason="Sửa mục I", revision=1)
    with front.desk.database.reading() as session:
        entries = timeline(session, key)
    assert [(entry.words, entry.outcome) for entry in entries] == [
        ("Soạn dự thảo", "done"),
        ("Trình dự thảo", "done"),
        ("Bị từ chối: cấp số và ngày", "refused"),
        ("Trả lại người soạn thảo", "done"),
    ]
    assert entries[-1].detail["reason"] == "Sửa mục I"
    assert (entries[-1].at, entries[-1].actor) == (front.clock(), "Lê Văn Nội")


def test_the_timeline_of_nothing_is_not_found(front: Front) -> None:
    with front.desk.database.reading() as session, pytest.raises(NotFoundError):
        timeline(session, DirectiveId(front.start().__class__(int=9)))


FRAMES = {"doing", "looking", "trying"}
ACTIONS = Path(__file__).resolve().parents[2] / "actions"


def _deed_names() -> set[str]:
    """Names of deeds that stand in the code as plain text."""
    calls = [
        node
        for path in ACTIONS.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    return {
        call.args[2].value
        for call in calls
        if call.func.id in FRAMES  # type: ignore[attr-defined]  # a Name, see above
        and isinstance(call.args[2], ast.Constant)
        and isinstance(call.args[2].value, str)
    }


def test_every_deed_has_vietnamese_words() -> None:
    assert len(_deed_names()) > 10
    assert _deed_names() <= set(DEED_WORDS)


def test_a_deed_without_words_is_shown_by_its_name() -> None:
    assert deed_words("something_new") == "something_new"
    assert deed_words("sign", refused=True) == "Bị từ chối: ký số"
    assert all(words[0].isupper() for words in DEED_WORDS.values())
