"""Reminds the units that still owe a report, by the ladder, once for each step."""

from prefect import flow, get_run_logger, task

from actions import chasing
from actions.notices import mailing
from actions.reminding import digest
from flows._office import start_sending, this_office
from flows._recording import recorded
from flows._retries import PAUSES_S, RETRIES, worth_retrying


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def chase() -> chasing.ChaseSummary:
    """Writes today's reminders and escalations into the outbox."""
    return chasing.chase(this_office().desk)


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def tell_officers() -> bool:
    """Writes today's digest for the follow-up officers into the outbox, once."""
    return digest.send_digest(this_office().desk)


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def tell_each_officer() -> int:
    """Writes today's letter to each officer for whom something is new, once."""
    return mailing.send_daily(this_office().desk)


@recorded
@flow(name="chase-reports", description="Đôn đốc các đơn vị chưa báo cáo theo thang nhắc việc.")
def chase_reports() -> str:
    """Chases once and starts the sending; returns what was done, in words."""
    summary = chase()
    told = tell_officers()
    letters = tell_each_officer()
    if summary.units or told or letters:
        start_sending()
    words = (
        f"Nhắc trước hạn {summary.reminders}, nhắc quá hạn {summary.overdue}, báo cấp trên "
        f"{summary.escalations}; {summary.units} đơn vị."
    )
    get_run_logger().info(words)
    return words
