"""UTCTime and GeneralizedTime, with fractions of a second. Source: RFC 5280, 4.1.2.5; RFC 3161."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from signing.encoding.der import BerFound, DerFault, Item

UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
_UTC_LENGTH: Final = 13
_GENERALIZED_LENGTH: Final = 15
_PIVOT: Final = 50
"""Two-digit years below it are of this century. Source: RFC 5280, 4.1.2.5.1."""


def instant(data: bytes, item: Item) -> datetime:
    """An instant, aware, UTC; microseconds at most.

    Raises:
        BerFound: Without seconds or with an offset: forms that DER does not know.
        DerFault: No instant.
    """
    text = data[item.start : item.end]
    if item.tag == UTC_TIME:
        if len(text) != _UTC_LENGTH:
            raise BerFound("form of a time")
        century = b"20" if text[:2] < b"%d" % _PIVOT else b"19"
        return _read(century + text[:-1], text[-1:], b"")
    if item.tag == GENERALIZED_TIME:
        return _generalized(text)
    raise DerFault("no time")


def _generalized(text: bytes) -> datetime:
    if len(text) == _GENERALIZED_LENGTH:
        return _read(text[:14], text[14:], b"")
    if len(text) < _GENERALIZED_LENGTH + 2 or text[14:15] != b".":
        raise BerFound("form of a time")
    fraction = text[15:-1]
    if not fraction.isdigit():
        raise DerFault("fraction of a second")
    return _read(text[:14], text[-1:], fraction[:6].ljust(6, b"0"))


def _read(digits: bytes, zone: bytes, micros: bytes) -> datetime:
    if zone != b"Z":
        raise BerFound("zone of a time")
    if not digits.isdigit():
        raise DerFault("no time")
    year, rest = int(digits[:4]), digits[4:]
    month, day, hour, minute, second = (int(rest[at : at + 2]) for at in range(0, 10, 2))
    try:
        return datetime(year, month, day, hour, minute, second, int(micros or b"0"), UTC)
    except ValueError as err:
        raise DerFault("no time") from err
