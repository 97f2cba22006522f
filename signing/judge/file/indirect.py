"""Reads an indirect object where the file has it. Source: ISO 32000-2, 7.3.8 and 7.3.10."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from signing.judge.file.faults import unsure
from signing.judge.file.objects import Located, Obj, Ref, Stream
from signing.judge.file.parsing import BLANK, EDGE, SKIP, parse

_HEADER: Final = re.compile(
    BLANK + rb"{0,16}+(\d{1,10}+)" + BLANK + rb"(\d{1,5}+)" + BLANK + rb"obj" + EDGE
)
_END: Final = re.compile(SKIP + rb"endobj" + EDGE)
_STREAM: Final = re.compile(SKIP + rb"stream(?:\r\n|\n|\r)")
"""Scanners write a lone carriage return; all readers take it for the end of the line."""

_STREAM_END: Final = re.compile(rb"(?:\r\n|\n|\r)?endstream" + BLANK + rb"++endobj" + EDGE)


def read_object(data: bytes, at: int, length: Callable[[Ref], int]) -> Located:
    """The indirect object at an offset; a few blanks may stand before it.

    Args:
        data: the whole file.
        at: its offset.
        length: gives the number that a referenced /Length stands for, or raises.

    Raises:
        UnsureStructure: there is none, or it is not well formed.
    """
    header = _HEADER.match(data, at)
    if header is None:
        raise unsure("object_header", str(at))
    if int(header[2]):
        raise unsure("generation")
    value, end = parse(data, header.end())
    number, start = int(header[1]), header.start(1)
    closed = _END.match(data, end)
    if closed is not None:
        return Located(number, value, start, closed.end())
    if not isinstance(value, dict):
        raise unsure("object_end", str(number))
    stream, end = _stream(data, value, end, length)
    return Located(number, stream, start, end)


def _stream(
    data: bytes, dictionary: dict[str, Obj], at: int, length: Callable[[Ref], int]
) -> tuple[Stream, int]:
    opened = _STREAM.match(data, at)
    if opened is None:
        raise unsure("object_end", str(at))
    size = dictionary.get("Length")
    if isinstance(size, Ref):
        size = length(size)
    if type(size) is not int or not 0 <= size <= len(data):
        raise unsure("stream_length")
    start = opened.end()
    closed = _STREAM_END.match(data, start + size)
    if closed is None:
        raise unsure("stream_length", "no endstream there")
    return Stream(dictionary, start, start + size), closed.end()


def direct_only(_: Ref) -> int:
    """For objects that are read before references can be: their /Length stands in them."""
    raise unsure("stream_length", "not direct")
