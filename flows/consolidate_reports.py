"""Brings the reports on a directive together into one paper and one table."""

from uuid import UUID

from prefect import flow, get_run_logger, task

from actions import consolidating
from flows._office import this_office
from flows._recording import recorded
from flows._retries import PAUSES_S, RETRIES, worth_retrying
from models.base import DirectiveId


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def consolidate(directive_id: DirectiveId) -> str:
    """Makes and archives the consolidated report; returns its identifier."""
    return str(consolidating.consolidate(this_office().desk, directive_id))


@recorded
@flow(name="consolidate-reports", description="Tổng hợp báo cáo của các đơn vị về một văn bản.")
def consolidate_reports(directive_id: UUID) -> str:
    """Consolidates the reports that were accepted so far.

    Args:
        directive_id: Mã của văn bản (UUID), xem ở địa chỉ trang của văn bản.
    """
    made = consolidate(DirectiveId(directive_id))
    get_run_logger().info("Bản tổng hợp: %s", made)
    return made
