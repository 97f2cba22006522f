"""Text strings and dates as people read them. Source: ISO 32000-2, 7.9.2 and 7.9.4, annex D.3."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from signing.judge.file.objects import Obj, Text

_HIGH: Final = "•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž\ufffd€"
_LOW: Final = "˘ˇˆ˙˝˛˚˜"
_PDF_DOC: Final = {
    **dict(zip(range(0x80, 0xA1), _HIGH, strict=True)),
    **dict(zip(range(0x18, 0x20), _LOW, strict=True)),
}
_YEARS: Final = range(1900, 3000)
"""Others are no claim anybody makes, and may overflow in another time zone."""

_DATE: Final = re.compile(
    rb"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?"
    rb"(?:Z(?:00'?00'?)?|([+-])(\d\d)(?:'?(\d\d))?'?)"
)


def read_text(value: Obj) -> str:
    """A text string; empty where the value is none. Never raises: a stray byte becomes U+FFFD."""
    if not isinstance(value, Text):
        return ""
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", "replace")
    if value.startswith(b"\xff\xfe"):
        return value[2:].decode("utf-16-le", "replace")
    if value.startswith(b"\xef\xbb\xbf"):
        return value[3:].decode("utf-8", "replace")
    return value.decode("latin-1").translate(_PDF_DOC)


def read_date(value: Obj) -> datetime | None:
    """A date with its offset from UTC; None where it is none, impossible, or has no offset."""
    found = _DATE.fullmatch(value) if isinstance(value, Text) else None
    if found is None:
        return None
    year, month, day, hour, minute, second = (
        int(part) if part else least
        for part, least in zip(found.groups()[:6], (0, 1, 1, 0, 0, 0), strict=True)
    )
    offset = timedelta(hours=int(found[8] or 0), minutes=int(found[9] or 0))
    if year not in _YEARS:
        return None
    try:
        zone = UTC if found[7] is None else timezone(-offset if found[7] == b"-" else offset)
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
