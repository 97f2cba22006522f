"""What a flow returns, or fails of, in words for people."""

from collections.abc import Mapping
from typing import Final

from models.session import is_unavailable

COUNTED: Final = {
    "bounce": "thư báo không đến",
    "receipt": "thư báo đã đến",
    "report": "báo cáo",
    "document": "văn bản đến",
    "status": "trạng thái của nơi nhận",
    "unmatched": "chờ người xử lý",
    "duplicate": "đã nhận từ trước",
}
"""How what came in is called to people."""
CUT_OFF: Final = (
    "Mất kết nối với cơ sở dữ liệu trong khi chạy; phần đã ghi được giữ nguyên, phần còn lại sẽ "
    "làm ở lượt sau."
)
UNEXPECTED: Final = "Lỗi ngoài dự kiến ({kind})."


def said_by(result: object) -> str:
    """Returns what a flow says of itself; empty where it found nothing to do.

    Args:
        result: a sentence, counts by kind, or the number of messages sent.
    """
    if isinstance(result, str):
        return result
    if isinstance(result, Mapping):
        found = [f"{COUNTED.get(key, key)} {count}" for key, count in result.items() if count]
        return f"Đã nhận: {', '.join(found)}." if found else ""
    if isinstance(result, int):
        return f"Đã gửi {result} thư." if result else ""
    return ""


def failure_of(fault: object) -> str:
    """Returns what a run failed of; an error that has no words of its own is named by its kind."""
    says = getattr(fault, "diagnosis", None)
    if callable(says):
        return str(says())
    if isinstance(fault, BaseException) and is_unavailable(fault):
        return CUT_OFF
    return UNEXPECTED.format(kind=type(fault).__name__)
