"""Sends what waits in the outbox, in batches, until nothing is due."""

from typing import Annotated

from prefect import flow, get_run_logger, task
from pydantic import Field

from actions import dispatching
from actions.distribution import warning
from actions.notices import mailing
from flows._office import this_office
from flows._recording import recorded
from flows._retries import PAUSES_S, RETRIES, worth_retrying


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def deliver_batch(limit: int) -> dispatching.DispatchSummary:
    """Claims up to `limit` rows and sends them; an attempt is written down before it is made."""
    return dispatching.deliver_batch(this_office().desk, limit=limit)


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def warn_of_limits() -> int:
    """Warns the clerk of what is not sent although its limit is near; each once."""
    return warning.warn_of_limits(this_office().desk)


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def tell_officers() -> int:
    """Writes to the officers who want to be told at once; each notice once."""
    return mailing.send_at_once(this_office().desk)


@recorded
@flow(name="deliver-pending", description="Gửi các văn bản, thông báo đang chờ gửi.")
def deliver_pending(
    batch: Annotated[int, Field(ge=1, le=1000)] = 50,
    batches: Annotated[int, Field(ge=1, le=100_000)] = 1000,
) -> int:
    """Sends everything that is due; returns how many messages were confirmed by the other side.

    Args:
        batch: Số thư trong một đợt.
        batches: Số đợt nhiều nhất trong một lượt chạy.
    """
    warn_of_limits()
    tell_officers()
    sent = 0
    for _ in range(batches):
        summary = deliver_batch(batch)
        if not (summary.claimed or summary.released):
            break
        sent += summary.sent
        get_run_logger().info("Đã gửi %d trong %d thư của đợt này", summary.sent, summary.claimed)
    return sent
