"""What a unit owed when it ended passes to those who took over from it, with a record."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.auditing import MACHINE
from actions.changing import get_directive
from actions.closing import RUNNING
from actions.consigning import plan_one
from actions.desk import Deed, Desk, doing, local_day
from actions.expanding import LivingUnit, expand_one, living
from actions.owing import get_obligation, is_owed, move_obligation
from models.directive import Directive
from models.lifecycle import OPEN_OBLIGATIONS, ObligationState
from models.obligation import Obligation
from models.organisation import Organisation

_COPIED = (
    "directive_id", "task_ref", "leads", "what", "sentence", "is_report", "deadline_raw", "kind",
    "named_date", "inclusive", "last_allowed_day", "due", "computed",
)  # fmt: skip
"""What a successor takes over as it stands."""


def transfer_to_successors(desk: Desk) -> int:
    """Passes on what ended units still owe. Returns how many obligations moved. Safe to repeat.

    Each successor owes it with the same day and gets the directive, if it had not got it before. A
    unit that ended without a successor keeps what it owes, for a person to decide.
    """
    with desk.database.reading() as session:
        waiting = _waiting(session, local_day(desk.clock()))
    return sum(_transfer(desk, obligation_id) for obligation_id in waiting)


def _waiting(session: Session, day: date) -> list[UUID]:
    rows = session.scalars(
        select(Obligation)
        .join(Directive, Directive.id == Obligation.directive_id)
        .join(Organisation, Organisation.id == Obligation.organisation_id)
        .where(
            Directive.state.in_([state.value for state in RUNNING]),
            Obligation.state.in_([state.value for state in OPEN_OBLIGATIONS]),
            Organisation.valid_to < day,
        )
        .order_by(Obligation.id)
    )
    return [one.id for one in rows if _successors(session, one.organisation_id, day)]


def _successors(session: Session, organisation_id: str, day: date) -> list[LivingUnit]:
    return [unit for unit in living(session, organisation_id, day) if unit.problem is None]


def _transfer(desk: Desk, obligation_id: UUID) -> bool:
    with doing(desk, MACHINE, "transfer_obligation") as deed:
        obligation = get_obligation(deed.session, obligation_id)
        deed.subject_id = str(obligation.directive_id)
        successors = _successors(deed.session, obligation.organisation_id, deed.day)
        deed.detail |= {
            "obligation": obligation.task_ref,
            "organisation": obligation.organisation_id,
            "successors": [unit.organisation.id for unit in successors],
        }
        moved = is_owed(obligation)
        if moved:
            heirs = [_take_over(desk, deed, obligation, unit) for unit in successors]
            move_obligation(
                deed, obligation, ObligationState.TRANSFERRED, successor_id=heirs[0].id
            )  # fmt: skip
    return moved


def _take_over(desk: Desk, deed: Deed, obligation: Obligation, unit: LivingUnit) -> Obligation:
    """Returns what the successor owes: its own of the same task, or a new one."""
    directive = get_directive(deed.session, obligation.directive_id)
    own = deed.session.scalar(
        select(Obligation).where(
            Obligation.directive_id == directive.id,
            Obligation.task_ref == obligation.task_ref,
            Obligation.organisation_id == unit.organisation.id,
        )
    )
    if own is not None:
        return own
    flag = {"code": "successor", "message": unit.detail or ""}
    heir = Obligation(
        **{name: getattr(obligation, name) for name in _COPIED},
        organisation_id=unit.organisation.id, flags=[*obligation.flags, flag], opened_at=deed.at,
    )  # fmt: skip
    deed.session.add(heir)
    deed.session.flush()
    _send(desk, deed, directive, unit)
    return heir


def _send(desk: Desk, deed: Deed, directive: Directive, unit: LivingUnit) -> None:
    organisation = unit.organisation
    if organisation.id == directive.organisation_id:
        return
    plan_one(desk, deed, directive, expand_one(deed.session, unit, role="action"))
