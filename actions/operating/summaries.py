"""What a flow returns, in words for people."""

from collections.abc import Mapping
from typing import Final

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
