"""How a report ends: accepted or returned, once; a returned one may bring a new last day."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import update

from actions.changing import get_directive
from actions.desk import Deed, Desk
from actions.errors import InvalidInputError, Problem, WrongStateError
from actions.far_days import require_near
from actions.follow_up_words import REPORT_WORDS
from actions.notifying import queue_answer
from actions.obligations.changing import set_due
from actions.owing import move_obligation
from actions.wording import spoken_day
from models.lifecycle import ObligationState
from models.obligation import Obligation
from models.report import Report


def turn_back(
    desk: Desk,
    deed: Deed,
    report: Report,
    reason: str,
    *,
    by: str = "trinh-ky",
    new_due: date | None = None,
) -> None:
    """Returns a report to its unit with the reason, and tells it. Does not commit.

    The new day is only told here; `owe_again` sets it.

    Raises:
        WrongStateError: it was decided before.
    """
    decide_report(deed, report, "returned", reason, by=by)
    report.new_due = new_due
    directive = get_directive(deed.session, report.directive_id)
    queue_answer(
        desk, deed, directive, report.organisation_id, key=f"returned:{report.id}",
        kind="returned", tag="Trả lại", about="báo cáo của đơn vị cần gửi lại",
        said=(
            f"Báo cáo “{report.file_name}” của đơn vị được trả lại. Lý do: {reason}",
            "Nhiệm vụ vẫn được tính là chưa báo cáo; đề nghị gửi lại báo cáo đã sửa"
            + (f" chậm nhất ngày {spoken_day(new_due)}." if new_due else "."),
        ),
    )  # fmt: skip


def decide_report(deed: Deed, report: Report, state: str, reason: str | None, *, by: str) -> None:
    """Accepts or returns a report that nobody has decided yet. Does not commit.

    Raises:
        WrongStateError: it was decided before.
    """
    changed = deed.session.execute(
        update(Report)
        .where(Report.id == report.id, Report.state == "received")
        .values(state=state, reason=reason, decided_by=by, decided_at=deed.at)
        .execution_options(synchronize_session=False)
    )
    deed.session.refresh(report)
    if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise WrongStateError(
            "Báo cáo", expected=(REPORT_WORDS["received"],), actual=REPORT_WORDS[report.state]
        )


def require_new_due(deed: Deed, new_due: date | None) -> None:
    """Insists that a new last day lies ahead, and not far.

    Raises:
        InvalidInputError: it is today, in the past or far away.
    """
    if new_due is None:
        return
    if new_due <= deed.day:
        said = f"Hạn gửi lại phải sau ngày {deed.day:%d/%m/%Y}. Chọn ngày khác."
        raise InvalidInputError(Problem(place="Hạn gửi lại", reason=said))
    require_near(new_due, deed.day, "Hạn gửi lại")


def owe_again(
    deed: Deed, obligations: Sequence[Obligation], *, new_due: date | None, reason: str
) -> None:
    """Moves what a returned report answered back to what is owed; a new day is recorded.

    Reminders hang on the day: with a new one they begin anew.
    """
    for obligation in obligations:
        move_obligation(deed, obligation, ObligationState.RETURNED)
        if new_due is not None:
            set_due(deed, obligation, new_due, reason=reason)
