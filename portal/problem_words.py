"""How problems are told to programs (RFC 9457): titles by status, faults of a body in words."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from portal.i18n.catalogue import noted

TITLES: Final[Mapping[int, str]] = {
    400: noted("Không phục vụ được yêu cầu này"),
    401: noted("Chưa chứng minh được là ai"),
    403: noted("Không được phép"),
    404: noted("Không tìm thấy"),
    405: noted("Không có cách gọi này"),
    408: noted("Gửi lên quá chậm"),
    409: noted("Không còn hợp với tình trạng hiện tại"),
    410: noted("Không còn nữa"),
    413: noted("Quá lớn"),
    422: noted("Dữ liệu chưa đúng"),
    429: noted("Gọi quá nhiều"),
    500: noted("Lỗi của hệ thống"),
    503: noted("Tạm thời chưa phục vụ được"),
}
"""Of problems that programs are told, by status."""
PROBLEM_TYPE: Final = "application/problem+json"
PROBLEM_PAGE: Final = "/api/docs"
MOST_FAULTS: Final = 20
_REASONS: Final[Mapping[str, str]] = {
    "missing": "còn thiếu.",
    "extra_forbidden": "không có mục này.",
    "json_invalid": "không phải JSON hợp lệ.",
    "string_type": "phải là chuỗi ký tự.",
    "string_too_long": "dài quá mức cho phép.",
    "string_too_short": "ngắn quá, hoặc để trống.",
    "string_pattern_mismatch": "không đúng dạng.",
    "bool_type": "phải là true hoặc false.",
    "bool_parsing": "phải là true hoặc false.",
    "list_type": "phải là một danh sách.",
    "too_long": "nhiều mục quá.",
    "dict_type": "phải là một đối tượng JSON.",
    "model_attributes_type": "phải là một đối tượng JSON.",
    "enum": "không phải một trong các giá trị được nhận.",
    "literal_error": "không phải một trong các giá trị được nhận.",
    "greater_than_equal": "nhỏ quá mức cho phép.",
    "less_than_equal": "lớn quá mức cho phép.",
}
"""Kinds of the checking library to what is wrong, in words."""
_REASONS_BY_START: Final[Mapping[str, str]] = {
    "int": "phải là số nguyên.",
    "uuid": "phải là một mã UUID.",
    "date_": "phải là ngày dạng 2026-11-15.",
    "datetime": "phải là thời điểm dạng 2026-11-15T08:00:00+07:00.",
}


def reason_of(kind: str) -> str:
    """Returns in words what the checking library found (`string_type`, `uuid_parsing`, …)."""
    by_start = (words for start, words in _REASONS_BY_START.items() if kind.startswith(start))
    return _REASONS.get(kind) or next(by_start, "không đúng.")


def as_members(
    status: int, code: str, sentence: str, faults: Sequence[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """Returns the members of a problem.

    `code` is stable; `message` says the same as `detail`, for programs of earlier versions.
    """
    return {
        "type": f"{PROBLEM_PAGE}#{code}",
        "title": TITLES.get(status, TITLES[400]),
        "status": status,
        "detail": sentence,
        "code": code,
        "message": sentence,
        **({"errors": [dict(one) for one in faults]} if faults else {}),
    }
