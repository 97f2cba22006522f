"""Reporting through another unit (qua …): for whom a unit hands in.

That unit owes the same task and period and is reminded of it; those behind it are not.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import DirectiveId
from models.obligation import Obligation


def handed_in_by(
    session: Session, directive_id: DirectiveId, organisation_id: str
) -> list[Obligation]:
    """Returns what others owe and a unit hands in for them, the most pressing first."""
    return list(
        session.scalars(
            select(Obligation)
            .where(
                Obligation.directive_id == directive_id,
                Obligation.reports_through_id == organisation_id,
            )
            .order_by(Obligation.due.is_(None), Obligation.due, Obligation.organisation_id)
        )
    )
