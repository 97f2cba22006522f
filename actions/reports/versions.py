"""Which obligations a report answers, for which period, and which version of it this is."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.errors import NotFoundError
from actions.obligations.through import handed_in_by
from actions.owing import is_owed, obligations_of
from models.base import DirectiveId
from models.lifecycle import ObligationState
from models.obligation import Obligation
from models.report import Report


def answerable(
    session: Session, directive_id: DirectiveId, organisation_id: str
) -> list[Obligation]:
    """Returns what a unit can report on now: what it owes, and what was reported but not decided.

    What it owes through another unit is that unit's to report: what others owe through it is among
    these. The rows are locked on PostgreSQL.
    """
    own = obligations_of(session, directive_id, organisation_id)
    others = handed_in_by(session, directive_id, organisation_id)
    found = {one.id: one for one in (*own, *others) if _reports_here(one, organisation_id)}
    return [one for one in found.values() if is_owed(one) or one.state == ObligationState.REPORTED]


def _reports_here(obligation: Obligation, organisation_id: str) -> bool:
    return obligation.reports_through_id in (None, organisation_id)


def periods_open(obligations: Sequence[Obligation]) -> list[str]:
    """Returns the periods that can be answered, the most pressing first; `""` is no period."""
    first: dict[str, tuple[bool, bool, date]] = {}
    for one in obligations:
        place = (not is_owed(one), one.due is None, one.due or date.max)
        first[one.period_key] = min(first.get(one.period_key, place), place)
    return sorted(first, key=lambda key: (first[key], key))


def answered_by(
    session: Session,
    directive_id: DirectiveId,
    organisation_id: str,
    *,
    wanted: Collection[UUID] = (),
    period_key: str | None = None,
) -> list[Obligation]:
    """Returns what a report answers: one period, all its tasks; or exactly what was chosen.

    Args:
        session: inside the deed's transaction.
        directive_id: what it answers.
        organisation_id: the unit.
        wanted: obligations that were chosen; empty for all of the period.
        period_key: the period that was chosen; the oldest one that is still owed where None.

    Raises:
        NotFoundError: nothing of it is owed.
    """
    open_now = answerable(session, directive_id, organisation_id)
    if wanted:
        open_now = [one for one in open_now if one.id in wanted]
    if open_now:
        chosen = periods_open(open_now)[0] if period_key is None else period_key
        open_now = [one for one in open_now if one.period_key == chosen]
    if not open_now:
        raise NotFoundError("nhiệm vụ đang chờ báo cáo của đơn vị", organisation_id)
    return open_now


def next_version(
    session: Session, directive_id: DirectiveId, organisation_id: str, period_key: str
) -> int:
    """Returns the version of the next report of a unit on a period, from 1.

    The obligations must be locked: two reports of one unit follow each other.
    """
    last = session.scalar(
        select(func.max(Report.version)).where(
            Report.directive_id == directive_id,
            Report.organisation_id == organisation_id,
            Report.period_key == period_key,
        )
    )
    return (last or 0) + 1
