"""Decodes streams under caps. Source: ISO 32000-2, 7.4.4; RFC 1950; PNG (ISO 15948), 9.

Only what cross-reference and object streams and stored evidence use: plain, or one FlateDecode with
or without a PNG predictor. Anything else is unsure.
"""

from __future__ import annotations

import zlib
from itertools import accumulate
from typing import Final

from signing.judge.file.faults import unsure
from signing.judge.file.objects import Obj

MOST_OUTPUT: Final = 16 << 20
"""Bytes of one decoded stream."""

_BYTE: Final = 8
_PNG: Final = 10
_LAST_PNG: Final = 15
_MOST_ROW: Final = 1 << 16


def decode(dictionary: dict[str, Obj], raw: bytes, most: int = MOST_OUTPUT) -> bytes:
    """The bytes that a stream stands for, at most so many.

    Raises:
        UnsureStructure: another filter, a damaged stream, or too much.
    """
    name = _only(dictionary.get("Filter"))
    parameters = _only(dictionary.get("DecodeParms"))
    if "F" in dictionary:
        raise unsure("filter", "bytes of another file")
    if name is None:
        if len(raw) > most:
            raise unsure("inflate_cap")
        return raw
    if name != "FlateDecode" or not isinstance(parameters, dict | None):
        raise unsure("filter", str(name))
    return _unpredicted(_inflate(raw, most), parameters or {})


def _only(value: Obj) -> Obj:
    """The single member of an array of one or none, else the value itself."""
    if isinstance(value, list):
        if len(value) > 1:
            raise unsure("filter", "several filters")
        return value[0] if value else None
    return value


def _inflate(raw: bytes, most: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        found = inflater.decompress(raw, most)
    except zlib.error as err:
        raise unsure("filter", "damaged") from err
    if not inflater.eof:
        if len(found) >= most:
            raise unsure("inflate_cap")
        raise unsure("filter", "ends early")
    return found


def _unpredicted(data: bytes, parameters: dict[str, Obj]) -> bytes:
    predictor = parameters.get("Predictor", 1)
    if predictor == 1:
        return data
    if type(predictor) is not int or not _PNG <= predictor <= _LAST_PNG:
        raise unsure("predictor", str(predictor))
    width = parameters.get("Columns", 1)
    colours, bits = parameters.get("Colors", 1), parameters.get("BitsPerComponent", 8)
    if colours != 1 or bits != _BYTE or type(width) is not int or not 0 < width <= _MOST_ROW:
        raise unsure("predictor", "samples that are no bytes")
    if len(data) % (width + 1):
        raise unsure("predictor", "a row is cut")
    if not data[:: width + 1].strip(b"\2"):
        return _undo_up(data, width)
    return _undo_rows(data, width)


def _undo_up(data: bytes, width: int) -> bytes:
    """All rows are differences from the row above: running sums, column by column."""
    row = width + 1
    out = bytearray(len(data) // row * width)
    for column in range(width):
        sums = accumulate(data[column + 1 :: row])
        out[column::width] = bytes(map((255).__and__, sums))
    return bytes(out)


def _undo_rows(data: bytes, width: int) -> bytes:
    out = bytearray()
    above = bytes(width)
    for start in range(0, len(data), width + 1):
        above = _undo_row(data[start], data[start + 1 : start + 1 + width], above)
        out += above
    return bytes(out)


def _undo_row(kind: int, row: bytes, above: bytes) -> bytes:
    if kind == 0:
        return row
    if kind == 2:  # noqa: PLR2004 (numbers of the PNG filters)
        return bytes((x + b) & 255 for x, b in zip(row, above, strict=True))
    out = bytearray()
    left = corner = 0
    for x, b in zip(row, above, strict=True):
        left = (x + _guess(kind, left, b, corner)) & 255
        corner = b
        out.append(left)
    return bytes(out)


def _guess(kind: int, left: int, above: int, corner: int) -> int:
    """What the filters 1, 3 and 4 take for a byte from its neighbours. Source: PNG, 9.2."""
    if kind == 1:
        return left
    if kind == 3:  # noqa: PLR2004 (numbers of the PNG filters)
        return (left + above) // 2
    if kind == 4:  # noqa: PLR2004 (numbers of the PNG filters)
        rough = left + above - corner
        return min((left, above, corner), key=lambda one: abs(rough - one))
    raise unsure("predictor", f"row of kind {kind}")
