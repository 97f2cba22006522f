"""Correction (đính chính): a công văn sets right what is wrong in the form of an issued directive.

The corrected directive stays in force, with a note that everybody sees. Source: NĐ 30/2020 Đ18.3
(faults of form, presentation or procedure are corrected by a công văn of the issuing office).
"""

from sqlalchemy import select

from actions.amending.replacing import other_in_force
from actions.amending.rights import directive_in_force, write_amendment
from actions.auditing import Actor
from actions.changing import amend, move
from actions.consigning import plan_one
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, Problem
from actions.expanding import expand
from actions.registering import note_after_issue
from actions.waking import ask_to_wake
from models.base import DirectiveId
from models.directive import Directive, RecipientLine
from models.dispatch import Consignment
from models.lifecycle import DirectiveState

_LETTER = "công văn"


def correct(
    desk: Desk,
    actor: Actor,
    directive_id: DirectiveId,
    *,
    by: DirectiveId,
    reason: str,
    printed: str = "",
    corrected: str = "",
) -> tuple[str, ...]:
    """Corrects a directive by an issued công văn, which goes to every unit that got the directive.

    Args:
        desk: the tools.
        actor: a signatory or the registry clerk.
        directive_id: the directive with the fault.
        by: the công văn.
        reason: what is corrected and why.
        printed: the words as they were printed, where it is about words.
        corrected: the words as they should be.

    Returns:
        The units that the công văn had not gone to and is sent to now.

    Raises:
        NotFoundError: no such directive.
        NotAuthorisedError: the actor is neither signatory nor registry clerk of the office.
        WrongStateError: one of the two was not issued, or is recalled or replaced.
        InvalidInputError: no reason, no công văn, the same one twice, or another office's.
    """
    with doing(desk, actor, "correct", subject=directive_id) as deed:
        directive, why = directive_in_force(deed, directive_id, "đính chính văn bản", reason)
        letter = other_in_force(deed, directive, by)
        _require_letter(letter)
        _mark(deed, directive)
        write_amendment(
            deed, directive, "correct", why, other=letter, printed=printed.strip(),
            corrected=corrected.strip(),
        )  # fmt: skip
        sent = _send_to_all(desk, deed, directive, letter)
        day = f"{deed.day:%d/%m/%Y}"
        note_after_issue(deed, directive, f"Đính chính tại {letter.number_text} ngày {day}")
        note_after_issue(deed, letter, f"Đính chính {directive.number_text}")
        deed.detail["sent"] = list(sent)
        ask_to_wake(deed, directive_id)
        ask_to_wake(deed, by)
    return sent


def _require_letter(letter: Directive) -> None:
    if letter.doc_type.strip().casefold() != _LETTER:
        said = (
            f"Chỉ đính chính bằng công văn; {letter.number_text} là {letter.doc_type}. "
            "Sai về nội dung thì thay thế văn bản."
        )
        raise InvalidInputError(Problem(place="Công văn đính chính", reason=said))


def _mark(deed: Deed, directive: Directive) -> None:
    """Moves an issued directive to `corrected`; a closed one stays closed, with the note."""
    state = DirectiveState(directive.state)
    if state is DirectiveState.ISSUED:
        move(deed, directive, DirectiveState.CORRECTED, expected=state)
    else:
        amend(deed, directive, expected=state)


def _send_to_all(
    desk: Desk, deed: Deed, directive: Directive, letter: Directive
) -> tuple[str, ...]:
    """Plans the công văn for every unit that got the directive and is not among its own units."""
    had = set(_units_of(deed, directive))
    missing = sorted(had - set(_units_of(deed, letter)))
    line = RecipientLine(
        ordinal=0, raw="Nơi nhận văn bản được đính chính", role="know", organisations=missing,
        groups=[],
    )  # fmt: skip
    units = expand(deed.session, [line], deed.day, issuer_id=letter.organisation_id)
    for unit in units:
        plan_one(desk, deed, letter, unit)
    return tuple(unit.organisation_id for unit in units)


def _units_of(deed: Deed, directive: Directive) -> list[str]:
    query = select(Consignment.organisation_id).where(Consignment.directive_id == directive.id)
    return list(deed.session.scalars(query.distinct()))
