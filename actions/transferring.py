"""What a unit owed when it ended passes to those who took over from it, with a record."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.auditing import MACHINE
from actions.closing import RUNNING
from actions.desk import Desk, doing, local_day
from actions.expanding import LivingUnit, living
from actions.obligations.handing_on import hand_on
from actions.owing import alter, get_obligation, is_owed
from actions.ways import chunks
from models.directive import Directive
from models.lifecycle import OPEN_OBLIGATIONS, ObligationState
from models.obligation import Obligation
from models.organisation import Organisation


def transfer_to_successors(desk: Desk) -> int:
    """Passes on what ended units still owe. Returns how many obligations moved. Safe to repeat.

    Each successor owes it with the same day and gets the directive, if it had not got it before. A
    unit that ended without a successor keeps what it owes, for a person to decide.
    """
    with desk.database.reading() as session:
        waiting = _waiting(session, local_day(desk.clock()))
    return sum(_transfer(desk, obligation_id) for obligation_id in waiting)


def _waiting(session: Session, day: date) -> list[UUID]:
    """Returns what ended units owe that others took over from.

    The units are found first, then what each of them owes: a morning on which nobody has ended
    looks at no obligation at all.
    """
    owed = Obligation.state.in_([state.value for state in OPEN_OBLIGATIONS])
    ended = session.scalars(
        select(Organisation.id).where(
            Organisation.valid_to < day,
            select(Obligation.id)
            .where(Obligation.organisation_id == Organisation.id, owed)
            .exists(),
        )
    ).all()
    found: list[UUID] = []
    for some in chunks([unit for unit in ended if _successors(session, unit, day)]):
        found += session.scalars(
            select(Obligation.id)
            .join(Directive, Directive.id == Obligation.directive_id)
            .where(
                Obligation.organisation_id.in_(some),
                owed,
                Directive.state.in_([state.value for state in RUNNING]),
            )
        )
    # Sorted here: for an ORDER BY the database would walk all obligations in that order.
    return sorted(found)


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
            reason = successors[0].detail or "Đơn vị đã kết thúc hoạt động."
            heirs = [hand_on(desk, deed, obligation, unit, reason=reason) for unit in successors]
            alter(
                deed, obligation, reason=reason, state=ObligationState.TRANSFERRED,
                successor_id=heirs[0].id,
            )  # fmt: skip
    return moved
