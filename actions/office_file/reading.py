"""From the bytes of an office file to its entries; every error of shape is collected."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from actions.errors import Problem
from actions.office_file.lines import LineIndex, Place, place_text
from actions.office_file.shapes import OfficeFile

_DAY = re.compile(r"(?<![\w\"'-])(\d{4}-\d{2}-\d{2})(?![\w\"':-])")
_WHERE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a file gave: entries where its shape is right, else problems."""

    entries: OfficeFile | None
    lines: LineIndex
    problems: tuple[Problem, ...]


def read_entries(data: bytes) -> Read:
    """Reads the bytes of an office file. Never raises for what is in them."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        line = data[: err.start].count(b"\n") + 1
        return _broken(f"dòng {line}", "tệp phải dùng bảng mã UTF-8")
    text = text.replace("\r\n", "\n")
    try:
        document = tomllib.loads(_quote_impossible_days(text))
    except tomllib.TOMLDecodeError as err:
        return _unparsable(str(err))
    return _validate(document, LineIndex(text))


def _broken(place: str, reason: str) -> Read:
    problems = (Problem(place=place, reason=reason),)
    return Read(entries=None, lines=LineIndex(""), problems=problems)


def _unparsable(message: str) -> Read:
    found = _WHERE.search(message)
    place = f"dòng {found[1]}, cột {found[2]}" if found and found[1] else "cuối tệp"
    return _broken(place, f"không đúng cú pháp TOML ({_WHERE.sub('', message)})")


def _quote_impossible_days(text: str) -> str:
    """Lets a day that does not exist reach the check of shapes, where its place is known.

    The parser would stop at the first one and say nothing of the rest of the file.
    """

    def quote(found: re.Match[str]) -> str:
        line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        outside = line.count('"') % 2 == 0 and "#" not in line
        return f'"{found[1]}"' if outside and not _exists(found[1]) else found[1]

    return _DAY.sub(quote, text)


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _validate(document: dict[str, Any], lines: LineIndex) -> Read:
    try:
        return Read(entries=OfficeFile.model_validate(document), lines=lines, problems=())
    except ValidationError as err:
        problems = tuple(
            Problem(place=place_text(_place(error), lines), reason=_reason(error))
            for error in err.errors(include_url=False)
        )
        return Read(entries=None, lines=lines, problems=problems)


def _place(error: ErrorDetails) -> Place:
    return tuple(error["loc"])


def _choice(error: ErrorDetails) -> str:
    expected = str(error.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
    return f"“{error['input']}” không phải giá trị được phép ({expected})"


_REASONS: dict[str, Callable[[ErrorDetails], str]] = {
    "missing": lambda _: "thiếu mục bắt buộc này",
    "extra_forbidden": lambda _: "không có mục nào tên như vậy; kiểm tra chính tả",
    "string_type": lambda _: "phải là chữ, đặt trong dấu nháy kép",
    "bool_type": lambda _: "phải là true hoặc false",
    "int_type": lambda _: "phải là số nguyên",
    "list_type": lambda _: "phải là danh sách, đặt trong [ ]",
    "model_type": lambda _: "phải là một bảng các mục",
    "model_attributes_type": lambda _: "phải là một bảng các mục",
    "string_too_short": lambda _: "không được để trống",
    "too_short": lambda _: "phải có ít nhất một phần tử",
    "string_too_long": lambda e: f"dài quá {e.get('ctx', {}).get('max_length')} ký tự",
    "string_pattern_mismatch": lambda e: f"“{e['input']}” có ký tự hoặc độ dài không được phép",
    "greater_than_equal": lambda e: f"không được nhỏ hơn {e.get('ctx', {}).get('ge')}",
    "less_than_equal": lambda e: f"không được lớn hơn {e.get('ctx', {}).get('le')}",
    "literal_error": _choice,
    "enum": _choice,
}


def _reason(error: ErrorDetails) -> str:
    """The reason in Vietnamese; our own validators bring theirs along."""
    made = _REASONS.get(error["type"])
    return made(error) if made else error["msg"]
