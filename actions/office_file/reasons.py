"""Why a file or a setting has the wrong shape, in words for the person who wrote it."""

import re
from collections.abc import Callable, Mapping

from pydantic_core import ErrorDetails

_WHERE = re.compile(r"\(at line (\d+), column (\d+)\)$")


def parsing_place(message: str) -> str:
    """Returns the place that an error of the TOML parser names: `dòng 3, cột 7`."""
    found = _WHERE.search(message)
    return f"dòng {found[1]}, cột {found[2]}" if found else "cuối tệp"


def _given(error: Mapping[str, object]) -> str:
    """What was written, where it may be shown: a setting may be a secret."""
    return f"“{error['input']}” " if "input" in error else ""


def _choice(error: ErrorDetails) -> str:
    expected = str(error.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
    return f"{_given(error)}không phải giá trị được phép ({expected})"


_REASONS: dict[str, Callable[[ErrorDetails], str]] = {
    "missing": lambda _: "thiếu mục bắt buộc này",
    "extra_forbidden": lambda _: "không có mục nào tên như vậy; kiểm tra chính tả",
    "string_type": lambda _: "phải là chữ, đặt trong dấu nháy kép",
    "bool_type": lambda _: "phải là true hoặc false",
    "bool_parsing": lambda _: "phải là true hoặc false",
    "int_type": lambda _: "phải là số nguyên",
    "int_parsing": lambda _: "phải là số nguyên",
    "float_parsing": lambda _: "phải là một số",
    "list_type": lambda _: "phải là danh sách, đặt trong [ ]",
    "model_type": lambda _: "phải là một bảng các mục",
    "model_attributes_type": lambda _: "phải là một bảng các mục",
    "string_too_short": lambda _: "không được để trống",
    "too_short": lambda _: "phải có ít nhất một phần tử",
    "string_too_long": lambda e: f"dài quá {e.get('ctx', {}).get('max_length')} ký tự",
    "string_pattern_mismatch": lambda e: f"{_given(e)}có ký tự hoặc độ dài không được phép",
    "greater_than_equal": lambda e: f"không được nhỏ hơn {e.get('ctx', {}).get('ge')}",
    "less_than_equal": lambda e: f"không được lớn hơn {e.get('ctx', {}).get('le')}",
    "greater_than": lambda e: f"phải lớn hơn {e.get('ctx', {}).get('gt')}",
    "less_than": lambda e: f"phải nhỏ hơn {e.get('ctx', {}).get('lt')}",
    "literal_error": _choice,
    "enum": _choice,
}


def reason_of(error: ErrorDetails) -> str:
    """Returns the reason in Vietnamese; our own validators bring theirs along."""
    made = _REASONS.get(error["type"])
    return made(error) if made else error["msg"].removeprefix("Value error, ")
