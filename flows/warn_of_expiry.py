"""Warns before certificates, trust anchors and time-stamping services run out."""

from prefect import flow, get_run_logger, task

from actions import expiring, setting_up
from actions.auditing import MACHINE
from flows._office import start_sending, this_office
from flows._recording import recorded
from flows._retries import PAUSES_S, RETRIES, worth_retrying
from wiring.trial import stamp_trials, surroundings


@task
def look_at_timestamps() -> str:
    """Asks each time-stamping service for a stamp and notes its certificate.

    A service that is silent fails nothing: what was known of it stays.
    """
    office = this_office()
    if not office.settings.timestamps.addresses:
        return "Chưa đặt dịch vụ dấu thời gian nào."
    trials = stamp_trials(office)
    setting_up.note_stamps(office.database, trials, at=office.clock.now(), actor=MACHINE)
    return "; ".join(f"{one.title}: {one.problem or 'trả lời tốt'}" for one in trials)


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def warn() -> expiring.WarnSummary:
    """Writes the warnings that are due into the outbox, each once."""
    office = this_office()
    return expiring.warn(office.desk, surroundings(office.settings))


@recorded
@flow(
    name="warn-of-expiry",
    description="Báo trước khi chứng thư, chứng thư gốc, dịch vụ dấu thời gian hết hạn.",
)
def warn_of_expiry() -> str:
    """Looks and warns once; returns what was done, in words."""
    get_run_logger().info(look_at_timestamps())
    summary = warn()
    if summary.letters:
        start_sending()
    words = f"{summary.things} mục sắp hết hạn, {summary.letters} thư báo."
    get_run_logger().info(words)
    return words
