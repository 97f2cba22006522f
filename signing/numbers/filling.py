"""How number and date come into a directive that was signed before it had them.

The empty field's look, which the officer signs, is a form with gaps; the filled one is the same
form with digits in the gaps, and nothing else. What a value makes of an empty look is written down
here once: the writer fills by it, and both judges demand exactly it. So the picture says what the
value says, in the place, size and font that the officer signed.

    /Tx BMC
    q
    BT
    0 g
    /Digits 14 Tf
    100 Tz                  digits as wide as they are
    1 0 0 1 12.5 3.5 Tm     the gap's right edge (number) or middle (parts of the date)
    [1000()]TJ              room for two digits of 500 thousandths; empty
    ET
    Q
    EMC

Light to import: no library.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from signing.names import DATE_FIELD, NUMBER_FIELD

FONT_NAME: Final = "Digits"
"""Of the font in a look's resources."""

DIGIT_WIDTH: Final = 500
"""Of every digit of Tinos, in thousandths of its size."""

DIGIT_PROGRAMS: Final = frozenset(
    {
        "81b80df53a5ab8bc8036bfeef7b349546504a5fe2535b4dd048a0f6589dc5bbd",
        "a2aeb484634068f4d02453b35a076d30b0736493814ad4e8baf2368ad803be88",
    }
)
"""SHA-256 of the digits of Tinos, upright and italic, as `signing.numbers.digits` cuts them out.
Whoever cuts them otherwise one day adds theirs: what was signed with these stays as it is."""

_SMALLEST: Final = 8.0
_LARGEST: Final = 20.0
"""Sizes in points in which a number is printed and read."""

_MOST_DIGITS: Final = 6

_HEAD: Final = b"/Tx BMC\nq\nBT\n0 g\n/Digits %s Tf\n"
_GAP: Final = b"%d Tz\n1 0 0 1 %s %s Tm\n[%d(%s)]TJ\n"
_TAIL: Final = b"ET\nQ\nEMC"

_DECIMAL: Final = rb"\d{1,4}(?:\.\d{1,2})?"
_EMPTY: Final = re.compile(
    rb"/Tx BMC\nq\nBT\n0 g\n/Digits (%b) Tf\n"
    rb"((?:100 Tz\n1 0 0 1 %b %b Tm\n\[\d{3,4}\(\)\]TJ\n){1,3})ET\nQ\nEMC"
    % (_DECIMAL, _DECIMAL, _DECIMAL)
)
_EMPTY_GAP: Final = re.compile(
    rb"100 Tz\n1 0 0 1 (%b) (%b) Tm\n\[(\d{3,4})\(\)\]TJ\n" % (_DECIMAL, _DECIMAL)
)

_NUMBER: Final = re.compile(r"0[1-9]|[1-9]\d{1,5}")
_DATE: Final = re.compile(r"(\d{2})/(0[12]|[3-9]|1[0-2])/(\d{4})")


@dataclass(frozen=True, slots=True)
class _Alignment:
    """How digits stand in a gap that is wider or narrower than they are."""

    per_digit: int
    """Thousandths of the size by which one digit moves the text to the left."""
    eighths: int
    """Eighths of a digit that may run into the spaces beside the gap."""


_ALIGNMENTS: Final = {
    NUMBER_FIELD: _Alignment(DIGIT_WIDTH, 3),  # ends where the symbol begins
    DATE_FIELD: _Alignment(DIGIT_WIDTH // 2, 6),  # in the middle
}


def number_value(number: int) -> str:
    """The number as it is printed. Source: NĐ 30/2020 PL I II.3 (a 0 before those below 10)."""
    return f"{number:02d}"


def date_value(day: date) -> str:
    """The date as it is printed, without its words. Source: NĐ 30/2020 PL I II.4."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)  # noqa: PLR2004 (the rule)
    return f"{day.day:02d}/{month}/{day.year:04d}"


def parts(field: str, value: str) -> tuple[str, ...] | None:
    """The digits of a value, gap by gap; None where it is no value of that field."""
    if field == NUMBER_FIELD:
        return (value,) if _NUMBER.fullmatch(value) and value.isascii() else None
    found = _DATE.fullmatch(value) if field == DATE_FIELD and value.isascii() else None
    if found is None:
        return None
    day, month, year = found.groups()
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return None
    return (day, month, year)


def empty_look(field: str, size: str, gaps: Sequence[tuple[str, str, int]]) -> bytes:
    """The look before anything is filled in.

    Args:
        field: its name.
        size: of the font, as it is written.
        gaps: left edge or middle, base line, and digits of each.
    """
    per_digit = _ALIGNMENTS[field].per_digit
    drawn = (_GAP % (100, x.encode(), y.encode(), per_digit * n, b"") for x, y, n in gaps)
    return _HEAD % size.encode() + b"".join(drawn) + _TAIL


def has_room(field: str, empty: bytes, width: float, height: float) -> bool:
    """Whether a look is an empty one of a size that is read, in a frame that fits its gaps.

    The gaps stand in the order in which they are read, and none reaches into another. A frame that
    is larger than they need would let more than digits be drawn.
    """
    found = _EMPTY.fullmatch(empty)
    if found is None or field not in _ALIGNMENTS or not _SMALLEST <= float(found[1]) <= _LARGEST:
        return False
    size, per_digit = float(found[1]), _ALIGNMENTS[field].per_digit
    lines: list[float] = []
    lefts: list[float] = []
    rights: list[float] = []
    for x, y, shift in _EMPTY_GAP.findall(found[2]):
        digits, rest = divmod(int(shift), per_digit)
        reach = int(shift) * size / 1000
        right = float(x) + (reach if per_digit < DIGIT_WIDTH else 0.0)
        behind = not lines or float(y) < lines[-1] or float(x) - reach > rights[-1]
        if (
            rest
            or not 1 <= digits <= _MOST_DIGITS
            or not behind
            or float(y) > min(lines, default=height)
        ):
            return False
        lines.append(float(y))
        lefts.append(float(x) - reach)
        rights.append(right)
    return (
        0 <= min(lefts) <= size / 2
        and 0 <= width - max(rights) <= size / 2
        and 0 <= min(lines) <= size / 2
        and size / 2 <= height - max(lines) <= size
        and max(lines) - min(lines) <= 2 * size
    )


def size_of(look: bytes) -> float:
    """Size of the font of an empty look; 0 where it is none."""
    found = _EMPTY.fullmatch(look)
    return float(found[1]) if found is not None else 0.0


def filled_look(field: str, empty: bytes, value: str) -> bytes | None:
    """What a value makes of an empty look; None where either of them is not as it must be."""
    groups = parts(field, value)
    found = _EMPTY.fullmatch(empty)
    if groups is None or found is None:
        return None
    size, body = found.groups()
    gaps = _EMPTY_GAP.findall(body)
    if len(gaps) != len(groups):
        return None
    alignment = _ALIGNMENTS[field]
    drawn = b"".join(
        _drawn(alignment, gap, digits.encode()) for gap, digits in zip(gaps, groups, strict=True)
    )
    return _HEAD % size + drawn + _TAIL


def _drawn(alignment: _Alignment, gap: tuple[bytes, bytes, bytes], digits: bytes) -> bytes:
    x, y, shift = gap
    room, count = int(shift) // alignment.per_digit, len(digits)
    narrow = min(100, 100 * (8 * room + alignment.eighths) // (8 * count))
    return _GAP % (narrow, x, y, alignment.per_digit * count, digits)
