"""Who may amend an issued directive, and the record of it.

An issued paper is recalled, replaced or corrected by the office that issued it, on the decision of
whoever may sign for it (NĐ 30/2020 Đ18.3, Đ18.4). So a signatory of the office may act, and the
registry clerk, who carries the decision out and names it in the reason.
"""

from typing import Any

from actions.access import ROLE_WORDS, roles_on
from actions.changing import expect_state, get_directive
from actions.closing import require_reason
from actions.desk import Deed
from actions.errors import NotAuthorisedError
from models.amendment import Amendment
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.officer import Role

AMENDERS = (Role.SIGNATORY, Role.REGISTRY_CLERK)
IN_FORCE = (DirectiveState.ISSUED, DirectiveState.CORRECTED, DirectiveState.CLOSED)
"""States of a directive that has gone out and still holds."""


def require_amender(deed: Deed, organisation_id: str, what: str) -> None:
    """Insists that the actor is a signatory or the registry clerk of the issuing office.

    Raises:
        NotAuthorisedError: the actor is neither.
    """
    held: frozenset[Role] = frozenset()
    if deed.actor.kind == "officer":
        held = roles_on(deed.session, deed.actor.id, organisation_id, deed.day)
    if not held & {*AMENDERS}:
        needed = " hoặc ".join(ROLE_WORDS[role] for role in AMENDERS)
        raise NotAuthorisedError(deed.actor.name, what, needed)


def directive_in_force(
    deed: Deed, directive_id: DirectiveId, what: str, reason: str
) -> tuple[Directive, str]:
    """Returns the directive and the reason, once both and the actor's right were looked at.

    Raises:
        NotFoundError: no such directive.
        NotAuthorisedError: the actor may not.
        WrongStateError: it was not issued, or is recalled or replaced.
        InvalidInputError: no reason was given.
    """
    directive = get_directive(deed.session, directive_id)
    require_amender(deed, directive.organisation_id, what)
    expect_state(directive, *IN_FORCE)
    return directive, require_reason(reason)


def write_amendment(
    deed: Deed,
    directive: Directive,
    kind: str,
    reason: str,
    *,
    other: Directive | None = None,
    **detail: Any,  # noqa: ANN401 (JSON of every type)
) -> Amendment:
    """Writes the record. Does not commit."""
    made = Amendment(
        directive_id=directive.id, kind=kind, reason=reason,
        other_directive_id=other.id if other else None, detail=detail,
        officer_id=deed.actor.id, at=deed.at,
    )  # fmt: skip
    deed.session.add(made)
    deed.session.flush()
    deed.detail |= {
        "amendment": str(made.id), "kind": kind, "reason": reason, "number": directive.number_text,
        "other": other.number_text if other else None, **detail,
    }  # fmt: skip
    return made
