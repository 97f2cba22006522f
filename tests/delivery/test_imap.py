"""The mailbox over IMAP, at a real Dovecot: nothing lost, nothing doubled, whatever breaks."""

import imaplib
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from delivery.envelope import Envelope
from delivery.errors import InboxUnavailableError
from delivery.imap import IMAPInbox
from delivery.smtp import TLSMode
from tests.support.debian_mail import PASSWORD, Dovecot, dovecot
from tests.support.server_certificates import ServerCertificate, make_server_certificate

Make = Callable[..., Envelope]
Put = Callable[..., None]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ServerCertificate:
    return make_server_certificate(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def server(certificate: ServerCertificate) -> Iterator[Dovecot]:
    with dovecot(certificate) as running:
        yield running


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """A mailbox of each test's own."""
    return "".join(char for char in request.node.name if char.isalnum())[:60].lower()


@pytest.fixture
def put(server: Dovecot, user: str) -> Put:
    """Lays mails into the mailbox by another connection."""

    def append(*mails: bytes, folder: str = "INBOX") -> None:
        with imaplib.IMAP4("127.0.0.1", server.plain) as client:
            client.login(user, PASSWORD)
            for mail in mails:
                assert client.append(folder, "", None, mail)[0] == "OK"  # type: ignore[arg-type]  # now

    return append


@pytest.fixture
def inbox(
    server: Dovecot, user: str, certificate: ServerCertificate
) -> Iterator[Callable[..., IMAPInbox]]:
    opened: list[IMAPInbox] = []

    def make(**more: object) -> IMAPInbox:
        fields: dict[str, object] = {
            "host": "127.0.0.1", "port": server.implicit, "user": user, "password": PASSWORD,
            "tls": TLSMode.IMPLICIT, "tls_context": certificate.trusting(), "timeout_s": 10,
        }  # fmt: skip
        opened.append(IMAPInbox(**{**fields, **more}))  # type: ignore[arg-type]  # the names are the test's own
        return opened[-1]

    yield make
    for one in opened:
        one.close()


Open = Callable[..., IMAPInbox]


def subjects(box: IMAPInbox) -> list[str]:
    return [mail.subject for mail in box.fetch()]


def test_a_mail_comes_through_to_the_last_byte_and_is_not_marked(
    inbox: Open, put: Put, envelope: Make
) -> None:
    put(envelope().to_bytes())
    (mail,) = inbox().fetch()
    assert mail.raw == envelope().to_bytes()
    assert mail.attachments[0].name == "Hướng dẫn.pdf"
    assert mail.handle.partition(":")[2] == "1"
    assert subjects(inbox()) == ["Hướng dẫn số 96-HD/BTGTU"]


def test_what_is_done_is_not_handed_out_again_and_the_rest_keeps_its_order(
    inbox: Open, put: Put, envelope: Make
) -> None:
    put(*(envelope(f"k{n}", subject=f"thư {n}").to_bytes() for n in range(3)))
    with inbox() as box:
        first, second, third = box.fetch()
        box.done(second)
        box.done(second)
        assert subjects(box) == ["thư 0", "thư 2"]
        box.done(first)
        box.done(third)
    assert subjects(inbox()) == []


def test_mail_may_be_moved_away_instead(inbox: Open, put: Put, envelope: Make) -> None:
    put(envelope().to_bytes())
    with inbox(done_folder="Đã nhận") as box:
        (mail,) = box.fetch()
        box.done(mail)
        box.done(mail)
        assert subjects(box) == []
    assert subjects(inbox(folder="Đã nhận", done_folder="x")) == ["Hướng dẫn số 96-HD/BTGTU"]


def test_mail_that_a_person_has_read_is_still_handed_out_where_it_is_moved(
    inbox: Open, put: Put, envelope: Make, server: Dovecot, user: str
) -> None:
    put(envelope().to_bytes())
    with imaplib.IMAP4("127.0.0.1", server.plain) as client:
        client.login(user, PASSWORD)
        client.select("INBOX")
        client.store("1", "+FLAGS", r"\Seen")
    assert len(subjects(inbox(done_folder="xong"))) == 1
    assert subjects(inbox()) == []


@pytest.mark.parametrize("mode", list(TLSMode))
def test_every_protection_works(
    inbox: Open, put: Put, envelope: Make, server: Dovecot, mode: TLSMode
) -> None:
    put(envelope().to_bytes())
    port = server.implicit if mode is TLSMode.IMPLICIT else server.plain
    assert len(subjects(inbox(tls=mode, port=port))) == 1


def test_a_server_that_nobody_vouches_for_and_a_wrong_password_are_said(
    inbox: Open,
) -> None:
    with pytest.raises(InboxUnavailableError, match="certificate verify failed"):
        subjects(inbox(tls_context=None))
    with pytest.raises(InboxUnavailableError, match="AUTHENTICATIONFAILED"):
        subjects(inbox(password="sai"))
    with pytest.raises(InboxUnavailableError, match="Mailbox"):
        subjects(inbox(folder="không có"))


def test_a_connection_that_breaks_midway_loses_and_doubles_nothing(
    inbox: Open, put: Put, envelope: Make, server: Dovecot
) -> None:
    put(*(envelope(f"k{n}", subject=f"thư {n}").to_bytes() for n in range(4)))
    seen = []
    with inbox() as box:
        for mail in box.fetch():
            seen.append(mail.subject)
            if len(seen) == 2:
                server.stop()
                server.start()
                cut(box)
            box.done(mail)
            if len(seen) == 3:
                cut(box)
    assert seen == [f"thư {n}" for n in range(4)]
    assert subjects(inbox()) == []


def cut(box: IMAPInbox) -> None:
    """Ends the connection as a network does: without a word."""
    assert box._open is not None
    box._open.client.sock.shutdown(socket.SHUT_RDWR)


def test_a_server_that_is_away_is_said_and_the_next_look_finds_everything(
    inbox: Open, put: Put, envelope: Make, server: Dovecot
) -> None:
    put(envelope().to_bytes())
    box = inbox()
    (mail,) = box.fetch()
    server.stop()
    cut(box)
    try:
        with pytest.raises(InboxUnavailableError):
            box.done(mail)
        with pytest.raises(InboxUnavailableError):
            subjects(box)
    finally:
        server.start()
    assert len(subjects(box)) == 1
    box.done(mail)
    assert subjects(box) == []


def test_a_mailbox_that_was_rebuilt_has_nothing_marked_under_old_names(
    inbox: Open, put: Put, envelope: Make, server: Dovecot, user: str
) -> None:
    put(envelope("a").to_bytes(), folder="INBOX")
    with imaplib.IMAP4("127.0.0.1", server.plain) as client:
        client.login(user, PASSWORD)
        client.create("hop")
    put(envelope("a").to_bytes(), folder="hop")
    box = inbox(folder="hop")
    (old,) = box.fetch()
    box.close()
    with imaplib.IMAP4("127.0.0.1", server.plain) as client:
        client.login(user, PASSWORD)
        client.delete("hop")
        client.create("hop")
    put(envelope("b").to_bytes(), envelope("a").to_bytes(), folder="hop")
    box.done(old)
    other, again = box.fetch()
    assert (other.handle == old.handle, again.dedupe_key == old.dedupe_key) == (False, True)


def test_of_a_mail_too_large_only_the_beginning_is_fetched(
    inbox: Open, put: Put, envelope: Make
) -> None:
    body = b"\r\n".join([b"x" * 70] * 3000)
    heads = [f"Subject: to {n}\r\nFrom: a@b.example\r\n\r\n".encode() for n in range(2)]
    put(*(head + body for head in heads), envelope().to_bytes())
    with inbox(size_limit_bytes=100_000) as box:
        first, second, third = box.fetch()
    assert (first.problems, first.subject, first.text) == (("too_large",), "to 0", "")
    assert len(first.raw) == 65_536
    assert first.dedupe_key != second.dedupe_key
    assert third.problems == ()


def test_a_mail_taken_by_another_reader_meanwhile_is_left_out(
    inbox: Open, put: Put, envelope: Make, server: Dovecot, user: str
) -> None:
    put(*(envelope(f"k{n}", subject=f"thư {n}").to_bytes() for n in range(2)))
    with inbox() as box:
        waiting = box.fetch()
        assert next(waiting).subject == "thư 0"
        with imaplib.IMAP4("127.0.0.1", server.plain) as client:
            client.login(user, PASSWORD)
            client.select("INBOX")
            client.store("2", "+FLAGS", r"\Deleted")
            client.expunge()
        assert list(waiting) == []


@pytest.mark.parametrize("said", [b"", b"* OK hello\r\n", b"* BYE full\r\n", b"220 smtp here\r\n"])
def test_a_server_that_falls_silent_or_speaks_something_else_is_left(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        over = threading.Event()

        def speak() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(said)
                over.wait(10)

        pool.submit(speak)
        box = IMAPInbox(
            host="127.0.0.1", port=listener.getsockname()[1], user="a", password="b",
            tls=TLSMode.NONE, timeout_s=0.2,
        )  # fmt: skip
        with pytest.raises(InboxUnavailableError):
            subjects(box)
        over.set()


HOSTILE = (
    b"Subject: parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"".join(b"--b\r\nContent-Type: text/plain\r\n\r\n%d\r\n" % n for n in range(10_000))
    + b"--b--\r\n",
    (
        b"Subject: path\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b'Content-Disposition: attachment; filename="../../x"\r\n'
        b"Content-Type: application/pdf\r\n\r\nx\r\n--b--\r\n"
    ),
    b"Subject: html\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script><b>a</b>\r\n",
    b"no header at all",
    b'Subject: =?utf-8?b?////?=\r\nFrom: "a" <<<\r\nContent-Type: x/\0\r\n\r\n\xff\xfe',
)


def test_hostile_mail_is_handed_out_like_any_other(
    inbox: Open, put: Put, tmp_path: Path, envelope: Make
) -> None:
    put(*(mail.replace(b"\0", b"\x01") for mail in HOSTILE), envelope().to_bytes())
    with inbox() as box:
        mails = list(box.fetch())
        for mail in mails:
            box.done(mail)
        assert subjects(box) == []
    assert len(mails) == len(HOSTILE) + 1
    assert mails[1].attachments[0].name == "x"
    assert "script" not in mails[2].text
    assert list(tmp_path.iterdir()) == []
