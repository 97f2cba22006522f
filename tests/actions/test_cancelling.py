"""Giving a directive up: who, when, and what becomes of its number."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from actions.cancelling import cancel
from actions.errors import (
    InvalidInputError,
    NotAuthorisedError,
    WrongStateError,
)
from actions.reviewing import return_draft
from actions.signing_off import complete
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.numbering import RegisterEntry, TakenNumber
from models.signature import Signature
from tests.support.front import Front
from tests.support.signing_office import signs

REASON = "Nội dung đã có trong văn bản khác"


def _returned(front: Front) -> DirectiveId:
    key = front.submitted()
    return_draft(front.desk, front.form_reviewer, key, reason="Sửa", revision=1)
    return key


@pytest.mark.parametrize("make", [Front.start, _returned])
def test_a_drafter_may_give_up_what_lies_with_the_drafter(
    lone_front: Front, make: Callable[[Front], DirectiveId]
) -> None:
    key = make(lone_front)
    cancel(lone_front.desk, lone_front.drafter, key, reason=REASON)
    directive = lone_front.directive(key)
    assert (directive.state, directive.close_reason) == ("cancelled", REASON)
    assert lone_front.last_event().detail["reason"] == REASON


@pytest.mark.parametrize("make", [Front.submitted, Front.approved, Front.numbered])
def test_once_handed_in_only_the_signatory_gives_it_up(
    lone_front: Front, make: Callable[[Front], DirectiveId]
) -> None:
    key = make(lone_front)
    for actor in lone_front.everybody():
        if actor == lone_front.signatory:
            continue
        with pytest.raises(NotAuthorisedError, match="huỷ văn bản"):
            cancel(lone_front.desk, actor, key, reason=REASON)
    cancel(lone_front.desk, lone_front.signatory, key, reason=REASON)
    assert lone_front.state(key) == "cancelled"


def test_the_number_of_a_cancelled_directive_is_void_with_the_reason(front: Front) -> None:
    key = front.numbered()
    cancel(front.desk, front.signatory, key, reason=REASON)
    with front.desk.database.reading() as session:
        taken = session.scalars(select(TakenNumber)).one()
    assert (taken.number, taken.state, taken.reason) == (96, "void", REASON)
    following = front.numbered()
    assert front.directive(following).number == 97


def test_giving_up_needs_a_reason(front: Front) -> None:
    key = front.start()
    with pytest.raises(InvalidInputError, match="Lý do"):
        cancel(front.desk, front.drafter, key, reason=" ")
    assert front.state(key) == "drafting"


def test_a_directive_is_given_up_once(front: Front) -> None:
    key = front.start()
    cancel(front.desk, front.drafter, key, reason=REASON)
    with pytest.raises(WrongStateError, match="đã huỷ"):
        cancel(front.desk, front.signatory, key, reason=REASON)


@pytest.mark.parametrize(
    "state", [DirectiveState.ISSUED, DirectiveState.CLOSED, DirectiveState.CORRECTED]
)
def test_what_was_issued_is_recalled_not_cancelled(
    lone_front: Front, state: DirectiveState
) -> None:
    key = lone_front.numbered()
    lone_front.change(lambda s: s.execute(update(Directive).values(state=state.value)))
    with pytest.raises(WrongStateError):
        cancel(lone_front.desk, lone_front.signatory, key, reason=REASON)
    assert lone_front.count(TakenNumber, TakenNumber.state == "void") == 0


def test_nothing_is_cancelled_while_a_key_is_at_work(frozen_front: Front, key: DirectiveId) -> None:
    signs(frozen_front, key)
    with pytest.raises(WrongStateError, match="đang được ký"):
        cancel(frozen_front.desk, frozen_front.signatory, key, reason=REASON)
    complete(frozen_front.desk, key)
    cancel(frozen_front.desk, frozen_front.signatory, key, reason=REASON)
    assert frozen_front.state(key) == "cancelled"


@pytest.mark.parametrize("stage", ["signed_front", "sealed_front"])
def test_the_register_notes_what_was_cancelled_after_it_was_signed(
    request: pytest.FixtureRequest, stage: str, key: DirectiveId
) -> None:
    front: Front = request.getfixturevalue(stage)
    cancel(front.desk, front.signatory, key, reason=REASON)
    with front.desk.database.reading() as session:
        entry = session.scalars(select(RegisterEntry)).one()
    assert entry.columns["note"] == f"Huỷ ngày 20/09/2022: {REASON}"
    assert front.count(Signature, Signature.state == "completed") >= 1
