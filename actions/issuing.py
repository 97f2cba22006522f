"""Making a directive official: who gets it, what they owe, and the word to send it, at once.

Source: NĐ 30/2020 Đ18.1 (the same day, the next working day at latest).
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from actions.access import require_role
from actions.auditing import Actor
from actions.changing import get_directive, move
from actions.desk import Desk, doing, local_day
from actions.dispatching import plan_consignments, preview_units
from actions.errors import InvalidInputError, Problem
from actions.expanding import ExpandedUnit
from actions.obliging import open_obligations, tasks_of
from actions.registering import note_issued
from actions.waking import ask_to_wake
from documents.content import from_json
from models.base import DirectiveId
from models.directive import Directive, Revision
from models.lifecycle import DirectiveState
from models.officer import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePlan:
    """Who gets a directive, as of a day."""

    number_text: str | None
    """As printed; None before the number is taken."""
    day: date
    """The day as of which groups and units were read."""
    units: tuple[ExpandedUnit, ...]
    """Each unit once, under its strongest role, in the order of the recipient list."""
    tasks: int
    """How many tasks become obligations."""

    @property
    def held(self) -> tuple[ExpandedUnit, ...]:
        """Units that nothing can be sent to now; each says why."""
        return tuple(unit for unit in self.units if unit.problem)


def preview(desk: Desk, directive_id: DirectiveId) -> IssuePlan:
    """Returns who would get the directive if it were issued now. Changes nothing.

    Raises:
        NotFoundError: there is no such directive, or it names a unit that is gone.
    """
    with desk.database.reading() as session:
        directive = get_directive(session, directive_id)
        return _plan(session, directive, local_day(desk.clock()))


def issue(desk: Desk, actor: Actor, directive_id: DirectiveId) -> IssuePlan:
    """Issues a sealed directive: consignments, obligations and register in one transaction.

    Raises:
        NotAuthorisedError: the actor is no registry clerk.
        WrongStateError: the directive is not sealed, or is issued already.
        InvalidInputError: it bears a word of secrecy.
        NotFoundError: a recipient line or task names a unit that is gone.
    """
    with doing(desk, actor, "issue", subject=directive_id) as deed:
        directive = get_directive(deed.session, directive_id)
        require_role(deed, Role.REGISTRY_CLERK, directive.organisation_id, "phát hành văn bản")
        _refuse_secret(deed.session, directive)
        move(
            deed,
            directive,
            DirectiveState.ISSUED,
            expected=DirectiveState.SEALED,
            issued_at=deed.at,
        )
        plan = _plan(deed.session, directive, deed.day)
        planned = plan_consignments(desk, deed, directive)
        opened = open_obligations(deed, directive)
        note_issued(deed, directive, units=len(planned))
        ask_to_wake(deed, directive_id)
        deed.detail |= {
            "number": directive.number_text,
            "units": len(planned),
            "held": [unit.organisation_id for unit in plan.held],
            "obligations": len(opened),
        }
    return plan


def _refuse_secret(session: Session, directive: Directive) -> None:
    """The second wall: a draft with a word of secrecy was refused when it was handed in."""
    revision = session.get(Revision, (directive.id, directive.revision))
    if revision is not None and from_json(revision.content).secrecy:
        said = "Văn bản mật không được gửi qua hệ thống này; gửi theo quy định về bảo vệ bí mật."
        raise InvalidInputError(Problem(place="Độ mật", reason=said))


def _plan(session: Session, directive: Directive, day: date) -> IssuePlan:
    return IssuePlan(
        number_text=directive.number_text,
        day=day,
        units=preview_units(session, directive, day),
        tasks=len(tasks_of(session, directive)),
    )
