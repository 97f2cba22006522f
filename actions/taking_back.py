"""The drafter takes a draft back from review to change it, with a reason that the reviewers see.

Afterwards it is `returned`, as after a return, and comes back by the same way. Nobody decided
anything: what was passed for this revision stays passed should the very same come again, and a
revision after it is looked at by all. A return that was not looked at yet stays open: who returned
the draft still gets it first.
"""

from actions.access import require_person
from actions.auditing import Actor
from actions.changing import amend, expect_state, get_directive, move
from actions.desk import Desk, doing
from actions.errors import InvalidInputError, Problem
from actions.reviewing import give_up_signing, passed_steps, require_revision, steps_due
from actions.waking import ask_to_wake
from models.base import DirectiveId
from models.lifecycle import DirectiveState


def take_back(
    desk: Desk, actor: Actor, directive_id: DirectiveId, *, reason: str, revision: int
) -> None:
    """Takes a draft back that is in review and not approved yet.

    Raises:
        NotAuthorisedError: the actor is not this directive's drafter.
        InvalidInputError: no reason was given.
        WrongStateError: the directive is not in review: a reviewer or the signatory was quicker.
        StaleRevisionError: `revision` is not the current one.
    """
    with doing(desk, actor, "take_back", subject=directive_id) as deed:
        directive = get_directive(deed.session, directive_id)
        who = "người soạn thảo văn bản này"
        require_person(deed, directive.drafter_id, "rút lại dự thảo", who)
        if not reason.strip():
            why = "Rút lại phải có lý do. Ghi ngắn gọn vì sao; người kiểm tra thấy lý do này."
            raise InvalidInputError(Problem(place="Lý do", reason=why))
        expect_state(directive, DirectiveState.IN_REVIEW)
        require_revision(directive, revision)
        # From here on nobody else decides on this directive: a reviewer in the same instant is
        # either before, and their decision is seen below, or finds it taken back.
        amend(deed, directive, expected=DirectiveState.IN_REVIEW)
        concerned = steps_due(deed.session, directive) | passed_steps(deed.session, directive)
        give_up_signing(deed, directive, "Người soạn đã rút lại trước khi ký.")
        move(
            deed,
            directive,
            DirectiveState.RETURNED,
            expected=DirectiveState.IN_REVIEW,
            return_reason=reason,
            taken_back_revision=revision,
            frozen_sha256=None,
        )
        ask_to_wake(deed, directive_id)
        steps = sorted(step.value for step in concerned)
        deed.detail |= {"revision": revision, "steps": steps, "reason": reason}
