"""Reads mail that strangers wrote: whatever the bytes, an answer and no exception.

The standard parser is lenient about structure, yet its accessors raise a whole family of errors on
hostile headers (an unknown or NUL-bearing charset, RFC 2231 parts of mixed kinds, numbers of
thousands of digits, parts nested a thousand deep). They are caught here, once, and by name; what
cannot be read is left out, and the raw bytes stay with the caller.
"""

import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from html import unescape

from typing_extensions import override

from delivery.names import safe_file_name

_HOSTILE = (MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError)
"""What the standard accessors raise on malformed headers; UnicodeError is a ValueError."""

_TEXT_LIMIT = 200_000
"""Characters of a mail's text that are kept; nobody reads more, and searches stay quick."""

_HEADER_LIMIT = 20_000
"""Characters of a header that are read: decoding takes time that grows with the square."""

_BODIES = frozenset(("text/plain", "text/html"))
_PARTS_LIMIT = 500
"""Parts of one message that are looked at."""


REPORTS = {
    "message/delivery-status": "text/x-delivery-status",
    "message/global-delivery-status": "text/x-delivery-status",
    "message/disposition-notification": "text/x-disposition-notification",
    "message/global-disposition-notification": "text/x-disposition-notification",
}
"""Types of reports, and what they are taken for here."""


class _Plain(Message):
    """A message whose reports stay text.

    The standard parser makes a message of every block of a report: minutes for a report of a few
    megabytes of blank lines.
    """

    @override
    def get_content_type(self) -> str:
        kind = super().get_content_type()
        return REPORTS.get(kind, kind)


def parse(raw: bytes) -> Message:
    """Return the message; an empty one where the nesting is deeper than the parser can follow."""
    try:
        return BytesParser(_Plain, policy=compat32).parsebytes(raw)
    except (RecursionError, *_HOSTILE):
        return Message(policy=compat32)


def parts(message: Message) -> Iterator[Message]:
    """Yield the leaves in order; an embedded message or a report comes out as one leaf."""
    waiting = [message]
    for _ in range(_PARTS_LIMIT):
        if not waiting:
            return
        part = waiting.pop()
        if part.is_multipart() and content_type(part).startswith("multipart/"):
            waiting += reversed(children(part))
        else:
            yield part


def children(part: Message) -> list[Message]:
    """Return what the part holds: its parts or the embedded message; nothing for a leaf."""
    inner = part.get_payload() if part.is_multipart() else []
    return [one for one in inner if isinstance(one, Message)]


def content_type(part: Message) -> str:
    """Return the media type in lower case, ``text/plain`` where it is missing or broken."""
    try:
        return part.get_content_type()
    except _HOSTILE:
        return "text/plain"


def header(message: Message, name: str, *, decoded: bool = True) -> str:
    """Return the first header of that name on one line; empty where there is none."""
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            plain = _without_surrogates(str(value)[:_HEADER_LIMIT])
            return line(_decoded(plain) if decoded else plain)
    return ""


def content(part: Message) -> bytes:
    """Return the part's bytes with their transfer encoding undone; of a message, its own bytes."""
    try:
        if part.is_multipart():
            return b"".join(one.as_bytes() for one in children(part))
        payload = part.get_payload(decode=True)
    except (RecursionError, *_HOSTILE):
        return b""
    return payload if isinstance(payload, bytes) else b""


def text(part: Message) -> str:
    """Return the part as text by its charset, else as UTF-8; HTML without its marks."""
    data = content(part)
    try:
        charset = part.get_content_charset() or "utf-8"
        shown = data.decode(charset, "replace")
    except _HOSTILE:
        shown = data.decode("utf-8", "replace")
    shown = shown[:_TEXT_LIMIT]
    if content_type(part) == "text/html":
        shown = unescape(re.sub(r"<[^<>]*>", " ", shown))
    return clean(shown)


def file_name(part: Message) -> str | None:
    """Return the attachment's name, safe to show and never a path; None where it bears none."""
    try:
        name = part.get_filename()
    except _HOSTILE:
        return safe_file_name("")
    return None if name is None else safe_file_name(_decoded(_without_surrogates(str(name))))


def is_attachment(part: Message) -> bool:
    """Tell a file from the mail's own text: by its disposition, its name, or its type."""
    try:
        disposition = part.get_content_disposition()
    except _HOSTILE:
        disposition = None
    named = file_name(part) is not None
    return disposition == "attachment" or named or content_type(part) not in _BODIES


def line(value: str) -> str:
    """Put a value on one line, with single spaces."""
    return " ".join(clean(value).split())


def clean(value: str) -> str:
    """Replace what no database and no page can hold: NUL and lone surrogates."""
    return value.replace("\0", "�").encode("utf-8", "replace").decode()


def _without_surrogates(value: str) -> str:
    """Read bytes beyond ASCII, which a header should not hold, as UTF-8."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _decoded(value: str) -> str:
    """Undo RFC 2047; leave the value as it is where that is broken."""
    try:
        return str(make_header(decode_header(value)))
    except _HOSTILE:
        return value
