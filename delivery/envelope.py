"""One consignment to one recipient, and the bytes it travels as.

The bytes are a function of the envelope alone: a repeat is the same message to the last byte, so
that both sides can recognise it. Nothing here reads a clock or draws a random number.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from delivery.errors import EnvelopeError
from delivery.names import ascii_file_name, safe_file_name

_VIETNAM = timezone(timedelta(hours=7))
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*/[A-Za-z0-9][A-Za-z0-9.+-]*")
_UNFIT_FOR_A_LINE = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
_FOLD_FROM = 60
_FOLD = re.compile(rf"(.{{{_FOLD_FROM},}}?) (?=\S)")
_LONGEST_WORD = 900
"""Characters without a space. Source: RFC 5322 section 2.1.1 (lines of at most 998)."""
_LINES = SMTP.clone(cte_type="7bit")
_OWN_HEADERS = frozenset(
    (
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "content-disposition",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file that goes with the message."""

    name: str
    """As people write it, marks and all; it travels without marks and, beside that, as it is."""

    media_type: str
    """For instance ``application/pdf``."""

    content: bytes
    """The file's bytes; they arrive unchanged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What one recipient gets through one channel.

    Raises:
        EnvelopeError: a field cannot stand in a message (said at making: nothing unfit is queued).
    """

    key: str
    """The consignment key: directive, revision, recipient, channel."""

    message_id: str
    """With its angle brackets; see `message_id_for`."""

    sender: str
    """``vanthu@example.vn`` or ``Văn thư <vanthu@example.vn>``."""

    recipient: str
    """As for the sender; exactly one address."""

    subject: str
    """One line of plain text."""

    text: str
    """The message for people, plain text."""

    at: datetime
    """Aware, UTC: the instant of the decision to send, not of an attempt."""

    attachments: tuple[Attachment, ...] = ()
    """In the order shown."""

    headers: tuple[tuple[str, str], ...] = ()
    """Further header lines, for instance In-Reply-To; none of those the envelope writes itself."""

    html: str | None = None
    """The same message as HTML, for readers that prefer it."""

    route: str = ""
    """Where the channel takes it, if that is no mail address: a folder, an address of SFTP."""

    def __post_init__(self) -> None:
        _check(self)

    @property
    def media_type(self) -> str:
        """As `delivery.parcel.Parcel` says."""
        return "message/rfc822"

    @property
    def ending(self) -> str:
        """As `delivery.parcel.Parcel` says."""
        return ".eml"

    @property
    def sender_address(self) -> str:
        """The bare address the message comes from."""
        return _address(self.sender)[1]

    @property
    def recipient_address(self) -> str:
        """Where the channel takes it: the route, else the bare mail address."""
        return self.route or self.mail_address

    @property
    def mail_address(self) -> str:
        """The bare mail address of the recipient."""
        return _address(self.recipient)[1]

    def to_bytes(self) -> bytes:
        """Return the whole message: CRLF lines, seven-bit clean, the same at every call."""
        return _head(self) + _body(self.text, self.html, self.attachments)


def message_id_for(key: str, domain: str) -> str:
    """Return the Message-ID of a consignment: the same key gives the same id, for ever.

    Raises:
        EnvelopeError: the domain cannot stand in a Message-ID.
    """
    message_id = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
    if not _MESSAGE_ID.fullmatch(message_id):
        raise EnvelopeError("domain", repr(domain))
    return message_id


def _check(envelope: Envelope) -> None:
    lines = (
        ("key", envelope.key),
        ("sender", envelope.sender),
        ("recipient", envelope.recipient),
        ("subject", envelope.subject),
        ("route", envelope.route),
        *envelope.headers,
        *(("attachments", attachment.name) for attachment in envelope.attachments),
    )
    for part, value in lines:
        _check_line(part, value)
    for part, address in (
        ("sender", envelope.sender_address),
        ("recipient", envelope.mail_address),
    ):
        if not _ADDRESS.fullmatch(address):
            raise EnvelopeError(part, f"not a mail address: {address!r}")
    if not _MESSAGE_ID.fullmatch(envelope.message_id):
        raise EnvelopeError("message_id", repr(envelope.message_id))
    if envelope.at.tzinfo is None:
        raise EnvelopeError("at", "without time zone")
    _check_texts(envelope)
    _check_names(envelope)


def _check_line(part: str, value: str) -> None:
    """Refuse what could break out of its header line, or cannot be encoded at all."""
    if _UNFIT_FOR_A_LINE.search(value):
        raise EnvelopeError(part, "control characters or lone surrogates")
    if max(map(len, value.split()), default=0) > _LONGEST_WORD:
        raise EnvelopeError(part, f"a word longer than {_LONGEST_WORD} characters")


def _check_texts(envelope: Envelope) -> None:
    for part, text in (("text", envelope.text), ("html", envelope.html or "")):
        try:
            text.encode()
        except UnicodeEncodeError as err:
            raise EnvelopeError(part, "lone surrogates") from err


def _check_names(envelope: Envelope) -> None:
    for name, _ in envelope.headers:
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS:
            raise EnvelopeError("headers", repr(name))
    for attachment in envelope.attachments:
        if not _MEDIA_TYPE.fullmatch(attachment.media_type):
            raise EnvelopeError("media_type", repr(attachment.media_type))


def _address(text: str) -> tuple[str, str]:
    """Split ``Name <address>``. A name may hold commas, as names of offices do; quotes go."""
    name, bracket, rest = text.rpartition("<")
    if not bracket:
        return "", text.strip()
    name = re.sub(r'^"(.*)"$', r"\1", name.strip())
    return name, rest.strip().removesuffix(">")


def _head(envelope: Envelope) -> bytes:
    lines = [
        ("From", _mailbox("From", envelope.sender)),
        ("To", _mailbox("To", envelope.recipient)),
        ("Subject", _encoded("Subject", envelope.subject)),
        ("Date", format_datetime(envelope.at.astimezone(_VIETNAM))),
        ("Message-ID", envelope.message_id),
        *((name, _encoded(name, value)) for name, value in envelope.headers),
        ("MIME-Version", "1.0"),
    ]
    return "".join(f"{name}: {value}\r\n" for name, value in lines).encode("ascii")


def _mailbox(header: str, text: str) -> str:
    name, address = _address(text)
    if name.isascii() and "=?" not in name:
        name = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"' if name else ""
    else:
        name = _encoded(header, name)
    if len(name) > _FOLD_FROM:
        name += "\r\n"
    return f"{name} <{address}>" if name else address


def _encoded(header: str, value: str) -> str:
    """Write a value in lines of moderate length.

    The older of the standard library's two encoders: the newer one loses or adds a space where it
    breaks long Vietnamese text (seen with Python 3.11).

    Source: RFC 2047 section 5, RFC 5322 section 2.2.3.
    """
    value = value.strip()
    if value.isascii() and "=?" not in value:
        return _FOLD.sub("\\1\r\n ", value)
    return Header(value, "utf-8", header_name=header).encode(linesep="\r\n")


def _body(text: str, html: str | None, attachments: tuple[Attachment, ...]) -> bytes:
    """Write the Content-Type line and everything below it."""
    body = _text_part(text, "plain")
    if html is not None:
        body = _multipart("alternative", (body, _text_part(html, "html")))
    if not attachments:
        return body
    return _multipart("mixed", (body, *(_attachment_part(one) for one in attachments)))


def _text_part(text: str, subtype: str) -> bytes:
    message = EmailMessage(policy=_LINES)
    message.set_content(text, subtype=subtype, charset="utf-8", cte="base64")
    del message["MIME-Version"]
    return message.as_bytes()


def _multipart(subtype: str, parts: tuple[bytes, ...]) -> bytes:
    """Join parts under a boundary that is a digest of them, so that it is stable and in none."""
    boundary = "=_" + hashlib.sha256(b"".join(parts)).hexdigest()[:40]
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n'.encode()
    line = b"\r\n--" + boundary.encode()
    return head + b"".join(line + b"\r\n" + part for part in parts) + line + b"--\r\n"


# The same file goes to every unit: encoding it once saves most of the work. Few, since files may be
# large.
@lru_cache(maxsize=4)
def _attachment_part(attachment: Attachment) -> bytes:
    message = EmailMessage(policy=_LINES)
    maintype, subtype = attachment.media_type.split("/")
    message.set_content(attachment.content, maintype="application", subtype="octet-stream")
    plain = ascii_file_name(attachment.name)
    shown = safe_file_name(attachment.name.replace("/", "-"))
    head = (
        f'Content-Type: {maintype}/{subtype}; name="{plain}"\r\n'
        f"Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n {_file_name_parameter(plain, shown)}\r\n\r\n"
    )
    payload = message.get_payload()
    return head.encode() + str(payload).replace("\n", "\r\n").encode()


def _file_name_parameter(plain: str, shown: str) -> str:
    """Give the original name where it differs from the plain one, which Content-Type bears anyway.

    Source: RFC 2231 section 4.
    """
    return f'filename="{plain}"' if plain == shown else f"filename*=utf-8''{quote(shown, safe='')}"
