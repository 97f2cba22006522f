"""The conversations of the simulated mail server: aiosmtpd's, with bad manners where told."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

from aiosmtpd.smtp import SMTP, Envelope, Session
from typing_extensions import override

from wiring.stories.mail_behaviours import CONNECTION, Behaviour, BehaviourKind, Behaviours
from wiring.stories.mail_config import MailServerConfig
from wiring.stories.mail_store import MailStore, delivery_report

_DSN_WORDS = frozenset(("RET", "ENVID", "NOTIFY", "ORCPT"))
_AT_RCPT = {
    BehaviourKind.BOUNCE: "550 5.1.1 no such mailbox here",
    BehaviourKind.REFUSE: "451 4.3.0 mail system not available",
    BehaviourKind.DEFER: "451 4.7.1 greylisted, try again later",
}


class Desk:
    """What all conversations of one server share; the hooks are called by aiosmtpd."""

    def __init__(self, config: MailServerConfig, store: MailStore, behaviours: Behaviours) -> None:
        self._config, self._store, self._behaviours = config, store, behaviours
        self._conversations: set[_Conversation] = set()
        self._due: dict[asyncio.TimerHandle, Callable[[], None]] = {}

    def open(self) -> asyncio.Protocol:
        """Begin a conversation, or turn the caller away."""
        shown = self._behaviours.show(CONNECTION).kind
        if shown is not BehaviourKind.ACCEPT:
            return _TurnedAway(politely=shown is not BehaviourKind.CRASH)
        conversation = _Conversation(
            self,
            hostname=self._config.name,
            data_size_limit=self._config.size_limit_bytes,
            loop=asyncio.get_running_loop(),
        )
        self._conversations.add(conversation)
        return conversation

    async def close(self) -> None:
        """Drop all conversations and deliver the reports still due."""
        for conversation in self._conversations:
            if conversation.transport is not None:
                conversation.drop()
        for handle, deliver in self._due.items():
            handle.cancel()
            deliver()
        await asyncio.sleep(0)

    def forget(self, conversation: "_Conversation") -> None:
        """The connection is gone."""
        self._conversations.discard(conversation)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Offer what the server was told to offer."""
        del server, envelope
        session.host_name = hostname
        return (
            ["250-" + self._config.name]
            + (["250-DSN"] if self._config.offer_dsn else [])
            + responses[1:]
        )

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self,
        server: "_Conversation",
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Count the messages of this connection."""
        del session
        server.begun += 1
        server.decided.clear()
        limit = self._config.messages_per_session
        if limit is not None and server.begun > limit:
            return "452 4.5.3 too many messages in this session"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 sender ok"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: "_Conversation",
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Treat the address as it is to be treated; the office's own is always accepted."""
        del session
        shown = Behaviour() if self._store.is_office(address) else self._behaviours.show(address)
        if shown.kind is BehaviourKind.CRASH:
            await server.drop_and_wait()
        if shown.kind in _AT_RCPT:
            return _AT_RCPT[shown.kind]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        server.decided.append((address, shown))
        return "250 2.1.5 recipient ok"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: "_Conversation", session: Session, envelope: Envelope
    ) -> str:
        """Take the message, or the message and the connection with it."""
        del session
        content, decided = envelope.original_content or b"", tuple(server.decided)
        server.decided.clear()
        kept = [a for a, shown in decided if shown.kind is not BehaviourKind.SILENT or shown.store]
        if kept:
            self._store.take(content, kept)
        if any(shown.kind is BehaviourKind.SILENT for _, shown in decided):
            await server.drop_and_wait()
        await asyncio.sleep(
            max((s.delay_s for _, s in decided if s.kind is BehaviourKind.SLOW), default=0.0)
        )
        for address, shown in decided:
            self._report(content, envelope, address, shown)
        return "250 2.0.0 message taken"

    def _report(self, content: bytes, envelope: Envelope, recipient: str, shown: Behaviour) -> None:
        """Have a report delivered later, to a sender who has a mailbox here."""
        sender = envelope.mail_from or ""
        failed = shown.kind is BehaviourKind.ACCEPT_THEN_DSN
        asked = self._config.offer_dsn and any(
            word.startswith("NOTIFY=") and "SUCCESS" in word for word in envelope.rcpt_options
        )
        if not self._store.is_office(sender) or not (failed or asked):
            return
        report = delivery_report(
            content, sender=sender, recipient=recipient, host=self._config.name, failed=failed
        )
        deliver = partial(self._store.take, report, [sender])
        handle: asyncio.TimerHandle = asyncio.get_running_loop().call_later(
            shown.delay_s, lambda: (self._due.pop(handle, None), deliver())
        )
        self._due[handle] = deliver


class _Conversation(SMTP):
    """One connection: what aiosmtpd does, and dropping it in the middle."""

    def __init__(
        self, desk: Desk, *, hostname: str, data_size_limit: int, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(desk, hostname=hostname, data_size_limit=data_size_limit, loop=loop)
        self._desk = desk
        self.begun = 0
        """Transactions begun on this connection."""
        self.decided: list[tuple[str, Behaviour]] = []
        """Each recipient of the present message and how it is treated."""

    @override
    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._desk.forget(self)

    @override
    def _getparams(self, params: Sequence[str]) -> dict[str, str | bool] | None:
        """Let the words of RFC 3461 pass, which aiosmtpd does not know."""
        found = super()._getparams(params)
        if found is None:
            return None
        return {word: value for word, value in found.items() if word not in _DSN_WORDS}

    def drop(self) -> None:
        """End the connection without a word."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def drop_and_wait(self) -> NoReturn:
        """End the connection without a word; losing it cancels whoever waits here."""
        self.drop()
        await asyncio.get_running_loop().create_future()
        raise ConnectionResetError


class _TurnedAway(asyncio.Protocol):
    """A connection that is refused: with 421, or without a word."""

    def __init__(self, *, politely: bool) -> None:
        self._politely = politely

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._politely and isinstance(transport, asyncio.WriteTransport):
            transport.write(b"421 4.3.2 not accepting connections now\r\n")
        transport.close()
