"""Tells other systems what happened: what waits for webhooks is posted."""

from prefect import flow, get_run_logger, task

from actions.webhooks import telling
from flows._office import this_office
from flows._recording import recorded
from flows._retries import PAUSES_S, RETRIES, worth_retrying
from wiring.clock import real_now


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def tell_batch() -> telling.Told:
    """Posts up to a batch of what is due; a try is written down before it is made."""
    return telling.tell(this_office().desk, real_now=real_now())


@recorded
@flow(name="tell-events", description="Báo sự kiện cho các hệ thống đã đăng ký (webhook).")
def tell_events() -> str:
    """Tells what is due; returns what was done in words, nothing where nothing waited."""
    sent = failed = 0
    for _ in range(100):
        told = tell_batch()
        sent, failed = sent + told.sent, failed + told.failed
        if told.sent + told.failed < telling.BATCH:
            break
    if not sent and not failed:
        return ""
    words = f"Đã báo {sent} sự kiện, {failed} lần chưa được."
    get_run_logger().info(words)
    return words
