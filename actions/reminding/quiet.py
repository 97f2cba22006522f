"""When a letter that chases may go out: not in the office's quiet hours, nor on days of rest."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from actions.desk import VIETNAM
from actions.offices import working_calendar
from deadlines.quiet import QuietHours, next_loud, parse_time
from models.organisation import Office


def quiet_hours(session: Session) -> QuietHours:
    """Returns the office's quiet hours."""
    office = session.get_one(Office, 1)
    return QuietHours(begins=parse_time(office.quiet_from), ends=parse_time(office.quiet_to))


def may_go_at(session: Session, at: datetime) -> datetime:
    """Returns the first instant from `at` on (aware, UTC) at which a reminder may go out."""
    local = at.astimezone(VIETNAM)
    loud = next_loud(local, quiet_hours(session), working_calendar(session))
    return at if loud == local else loud.astimezone(UTC)
