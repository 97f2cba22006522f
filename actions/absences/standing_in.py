"""What waits for an officer who is away passes to the deputy; what was not signed comes back.

Drafts that are being written stay with their drafter. What the deputy may not take goes on waiting,
and is told with no record, so that it can be looked at as often as one likes.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import select

from actions.access import ROLE_WORDS
from actions.desk import Deed
from actions.handing_over import (
    REVIEWS,
    UNSIGNED,
    Leaver,
    Passed,
    authority_for,
    has_signed,
    is_apart,
    may_take,
    named_in,
    pass_check,
    pass_draft,
    sign_instead,
)
from actions.reviewing import steps_due
from actions.signatures import is_being_signed
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.officer import Role

_S = DirectiveState
_OTHER_STEP: Final = "đã giữ phần việc khác của văn bản này"


def stand_in(deed: Deed, absent: Leaver, *, signs: bool) -> tuple[Passed, ...]:
    """Passes to a deputy what waits now for an officer who is away.

    What comes back from review, the checks that are due, and signatures from review on; drafts that
    are being written stay. What the deputy may not take is told as `left` and goes on waiting, with
    no record. Does not commit. Idempotent.

    Args:
        deed: the deed being done.
        absent: who is away, and the deputy.
        signs: whether the deputy signs too.
    """
    states = (_S.RETURNED, _S.IN_REVIEW, _S.APPROVED, _S.NUMBERED)
    waiting = named_in(deed.session, absent.officer.id, states)
    return tuple(one for directive in waiting for one in _stand_in(deed, absent, directive, signs))


def give_back(deed: Deed, deputy: Leaver, authority_id: str) -> tuple[Passed, ...]:
    """Passes what was not signed by an authority that has ended to who was away.

    Does not commit. Idempotent; what cannot pass is told as `left`.
    """
    rows = deed.session.scalars(
        select(Directive).where(
            Directive.authority_id == authority_id,
            Directive.state.in_([state.value for state in UNSIGNED]),
        )
    ).all()
    return tuple(
        _stood_in(deed, deputy, directive)
        for directive in rows
        if not has_signed(deed, directive) and not is_being_signed(deed.session, directive.id)
    )


def _stand_in(deed: Deed, absent: Leaver, directive: Directive, signs: bool) -> Iterator[Passed]:  # noqa: FBT001
    mine, state = absent.officer.id, DirectiveState(directive.state)
    if directive.drafter_id == mine and state is _S.RETURNED:
        if may_take(deed, absent, directive, Role.DRAFTER):
            yield pass_draft(deed, absent, directive)
        else:
            yield _kept(absent, directive, Role.DRAFTER, _why(deed, absent, directive))
    yield from _checks(deed, absent, directive)
    if directive.signatory_id != mine or state is _S.RETURNED:
        return
    if has_signed(deed, directive) or is_being_signed(deed.session, directive.id):
        return
    if signs:
        yield _stood_in(deed, absent, directive)
    else:
        yield _kept(absent, directive, Role.SIGNATORY, "không được giao ký")


def _checks(deed: Deed, absent: Leaver, directive: Directive) -> Iterator[Passed]:
    for step in sorted(steps_due(deed.session, directive) & REVIEWS.keys()):
        column, role = REVIEWS[step]
        if getattr(directive, column) != absent.officer.id:
            continue
        if may_take(deed, absent, directive, role):
            yield pass_check(deed, absent, directive, step, role)
        else:
            yield _kept(absent, directive, role, _why(deed, absent, directive))


def _stood_in(deed: Deed, absent: Leaver, directive: Directive) -> Passed:
    to, authority = absent.to, authority_for(deed.session, absent, directive)
    if to is None or not is_apart(deed.session, directive, to.id):
        return _kept(absent, directive, Role.SIGNATORY, _OTHER_STEP)
    if authority is None:
        return _kept(absent, directive, Role.SIGNATORY, "không có quyền ký loại văn bản này")
    return sign_instead(deed, absent, directive, to, authority)


def _why(deed: Deed, absent: Leaver, directive: Directive) -> str:
    """Returns why a role is not enough, or that it is missing."""
    apart = absent.to is not None and is_apart(deed.session, directive, absent.to.id)
    return "không giữ vai trò ấy" if apart else _OTHER_STEP


def _kept(absent: Leaver, directive: Directive, role: Role, why: str) -> Passed:
    name, what = absent.to.name if absent.to else "Người thay", ROLE_WORDS[role]
    return Passed(
        directive_id=directive.id, title=directive.number_text or "Dự thảo",
        subject=directive.subject, what=what, outcome="left",
        words=f"{name} không thay được ({why}); văn bản chờ {absent.officer.name}.",
    )  # fmt: skip
