"""Ends: of an obligation that is no longer asked, and of a directive whose work is done."""

from uuid import UUID

from sqlalchemy import select

from actions.access import require_role
from actions.auditing import Actor
from actions.changing import expect_state, get_directive, move
from actions.coming import is_more_to_come
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, Problem, WrongStateError
from actions.owing import alter, get_obligation, move_obligation
from actions.telling import Told, tell_unit
from actions.waking import ask_to_wake
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState, ObligationState
from models.obligation import Obligation
from models.officer import Role

RUNNING = (DirectiveState.ISSUED, DirectiveState.CORRECTED)
"""States in which a directive is followed up."""

_SETTLED = (ObligationState.ACCEPTED, ObligationState.CANCELLED, ObligationState.TRANSFERRED)


def require_reason(reason: str, place: str = "Lý do") -> str:
    """Returns the reason, trimmed.

    Raises:
        InvalidInputError: none was given.
    """
    if not reason.strip():
        said = "Chưa ghi lý do. Ghi rõ lý do rồi thực hiện lại."
        raise InvalidInputError(Problem(place=place, reason=said))
    return reason.strip()


def close_if_settled(deed: Deed, directive: Directive) -> bool:
    """Closes a directive once nothing of it is open any more. Does not commit.

    A directive without obligations is not closed by itself: nobody can tell that it is done. Nor is
    one whose periodic reports go on.
    """
    deed.session.flush()
    states = deed.session.scalars(
        select(Obligation.state).where(Obligation.directive_id == directive.id)
    ).all()
    if not states or any(ObligationState(state) not in _SETTLED for state in states):
        return False
    if is_more_to_come(deed.session, directive):
        return False
    _close(deed, directive, "Mọi nhiệm vụ đã hoàn thành, được huỷ hoặc chuyển đơn vị kế thừa.")
    return True


def close_directive(desk: Desk, actor: Actor, directive_id: DirectiveId, *, reason: str) -> None:
    """Closes a directive of which something is still open, by the follow-up officer's decision.

    Raises:
        NotAuthorisedError: the actor does not follow up.
        WrongStateError: the directive was not issued, or is closed.
        InvalidInputError: no reason was given.
    """
    with doing(desk, actor, "close", subject=directive_id) as deed:
        directive = get_directive(deed.session, directive_id)
        require_role(deed, Role.FOLLOW_UP, directive.organisation_id, "kết thúc theo dõi văn bản")
        expect_state(directive, *RUNNING)
        _close(deed, directive, require_reason(reason))


def cancel_obligation(desk: Desk, actor: Actor, obligation_id: UUID, *, reason: str) -> None:
    """Cancels what one unit owes, with a reason; it is told, the last one closes the directive.

    Of a periodic task this period only.

    Raises:
        NotFoundError: no such obligation.
        NotAuthorisedError: the actor does not follow up.
        WrongStateError: it was accepted, cancelled or transferred before.
        InvalidInputError: no reason was given.
    """
    with doing(desk, actor, "cancel_obligation") as deed:
        obligation, directive = _for_follow_up(deed, obligation_id, "huỷ nhiệm vụ")
        why = require_reason(reason)
        alter(deed, obligation, reason=why, state=ObligationState.CANCELLED)
        tell_unit(desk, deed, directive, [Told.cancelled(obligation, why)])
        deed.detail |= {"reason": why}
        close_if_settled(deed, directive)


def fulfil_own(desk: Desk, actor: Actor, obligation_id: UUID, *, note: str) -> None:
    """Records that the issuing office has done a task of its own; it reports to nobody by mail.

    Raises:
        NotFoundError: no such obligation.
        NotAuthorisedError: the actor does not follow up.
        WrongStateError: the obligation is another unit's, or is not open.
        InvalidInputError: nothing was said of how it was done.
    """
    with doing(desk, actor, "fulfil_own") as deed:
        obligation, directive = _for_follow_up(deed, obligation_id, "xác nhận việc của cơ quan")
        if obligation.organisation_id != directive.organisation_id:
            raise WrongStateError(
                "Nhiệm vụ", expected=("nhiệm vụ của chính cơ quan ban hành",),
                actual="thuộc đơn vị khác",
            )  # fmt: skip
        said = require_reason(note, "Kết quả")
        move_obligation(deed, obligation, ObligationState.REPORTED, reported_at=deed.at)
        move_obligation(deed, obligation, ObligationState.ACCEPTED, accepted_at=deed.at)
        deed.detail |= {"note": said}
        close_if_settled(deed, directive)


def _for_follow_up(deed: Deed, obligation_id: UUID, what: str) -> tuple[Obligation, Directive]:
    obligation = get_obligation(deed.session, obligation_id)
    directive = get_directive(deed.session, obligation.directive_id)
    deed.subject_id = str(directive.id)
    require_role(deed, Role.FOLLOW_UP, directive.organisation_id, what)
    deed.detail |= {"obligation": obligation.task_ref, "organisation": obligation.organisation_id}
    return obligation, directive


def _close(deed: Deed, directive: Directive, reason: str) -> None:
    move(
        deed, directive, DirectiveState.CLOSED, expected=DirectiveState(directive.state),
        closed_at=deed.at, close_reason=reason,
    )  # fmt: skip
    deed.detail |= {"closed": reason}
    ask_to_wake(deed, directive.id)
