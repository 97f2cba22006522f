"""Giving a directive up before it is issued; its number becomes void, with the reason.

Source: NĐ 30/2020 Đ15 (no number is used twice; a gap has its reason in the register).
"""

from sqlalchemy import update

from actions.access import require_person
from actions.auditing import Actor
from actions.changing import amend, expect_state, get_directive, move
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, Problem, WrongStateError
from actions.registering import note_cancelled
from actions.signatures import abandon_planned, is_being_signed
from actions.waking import ask_to_wake
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.numbering import TakenNumber

_WITH_DRAFTER = (DirectiveState.DRAFTING, DirectiveState.RETURNED)
_BEFORE_ISSUE = (
    *_WITH_DRAFTER,
    DirectiveState.IN_REVIEW,
    DirectiveState.APPROVED,
    DirectiveState.NUMBERED,
    DirectiveState.SIGNED,
    DirectiveState.SEALED,
)


def cancel(desk: Desk, actor: Actor, directive_id: DirectiveId, *, reason: str) -> None:
    """Cancels a directive that was not issued yet.

    While it lies with its drafter, the drafter may; the signatory may until it is issued.

    Raises:
        NotAuthorisedError: the actor is neither, or the draft has left the drafter's hands.
        InvalidInputError: no reason was given.
        WrongStateError: it was issued or cancelled, or a key has signed and the machine is at work.
    """
    with doing(desk, actor, "cancel", subject=directive_id) as deed:
        directive = get_directive(deed.session, directive_id)
        _require_entitled(deed, directive)
        if not reason.strip():
            raise InvalidInputError(
                Problem(place="Lý do", reason="Huỷ văn bản phải có lý do. Ghi rõ lý do.")
            )
        expect_state(directive, *_BEFORE_ISSUE)
        state = DirectiveState(directive.state)
        amend(deed, directive, expected=state)
        _require_no_key_at_work(deed, directive)
        abandon_planned(deed, directive_id, "Văn bản đã huỷ.")
        _void_number(deed, directive, reason)
        move(
            deed,
            directive,
            DirectiveState.CANCELLED,
            expected=state,
            closed_at=deed.at,
            close_reason=reason,
        )
        ask_to_wake(deed, directive_id)
        deed.detail |= {"reason": reason, "number": directive.number_text}


def _require_entitled(deed: Deed, directive: Directive) -> None:
    if directive.state in _WITH_DRAFTER and deed.actor.id == directive.drafter_id:
        who = directive.drafter_id
    else:
        who = directive.signatory_id or ""
    require_person(deed, who, "huỷ văn bản", "người ký, hoặc người soạn khi văn bản chưa trình")


def _require_no_key_at_work(deed: Deed, directive: Directive) -> None:
    if is_being_signed(deed.session, directive.id):
        raise WrongStateError("Văn bản", expected=("chữ ký đã hoàn tất",), actual="đang được ký")


def _void_number(deed: Deed, directive: Directive, reason: str) -> None:
    deed.session.execute(
        update(TakenNumber)
        .where(TakenNumber.directive_id == directive.id)
        .values(state="void", reason=reason)
    )
    note_cancelled(deed, directive, reason)
