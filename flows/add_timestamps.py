"""Adds time stamps that were not to be had when a directive was signed, once a service answers."""

from prefect import flow, get_run_logger, task

from flows._office import this_office
from wiring import renewal


@task
def add_missing() -> tuple[str, ...]:
    """Adds what can be added; returns a sentence for each directive."""
    return renewal.add_timestamps(this_office()).sentences()


@flow(name="add-timestamps", description="Bổ sung dấu thời gian cho chữ ký chưa có.")
def add_timestamps() -> str:
    """Returns what was done, in words; what still waits is tried again by the next run."""
    words = "\n".join(add_missing()) or "Không có chữ ký nào thiếu dấu thời gian."
    get_run_logger().info(words)
    return words
