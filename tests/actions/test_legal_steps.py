"""The legal steps of a directive: what is done, by whom, what is due, how many units answered."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from actions.acknowledging import acknowledge
from actions.amending.recalling import recall
from actions.cancelling import cancel
from actions.closing import close_directive
from actions.drafting import revise, submit
from actions.issuing import issue
from actions.legal_steps import LegalStep, Stands, legal_steps
from actions.numbering import take_number
from actions.progress import next_steps, timeline
from actions.reviewing import return_draft
from actions.signing_off import complete as complete_signature
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment
from models.lifecycle import DeliveryState, ObligationState, ReviewStep
from models.obligation import Obligation
from models.officer import Role
from models.organisation import Office
from tests.actions.back_office import unit
from tests.support.front import DRAFT, Front
from tests.support.signing_office import signs

pytestmark = pytest.mark.both_databases

REVIEW = ("submit", "check_content", "check_form", "approve")
UNITS = ("sent", "arrived", "accepted", "reported")
AHEAD = " ".join(f"{key}:a" for key in UNITS)


def _steps(front: Front, key: DirectiveId) -> dict[str, LegalStep]:
    with front.desk.database.reading() as session:
        one = session.get_one(Directive, key)
        found = legal_steps(session, one, timeline(session, key), next_steps(session, one))
    return {step.key: step for step in found}


def _stands(front: Front, key: DirectiveId) -> str:
    """Each step with the first letter of how it stands."""
    return " ".join(f"{key}:{step.stands[0]}" for key, step in _steps(front, key).items())


def test_a_draft_waits_for_its_drafter_and_everything_else_is_ahead(front: Front) -> None:
    steps = _steps(front, front.start())
    assert [*steps] == [*REVIEW, "take_number", "sign", "seal", "issue", *UNITS]
    assert steps.pop("submit").stands is Stands.NOW
    assert {step.stands for step in steps.values()} == {Stands.AHEAD}


def test_in_review_it_waits_for_both_checks_and_only_then_for_its_approval(front: Front) -> None:
    key = front.submitted()
    assert _stands(front, key).startswith("submit:d check_content:n check_form:n approve:a take")
    front.passes(key, ReviewStep.FORM)
    assert _stands(front, key).startswith("submit:d check_content:n check_form:d approve:a take")
    front.passes(key, ReviewStep.CONTENT)
    assert _stands(front, key).startswith("submit:d check_content:d check_form:d approve:n take")


def test_who_returned_it_is_waited_for_first_when_it_comes_again(front: Front) -> None:
    key = front.submitted()
    return_draft(front.desk, front.form_reviewer, key, reason="Sai địa danh", revision=1)
    assert _stands(front, key).startswith("submit:n check_content:a check_form:a approve:a take")
    revise(front.desk, front.drafter, key, draft=DRAFT, note="Sửa địa danh")
    submit(front.desk, front.drafter, key)
    assert _stands(front, key).startswith("submit:d check_content:a check_form:n approve:a take")


def test_a_step_that_is_done_tells_who_did_it_and_when(front: Front) -> None:
    key = front.approved()
    front.clock.advance(hours=1)
    take_number(front.desk, front.clerk, key)
    number = _steps(front, key)["take_number"]
    assert (number.stands, number.actor, number.at) == (
        Stands.DONE, front.clerk.name, front.clock()
    )  # fmt: skip
    assert _stands(front, key).endswith(f"approve:d take_number:d sign:n seal:a issue:a {AHEAD}")


def test_a_returned_directive_keeps_its_number_but_not_its_approval(front: Front) -> None:
    key = front.numbered()
    return_draft(front.desk, front.signatory, key, reason="Sai căn cứ", revision=1)
    steps = _steps(front, key)
    assert (steps["approve"].stands, steps["approve"].at) == (Stands.AHEAD, None)
    assert (steps["submit"].stands, steps["submit"].actor) == (Stands.NOW, "")
    assert steps["take_number"].stands is Stands.DONE
    assert steps["sign"].stands is Stands.AHEAD


def test_a_signature_counts_once_it_was_judged(frozen_front: Front, key: DirectiveId) -> None:
    front = frozen_front
    signs(front, key)
    assert _steps(front, key)["sign"].stands is Stands.NOW
    complete_signature(front.desk, key)
    signed = _steps(front, key)["sign"]
    assert (signed.stands, signed.actor) == (Stands.DONE, front.signatory.name)


def test_where_the_officer_signs_first_the_number_comes_after(front: Front) -> None:
    front.change(lambda s: s.execute(update(Office).values(number_after_signing=True)))
    steps = _steps(front, front.approved())
    assert [*steps][3:7] == ["approve", "sign", "take_number", "seal"]
    assert steps["sign"].stands is Stands.NOW


def test_a_cancelled_directive_shows_what_was_done_and_drops_the_rest(front: Front) -> None:
    key = front.approved()
    cancel(front.desk, front.signatory, key, reason="Trùng")
    steps = _steps(front, key)
    assert {steps.pop(key).stands for key in REVIEW} == {Stands.DONE}
    assert {step.stands for step in steps.values()} == {Stands.DROPPED}


def test_after_issue_units_and_answers_are_counted(sealed_front: Front, key: DirectiveId) -> None:
    front = sealed_front
    issue(front.desk, front.clerk, key)
    total = front.count(Consignment)
    assert _counts(front, key) == [(0, total)] * 3 + [(0, front.count(Obligation))]
    assert {step.stands for step in _steps(front, key).values()} == {Stands.DONE, Stands.NOW}

    front.clock.advance(minutes=5)
    at = front.clock()
    front.change(
        lambda s: s.execute(
            update(Consignment).values(state=DeliveryState.SENT.value, sent_at=at)
        )
    )  # fmt: skip
    front.clock.advance(minutes=5)
    acknowledge(front.desk, unit("huyen-a"), key, organisation_id="huyen-a")
    steps = _steps(front, key)
    assert (steps["sent"].stands, steps["sent"].at) == (Stands.DONE, at)
    assert (steps["arrived"].count, steps["accepted"].count) == (1, 1)
    assert steps["accepted"].stands is Stands.PARTLY
    assert steps["accepted"].at == at + timedelta(minutes=5)


def test_what_is_owed_no_more_is_not_counted(sealed_front: Front, key: DirectiveId) -> None:
    front = sealed_front
    issue(front.desk, front.clerk, key)
    front.change(
        lambda s: s.execute(update(Obligation).values(state=ObligationState.CANCELLED.value))
    )
    assert "reported" not in _steps(front, key)


def test_of_a_recalled_directive_nothing_is_waited_for_any_more(
    sealed_front: Front, key: DirectiveId
) -> None:
    front = sealed_front
    issue(front.desk, front.clerk, key)
    recall(front.desk, front.clerk, key, reason="Sai căn cứ")
    steps = _steps(front, key)
    assert {steps[one].stands for one in ("sent", "arrived", "accepted")} == {Stands.DROPPED}
    assert Stands.NOW not in {step.stands for step in steps.values()}


def test_after_its_follow_up_no_report_is_waited_for_any_more(
    sealed_front: Front, key: DirectiveId
) -> None:
    front = sealed_front
    issue(front.desk, front.clerk, key)
    assert _steps(front, key)["reported"].stands is Stands.NOW
    close_directive(front.desk, front.office.actor(Role.FOLLOW_UP), key, reason="Không cần chờ nữa")
    steps = _steps(front, key)
    assert steps["reported"].stands is Stands.DROPPED
    assert steps["sent"].stands is Stands.NOW


def _counts(front: Front, key: DirectiveId) -> list[tuple[int | None, int]]:
    steps = _steps(front, key)
    return [(steps[one].count, steps[one].total) for one in UNITS]
