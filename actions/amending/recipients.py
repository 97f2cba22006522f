"""Other recipients after issue: units are added, and the paper is asked back from others.

Source: QCVN 102:2016 BussinessDocType 2 (ReceiverType 0 removed, 1 added).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from actions.amending.asking_back import Asked, ask_back
from actions.amending.messages import Change
from actions.amending.rights import directive_in_force, write_amendment
from actions.amending.settling import cancel_owed
from actions.auditing import Actor
from actions.changing import amend
from actions.consigning import plan_one
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, Problem
from actions.expanding import ExpandedUnit, expand
from actions.obligations.changing import add_for_unit, cancel_for
from actions.registering import note_after_issue
from actions.waking import ask_to_wake
from models.amendment import Amendment
from models.base import DirectiveId
from models.directive import Directive, RecipientLine
from models.dispatch import Consignment
from models.lifecycle import DirectiveState
from models.organisation import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """What changing the recipients did."""

    added: tuple[str, ...]
    """Units that get the directive now."""
    removed: Asked
    """Units that it is asked back from."""


def update_recipients(
    desk: Desk,
    actor: Actor,
    directive_id: DirectiveId,
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    role: str = "know",
    reason: str,
) -> Updated:
    """Sends a directive to further units and asks it back from others; what those owe ends.

    An added unit owes the tasks that name it or a group to which it belongs; any other one the
    follow-up officer gives it.

    Args:
        desk: the tools.
        actor: a signatory or the registry clerk.
        directive_id: the directive.
        add: identifiers of units; one that has ended gives way to its successors.
        remove: identifiers of units that have it.
        role: why the added units get it: action, report or know.
        reason: why.

    Raises:
        NotFoundError: no such directive or unit.
        NotAuthorisedError: the actor is neither signatory nor registry clerk of the office.
        WrongStateError: it was not issued, or is recalled or replaced.
        InvalidInputError: no reason, nothing to change, or a unit that is (not) there already.
    """
    with doing(desk, actor, "update_recipients", subject=directive_id) as deed:
        directive, why = directive_in_force(deed, directive_id, "sửa nơi nhận", reason)
        amend(deed, directive, expected=DirectiveState(directive.state))
        new = _to_add(deed, directive, add, role)
        _check(deed, directive, new, remove)
        amendment = write_amendment(
            deed, directive, "update", why,
            added=[unit.organisation_id for unit in new], removed=list(remove),
        )  # fmt: skip
        for unit in new:
            plan_one(desk, deed, directive, unit)
            add_for_unit(
                desk, deed, directive, unit.organisation_id, reason=why,
                amendment_id=amendment.id, tell=False,
            )  # fmt: skip
        change = Change(amendment=amendment, directive=directive)
        removed = ask_back(desk, deed, change, organisations=remove)
        deed.detail["cancelled"] = _end_owed(desk, deed, directive, amendment, remove)
        note_after_issue(deed, directive, _register_words(deed, new, remove))
        ask_to_wake(deed, directive_id)
    return Updated(added=tuple(unit.organisation_id for unit in new), removed=removed)


def _end_owed(
    desk: Desk, deed: Deed, directive: Directive, amendment: Amendment, remove: Sequence[str]
) -> int:
    """Cancels what removed units owe, their coming periods and reports that wait included."""
    ended = sum(
        cancel_for(
            desk, deed, directive, reason=amendment.reason, organisation_id=key,
            amendment_id=amendment.id, tell=False,
        )
        for key in remove
    )  # fmt: skip
    return ended + cancel_owed(deed, directive, amendment, organisations=remove)


def _to_add(
    deed: Deed, directive: Directive, add: Sequence[str], role: str
) -> tuple[ExpandedUnit, ...]:
    line = RecipientLine(
        ordinal=0, raw="Bổ sung sau phát hành", role=role, organisations=list(add), groups=[]
    )
    return expand(deed.session, [line], deed.day, issuer_id=directive.organisation_id)


def _check(
    deed: Deed, directive: Directive, new: Sequence[ExpandedUnit], remove: Sequence[str]
) -> None:
    """Insists that something changes, and that each unit is where it is said to be."""
    has = set(
        deed.session.scalars(
            select(Consignment.organisation_id).where(Consignment.directive_id == directive.id)
        )
    )
    problems = [
        Problem(place=unit.name, reason="Đơn vị đã có trong nơi nhận; bỏ khỏi danh sách thêm.")
        for unit in new
        if unit.organisation_id in has
    ]
    problems += [
        Problem(place=_name(deed, key), reason="Đơn vị không có trong nơi nhận; chọn lại.")
        for key in remove
        if key not in has
    ]
    if not new and not remove:
        problems.append(Problem(place="Nơi nhận", reason="Chọn đơn vị thêm hoặc bớt."))
    if problems:
        raise InvalidInputError(*problems)


def _register_words(deed: Deed, new: Sequence[ExpandedUnit], remove: Sequence[str]) -> str:
    added = ", ".join(unit.name for unit in new)
    removed = ", ".join(_name(deed, key) for key in remove)
    parts = [f"thêm {added}" if added else "", f"bớt {removed}" if removed else ""]
    said = "; ".join(part for part in parts if part)
    return f"Sửa nơi nhận ngày {deed.day:%d/%m/%Y}: {said}"


def _name(deed: Deed, key: str) -> str:
    found = deed.session.get(Organisation, key)
    return found.name if found else key
