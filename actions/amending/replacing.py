"""Replacement (thay thế): a directive gives way to another one that was issued in its place.

Source: NĐ 30/2020 Đ18.3 (a paper with faults in its content is replaced by one of equal form).
"""

from enum import StrEnum

from actions.amending.asking_back import Asked, ask_back
from actions.amending.messages import Change
from actions.amending.rights import IN_FORCE, directive_in_force, write_amendment
from actions.amending.settling import cancel_owed, pass_on
from actions.auditing import Actor
from actions.changing import expect_state, get_directive, move
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, Problem
from actions.registering import note_after_issue
from actions.waking import ask_to_wake
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState


class Owed(StrEnum):
    """What becomes of what is still owed of the old directive."""

    CANCEL = "cancel"
    """It is asked no more; the new directive asks what it asks."""
    PASS = "pass"  # noqa: S105 (no password)
    """It is owed under the new directive, with the same day."""


def replace(
    desk: Desk,
    actor: Actor,
    directive_id: DirectiveId,
    *,
    by: DirectiveId,
    reason: str,
    owed: Owed = Owed.CANCEL,
) -> Asked:
    """Replaces a directive by another one; units that have the old one are sent the new one.

    Raises:
        NotFoundError: no such directive.
        NotAuthorisedError: the actor is neither signatory nor registry clerk of the office.
        WrongStateError: one of the two was not issued, or is recalled or replaced.
        InvalidInputError: no reason, the same directive twice, or another office's.
    """
    with doing(desk, actor, "replace", subject=directive_id) as deed:
        old, why = directive_in_force(deed, directive_id, "thay thế văn bản", reason)
        new = other_in_force(deed, old, by)
        move(
            deed, old, DirectiveState.REPLACED, expected=DirectiveState(old.state),
            closed_at=old.closed_at or deed.at,
            close_reason=old.close_reason or f"Thay thế bằng {new.number_text}: {why}",
        )  # fmt: skip
        amendment = write_amendment(deed, old, "replace", why, other=new, owed=owed.value)
        asked = ask_back(desk, deed, Change(amendment=amendment, directive=old, other=new))
        if owed is Owed.PASS:
            passed, opened = pass_on(deed, old, new, amendment)
            deed.detail |= {"passed": passed, "opened": opened}
        else:
            deed.detail["cancelled"] = cancel_owed(deed, old, amendment)
        day = f"{deed.day:%d/%m/%Y}"
        note_after_issue(deed, old, f"Thay thế bằng {new.number_text} ngày {day}: {why}")
        note_after_issue(deed, new, f"Thay thế {old.number_text}")
        ask_to_wake(deed, directive_id)
        ask_to_wake(deed, by)
    return asked


def other_in_force(deed: Deed, directive: Directive, other_id: DirectiveId) -> Directive:
    """Returns the directive that replaces or corrects another one.

    Raises:
        NotFoundError: no such directive.
        InvalidInputError: it is the same one, or another office's.
        WrongStateError: it was not issued, or does not hold any more.
    """
    other = get_directive(deed.session, other_id)
    if other.id == directive.id or other.organisation_id != directive.organisation_id:
        said = "Chọn một văn bản khác của chính cơ quan, đã phát hành."
        raise InvalidInputError(Problem(place="Văn bản mới", reason=said))
    expect_state(other, *IN_FORCE)
    return other
