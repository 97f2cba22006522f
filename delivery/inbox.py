"""Mail in: hands out each mail that nobody has dealt with, and remembers what was.

A mail is handed out until `done` is called for it: a crash in between hands it out again, and its
``dedupe_key`` shows that it is the same. Everything in a mail is a stranger's word; a file name is
never a path.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from delivery import reading
from delivery.errors import InboxUnavailableError

SIZE_LIMIT_BYTES = 70_000_000
"""A file of 50 MB takes 68 MB in a mail."""

HEAD_BYTES = 65_536
"""Of a mail that is too large so much is read."""
_BRACKETED = re.compile(r"<([^<>@\s]{1,64}@[^<>@\s]{1,255})>")
_BARE = re.compile(r"[^<>@\s,;:()\"]{1,64}@[^<>@\s,;:()\"]{1,255}")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingAttachment:
    """A file that came with a mail."""

    name: str
    """For people; safe to show, never a path, not unique."""

    media_type: str
    """What the sender says it is; look at the bytes."""

    content: bytes = field(repr=False)
    """The file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMail:
    """One mail as it was read; what could not be read is empty, never guessed."""

    handle: str
    """Where the mailbox keeps it; for `Inbox.done` only."""

    dedupe_key: str
    """SHA-256 in hex over Message-ID, sender, subject, text and files: equal is the same mail.

    Not the Message-ID alone: a stranger who knows one could have the true mail taken for a repeat.
    """

    message_id: str
    """With angle brackets; empty where there is none."""

    sender: str
    """The bare address of From, lower case; empty where there is none. Anyone can write it."""

    subject: str
    """One line."""

    in_reply_to: tuple[str, ...]
    """Message-IDs."""

    references: tuple[str, ...]
    """Message-IDs, oldest first."""

    text: str
    """Plain text; made from HTML where there is no plain one."""

    attachments: tuple[IncomingAttachment, ...]
    """In the mail's order."""

    problems: tuple[str, ...] = ()
    """``too_large``: only the headers were read. ``unreadable``: not even these. ``automatic``: a
    program answered, not a person (Auto-Submitted, RFC 3834 section 5)."""

    raw: bytes = field(repr=False)
    """The whole mail as it lies in the mailbox (its beginning, if too large)."""


class Inbox(Protocol):
    """A mailbox of the office; a context manager, for one thread at a time."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    def fetch(self) -> Iterator[IncomingMail]:
        """Yield what is not done, oldest first.

        Raises:
            InboxUnavailableError: the mailbox cannot be read.
        """

    def done(self, mail: IncomingMail) -> None:
        """Have this mail not handed out again. Idempotent.

        Raises:
            InboxUnavailableError: the mailbox cannot be written.
        """


class MaildirInbox:
    """A Maildir: ``new/`` is handed out, ``cur/`` with the flag S (seen) is done.

    Source: https://cr.yp.to/proto/maildir.html
    """

    def __init__(self, folder: Path, *, size_limit_bytes: int = SIZE_LIMIT_BYTES) -> None:
        self._folder = folder
        self._limit = size_limit_bytes

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None

    def fetch(self) -> Iterator[IncomingMail]:
        """Yield what is not done, oldest first; a Maildir not made yet is an empty one.

        Raises:
            InboxUnavailableError: the mailbox cannot be read.
        """
        for path in self._waiting():
            try:
                with path.open("rb") as stream:
                    raw = stream.read(self._limit + 1)
            except FileNotFoundError:
                continue  # Another reader was quicker.
            except OSError as err:
                raise InboxUnavailableError(err.strerror or str(err)) from err
            yield read_mail(raw, handle=path.name, size_limit_bytes=self._limit)

    def done(self, mail: IncomingMail) -> None:
        """Move the mail to ``cur/`` with the flag S. Idempotent.

        Raises:
            InboxUnavailableError: the mailbox cannot be written.
        """
        unique, _, flags = mail.handle.partition(":2,")
        seen = f"{unique}:2,{''.join(sorted({*flags, 'S'}))}"
        try:
            (self._folder / "cur").mkdir(exist_ok=True)
            for place in ("new", "cur"):
                if (self._folder / place / mail.handle).exists():
                    (self._folder / place / mail.handle).rename(self._folder / "cur" / seen)
        except OSError as err:
            raise InboxUnavailableError(err.strerror or str(err)) from err

    def _waiting(self) -> list[Path]:
        try:
            found = [
                (path.stat().st_mtime_ns, path.name, path)
                for place in ("new", "cur")
                for path in (self._folder / place).glob("[!.]*")
                if "S" not in path.name.partition(":2,")[2]
            ]
        except OSError as err:
            raise InboxUnavailableError(err.strerror or str(err)) from err
        return [path for _, _, path in sorted(found)]


def read_mail(
    raw: bytes,
    *,
    handle: str = "",
    size_limit_bytes: int = SIZE_LIMIT_BYTES,
    size_bytes: int | None = None,
) -> IncomingMail:
    """Read one mail. Never raises, whatever the bytes.

    Args:
        raw: the mail, or its beginning.
        handle: the mailbox's name for it.
        size_limit_bytes: of a larger mail only the headers are read.
        size_bytes: of the whole mail, where ``raw`` is but its beginning.
    """
    too_large = (size_bytes or len(raw)) > size_limit_bytes
    message = reading.parse(raw[:HEAD_BYTES] if too_large else raw)
    body, attachments = ("", ()) if too_large else _contents(message)
    message_id = _ids(message, "Message-ID")[:1]
    sender, subject = _sender(message), reading.header(message, "Subject")
    problems = _problems(message, too_large=too_large)
    # What was not read in full is told apart by its bytes: two such mails are never taken for one.
    bytes_too = raw[:HEAD_BYTES] if {"too_large", "unreadable"} & {*problems} else b""
    return IncomingMail(
        handle=handle,
        dedupe_key=_digest(
            ("".join(message_id), sender, subject, body.strip()), attachments, bytes_too
        ),
        message_id="".join(message_id),
        sender=sender,
        subject=subject,
        in_reply_to=_ids(message, "In-Reply-To"),
        references=_ids(message, "References"),
        text=body,
        attachments=attachments,
        problems=problems,
        raw=raw,
    )


def _problems(message: Message, *, too_large: bool) -> tuple[str, ...]:
    said, _, _ = reading.header(message, "Auto-Submitted").partition(";")
    problems = (
        ("too_large", too_large),
        ("unreadable", not message.keys()),
        ("automatic", said.strip().lower() not in {"", "no"}),
    )
    return tuple(name for name, present in problems if present)


def _ids(message: Message, name: str) -> tuple[str, ...]:
    return tuple(_MESSAGE_ID.findall(reading.header(message, name)))


def _sender(message: Message) -> str:
    """Take the last address in brackets, else the first bare one; a name may look like either.

    The standard parser of addresses recurses into comments without end, so it is not asked.
    """
    said = reading.header(message, "From", decoded=False)
    found = _BRACKETED.findall(said)[-1:] or _BARE.findall(said)[:1]
    return "".join(found).lower()


def _contents(message: Message) -> tuple[str, tuple[IncomingAttachment, ...]]:
    plain, html, attachments = "", "", []
    for part in reading.parts(message):
        kind = reading.content_type(part)
        if reading.is_attachment(part):
            name = reading.file_name(part) or ("thu-kem.eml" if kind == "message/rfc822" else None)
            attachments.append(
                IncomingAttachment(
                    name=name or "tep-dinh-kem", media_type=kind, content=reading.content(part)
                )
            )
        elif kind == "text/html":
            html = html or reading.text(part)
        else:
            plain = plain or reading.text(part)
    return plain or html, tuple(attachments)


def _digest(
    texts: tuple[str, ...], attachments: tuple[IncomingAttachment, ...], bytes_too: bytes
) -> str:
    """Digest of digests, so that no text can pass for the border between two fields."""
    fields = [text.encode() for text in texts]
    fields += [attachment.content for attachment in attachments]
    fields += [bytes_too] if bytes_too else []
    return hashlib.sha256(b"".join(hashlib.sha256(one).digest() for one in fields)).hexdigest()
