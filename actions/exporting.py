"""Tables of a directive for other programs, and its figures.

CSV: comma, UTF-8 with a byte order mark (spreadsheets then read the Vietnamese), a header row, ISO
dates and times. The columns are listed in `docs/stories.md`.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.desk import VIETNAM, local_day
from actions.notifying import CHASING_KINDS
from actions.owing import is_owed
from models.base import DirectiveId
from models.dispatch import Consignment, DeliveryAttempt, Notice
from models.lifecycle import REACHED, DeliveryState, ObligationState
from models.obligation import Obligation, Reminder
from models.organisation import Organisation

DELIVERY_COLUMNS = (
    "organisation", "name", "role", "lines", "channel", "address", "state", "message_id",
    "planned_at", "sent_at", "acknowledged_at", "attempts", "detail",
)  # fmt: skip
OBLIGATION_COLUMNS = (
    "task", "organisation", "name", "leads", "is_report", "what", "deadline", "kind", "named_date",
    "last_allowed_day", "due", "computed", "flags", "state", "overdue", "reported_at",
    "accepted_at", "reminders", "period", "reports_through",
)  # fmt: skip
CSV: Final = "text/csv; charset=utf-8"
"""Media type of a table."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that a spreadsheet would take for a formula; words of strangers are in here."""


def deliveries_csv(session: Session, directive_id: DirectiveId) -> bytes:
    """Returns one row per unit: the consignment that counts, in the order of the names."""
    tried = (
        select(DeliveryAttempt.ikey, func.count().label("attempts"))
        .group_by(DeliveryAttempt.ikey)
        .subquery()
    )
    rows = session.execute(
        select(Consignment, Organisation.name, tried.c.attempts)
        .join(Organisation, Organisation.id == Consignment.organisation_id)
        .outerjoin(tried, tried.c.ikey == Consignment.key)
        .where(Consignment.directive_id == directive_id, Consignment.rerouted_to_id.is_(None))
        .order_by(Organisation.sort_key, Consignment.id)
    )
    return csv_of(
        DELIVERY_COLUMNS,
        (
            (
                one.organisation_id, name, one.role, " ".join(map(str, one.lines)), one.channel,
                one.address, one.state, one.message_id, _time(one.planned_at), _time(one.sent_at),
                _time(one.acknowledged_at), str(attempts or 0), one.detail or "",
            )
            for one, name, attempts in rows
        ),
    )  # fmt: skip


def obligations_csv(session: Session, directive_id: DirectiveId, *, at: datetime) -> bytes:
    """Returns one row per obligation, by task, period, name; `at` is the instant of `overdue`."""
    reminded = (
        select(
            Reminder.obligation_id, func.count(func.distinct(Reminder.notice_id)).label("letters")
        )
        .group_by(Reminder.obligation_id)
        .subquery()
    )
    rows = session.execute(
        select(Obligation, Organisation.name, reminded.c.letters)
        .join(Organisation, Organisation.id == Obligation.organisation_id)
        .outerjoin(reminded, reminded.c.obligation_id == Obligation.id)
        .where(Obligation.directive_id == directive_id)
        .order_by(Obligation.task_ref, Obligation.period_key, Organisation.sort_key)
    )
    day = local_day(at)
    return csv_of(
        OBLIGATION_COLUMNS,
        (
            (
                one.task_ref, one.organisation_id, name, _yes(one.leads), _yes(one.is_report),
                one.what, one.deadline_raw or "", one.kind, _day(one.named_date),
                _day(one.last_allowed_day), _day(one.due), one.computed,
                " ".join(flag["code"] for flag in one.flags), one.state,
                _yes(is_overdue(one, day)), _time(one.reported_at), _time(one.accepted_at),
                str(letters or 0), one.period_key, one.reports_through_id or "",
            )
            for one, name, letters in rows
        ),
    )  # fmt: skip


def is_overdue(obligation: Obligation, day: date) -> bool:
    """Tells whether an answer is still owed after its last working day."""
    return is_owed(obligation) and obligation.due is not None and obligation.due < day


def figures(session: Session, directive_id: DirectiveId, *, at: datetime) -> dict[str, int]:
    """Returns how a directive stands.

    `recipients` (expanded units), `delivered` (at `sent` or beyond), `obligations`, `reported`
    (reported or accepted), `overdue` (owed after their day at the instant `at`), `reminders`
    (chasing letters that went out; copies are not counted).
    """
    states = session.scalars(
        select(Consignment.state).where(
            Consignment.directive_id == directive_id, Consignment.rerouted_to_id.is_(None)
        )
    ).all()
    owed = session.scalars(select(Obligation).where(Obligation.directive_id == directive_id)).all()
    letters = (
        select(func.count(Notice.id.distinct()))
        .join(Reminder, Reminder.notice_id == Notice.id)
        .join(Obligation, Obligation.id == Reminder.obligation_id)
        .where(
            Obligation.directive_id == directive_id,
            Notice.kind.in_(CHASING_KINDS),
            Notice.sent_at.is_not(None),
        )
    )
    answered = {ObligationState.REPORTED, ObligationState.ACCEPTED}
    day = local_day(at)
    return {
        "recipients": len(states),
        "delivered": sum(DeliveryState(state) in REACHED for state in states),
        "obligations": len(owed),
        "reported": sum(ObligationState(one.state) in answered for one in owed),
        "overdue": sum(is_overdue(one, day) for one in owed),
        "reminders": session.scalars(letters).one(),
    }


def csv_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Returns a table for other programs; no cell becomes a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _time(at: datetime | None) -> str:
    return at.astimezone(VIETNAM).isoformat(timespec="seconds") if at else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _yes(value: bool) -> str:  # noqa: FBT001 (one value, shown as a word)
    return "yes" if value else "no"
