"""Reads what mail servers and mail programs report about our messages: DSN, MDN, and looser ones.

Servers differ from the letter: the outer type is ``multipart/mixed``, the envelope id is left out,
the report is one block or base64, or there is no report at all and a person's sentence instead. So
the parts are walked whatever the outer type, and for mail from a mail system without any report the
text is searched.

Anyone can forge a notice: it moves hints, never an acknowledgement. What names no message or no
recipient of ours goes before a person, not into the bin.

Source: RFC 3464 (DSN), RFC 8098 (MDN), RFC 3463 (status codes).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from delivery import reading


class NoticeAction(StrEnum):
    """What became of the message, as the reporting side says."""

    FAILED = "failed"
    """Not delivered, and no further attempt will be made."""
    DELAYED = "delayed"
    """Not delivered yet; the server goes on trying."""
    DELIVERED = "delivered"
    """Lies in the mailbox."""
    RELAYED = "relayed"
    """Handed to a system that reports nothing."""
    EXPANDED = "expanded"
    """Handed on to the members of a list."""
    DISPLAYED = "displayed"
    """Shown on a screen (MDN)."""
    DISCARDED = "discarded"
    """Deleted, refused or dispatched unseen (MDN)."""
    OTHER = "other"
    """Anything else; the diagnostic has its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One statement about one recipient of one message."""

    recipient: str
    """The address we sent to, lower case, where the report names it; empty where none is named."""

    action: NoticeAction
    """What became of the message."""

    status: str
    """Enhanced status such as ``5.1.1``; empty where none was given."""

    original_message_id: str
    """The Message-ID of ours, with angle brackets; empty where the report does not lead to one."""

    diagnostic: str
    """The other side's words, on one line."""


_DELIVERY = reading.REPORTS["message/delivery-status"]
_DISPOSITION = reading.REPORTS["message/disposition-notification"]
_OURS = {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
_BY_CLASS = {"2": NoticeAction.DELIVERED, "4": NoticeAction.DELAYED, "5": NoticeAction.FAILED}
_DISPOSITIONS = {
    "displayed": NoticeAction.DISPLAYED,
    "deleted": NoticeAction.DISCARDED,
    "denied": NoticeAction.DISCARDED,
    "failed": NoticeAction.DISCARDED,
    "dispatched": NoticeAction.DISCARDED,
    "processed": NoticeAction.DISCARDED,
}
_STATUS = re.compile(r"(?<![\w.])([245]\.\d{1,3}\.\d{1,3})(?![\w.]*\d)", re.ASCII)
_REPLY = re.compile(r"\b([45])\d\d\b", re.ASCII)
_MESSAGE_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
_QUOTED_ID = re.compile(r"^[ \t>]*Message-ID:\s*(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}"
)
_QMAIL = re.compile(r"<([^<>\s]{1,320}@[^<>\s]{1,255})>:\s*\n(.{1,4000})", re.DOTALL)
_MAIL_SYSTEM = re.compile(r"mailer-daemon|postmaster|mail delivery", re.IGNORECASE)
_GROUPS_LIMIT = 1_000
_LOOSE_LIMIT = 20_000
_DIAGNOSTIC_LIMIT = 500


def read_notices(raw: bytes) -> tuple[Notice, ...]:
    """Return what the mail reports, nothing for an ordinary mail. Never raises on any bytes."""
    message = reading.parse(raw)
    leaves = list(reading.parts(message))
    reports = [part for part in leaves if reading.content_type(part) in (_DELIVERY, _DISPOSITION)]
    groups = [(reading.content_type(part), group) for part in reports for group in _groups(part)]
    ours = _our_message_id(message, leaves, [group for _, group in groups])
    notices = [notice for kind, group in groups for notice in _notice(kind, group, ours)]
    if not notices and _from_a_mail_system(message):
        notices = list(_loose(message, leaves, ours))
    return tuple(notices)


def _groups(part: Message) -> list[Message]:
    """Return the blocks of fields of a report; one block in a report not by the letter."""
    blocks = re.split(
        r"\n[ \t\r]*\n", reading.text(part).replace("\r\n", "\n"), maxsplit=_GROUPS_LIMIT
    )
    return [reading.parse(one.strip().encode()) for one in blocks if one.strip()]


def _notice(kind: str, group: Message, ours: str) -> Iterator[Notice]:
    recipient = _recipient(group)
    if kind == _DISPOSITION:
        words = reading.header(group, "Disposition")
        if words:
            yield _make(recipient, _disposition(words), "", ours, words)
    elif recipient:
        diagnostic = reading.header(group, "Diagnostic-Code")
        status = _status(reading.header(group, "Status")) or _status(diagnostic)
        action = _action(reading.header(group, "Action"), status, diagnostic)
        yield _make(recipient, action, status, ours, diagnostic)


def _make(recipient: str, action: NoticeAction, status: str, ours: str, diagnostic: str) -> Notice:
    return Notice(
        recipient=recipient,
        action=action,
        status=status,
        original_message_id=ours,
        diagnostic=diagnostic,
    )


def _recipient(group: Message) -> str:
    """Take the address we wrote to (Original-) before the one it was forwarded to (Final-)."""
    for name in ("Original-Recipient", "Final-Recipient"):
        found = _ADDRESS.search(reading.header(group, name))
        if found:
            return found[0].lower()
    return ""


def _status(words: str) -> str:
    found = _STATUS.search(words)
    return found[1] if found else ""


def _action(said: str, status: str, diagnostic: str) -> NoticeAction:
    """Believe the action; where it is missing or unheard of, the class of status or reply."""
    word = said.partition(";")[0].partition("(")[0].strip().lower()
    known = {action.value for action in NoticeAction} - {"displayed", "discarded", "other"}
    if word in known:
        return NoticeAction(word)
    reply = _REPLY.search(diagnostic)
    return _BY_CLASS.get(status[:1] or (reply[1] if reply else ""), NoticeAction.OTHER)


def _disposition(words: str) -> NoticeAction:
    """Source: RFC 8098 section 3.2.6, ``mode; type/modifier``."""
    kind = words.rpartition(";")[2].partition("/")[0].strip().lower()
    return _DISPOSITIONS.get(kind, NoticeAction.OTHER)


def _our_message_id(message: Message, leaves: list[Message], groups: list[Message]) -> str:
    """Find our Message-ID: in the report, the returned message, the envelope id, the reply."""
    candidates = [reading.header(group, "Original-Message-ID") for group in groups]
    candidates += [_returned_id(part) for part in leaves if reading.content_type(part) in _OURS]
    envelope_ids = [reading.header(group, "Original-Envelope-Id") for group in groups]
    candidates += [f"<{_from_xtext(one)}>" for one in envelope_ids]
    candidates += [reading.header(message, name) for name in ("In-Reply-To", "References")]
    found = (_MESSAGE_ID.search(candidate) for candidate in candidates)
    return next((match[0] for match in found if match), "")


def _returned_id(part: Message) -> str:
    if part.is_multipart():
        return next((reading.header(one, "Message-ID") for one in reading.children(part)), "")
    return reading.header(reading.parse(reading.content(part).lstrip()), "Message-ID")


def _from_xtext(value: str) -> str:
    """Source: RFC 3461 section 4."""
    return re.sub(r"\+([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), value)


def _from_a_mail_system(message: Message) -> bool:
    return (
        bool(reading.header(message, "X-Failed-Recipients"))
        or reading.header(message, "Return-Path") == "<>"
        or bool(_MAIL_SYSTEM.search(reading.header(message, "From")))
    )


def _loose(message: Message, leaves: list[Message], ours: str) -> Iterator[Notice]:
    """Read a bounce that is only a sentence; only what speaks of failure or delay is taken."""
    texts = [part for part in leaves if reading.content_type(part).startswith("text/")]
    told = "\n".join(reading.text(part) for part in texts)[:_LOOSE_LIMIT]
    status, reply = _status(told), _REPLY.search(told)
    action = _BY_CLASS.get(status[:1] or (reply[1] if reply else ""), NoticeAction.OTHER)
    named = _ADDRESS.findall(reading.header(message, "X-Failed-Recipients"))
    if named and action is not NoticeAction.DELAYED:
        action = NoticeAction.FAILED
    if action not in (NoticeAction.FAILED, NoticeAction.DELAYED):
        return
    quoted = _QUOTED_ID.search(told)
    about = quoted[1] if quoted else ours
    paragraphs = _paragraphs(told) if not named else []
    for recipient, said in paragraphs:
        own = _status(said)
        what = _BY_CLASS.get(own[:1], action)
        yield _make(recipient, what, own or status, about, reading.line(said)[:_DIAGNOSTIC_LIMIT])
    for recipient in [] if paragraphs else named or _named_in(message, told):
        words = reading.line(told)[:_DIAGNOSTIC_LIMIT]
        yield _make(recipient.lower(), action, status, about, words)


def _paragraphs(told: str) -> list[tuple[str, str]]:
    """Return address and words of each failed recipient of a bounce in qmail's form.

    Source: https://cr.yp.to/proto/qsbmf.txt, "recipient paragraph" and "break paragraph".
    """
    before = re.split(r"^---", told, maxsplit=1, flags=re.MULTILINE)[0]
    found = [_QMAIL.match(part.strip()) for part in re.split(r"\n[ \t\r]*\n", before)]
    return [(match[1].lower(), match[2]) for match in found if match][:_GROUPS_LIMIT]


def _named_in(message: Message, told: str) -> list[str]:
    """Return the first address of the text that is neither the mail system's nor the reader's."""
    around = " ".join(reading.header(message, name).lower() for name in ("From", "To", "Cc"))
    return next(
        (
            [address]
            for address in _ADDRESS.findall(told)
            if address.lower() not in around and not _MAIL_SYSTEM.search(address)
        ),
        [""],
    )
