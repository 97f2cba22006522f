"""Lets move what should be moving: lost wake-ups, stuck and crashed runs, missing runs."""

from typing import Annotated

from prefect import flow, get_run_logger
from pydantic import Field

from actions.absences.turning import turn
from actions.paper_completing import finish_papers
from actions.search_words import catch_up
from flows._office import this_office
from flows._recording import recorded
from models.session import take_stock
from wiring.reconciling import Ages, Reconciler
from wiring.running import Starter

Seconds = Annotated[float, Field(ge=0, le=86_400)]


@recorded
@flow(
    name="reconcile", description="Đối chiếu cơ sở dữ liệu với các lượt chạy và sửa chỗ đứng yên."
)
def reconcile(pending_s: Seconds = 120, running_s: Seconds = 3600, failed_s: Seconds = 600) -> str:
    """Compares and repairs; returns what was done, in words; nothing where nothing had to be.

    Args:
        pending_s: Số giây một lượt được ở trạng thái Pending, Submitting trước khi coi là kẹt.
        running_s: Số giây một lượt Running không còn dấu hiệu sống trước khi coi là kẹt.
        failed_s: Số giây chờ sau một lượt hỏng trước khi chạy lượt mới.
    """
    office = this_office()
    ages = Ages(pending_s=pending_s, running_s=running_s, failed_s=failed_s)
    done = Reconciler.of(office, ages).reconcile()
    words = [done.sentence()] if done.any else []
    if papers := finish_papers(office.desk):
        words.append(f"Hoàn tất chữ ký của {papers} bản sao, phụ lục, giấy tờ khác.")
    if passed := turn(office.desk):
        words.append(f"Chuyển {len(passed)} văn bản giữa người vắng mặt và người thay.")
    starter = Starter(desk=office.desk, clock=office.clock, runs=office.orchestrator)
    if runs := starter.settle():
        words.append(f"Khởi động hoặc kết thúc {runs} lượt chạy được yêu cầu.")
    if found := catch_up(office.database):
        words.append(f"Cập nhật từ để tìm kiếm của {found} văn bản.")
    take_stock(office.database)
    get_run_logger().info(" ".join(words) or done.sentence())
    return " ".join(words)
