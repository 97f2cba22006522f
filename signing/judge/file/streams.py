"""The rows of a cross-reference stream. Source: ISO 32000-2, 7.5.8."""

from __future__ import annotations

import struct
from itertools import compress
from typing import Final

from signing.judge.file.faults import RefusedStructure, unsure
from signing.judge.file.filters import decode
from signing.judge.file.indirect import direct_only, read_object
from signing.judge.file.objects import Entry, Located, Obj, Packed, Stream
from signing.judge.file.tables import HIGHEST_NUMBER, MOST_ROWS

_FREE, _USED, _PACKED = 0, 1, 2
_WIDEST: Final = 8
_WIDEST_KIND: Final = 4
"""Of the field that says the kind of a row; some readers take no more."""

_FIELDS: Final = 3


def read_stream_rows(
    data: bytes, at: int
) -> tuple[Located, Stream, dict[int, Entry], frozenset[int]]:
    """The stream object at an offset, objects in use with their places, free numbers without 0.

    Raises:
        RefusedStructure: a number has two rows (`entries_doubled`).
        UnsureStructure: no well formed cross-reference stream, or too many rows.
    """
    located = read_object(data, at, direct_only)
    stream = located.value
    if not isinstance(stream, Stream) or stream.dictionary.get("Type") != "XRef":
        raise unsure("section_form", "no cross-reference stream")
    widths = _widths(stream.dictionary.get("W"))
    numbers = _numbers(stream.dictionary)
    size = len(numbers) * sum(widths)
    rows = decode(stream.dictionary, data[stream.start : stream.end], 2 * size + 64)
    if len(rows) != size:
        raise unsure("section_form", "rows and /Index differ")
    entries, freed = _sort(numbers, rows, widths)
    return located, stream, entries, freed


def _widths(value: Obj) -> tuple[int, int, int]:
    if not isinstance(value, list) or len(value) != _FIELDS:
        raise unsure("section_form", "/W")
    first, second, third = (
        one if type(one) is int and 0 <= one <= _WIDEST else -1 for one in value
    )
    if min(first, second, third) < 0 or not second or first > _WIDEST_KIND:
        raise unsure("section_form", "/W")
    return first, second, third


def _numbers(dictionary: dict[str, Obj]) -> list[int]:
    """The object numbers of the rows, one after the other."""
    index = dictionary.get("Index", [0, dictionary.get("Size")])
    if not isinstance(index, list) or len(index) % 2:
        raise unsure("section_form", "/Index")
    numbers: list[int] = []
    for first, count in zip(index[::2], index[1::2], strict=True):
        if type(first) is not int or type(count) is not int or min(first, count) < 0:
            raise unsure("section_form", "/Index")
        if first > HIGHEST_NUMBER:
            raise unsure("section_form", "/Index")
        if len(numbers) + count > MOST_ROWS:
            raise unsure("caps", "rows")
        numbers.extend(range(first, first + count))
    if len(set(numbers)) != len(numbers):
        raise RefusedStructure("entries_doubled")
    return numbers


def _sort(
    numbers: list[int], rows: bytes, widths: tuple[int, int, int]
) -> tuple[dict[int, Entry], frozenset[int]]:
    width, (first, second, third) = sum(widths), widths
    kinds = _column(rows, 0, first, width) if first else (_USED,) * len(numbers)
    places = _column(rows, first, second, width)
    extras = _column(rows, first + second, third, width)
    if not {_FREE, _USED, _PACKED}.issuperset(kinds):
        raise unsure("section_form", "a row of another kind")
    free, used, packed = ([kind == one for kind in kinds] for one in (_FREE, _USED, _PACKED))
    if any(compress(extras, used)):
        raise unsure("generation")
    entries: dict[int, Entry] = dict(compress(zip(numbers, places, strict=True), used))
    members = map(Packed._make, compress(zip(places, extras, strict=True), packed))
    entries.update(zip(compress(numbers, packed), members, strict=True))
    if 0 in entries:
        raise unsure("section_form", "number 0 in use")
    return entries, frozenset(compress(numbers, free)) - {0}


def _column(rows: bytes, start: int, size: int, width: int) -> tuple[int, ...]:
    """One field of all rows: its bytes are spread to eight each, then read at once."""
    count = len(rows) // width
    spread = bytearray(_WIDEST * count)
    for byte in range(size):
        spread[_WIDEST - size + byte :: _WIDEST] = rows[start + byte :: width]
    return struct.unpack(f">{count}Q", spread)
