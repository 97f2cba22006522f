"""DER written piece by piece. Source: ITU-T X.690, 8.1, 10.1 and 11.6 (the order of a SET OF)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from signing.encoding.der import OCTET_STRING, SEQUENCE, SET

_SHORT: Final = 0x80


def tlv(tag: int, content: bytes) -> bytes:
    """One value: its tag, the shortest length, its content."""
    size = len(content)
    if size < _SHORT:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _SHORT | len(length))) + length + content


def sequence(*items: bytes) -> bytes:
    """A SEQUENCE of encoded values."""
    return tlv(SEQUENCE, b"".join(items))


def set_of(items: Iterable[bytes], *, tag: int = SET) -> bytes:
    """A SET OF encoded values, in DER's order."""
    return tlv(tag, b"".join(sorted(items)))


def octet_string(content: bytes) -> bytes:
    """An OCTET STRING."""
    return tlv(OCTET_STRING, content)
