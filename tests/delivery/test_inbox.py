"""Mail in: each mail until it is done, whatever strangers put into it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.envelope import Attachment, Envelope
from delivery.errors import InboxUnavailableError
from delivery.inbox import MaildirInbox, read_mail
from delivery.notices import read_notices
from delivery.smtp import SMTPChannel
from tests.support.soon import soon
from wiring.stories.mail_server import MailServer

Make = Callable[..., Envelope]
OFFICE = "vanthu@btg.example"


def put(folder: Path, name: str, raw: bytes, *, age: int = 0) -> None:
    for place in ("tmp", "new", "cur"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    (folder / "new" / name).write_bytes(raw)
    os.utime(folder / "new" / name, (1_700_000_000 - age, 1_700_000_000 - age))


def mail(subject: str, *, body: str = "x", extra: str = "") -> bytes:
    return f"From: A <A@x.example>\r\nSubject: {subject}\r\n{extra}\r\n{body}".encode()


def test_a_report_sent_over_smtp_comes_out_as_it_was_sent(
    serve: Callable[..., MailServer], envelope: Make
) -> None:
    server = serve()
    files = (
        Attachment(name="Báo cáo quý.pdf", media_type="application/pdf", content=b"%PDF"),
        Attachment(name="so lieu.xlsx", media_type="application/octet-stream", content=b"PK"),
    )
    reply = envelope(
        "reply",
        sender="Xã A <xa-a@donvi.example>",
        recipient=OFFICE,
        subject="Báo cáo kết quả",
        attachments=files,
        headers=(("In-Reply-To", "<1@b>"), ("References", "<0@b> <1@b>")),
    )
    with SMTPChannel(host="127.0.0.1", port=server.port) as channel:
        channel.send(reply)
    (got,) = MaildirInbox(server.maildir).fetch()
    assert (got.sender, got.subject) == ("xa-a@donvi.example", "Báo cáo kết quả")
    assert (got.message_id, got.in_reply_to) == (reply.message_id, ("<1@b>",))
    assert got.references == ("<0@b>", "<1@b>")
    assert got.text.startswith("Kính gửi: đồng chí Bí thư.")
    assert [(a.name, a.content) for a in got.attachments] == [
        ("Báo cáo quý.pdf", b"%PDF"),
        ("so lieu.xlsx", b"PK"),
    ]
    assert got.raw == reply.to_bytes()
    assert got.problems == ()


def test_a_mail_is_handed_out_until_it_is_done(tmp_path: Path) -> None:
    put(tmp_path, "2", mail("hai"))
    put(tmp_path, "1", mail("mot"), age=-10)
    put(tmp_path, "3", mail("ba"), age=10)
    inbox = MaildirInbox(tmp_path)
    assert [one.subject for one in inbox.fetch()] == ["ba", "hai", "mot"]
    for one in inbox.fetch():
        if one.subject != "hai":
            inbox.done(one)
            inbox.done(one)
    assert [one.subject for one in inbox.fetch()] == ["hai"]
    assert sorted(path.name for path in (tmp_path / "cur").iterdir()) == ["1:2,S", "3:2,S"]


def test_a_mail_that_another_program_has_moved_but_not_read_is_handed_out(tmp_path: Path) -> None:
    put(tmp_path, "1", mail("x"))
    (tmp_path / "new" / "1").rename(tmp_path / "cur" / "1:2,F")
    inbox = MaildirInbox(tmp_path)
    (got,) = inbox.fetch()
    inbox.done(got)
    assert [path.name for path in (tmp_path / "cur").iterdir()] == ["1:2,FS"]


def test_the_same_mail_twice_has_one_key_and_a_forged_one_another(tmp_path: Path) -> None:
    true = mail("bao cao", extra="Message-ID: <1@x>\r\n")
    again = b"Received: by another way\r\n" + true
    forged = mail("bao cao", body="khac", extra="Message-ID: <1@x>\r\n")
    for name, raw in (("1", true), ("2", again), ("3", forged)):
        put(tmp_path, name, raw)
    first, second, third = MaildirInbox(tmp_path).fetch()
    assert first.dedupe_key == second.dedupe_key != third.dedupe_key


def test_no_maildir_yet_is_an_empty_one_and_a_broken_one_is_an_error(tmp_path: Path) -> None:
    assert list(MaildirInbox(tmp_path / "none").fetch()) == []
    put(tmp_path, "1", mail("x"))
    (got,) = MaildirInbox(tmp_path).fetch()
    (tmp_path / "cur").rmdir()
    (tmp_path / "cur").write_text("")
    with pytest.raises(InboxUnavailableError):
        MaildirInbox(tmp_path).done(got)
    (tmp_path / "new" / "folder").mkdir()
    with pytest.raises(InboxUnavailableError):
        list(MaildirInbox(tmp_path).fetch())


def test_a_mail_over_the_limit_is_named_and_not_read_whole(tmp_path: Path) -> None:
    put(tmp_path, "1", mail("to", body="x" * 2000))
    (got,) = MaildirInbox(tmp_path, size_limit_bytes=1000).fetch()
    assert (got.subject, got.text, got.problems) == ("to", "", ("too_large",))


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ('Content-Disposition: attachment; filename="../../etc/cron.d/x"', "x"),
        ('Content-Disposition: attachment; filename="C:\\\\autoexec.bat"', "autoexec.bat"),
        ("Content-Disposition: attachment; filename*=utf-8''..%2F..%2Fa%00b.pdf", "ab.pdf"),
        ("Content-Disposition: attachment; filename==?utf-8?q?B=C3=A1o?=", "Báo"),
        ("Content-Disposition: attachment", "tep-dinh-kem"),
        ("Content-Disposition: attachment; filename*0=a; filename*=b", "tep-dinh-kem"),
        ("Content-Disposition: attachment; filename*=x-unknown''a%FF", None),
    ],
)
def test_a_hostile_file_name_is_never_a_path(headers: str, name: str | None) -> None:
    raw = f"Content-Type: application/pdf\r\n{headers}\r\n\r\nx".encode()
    (attachment,) = read_mail(raw).attachments
    assert "/" not in attachment.name
    assert "\\" not in attachment.name
    assert name is None or attachment.name == name


def test_html_alone_is_read_as_text_and_an_embedded_mail_is_a_file() -> None:
    html = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>K\xc3\xadnh &amp; g\xe1\xbb\xadi<br>"
    assert read_mail(html).text.split() == ["Kính", "&", "gửi"]
    wrapped = b"Content-Type: message/rfc822\r\n\r\n" + mail("trong")
    (attachment,) = read_mail(wrapped).attachments
    assert attachment.name == "thu-kem.eml"
    assert b"Subject: trong" in attachment.content


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@b.example\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        b"From: " + b"(" * 100_000 + b"\r\n\r\n",
        b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\r\n\r\n",
        b"Content-Type: text/html; charset=\0\r\n\r\n\xff",
        b"Content-Type: text/html\r\n\r\n" + b"<" * 1_000_000,
        b"Content-Type: message/delivery-status\r\n\r\n" + b"\r\n" * 100_000,
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000,
    ],
    ids=["nested messages", "nested comments", "words", "charset", "tags", "blocks", "parts"],
)
def test_what_breaks_or_slows_the_standard_parser_is_survived(raw: bytes) -> None:
    assert read_mail(raw).raw == raw
    assert read_notices(raw) == ()


def test_of_a_mail_with_ten_thousand_files_a_bounded_number_is_looked_at() -> None:
    part = b"--b\r\nContent-Disposition: attachment; filename=../../x\r\n\r\nx\r\n"
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 10_000 + b"--b--\r\n"
    with soon(30):
        files = read_mail(raw).attachments
    assert 0 < len(files) <= 500
    assert not any(set("/\\") & set(one.name) for one in files)


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        ("Xã A <Xa-A@donvi.example>", "xa-a@donvi.example"),
        ("xa-a@donvi.example (Van thu)", "xa-a@donvi.example"),
        ('"boss@x.example" <xa-a@donvi.example>', "xa-a@donvi.example"),
        ("=?utf-8?q?<boss@x.example>?= <xa-a@donvi.example>", "xa-a@donvi.example"),
        ("nobody", ""),
    ],
)
def test_the_sender_is_the_address_and_not_the_name(header: str, sender: str) -> None:
    assert read_mail(f"From: {header}\r\n\r\n".encode()).sender == sender


pieces = st.sampled_from(
    [
        b"From: ",
        b"Subject: ",
        b"Message-ID: <a@b>",
        b"References: ",
        b"Content-Type: multipart/mixed; boundary=b",
        b"Content-Type: text/html; charset=",
        b"Content-Type: message/rfc822",
        b"Content-Disposition: attachment; filename*0*=",
        b"; filename*=",
        b"; name*1=",
        b"utf-8''%E1%BB",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: x-uuencode",
        b"begin 644 x\n",
        b"=?utf-8?b?////?=",
        b"=?x-none?q?=FF?=",
        b"--b",
        b"--b--",
        b"\r\n",
        b"\r\n\r\n",
        b"\n ",
        b"\0",
        b"\xff\xfe",
        "ữ".encode(),
        b"<",
        b'"',
        b"(" * 50,
        b"9" * 5000,
    ]
)
hostile = st.lists(st.one_of(pieces, st.binary(max_size=12)), max_size=40).map(b"".join)


@given(raw=st.one_of(hostile, st.binary(max_size=400)))
def test_no_bytes_whatever_stop_the_reader(raw: bytes) -> None:
    got = read_mail(raw)
    assert got.raw == raw
    for text in (got.subject, got.text, got.sender, *(a.name for a in got.attachments)):
        assert "\0" not in text
        text.encode()
    assert got == read_mail(raw)
