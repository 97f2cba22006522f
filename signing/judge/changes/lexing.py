"""Tells in one look whether bytes are one whole object, without making its values.

Whoever lists an object inside the string of another one would have the bytes behind it counted as
the inner one's. So every object must end before the next one begins; what this expression does not
know is parsed strictly instead. Source: ISO 32000-2, 7.2 and 7.3.
"""

from __future__ import annotations

import re
from typing import Final

from signing.judge.file.parsing import BLANK, EDGE, REGULAR

_DEPTH: Final = 4
"""Of dictionaries and arrays in each other."""

_LITERAL: Final = rb"\((?:[^()\\]++|\\[\s\S]|\((?:[^()\\]++|\\[\s\S])*+\))*+\)"
_ATOM: Final = (
    BLANK + rb"++|%[^\r\n]*+[\r\n]|/" + REGULAR + rb"*+|(?:[+-]?[0-9.]++|R|true|false|null)"
    rb"" + EDGE + rb"|" + _LITERAL + rb"|<[0-9A-Fa-f\0\t\n\f\r ]*+>"
)


def _values(depth: int) -> bytes:
    """Any number of values that nest up to a depth."""
    if not depth:
        return rb"(?:" + _ATOM + rb")*+"
    inner = _values(depth - 1)
    return rb"(?:" + _ATOM + rb"|<<" + inner + rb">>|\[" + inner + rb"\])*+"


_VALUES: Final = re.compile(_values(_DEPTH))
_OBJECT: Final = re.compile(
    rb"\d++" + BLANK + rb"++0++" + BLANK + rb"++obj" + EDGE + _values(_DEPTH) + rb"endobj(?:"
    rb"" + BLANK + rb"|%[^\r\n]*+[\r\n])*+"
)


def is_object(data: bytes) -> bool:
    """Whether these bytes are `n 0 obj` to `endobj`, no stream, blanks behind it."""
    return _OBJECT.fullmatch(data) is not None


def is_value(data: bytes) -> bool:
    """Whether these bytes are whole values alone, as in an object stream."""
    return _VALUES.fullmatch(data) is not None
