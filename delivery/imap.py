"""The office's mailbox over IMAP.

A mail is named by the mailbox's UIDVALIDITY and its UID, and handed out until `done` marks it as
seen or moves it away. Whole mails are fetched one at a time without marking them; of one larger
than the limit only the beginning. A connection that breaks is made anew and the rest handed out; if
the mailbox was rebuilt meanwhile (another UIDVALIDITY), nothing is marked under the old names, and
what comes again is known by its ``dedupe_key``.

Source: RFC 9051 (RFC 3501) sections 2.3.1.1, 6.4.4, 6.4.5; RFC 6851 (MOVE).
"""

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Final, Self, TypeVar, cast

import imap_tools

from delivery.errors import InboxUnavailableError
from delivery.inbox import HEAD_BYTES, SIZE_LIMIT_BYTES, IncomingMail, read_mail
from delivery.smtp import TLSMode

_FAULTS: Final = (imaplib.IMAP4.error, imap_tools.ImapToolsError, OSError, UnicodeError)
"""What the library and the socket raise; `IMAP4.abort` and time-outs are among them."""
_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d{1,12})", re.IGNORECASE)
Result = TypeVar("Result")


class IMAPInbox:
    """A folder at an IMAP server; for one thread at a time."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        user: str,
        password: str,
        tls: TLSMode = TLSMode.IMPLICIT,
        tls_context: ssl.SSLContext | None = None,
        folder: str = "INBOX",
        done_folder: str | None = None,
        size_limit_bytes: int = SIZE_LIMIT_BYTES,
        timeout_s: float = 60.0,
    ) -> None:
        """Keep the settings; the connection is made at the first question.

        Args:
            host: name or address of the server.
            port: 993, 143 or another.
            user: of the mailbox.
            password: belongs to the user.
            tls: how the connection is protected.
            tls_context: whom to trust; the system's certificates by default.
            folder: what is read.
            done_folder: where mail goes that is done; None: it stays and is marked as seen.
            size_limit_bytes: of larger mails only the headers are read.
            timeout_s: for each answer.
        """
        self._host, self._port, self._tls, self._context = host, port, tls, tls_context
        self._user, self._password = user, password
        self._folder, self._done_folder = folder, done_folder
        self._limit, self._timeout_s = size_limit_bytes, timeout_s
        self._open: imap_tools.BaseMailBox | None = None
        self._validity = 0

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
        """Sign out, if there is a connection. Idempotent."""
        box, self._open = self._open, None
        if box is not None:
            with suppress(*_FAULTS):
                box.logout()
            with suppress(OSError):
                box.client.shutdown()

    def fetch(self) -> Iterator[IncomingMail]:
        """Yield what is not done, oldest first.

        Raises:
            InboxUnavailableError: the server cannot be reached, or refuses.
        """
        for handle in self._waiting():
            mail = self._read(handle)
            if mail is not None:
                yield mail

    def done(self, mail: IncomingMail) -> None:
        """Mark the mail as seen, or move it. Idempotent; nothing in a mailbox that was rebuilt.

        Raises:
            InboxUnavailableError: the server cannot be reached, or refuses.
        """
        self._ask(lambda box: self._mark(box, mail.handle))

    def _waiting(self) -> list[str]:
        criteria = "ALL" if self._done_folder else "UNSEEN"
        found = self._ask(lambda box: box.uids(criteria))
        return [f"{self._validity}:{uid}" for uid in sorted(found, key=int)]

    def _read(self, handle: str) -> IncomingMail | None:
        """Return one mail; None where another reader took it, or the mailbox was rebuilt."""
        return self._ask(lambda box: self._fetched(box.client, handle))

    def _ask(self, question: Callable[[imap_tools.BaseMailBox], Result]) -> Result:
        """Ask over the kept connection, and once more over a new one where the kept one is dead.

        A refused sign-in is not tried twice: servers lock accounts.

        Raises:
            InboxUnavailableError: the server cannot be reached, or refuses.
        """
        kept = self._open is not None
        try:
            return question(self._box())
        except _FAULTS as err:
            self._drop()
            if not kept:
                raise InboxUnavailableError(str(err) or type(err).__name__) from err
        return self._ask(question)

    def _mark(self, box: imap_tools.BaseMailBox, handle: str) -> None:
        uid = self._uid(handle)
        if uid is not None and self._done_folder is None:
            box.flag(uid, imap_tools.MailMessageFlags.SEEN, value=True)
        elif uid is not None and self._done_folder is not None:
            if not box.folder.exists(self._done_folder):
                box.folder.create(self._done_folder)
            box.move(uid, self._done_folder)

    def _fetched(self, client: imaplib.IMAP4, handle: str) -> IncomingMail | None:
        uid = self._uid(handle)
        if uid is None:
            return None
        size = _SIZE.search(_answer(client, uid, "(RFC822.SIZE)")[0])
        if size is None:
            return None
        size_bytes = int(size[1])
        what = f"<0.{HEAD_BYTES}>" if size_bytes > self._limit else ""
        _, raw = _answer(client, uid, f"(BODY.PEEK[]{what})")
        return (
            raw
            if raw is None
            else read_mail(raw, handle=handle, size_limit_bytes=self._limit, size_bytes=size_bytes)
        )

    def _box(self) -> imap_tools.BaseMailBox:
        """Return the connection with our folder selected: the kept one, or a new one."""
        if self._open is None:
            box = self._connect()
            try:
                box.login(self._user, self._password, initial_folder=None)
                box.folder.set(self._folder)
                said = box.client.response("UIDVALIDITY")[1][0]
                self._validity = int(said or b"0")
            except BaseException:
                with suppress(OSError):
                    box.client.shutdown()
                raise
            self._open = box
        return self._open

    def _connect(self) -> imap_tools.BaseMailBox:
        where, timeout = (self._host, self._port), self._timeout_s
        if self._tls is TLSMode.NONE:
            return imap_tools.MailBoxUnencrypted(*where, timeout=timeout)
        context = self._context or ssl.create_default_context()
        if self._tls is TLSMode.STARTTLS:
            return imap_tools.MailBoxStartTls(*where, timeout=timeout, ssl_context=context)
        return imap_tools.MailBox(*where, timeout=timeout, ssl_context=context)

    def _uid(self, handle: str) -> str | None:
        validity, _, uid = handle.partition(":")
        return uid if validity == str(self._validity) and uid.isdigit() else None

    def _drop(self) -> None:
        box, self._open = self._open, None
        if box is not None:
            with suppress(OSError):
                box.client.shutdown()


def _answer(client: imaplib.IMAP4, uid: str, what: str) -> tuple[bytes, bytes | None]:
    """Fetch something of one mail: what stands beside the literal, and the literal.

    Raises:
        imaplib.IMAP4.error: the server refuses.
    """
    state, found = client.uid("FETCH", uid, what)
    if state != "OK":
        raise imaplib.IMAP4.error(f"FETCH {uid}: {state} {found!r:.200}")
    beside, literal = b"", None
    for one in cast("list[bytes | tuple[bytes, bytes] | None]", found):
        if isinstance(one, tuple):
            beside, literal = beside + one[0], one[1]
        elif one is not None:
            beside += one
    return beside, literal
