"""A message is a function of its envelope, and says the same to every reader."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.envelope import Attachment, Envelope, message_id_for
from delivery.errors import EnvelopeError
from delivery.inbox import read_mail

Make = Callable[..., Envelope]
AT = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
words = st.text("aăâbcdđêghiôơưừạỹ Ư,;:()<>\"'=?_-.@0123456789", max_size=200)


def plain(**changed: object) -> Envelope:
    fields: dict[str, object] = {
        "key": "k",
        "message_id": "<k@btg.example>",
        "sender": "a@btg.example",
        "recipient": "b@donvi.example",
        "subject": "s",
        "text": "t",
        "at": AT,
    }
    return Envelope(**{**fields, **changed})  # type: ignore[arg-type]  # the names are the test's own


def read(envelope: Envelope) -> EmailMessage:
    message = message_from_bytes(envelope.to_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_same_envelope_gives_the_same_bytes(envelope: Make) -> None:
    assert envelope().to_bytes() == envelope().to_bytes()


def test_another_key_changes_the_message_id_and_nothing_else(envelope: Make) -> None:
    first, second = envelope("a"), envelope("b")
    assert first.message_id != second.message_id
    assert first.to_bytes().replace(first.message_id.encode(), b"") == (
        second.to_bytes().replace(second.message_id.encode(), b"")
    )


def test_the_message_id_is_the_keys_digest_at_the_domain() -> None:
    assert message_id_for("96:1:xa-a:smtp", "btg.example") == (
        "<d7b04e84f3e5694553250b8539141504@btg.example>"
    )
    with pytest.raises(EnvelopeError):
        message_id_for("k", "btg.example>\r\nBcc: x")


def test_headers_say_who_when_and_what(envelope: Make) -> None:
    message = read(envelope(headers=(("In-Reply-To", "<a@b>"), ("X-Don-Vi", "Xã A"))))
    assert message["From"].addresses[0].addr_spec == "vanthu@btg.example"
    assert message["From"].addresses[0].display_name == "Ban Tuyên giáo Tỉnh ủy"
    assert message["To"].addresses[0].display_name == "Đảng ủy xã A"
    assert message["Subject"] == "Hướng dẫn số 96-HD/BTGTU"
    assert message["Date"] == "Thu, 02 Jan 2025 10:04:05 +0700"
    assert message["In-Reply-To"] == "<a@b>"
    assert message["X-Don-Vi"] == "Xã A"


def test_an_attachment_bears_a_plain_name_and_its_own(envelope: Make) -> None:
    raw = envelope().to_bytes()
    (attachment,) = read(envelope()).iter_attachments()
    assert b'Content-Type: application/pdf; name="Huong dan.pdf"' in raw
    assert attachment.get_filename() == "Hướng dẫn.pdf"
    assert attachment.get_content() == b"%PDF-1.7\n.\r\n..\n"
    assert [part.defects for part in read(envelope()).walk()] == [[], [], []]


def test_html_stands_beside_the_plain_text(envelope: Make) -> None:
    message = read(envelope(html="<p>Kính gửi</p>"))
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    assert [body.get_content().strip() for body in bodies if body] == [
        "Kính gửi: đồng chí Bí thư.\r\n.\r\n..",
        "<p>Kính gửi</p>",
    ]
    assert len(list(message.iter_attachments())) == 1


def test_without_attachments_the_message_is_a_single_part(envelope: Make) -> None:
    assert read(envelope(attachments=())).get_content_type() == "text/plain"


@given(subject=words, text=st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_subject_and_text_arrive_as_they_were_written(subject: str, text: str) -> None:
    mail = read_mail(plain(subject=subject, text=text).to_bytes())
    assert mail.subject == " ".join(subject.split())
    lines = re.split(r"\r\n|\r|\n", text.replace("\0", "�"))
    assert mail.text.rstrip("\r\n").split("\r\n") == (
        [""] if not text.strip("\r\n") else re.split("\n", "\n".join(lines).rstrip("\n"))
    )


@given(subject=words, name=words, content=st.binary(max_size=300))
def test_every_line_is_short_ascii_and_ends_in_crlf(
    subject: str, name: str, content: bytes
) -> None:
    attachment = Attachment(name=name, media_type="application/pdf", content=content)
    raw = plain(subject=subject, attachments=(attachment,)).to_bytes()
    assert raw.isascii()
    assert raw.replace(b"\r\n", b"").find(b"\n") == raw.replace(b"\r\n", b"").find(b"\r") == -1
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert [one.content for one in read_mail(raw).attachments] == [content]


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": "a\r\nBcc: x@y.example"},
        {"subject": "a\0b"},
        {"subject": "a\rBcc: x@y.example"},
        {"recipient": "A\r\nBcc: x@y.example <a@b.example>"},
        {"subject": "\ud800"},
        {"subject": "x" * 901},
        {"text": "\udfff"},
        {"html": "\udfff"},
        {"sender": "a"},
        {"sender": "a@b\n"},
        {"recipient": "văn.thư@donvi.example"},
        {"recipient": "a@b.example, c@d.example"},
        {"recipient": "A <a@b.example> SIZE=1"},
        {"message_id": "<a b@c>"},
        {"at": AT.replace(tzinfo=None)},
        {"headers": (("X-A", "a\nBcc: b"), ("X-A", "b"))},
        {"headers": (("Bcc", "x@y.example"),)},
        {"headers": (("X A", "a"),)},
        {"attachments": (Attachment(name="a\nb", media_type="a/b", content=b""),)},
        {"attachments": (Attachment(name="a", media_type="a/b; c=d", content=b""),)},
    ],
)
def test_what_cannot_stand_in_a_message_is_refused_when_the_envelope_is_made(
    changed: dict[str, object],
) -> None:
    with pytest.raises(EnvelopeError):
        plain(**changed)


def test_the_date_is_that_of_the_decision_in_vietnam() -> None:
    assert read(plain(at=AT + timedelta(hours=14)))["Date"] == "Fri, 03 Jan 2025 00:04:05 +0700"


@pytest.mark.parametrize("name", ["Van thu, phong 2", 'Xa "A" \\ B', "x" * 70, "=?utf-8?q?a?="])
def test_a_plain_name_is_quoted_and_read_back(name: str) -> None:
    to = read(plain(recipient=f"{name} <b@donvi.example>"))["To"].addresses
    assert [(one.display_name, one.addr_spec) for one in to] == [(name, "b@donvi.example")]
