"""The status codes of QCVN 102:2016: what each means, and to which state it moves a consignment."""

from typing import Final

from models.lifecycle import DeliveryState

_S = DeliveryState

STATUS_STATES: Final[dict[str, DeliveryState]] = {
    "01": _S.ARRIVED,
    "02": _S.REFUSED,
    "03": _S.ACCEPTED,
    "04": _S.ASSIGNED,
    "05": _S.IN_PROGRESS,
    "06": _S.DONE,
    "15": _S.RECALLED,
    "16": _S.RECALL_REFUSED,
}
"""Code to state; 15 and 16 count only where we asked. Codes that are not here move nothing."""

STATUS_WORDS: Final[dict[str, str]] = {
    "01": "Đã đến hệ thống của đơn vị",
    "02": "Đơn vị từ chối tiếp nhận",
    "03": "Đơn vị đã tiếp nhận",
    "04": "Đơn vị đã phân công xử lý",
    "05": "Đơn vị đang xử lý",
    "06": "Đơn vị đã xử lý xong",
    "13": "Đơn vị báo lấy lại văn bản",
    "15": "Đơn vị đồng ý thu hồi hoặc cập nhật",
    "16": "Đơn vị không đồng ý thu hồi hoặc cập nhật",
}
"""Code to words. 07 to 12 and 14 were never seen by us: kept, shown as not clear."""


def status_words(code: str, description: str) -> str:
    """Returns what is shown of a status: its meaning, and the other side's own words."""
    meaning = STATUS_WORDS.get(code, f"Trạng thái mã {code or 'trống'}: chưa rõ")
    own = " ".join(description.split())
    return f"{meaning}: {own}" if own else f"{meaning}."
