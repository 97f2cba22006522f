"""Over a real SMTP conversation, each end of it has its own meaning."""

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from delivery.envelope import Attachment, Envelope
from delivery.errors import PermanentDeliveryError, TransientDeliveryError, UnknownOutcomeError
from delivery.smtp import SMTPChannel, TLSMode
from wiring.stories.mail_server import MailServer

Make = Callable[..., Envelope]
Serve = Callable[..., MailServer]
Sent = Callable[[], list[bytes]]
UNIT = "xa-a@donvi.example"


def channel_to(server: MailServer, **more: object) -> SMTPChannel:
    return SMTPChannel(host="127.0.0.1", port=server.port, timeout_s=5, **more)  # type: ignore[arg-type]  # the names are the test's own


def test_the_servers_words_are_the_receipt(serve: Serve, envelope: Make) -> None:
    with channel_to(serve()) as channel:
        receipt = channel.send(envelope())
    assert (receipt.code, receipt.enhanced_code, receipt.text) == ("250", "2.0.0", "message taken")


def test_5xx_is_permanent_with_the_servers_code_and_words(serve: Serve, envelope: Make) -> None:
    with channel_to(serve({UNIT: "bounce"})) as channel:
        with pytest.raises(PermanentDeliveryError) as caught:
            channel.send(envelope())
        channel.send(envelope("other", recipient="xa-b@donvi.example"))
    error = caught.value
    assert (error.reply_code, error.enhanced_code) == ("550", "5.1.1")
    assert error.reply_text == "no such mailbox here"
    assert "550 5.1.1 no such mailbox here" in error.diagnosis()


def test_4xx_is_transient_and_a_later_attempt_succeeds(
    serve: Serve, envelope: Make, sent: Sent
) -> None:
    with channel_to(serve({UNIT: {"kind": "defer", "times": 2}})) as channel:
        for _ in range(2):
            with pytest.raises(TransientDeliveryError, match=r"451 4\.7\.1 greylisted"):
                channel.send(envelope())
        assert sent() == []
        channel.send(envelope())
    assert sent() == [envelope().to_bytes()]


@pytest.mark.parametrize("store", [True, False])
def test_a_connection_lost_after_the_whole_message_is_an_unknown_outcome(
    serve: Serve, envelope: Make, sent: Sent, tmp_path: Path, store: object
) -> None:
    with channel_to(serve({UNIT: {"kind": "silent", "store": store}})) as channel:
        with pytest.raises(UnknownOutcomeError) as caught:
            channel.send(envelope())
        assert caught.value.reply_code == "connection_lost"
        assert len(sent()) == (1 if store else 0)
        channel.send(envelope())
    assert sent() == [envelope().to_bytes()]
    repeats = tmp_path / "mail" / "repeats.jsonl"
    assert repeats.exists() == bool(store)
    if store:
        assert json.loads(repeats.read_text())["same_bytes"] is True


def test_a_connection_lost_before_the_message_is_transient(
    serve: Serve, envelope: Make, sent: Sent
) -> None:
    with channel_to(serve({UNIT: "crash"})) as channel:
        with pytest.raises(TransientDeliveryError, match="connection_lost"):
            channel.send(envelope())
        assert sent() == []
        channel.send(envelope())
    assert len(sent()) == 1


@pytest.mark.parametrize("kind", ["refuse", "crash"])
def test_a_server_that_takes_no_connection_is_transient(
    serve: Serve, envelope: Make, kind: str
) -> None:
    with channel_to(serve({"@connection": {"kind": kind, "times": 1}})) as channel:
        with pytest.raises(TransientDeliveryError) as caught:
            channel.send(envelope())
        channel.send(envelope())
    assert caught.value.reply_code == ("421" if kind == "refuse" else "connection_lost")


def test_the_channel_reconnects_before_the_servers_limit(
    serve: Serve, envelope: Make, sent: Sent
) -> None:
    with channel_to(serve(messages_per_session=3), per_session=3) as channel:
        for number in range(8):
            channel.send(envelope(f"key-{number}"))
    assert len(sent()) == 8


def test_the_servers_limit_is_learnt_and_no_message_waits_for_it(
    serve: Serve, envelope: Make, sent: Sent
) -> None:
    with channel_to(serve(messages_per_session=3)) as channel:
        for number in range(8):
            channel.send(envelope(f"key-{number}"))
        assert channel._per_session == 3
    assert len(sent()) == 8


def test_over_a_limit_that_holds_on_new_connections_too_is_transient(
    serve: Serve, envelope: Make
) -> None:
    with (
        channel_to(serve(messages_per_session=0)) as channel,
        pytest.raises(TransientDeliveryError, match=r"452 4\.5\.3"),
    ):
        channel.send(envelope())


def test_a_connection_that_died_while_idle_is_replaced(
    serve: Serve, envelope: Make, sent: Sent
) -> None:
    server = serve()
    with channel_to(server) as channel:
        channel.send(envelope("a"))
        server.stop()
        serve(port=server.port)
        channel.send(envelope("b"))
    assert len(sent()) == 2


def test_a_message_too_large_is_permanent(serve: Serve, envelope: Make) -> None:
    with (
        channel_to(serve(size_limit_bytes=500)) as channel,
        pytest.raises(PermanentDeliveryError, match="552"),
    ):
        channel.send(envelope())


@pytest.mark.parametrize("request_dsn", [True, False])
def test_delivery_reports_are_asked_for_where_offered(
    serve: Serve, envelope: Make, tmp_path: Path, request_dsn: object
) -> None:
    server = serve(offer_dsn=True)
    with channel_to(server, request_dsn=request_dsn) as channel:
        channel.send(envelope())
    server.stop()
    reports = list((tmp_path / "mail" / "received").glob("*.eml"))
    assert len(reports) == (1 if request_dsn else 0)


def test_what_is_no_server_is_transient(envelope: Make) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    for host in ("127.0.0.1", "x" * 70 + ".example"):
        with pytest.raises(TransientDeliveryError, match="connection_lost"):
            SMTPChannel(host=host, port=port, timeout_s=2).send(envelope())


@pytest.mark.parametrize(
    ("last_words", "error"),
    [
        (b"250 ok\r\n", None),
        (b"251 will forward\r\n", None),
        (b"451-4.3.0 first\r\n451 4.3.0 second\r\n", TransientDeliveryError),
        (b"554 5.7.1 spam\r\n", PermanentDeliveryError),
        (b"what?\r\n", UnknownOutcomeError),
        (b"354 again\r\n", UnknownOutcomeError),
        (b"", UnknownOutcomeError),
    ],
)
def test_the_first_digit_of_the_last_reply_decides(
    envelope: Make, last_words: bytes, error: type[Exception] | None
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=say_lines, args=(listener, last_words))
        thread.start()
        with SMTPChannel(host="127.0.0.1", port=listener.getsockname()[1], timeout_s=5) as channel:
            if error is None:
                assert channel.send(envelope()).code == last_words[:3].decode()
            else:
                with pytest.raises(error):
                    channel.send(envelope())
        thread.join()


def say_lines(listener: socket.socket, last_words: bytes) -> None:
    """Speak the least SMTP there is, and end it with the words given."""
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 hello\r\n")
        for said in lines:
            word = said[:4].upper().strip()
            if word == b"DATA":
                connection.sendall(b"354 go on\r\n")
                while lines.readline() != b".\r\n":
                    pass
                connection.sendall(last_words)
                break
            connection.sendall(b"250 ok\r\n")


@pytest.mark.parametrize(
    ("dies_at", "error"),
    [
        ("greeting", TransientDeliveryError),
        ("EHLO", TransientDeliveryError),
        ("MAIL", TransientDeliveryError),
        ("RCPT", TransientDeliveryError),
        ("DATA", TransientDeliveryError),
        ("reading", TransientDeliveryError),
        (".", UnknownOutcomeError),
    ],
)
def test_a_server_that_falls_silent_is_left_and_where_decides(
    envelope: Make, dies_at: str, error: type[Exception]
) -> None:
    large = Attachment(name="lon.pdf", media_type="application/pdf", content=b"x" * 20_000_000)
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        over = threading.Event()
        pool.submit(fall_silent, listener, dies_at, over)
        channel = SMTPChannel(
            host="127.0.0.1", port=listener.getsockname()[1], timeout_s=0.3, final_timeout_s=0.6
        )
        attachments = (large,) if dies_at == "reading" else ()
        try:
            with channel, pytest.raises(error) as caught:
                channel.send(envelope(attachments=attachments))
        finally:
            over.set()
    assert caught.type is error


def fall_silent(listener: socket.socket, dies_at: str, over: threading.Event) -> None:
    """Speak the least SMTP there is up to a word, then keep the connection and say nothing."""
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as lines:
        if dies_at != "greeting":
            connection.sendall(b"220 hello\r\n")
            for said in lines:
                word = said[:4].upper().strip().decode()
                if word == dies_at:
                    break
                if word != "DATA":
                    connection.sendall(b"250 ok\r\n")
                    continue
                connection.sendall(b"354 go on\r\n")
                while dies_at == "." and lines.readline() != b".\r\n":
                    pass
                break
        over.wait(10)


def self_signed(folder: Path) -> tuple[Path, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime.now(UTC) - timedelta(hours=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


class Secured:
    """A server that wants STARTTLS and a sign-in."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802 - aiosmtpd's name
        del server, session
        self.taken.append(getattr(envelope, "original_content", b""))
        await asyncio.sleep(0)
        return "250 ok"

    def check(
        self, server: object, session: object, envelope: object, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        del server, session, envelope, mechanism
        return AuthResult(success=data.password == b"dung", handled=False)


def test_starttls_and_sign_in_come_before_the_message(tmp_path: Path, envelope: Make) -> None:
    trusted, context = self_signed(tmp_path)
    secured = Secured()
    controller = Controller(
        secured,
        hostname="127.0.0.1",
        port=0,
        server_hostname="thu.example",
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=secured.check,
    )
    # aiosmtpd's own starter dials port 0 to see whether it is up; the port is fixed before.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        controller.port = free.getsockname()[1]
    controller.start()

    def channel(password: str, trust: Path | None, tls: TLSMode) -> SMTPChannel:
        return SMTPChannel(
            host="127.0.0.1",
            port=controller.port,
            tls=tls,
            tls_context=ssl.create_default_context(cafile=trust),
            user="vanthu",
            password=password,
            timeout_s=5,
        )

    try:
        for wrong in (
            channel("sai", trusted, TLSMode.STARTTLS),
            channel("dung", None, TLSMode.STARTTLS),
            channel("dung", trusted, TLSMode.NONE),
            channel("dung", trusted, TLSMode.IMPLICIT),
        ):
            with wrong, pytest.raises(TransientDeliveryError):
                wrong.send(envelope())
        assert secured.taken == []
        with channel("dung", trusted, TLSMode.STARTTLS) as right:
            right.send(envelope())
        assert secured.taken == [envelope().to_bytes()]
    finally:
        controller.stop()


def test_a_server_without_starttls_gets_nothing_when_it_is_asked_for(
    serve: Serve, envelope: Make, sent: Sent
) -> None:
    with (
        channel_to(serve(), tls=TLSMode.STARTTLS) as channel,
        pytest.raises(TransientDeliveryError, match="STARTTLS"),
    ):
        channel.send(envelope())
    assert sent() == []
