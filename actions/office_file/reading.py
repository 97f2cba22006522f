"""From the bytes of an office file to its entries; every error of shape is collected."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from actions.errors import Problem
from actions.office_file.lines import LineIndex, Place, place_text
from actions.office_file.reasons import parsing_place, reason_of
from actions.office_file.shapes import OfficeFile

_PART: Final = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DEEP: Final = re.compile(rf"(?<![A-Za-z0-9_-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{16}}")
"""A name of names. No office file has one this long, and the parser's memory grows with its square:
one of 200 kB took all that the machine had."""
_DAY = re.compile(r"(?<![\w\"'-])(\d{4}-\d{2}-\d{2})(?![\w\"':-])")


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
    deep = _DEEP.search(text)
    if deep is not None:
        line = text.count("\n", 0, deep.start()) + 1
        return _broken(f"dòng {line}", "tên quá nhiều phần nối bằng dấu chấm")
    try:
        document = tomllib.loads(_quote_impossible_days(text))
    except tomllib.TOMLDecodeError as err:
        return _unparsable(str(err))
    except RecursionError:
        return _broken("cả tệp", "quá nhiều tầng ngoặc lồng nhau")
    except ValueError:  # all that is left: the interpreter's own limit
        return _broken("cả tệp", "có số dài quá 4300 chữ số")
    return _validate(document, LineIndex(text))


def _broken(place: str, reason: str) -> Read:
    problems = (Problem(place=place, reason=reason),)
    return Read(entries=None, lines=LineIndex(""), problems=problems)


def _unparsable(message: str) -> Read:
    return _broken(parsing_place(message), "không đúng cú pháp TOML")


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
            Problem(place=place_text(_place(error), lines), reason=reason_of(error))
            for error in err.errors(include_url=False)
        )
        return Read(entries=None, lines=lines, problems=problems)


def _place(error: ErrorDetails) -> Place:
    return tuple(error["loc"])
