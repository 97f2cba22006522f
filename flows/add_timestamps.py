"""Adds time stamps that were not to be had when a directive was signed, once a service answers."""

from prefect import flow, get_run_logger, task

from flows._office import this_office
from flows._recording import recorded
from wiring import renewal


@task
def add_missing() -> tuple[str, ...]:
    """Adds what can be added; returns a sentence for each directive."""
    return renewal.add_timestamps(this_office()).sentences()


@recorded
@flow(name="add-timestamps", description="Bổ sung dấu thời gian cho chữ ký chưa có.")
def add_timestamps() -> str:
    """Returns what was done, in words, if anything was; the next run tries again what waits."""
    words = "\n".join(add_missing())
    get_run_logger().info(words or "Không có chữ ký nào thiếu dấu thời gian.")
    return words
