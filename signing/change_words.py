"""What was changed after a signature, in a sentence."""

from __future__ import annotations

from typing import Final

from signing.outcome import ChangeReport

VIETNAMESE: Final = "vi"
ENGLISH: Final = "en"

CHANGE_WORDS: Final[dict[str, tuple[str, str]]] = {
    "signature_added": ("thêm chữ ký tại ô {detail}", "signature added in field {detail}"),
    "timestamp_added": ("thêm dấu thời gian của văn bản", "document time stamp added"),
    "field_filled": ("điền ô nhập {detail}: “{new}”", "field {detail} filled in: “{new}”"),
    "value_changed": (
        "đổi giá trị ô nhập {detail}: từ “{old}” thành “{new}”",
        "value of field {detail} changed: from “{old}” to “{new}”",
    ),
    "annotation": ("thêm hoặc đổi chú thích", "annotation added or changed"),
    "page_content": ("đổi nội dung trang", "page content changed"),
    "attachment": ("thêm hoặc đổi tệp đính kèm", "attachment added or changed"),
    "script": ("thêm hoặc đổi mã lệnh", "script added or changed"),
    "evidence_added": (
        "thêm bằng chứng để kiểm tra lâu dài",
        "evidence for long-term validation added",
    ),
    "metadata": ("đổi thông tin mô tả tệp", "metadata changed"),
    "form": ("đổi thiết lập của biểu mẫu", "settings of the form changed"),
    "other": ("thay đổi khác ({detail})", "other change ({detail})"),
}
"""By kind of `ChangeReport`: Vietnamese, English."""

_PAGE: Final = (", trang {page}", ", page {page}")
_FORBIDDEN: Final = (" (chữ ký này không cho phép)", " (not allowed by this signature)")


def say_change(change: ChangeReport, language: str = VIETNAMESE) -> str:
    """One change as a clause: no capital, no full stop.

    Args:
        change: Of a signature's report.
        language: `vi` or `en`.
    """
    at = 1 if language == ENGLISH else 0
    known = CHANGE_WORDS.get(change.kind, CHANGE_WORDS["other"])[at]
    words = known.format(detail=change.detail, old=change.old, new=change.new)
    where = _PAGE[at].format(page=change.page) if change.page is not None else ""
    return words + where + ("" if change.allowed else _FORBIDDEN[at])
