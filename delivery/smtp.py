"""Mail over SMTP, with one question kept apart from all others: had the message been handed over?

The conversation is carried command by command, since smtplib's own ``sendmail`` does not say at
which point a connection broke:

1. connection, greeting, EHLO, STARTTLS, AUTH, RSET: any failure is transient, it says nothing of
   this message;
2. MAIL, RCPT, DATA up to the last byte of the content: 4xx transient, 5xx permanent, a lost
   connection transient;
3. the final dot and the wait for its reply: a lost connection is an unknown outcome, nothing else
   is.

Source: RFC 5321 sections 4.2.1 and 4.5.3.2, RFC 3463 (enhanced codes), RFC 3461 (DSN).
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from enum import StrEnum
from types import TracebackType
from typing import Self

from delivery.channel import Receipt
from delivery.errors import (
    ChannelError,
    PermanentDeliveryError,
    TransientDeliveryError,
    UnknownOutcomeError,
)
from delivery.parcel import Parcel

PER_SESSION = 90
"""Messages per connection. Source: OpenSMTPD refuses the 101st with 452 4.5.3 (measured)."""

_LOST = "connection_lost"
_DONE, _GO_ON = 2, 3
_PIECE_BYTES = 1 << 18
"""Each is given `timeout_s`; a large file may take longer than that as a whole."""
_REFUSALS: dict[int, type[ChannelError]] = {4: TransientDeliveryError, 5: PermanentDeliveryError}
"""By a reply's first digit (RFC 5321 section 4.2.1)."""
_CLOSING = 421
_ENOUGH = ("421", "452")
"""Too many messages on one connection: 452 4.5.3 (OpenSMTPD), 421 (exim)."""
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})\s+(?s:(.*))")


class TLSMode(StrEnum):
    """How the connection is protected; a server that does not offer it gets nothing."""

    NONE = "none"
    """Plain: a server on this machine, tests."""
    STARTTLS = "starttls"
    """Plain at first, then encrypted before anything else is said (port 587)."""
    IMPLICIT = "implicit"
    """Encrypted from the first byte (port 465)."""


class SMTPChannel:
    """Sends through one mail server, over one connection for up to ``per_session`` messages."""

    name = "smtp"

    def __init__(
        self,
        *,
        host: str,
        port: int,
        tls: TLSMode = TLSMode.NONE,
        tls_context: ssl.SSLContext | None = None,
        user: str | None = None,
        password: str | None = None,
        timeout_s: float = 30.0,
        final_timeout_s: float = 600.0,
        per_session: int = PER_SESSION,
        request_dsn: bool = True,
        local_name: str = "[127.0.0.1]",
    ) -> None:
        """Keep the settings; the connection is made at the first message.

        Args:
            host: name or address of the server.
            port: 25, 465, 587 or another.
            tls: how the connection is protected.
            tls_context: whom to trust; the system's certificates by default.
            user: sign-in, where the server wants one.
            password: belongs to the user.
            timeout_s: for each answer but the last.
            final_timeout_s: for the answer to the whole message.
            per_session: messages after which a new connection is made.
            request_dsn: ask for delivery reports where the server offers them.
            local_name: what EHLO says; servers that check it want this machine's full name.
        """
        self._host, self._port = host, port
        self._timeout_s, self._final_timeout_s = timeout_s, final_timeout_s
        self._tls, self._context = tls, tls_context
        self._user, self._password = user, password
        self._per_session, self._request_dsn = per_session, request_dsn
        self._local_name = local_name
        self._client: smtplib.SMTP | None = None
        self._begun = 0
        self._clean = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye and end the connection, if there is one."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError):
                client.quit()
            client.close()

    def send(self, parcel: Parcel) -> Receipt:
        """Send one message to its one recipient; the module's docstring says what a failure means.

        Raises:
            TransientDeliveryError: nothing was delivered; try again later.
            PermanentDeliveryError: the server refuses the sender, the recipient or the message.
            UnknownOutcomeError: the whole message was handed over and no reply came.
        """
        data = _dot_stuffed(parcel.to_bytes()) + b".\r\n"
        with self._lost_means(TransientDeliveryError, parcel):
            client = self._begin(parcel, len(data))
            dsn = self._asks_dsn(client)
            self._command(client, _rcpt_command(parcel, dsn=dsn), parcel)
            self._command(client, "DATA", parcel, wanted=_GO_ON)
            # Where sending fails, the dot, which comes last, was not handed over. In one piece with
            # it, for a lone dot would wait for the answer to the packet before (Nagle).
            for start in range(0, len(data), _PIECE_BYTES):
                client.send(data[start : start + _PIECE_BYTES])
        with self._lost_means(UnknownOutcomeError, parcel):
            receipt = self._finish(client, parcel)
        self._clean = True
        return receipt

    def _begin(self, parcel: Parcel, size_bytes: int) -> smtplib.SMTP:
        """Name the sender; on a new connection where the kept one is lost or has carried enough.

        Nothing was said of the message before, so asking again is no repeat. The number that a
        server took on one connection is not exceeded any more.
        """
        kept = self._client is not None
        client = self._ready()
        try:
            return self._name_sender(client, parcel, size_bytes)
        except TransientDeliveryError as err:
            if self._begun == 1 or err.reply_code not in _ENOUGH:
                raise
            self._per_session = min(self._per_session, self._begun - 1)
        except OSError:
            if not kept or self._begun == 1:
                raise
        self.close()
        return self._name_sender(self._ready(), parcel, size_bytes)

    def _name_sender(self, client: smtplib.SMTP, parcel: Parcel, size_bytes: int) -> smtplib.SMTP:
        self._begun += 1
        self._clean = False
        mail = _mail_command(client, parcel, size_bytes, dsn=self._asks_dsn(client))
        self._command(client, mail, parcel)
        return client

    def _asks_dsn(self, client: smtplib.SMTP) -> bool:
        return self._request_dsn and client.has_extn("dsn")

    def _ready(self) -> smtplib.SMTP:
        """Return a connection without open transaction: the old one if it will do, or a new one.

        After a message that was taken there is none open, and asking would cost a round trip.
        """
        if self._client is not None and self._begun < self._per_session:
            if self._clean:
                return self._client
            with suppress(OSError):
                if self._client.docmd("RSET")[0] // 100 == _DONE:
                    return self._client
        self.close()
        self._client, self._begun = self._connect(), 0
        return self._client

    def _connect(self) -> smtplib.SMTP:
        where, context = (self._host, self._port, self._local_name), self._context
        if context is None and self._tls is not TLSMode.NONE:
            context = ssl.create_default_context()
        client = (
            smtplib.SMTP_SSL(*where, timeout=self._timeout_s, context=context)
            if self._tls is TLSMode.IMPLICIT
            else smtplib.SMTP(*where, timeout=self._timeout_s)
        )
        with ExitStack() as if_it_fails:
            if_it_fails.callback(client.close)
            client.ehlo_or_helo_if_needed()
            if self._tls is TLSMode.STARTTLS:
                client.starttls(context=context)
                client.ehlo_or_helo_if_needed()
            if self._user is not None:
                client.login(self._user, self._password or "")
            if_it_fails.pop_all()
        return client

    def _finish(self, client: smtplib.SMTP, parcel: Parcel) -> Receipt:
        """Wait for the reply to the whole longer than for others (RFC 5321 4.5.3.2.6)."""
        if client.sock is not None:
            client.sock.settimeout(self._final_timeout_s)
        try:
            return self._judged(client.getreply(), parcel)
        finally:
            if client.sock is not None:
                client.sock.settimeout(self._timeout_s)

    def _command(
        self, client: smtplib.SMTP, command: str, parcel: Parcel, *, wanted: int = _DONE
    ) -> Receipt:
        return self._judged(client.docmd(command), parcel, wanted=wanted)

    def _judged(self, reply: tuple[int, bytes], parcel: Parcel, *, wanted: int = _DONE) -> Receipt:
        """Return the reply that was hoped for; its first digit decides."""
        code, said = reply
        enhanced, text = _split(_words(said))
        if code // 100 == wanted:
            return Receipt(code=str(code), text=text, enhanced_code=enhanced)
        if code // 100 not in _REFUSALS:
            # Neither yes nor no: as if the connection had been lost here.
            raise smtplib.SMTPResponseException(code, said)
        if code == _CLOSING:
            self.close()
        raise _REFUSALS[code // 100](
            channel=self.name,
            recipient=parcel.recipient_address,
            reply_code=str(code),
            enhanced_code=enhanced,
            reply_text=text,
        )

    @contextmanager
    def _lost_means(self, kind: type[ChannelError], parcel: Parcel) -> Iterator[None]:
        """Turn what smtplib and the socket raise into our own error of the given kind."""
        try:
            yield
        except smtplib.SMTPResponseException as err:
            raise self._lost(kind, parcel, str(err.smtp_code), _words(err.smtp_error)) from err
        except (OSError, UnicodeError) as err:
            # UnicodeError: a host name that cannot be written in DNS.
            raise self._lost(kind, parcel, _LOST, str(err) or type(err).__name__) from err

    def _lost(
        self, kind: type[ChannelError], parcel: Parcel, code: str, words: str
    ) -> ChannelError:
        client, self._client = self._client, None
        if client is not None:
            client.close()
        enhanced, text = _split(words)
        return kind(
            channel=self.name,
            recipient=parcel.recipient_address,
            reply_code=code,
            enhanced_code=enhanced,
            reply_text=text,
        )


def _words(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _split(text: str) -> tuple[str | None, str]:
    """Take the enhanced code off the front of a reply; drop its repeats on further lines."""
    found = _ENHANCED.fullmatch(text.strip())
    if not found:
        return None, " ".join(text.split())
    enhanced, rest = found.groups()
    return enhanced, " ".join(rest.replace(f"\n{enhanced} ", "\n").split())


def _dot_stuffed(data: bytes) -> bytes:
    """Double the dots that begin a line, so that the only lone one is the end (RFC 5321 4.5.2)."""
    stuffed = data.replace(b"\r\n.", b"\r\n..")
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _mail_command(client: smtplib.SMTP, parcel: Parcel, size_bytes: int, *, dsn: bool) -> str:
    """Ask for reports under the Message-ID without brackets: either leads back to us."""
    words = [f"MAIL FROM:<{parcel.sender_address}>"]
    if client.has_extn("size"):
        words.append(f"SIZE={size_bytes}")
    if dsn:
        words += ["RET=HDRS", f"ENVID={_xtext(parcel.message_id.strip('<>'))}"]
    return " ".join(words)


def _rcpt_command(parcel: Parcel, *, dsn: bool) -> str:
    command = f"RCPT TO:<{parcel.recipient_address}>"
    return f"{command} NOTIFY=SUCCESS,FAILURE,DELAY" if dsn else command


def _xtext(value: str) -> str:
    """Source: RFC 3461 section 4."""
    return "".join(f"+{ord(char):02X}" if char in "+=" else char for char in value)
