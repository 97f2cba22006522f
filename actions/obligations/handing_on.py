"""What one unit owes, for another unit from now on: its row, its record, the directive sent."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from actions.changing import get_directive
from actions.consigning import plan_one
from actions.desk import Deed, Desk
from actions.expanding import LivingUnit, expand_one
from actions.owing import alter, is_owed, note_opened
from models.directive import Directive
from models.obligation import Obligation

_COPIED = (
    "directive_id", "task_ref", "leads", "what", "sentence", "is_report", "deadline_raw", "kind",
    "named_date", "inclusive", "last_allowed_day", "due", "computed", "period_key", "period_from",
    "period_to",
)  # fmt: skip
"""What another unit takes over as it stands."""


def hand_on(
    desk: Desk,
    deed: Deed,
    obligation: Obligation,
    unit: LivingUnit,
    *,
    reason: str,
    amendment_id: UUID | None = None,
) -> Obligation:
    """Returns what the unit owes in its place: its own of the same task and period, or a new one.

    It gets the directive, if it had not got it before. Does not commit; the obligation that is
    handed on is moved by the caller.
    """
    heir = _own(deed, obligation, unit)
    if heir is None:
        heir = _new(deed, obligation, unit)
        note_opened(deed, heir, reason=reason, amendment_id=amendment_id)
        _send(desk, deed, get_directive(deed.session, obligation.directive_id), unit)
    for one in _reporting_through(deed, obligation):
        # Who reported through the one that hands on reports through the other from now on.
        by = None if one.organisation_id == heir.organisation_id else heir.organisation_id
        alter(deed, one, reason=reason, amendment_id=amendment_id, reports_through_id=by)
    return heir


def _same(obligation: Obligation) -> tuple[ColumnElement[bool], ...]:
    return (
        Obligation.directive_id == obligation.directive_id,
        Obligation.task_ref == obligation.task_ref,
        Obligation.period_key == obligation.period_key,
    )


def _own(deed: Deed, obligation: Obligation, unit: LivingUnit) -> Obligation | None:
    return deed.session.scalar(
        select(Obligation).where(
            *_same(obligation), Obligation.organisation_id == unit.organisation.id
        )
    )


def _new(deed: Deed, obligation: Obligation, unit: LivingUnit) -> Obligation:
    key, through = unit.organisation.id, obligation.reports_through_id
    flags = [*obligation.flags]
    if unit.detail:
        flags.append({"code": "successor", "message": unit.detail})
    heir = Obligation(
        **{name: getattr(obligation, name) for name in _COPIED}, organisation_id=key,
        reports_through_id=None if through == key else through, flags=flags, opened_at=deed.at,
    )  # fmt: skip
    deed.session.add(heir)
    deed.session.flush()
    return heir


def _reporting_through(deed: Deed, obligation: Obligation) -> list[Obligation]:
    rows = deed.session.scalars(
        select(Obligation).where(
            *_same(obligation), Obligation.reports_through_id == obligation.organisation_id
        )
    )
    return [one for one in rows if is_owed(one)]


def _send(desk: Desk, deed: Deed, directive: Directive, unit: LivingUnit) -> None:
    organisation = unit.organisation
    if organisation.id == directive.organisation_id:
        return
    plan_one(desk, deed, directive, expand_one(deed.session, unit, role="action"))
