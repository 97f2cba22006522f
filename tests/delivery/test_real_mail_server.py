"""SMTP at a real mail server, exim: TLS of a test authority, sign-in, and a limit of its own."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from pathlib import Path

import pytest

from delivery.envelope import Envelope
from delivery.errors import PermanentDeliveryError, TransientDeliveryError
from delivery.inbox import MaildirInbox
from delivery.notices import read_notices
from delivery.smtp import SMTPChannel, TLSMode
from tests.support.debian_mail import PASSWORD, USER, Exim, exim
from tests.support.server_certificates import ServerCertificate, make_server_certificate
from wiring.stories.mail_config import MailServerConfig
from wiring.stories.mail_server import MailServer

Make = Callable[..., Envelope]
LIMIT = 7
OFFICE = "vanthu@btg.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ServerCertificate:
    return make_server_certificate(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    """The server of the recipients, to which the real one hands everything on."""
    folder = tmp_path_factory.mktemp("behind")
    with MailServer(MailServerConfig(folder=folder, office=(OFFICE,))) as server:
        yield server


@pytest.fixture(scope="module")
def server(certificate: ServerCertificate, behind: MailServer) -> Iterator[Exim]:
    with exim(certificate, relay_to=behind.port, messages_per_session=LIMIT) as running:
        yield running


@pytest.fixture
def channel(server: Exim, certificate: ServerCertificate) -> Callable[..., SMTPChannel]:
    def make(tls: TLSMode, **more: object) -> SMTPChannel:
        port = server.implicit if tls is TLSMode.IMPLICIT else server.starttls
        fields: dict[str, object] = {
            "host": "127.0.0.1", "port": port, "tls": tls, "timeout_s": 10,
            "tls_context": certificate.trusting(), "user": USER, "password": PASSWORD,
        }  # fmt: skip
        return SMTPChannel(**{**fields, **more})  # type: ignore[arg-type]  # the names are the test's own

    return make


Open = Callable[..., SMTPChannel]


def arrived(behind: MailServer, *keys: Envelope) -> list[bytes]:
    """Waits for the real server to hand the messages on; returns those that came."""
    wanted, end = {one.message_id for one in keys}, time.monotonic() + 60
    found: dict[str, bytes] = {}
    while not wanted <= set(found) and time.monotonic() < end:
        for path in (behind.maildir.parent / "sent").glob("*.eml"):
            raw = path.read_bytes()
            found[message_from_bytes(raw)["Message-ID"]] = raw
        threading.Event().wait(0.05)
    return [found[one.message_id] for one in keys if one.message_id in found]


@pytest.mark.parametrize("tls", [TLSMode.STARTTLS, TLSMode.IMPLICIT])
def test_what_the_server_took_arrives_behind_it(
    channel: Open, behind: MailServer, envelope: Make, tls: TLSMode
) -> None:
    one = envelope(f"real:{tls}")
    with channel(tls) as opened:
        receipt = opened.send(one)
    assert receipt.code == "250"
    assert receipt.text.startswith("OK id=")
    (raw,) = arrived(behind, one)
    assert raw.endswith(one.to_bytes().partition(b"\r\n\r\n")[2])


@pytest.mark.parametrize("tls", [TLSMode.STARTTLS, TLSMode.IMPLICIT])
def test_a_wrong_password_and_a_server_nobody_vouches_for_get_no_message(
    channel: Open, envelope: Make, tls: TLSMode
) -> None:
    with pytest.raises(TransientDeliveryError, match="535"):
        channel(tls, password="sai").send(envelope("real:x"))
    stranger = channel(tls, tls_context=ssl.create_default_context())
    with pytest.raises(TransientDeliveryError, match="certificate verify failed"):
        stranger.send(envelope("real:x"))


def test_without_sign_in_the_server_refuses(channel: Open, envelope: Make) -> None:
    with (
        channel(TLSMode.STARTTLS, user=None) as opened,
        pytest.raises(PermanentDeliveryError, match="550 sign in first"),
    ):
        opened.send(envelope("real:x"))
    with pytest.raises(TransientDeliveryError, match="SMTP AUTH extension not supported"):
        channel(TLSMode.NONE).send(envelope("real:x"))


def test_more_messages_than_one_connection_may_carry_all_arrive(
    channel: Open, behind: MailServer, envelope: Make
) -> None:
    many = [envelope(f"real:many:{n}") for n in range(3 * LIMIT)]
    with channel(TLSMode.STARTTLS) as opened:
        for one in many:
            opened.send(one)
        assert opened._per_session == LIMIT
    assert len(arrived(behind, *many)) == len(many)


def test_several_connections_at_once_carry_each_message_once(
    channel: Open, behind: MailServer, envelope: Make
) -> None:
    many = [envelope(f"real:threads:{n}") for n in range(24)]

    def carry(share: list[Envelope]) -> None:
        with channel(TLSMode.IMPLICIT, per_session=LIMIT) as opened:
            for one in share:
                opened.send(one)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(carry, [many[n::4] for n in range(4)]))
    assert len(arrived(behind, *many)) == len(many)


def test_the_report_that_was_asked_for_leads_back_to_the_message(
    channel: Open, behind: MailServer, envelope: Make
) -> None:
    one = envelope("real:dsn")
    with channel(TLSMode.STARTTLS) as opened:
        opened.send(one)
    arrived(behind, one)
    end, notices = time.monotonic() + 60, []
    while not notices and time.monotonic() < end:
        threading.Event().wait(0.05)
        mails = list(MaildirInbox(Path(behind.maildir)).fetch())
        notices = [
            notice
            for mail in mails
            for notice in read_notices(mail.raw)
            if notice.original_message_id == one.message_id
        ]
    assert notices
    assert notices[0].recipient == "xa-a@donvi.example"
