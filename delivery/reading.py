"""Reads mail that strangers wrote: whatever the bytes, an answer and no exception.

The standard parser is lenient about structure, yet its accessors raise a whole family of errors on
hostile headers (an unknown or NUL-bearing charset, RFC 2231 parts of mixed kinds, numbers of
thousands of digits, parts nested a thousand deep). They are caught here, once, and by name; what
cannot be read is left out, and the raw bytes stay with the caller.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from html import unescape

from delivery.names import safe_file_name

_HOSTILE = (MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError)
"""What the standard accessors raise on malformed headers; UnicodeError is a ValueError."""

_TEXT_LIMIT = 200_000
"""Characters of a mail's text that are kept; nobody reads more, and searches stay quick."""

_PARTS_LIMIT = 500
"""Parts of one message that are looked at."""


def parse(raw: bytes) -> Message:
    """Return the message; an empty one where the nesting is deeper than the parser can follow."""
    try:
        return message_from_bytes(raw, policy=compat32)
    except (RecursionError, *_HOSTILE):
        return Message(policy=compat32)


def parts(message: Message) -> Iterator[Message]:
    """Yield the leaves in order; an embedded message or a report comes out as one leaf."""
    waiting = [message]
    for _ in range(_PARTS_LIMIT):
        if not waiting:
            return
        part = waiting.pop()
        inner = part.get_payload()
        if isinstance(inner, list) and content_type(part).startswith("multipart/"):
            waiting += [one for one in reversed(inner) if isinstance(one, Message)]
        else:
            yield part


def content_type(part: Message) -> str:
    """Return the media type in lower case, ``text/plain`` where it is missing or broken."""
    try:
        return part.get_content_type()
    except _HOSTILE:
        return "text/plain"


def header(message: Message, name: str) -> str:
    """Return the first header of that name, decoded, on one line; empty where there is none."""
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            return line(_decoded(_without_surrogates(str(value))))
    return ""


def content(part: Message) -> bytes:
    """Return the part's bytes with their transfer encoding undone; of a message, its own bytes."""
    try:
        if part.is_multipart():
            return b"".join(
                one.as_bytes() for one in part.get_payload() if isinstance(one, Message)
            )
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
    """Tell a file from the mail's own text: by its disposition, its name, or by not being text."""
    try:
        disposition = part.get_content_disposition()
    except _HOSTILE:
        disposition = None
    named = file_name(part) is not None
    return disposition == "attachment" or named or not content_type(part).startswith("text/")


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
