"""A small strict walker over DER: tags and places, nothing is decoded that nobody asks for.

Source: ITU-T X.690, 8.1 (tags and lengths) and 10.1 (DER: the shortest definite length).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OID: Final = 0x06
ENUMERATED: Final = 0x0A
SEQUENCE: Final = 0x30
SET: Final = 0x31

MAX_ITEMS: Final = 100_000
"""In one structure; a limit of our own."""

_CONTEXT: Final = 0xA0
_LONG_TAG: Final = 0x1F
_LONG_LENGTH: Final = 0x80
_LENGTH_BYTES: Final = 4


class DerFault(Exception):  # noqa: N818 (an answer about foreign bytes)
    """These bytes are no DER of the expected shape."""


class BerFound(DerFault):
    """They may be well formed in the wider rules of BER, which this walker does not read."""


class Item(NamedTuple):
    """One encoded value: where it stands in the bytes."""

    tag: int
    """The identifier octet as it stands: class, constructed bit and number."""

    head: int
    """Offset of the identifier octet."""

    start: int
    """Offset of the contents."""

    end: int
    """One past the last octet."""


_new = tuple.__new__


def item_at(data: bytes, at: int, limit: int) -> Item:
    """The value that begins at an offset and ends at `limit` or before.

    Raises:
        BerFound: An indefinite or needlessly long length, or a tag number above 30.
        DerFault: The value does not fit.
    """
    start = at + 2
    if start > limit:
        raise DerFault("truncated")
    tag, length = data[at], data[at + 1]
    if tag & _LONG_TAG == _LONG_TAG:
        raise BerFound("tag number")
    if length >= _LONG_LENGTH:
        start, length = _long_length(data, start, length & 0x7F, limit)
    end = start + length
    if end > limit:
        raise DerFault("truncated")
    return Item(tag, at, start, end)


def _long_length(data: bytes, at: int, octets: int, limit: int) -> tuple[int, int]:
    if octets == 0:
        raise BerFound("indefinite length")
    start = at + octets
    if octets > _LENGTH_BYTES or start > limit:
        raise DerFault("length")
    length = int.from_bytes(data[at:start], "big")
    if length < _LONG_LENGTH or data[at] == 0:
        raise BerFound("long form of a short length")
    return start, length


def items(data: bytes, start: int, end: int) -> list[Item]:
    """The values that fill a range exactly.

    Raises:
        DerFault: They do not.
    """
    found: list[Item] = []
    at = start
    while at < end:
        # Short plain values are by far the most: they are spared the calls.
        if at + 2 <= end and data[at + 1] < _LONG_LENGTH and data[at] & _LONG_TAG != _LONG_TAG:
            after = at + 2 + data[at + 1]
            if after > end:
                raise DerFault("truncated")
            item = _new(Item, (data[at], at, at + 2, after))
        else:
            item = item_at(data, at, end)
        found.append(item)
        at = item.end
    if len(found) > MAX_ITEMS:
        raise DerFault("too many values")
    return found


def inside(data: bytes, item: Item, tag: int = SEQUENCE) -> list[Item]:
    """The values within a constructed one of the given tag.

    Raises:
        DerFault: It has another tag, or its contents are not whole.
    """
    if item.tag != tag:
        raise DerFault(f"tag {item.tag:#04x} instead of {tag:#04x}")
    return items(data, item.start, item.end)


def only(data: bytes, tag: int = SEQUENCE) -> list[Item]:
    """The values within the one value that fills all the bytes."""
    item = item_at(data, 0, len(data))
    if item.end != len(data):
        raise DerFault("bytes after the end")
    return inside(data, item, tag)


def explicit(data: bytes, item: Item, number: int) -> Item:
    """The one value within an explicit tag of the context."""
    inner = inside(data, item, _CONTEXT | number)
    if len(inner) != 1:
        raise DerFault("explicit tag")
    return inner[0]


def body(data: bytes, item: Item, tag: int) -> bytes:
    """The contents of a primitive value of the given tag."""
    if item.tag != tag:
        raise DerFault(f"tag {item.tag:#04x} instead of {tag:#04x}")
    return data[item.start : item.end]


def whole(data: bytes, item: Item) -> bytes:
    """The value with its tag and length."""
    return data[item.head : item.end]


def integer(data: bytes, item: Item) -> int:
    """An INTEGER. Source: X.690, 8.3.2 (the fewest octets)."""
    octets = body(data, item, INTEGER)
    if not octets:
        raise DerFault("empty integer")
    if len(octets) > 1 and (octets[0], octets[1] >> 7) in {(0, 0), (0xFF, 1)}:
        raise BerFound("padded integer")
    return int.from_bytes(octets, "big", signed=True)


def bits(data: bytes, item: Item) -> bytes:
    """A BIT STRING of whole octets."""
    octets = body(data, item, BIT_STRING)
    if not octets or octets[0] != 0:
        raise DerFault("unused bits")
    return octets[1:]


def boolean(data: bytes, item: Item) -> bool:
    """A BOOLEAN. Source: X.690, 11.1 (true is 0xFF)."""
    octets = body(data, item, BOOLEAN)
    if octets not in {b"\x00", b"\xff"}:
        raise BerFound("boolean")
    return octets == b"\xff"


def oid(data: bytes, item: Item) -> str:
    """An OBJECT IDENTIFIER in dotted form."""
    return _dotted(body(data, item, OID))


@lru_cache(maxsize=1024)
def _dotted(octets: bytes) -> str:
    if not octets or octets[-1] & 0x80:
        raise DerFault("object identifier")
    arcs: list[int] = []
    arc = 0
    fresh = True
    for octet in octets:
        if fresh and octet == 0x80:  # noqa: PLR2004 (a leading zero: X.690, 8.19.2)
            raise BerFound("padded arc")
        arc = arc << 7 | octet & 0x7F
        fresh = octet < 0x80  # noqa: PLR2004 (the last octet of an arc)
        if fresh:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))
