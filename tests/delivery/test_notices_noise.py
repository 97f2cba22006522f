"""What is no notice, or a damaged one, stops no reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.notices import read_notices
from tests.delivery.test_notices import OURS, POSTFIX, UNIT, report


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        f"From: {UNIT}\nIn-Reply-To: {OURS}\n\nBao cao: 550 nguoi, muc 5.1.1 dat.\n".encode(),
        b"From: postmaster@x.example\n\nXin chao.\n",
        b"From: postmaster@x.example\n\nMay chu moi: 5.6.7.8, ban 4.1.2.3\n",
        b"From: MAILER-DAEMON@x.example\nSubject: Out of office\n\nToi di vang.\n",
        report("Reporting-MTA: dns; x\n").replace(b"MAILER-DAEMON", b"a"),
    ],
)
def test_what_reports_nothing_is_no_notice(raw: bytes) -> None:
    assert read_notices(raw) == ()


lines = st.sampled_from(
    [
        b"From: MAILER-DAEMON@x",
        b"X-Failed-Recipients: a@b, c@d",
        b"Content-Type: multipart/report; boundary=b",
        b"Content-Type: message/delivery-status",
        b"Content-Type: message/disposition-notification",
        b"Content-Type: message/rfc822",
        b"Content-Type: text/rfc822-headers",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"Final-Recipient: rfc822; a@b",
        b"Original-Recipient: ;;<",
        b"Original-Envelope-Id: a+3Db@c+",
        b"Action: failed",
        b"Status: 5.999.999",
        b"Diagnostic-Code: smtp; 550",
        b"Disposition: ;/",
        b"Message-ID: <a@b>",
        b"--b",
        b"--b--",
        b"",
        b"\xff\x00",
        b"=?utf-8?b?_?=",
    ]
)


hostile = st.lists(st.one_of(lines, st.binary(max_size=20)), max_size=40).map(b"\n".join)


@given(raw=st.one_of(hostile, st.binary(max_size=400)))
def test_no_bytes_whatever_stop_the_reader(raw: bytes) -> None:
    for notice in read_notices(raw):
        assert notice.recipient == notice.recipient.lower()
        assert "\0" not in notice.diagnostic
        assert notice.original_message_id == "" or notice.original_message_id.startswith("<")


@given(position=st.integers(0, len(report(POSTFIX))), byte=st.integers(0, 255))
def test_a_damaged_report_is_survived(position: int, byte: int) -> None:
    raw = bytearray(report(POSTFIX))
    raw[position : position + 1] = bytes([byte])
    assert len(read_notices(bytes(raw))) <= 2
