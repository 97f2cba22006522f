"""Reports of mail servers, by the letter and not, lead back to the message they speak of."""

import base64
from collections.abc import Callable

import pytest

from delivery.envelope import Envelope
from delivery.inbox import MaildirInbox
from delivery.notices import Notice, NoticeAction, read_notices
from delivery.smtp import SMTPChannel
from wiring.stories.mail_server import MailServer

Make = Callable[..., Envelope]
OURS = "<0123@btg.example>"
UNIT = "xa-a@donvi.example"


def report(
    status: str,
    *,
    outer: str = "multipart/report; report-type=delivery-status",
    kind: str = "message/delivery-status",
    extra: str = "",
    returned: str = f"Content-Type: text/rfc822-headers\n\nSubject: x\nMessage-ID: {OURS}\n",
) -> bytes:
    return (
        f"From: MAILER-DAEMON@thu.example\nTo: vanthu@btg.example\nMIME-Version: 1.0\n"
        f'Content-Type: {outer}; boundary="b"\n\n--b\n\nKhong gui duoc.\n'
        f"--b\nContent-Type: {kind}\n{extra}\n{status}\n--b\n{returned}\n--b--\n"
    ).encode()


POSTFIX = (
    "Reporting-MTA: dns; thu.example\nX-Postfix-Queue-ID: 4F3\n\n"
    f"Final-Recipient: rfc822; {UNIT}\nOriginal-Recipient: rfc822;{UNIT}\nAction: failed\n"
    "Status: 5.1.1\nRemote-MTA: dns; mx.example\n"
    "Diagnostic-Code: smtp; 550 5.1.1 <xa-a@donvi.example>: Recipient address\n    rejected\n"
)


def only(raw: bytes) -> Notice:
    (notice,) = read_notices(raw)
    return notice


@pytest.mark.parametrize("fails", [True, False])
def test_a_report_from_a_server_leads_back_to_what_was_sent(
    serve: Callable[..., MailServer], envelope: Make, fails: object
) -> None:
    server = serve({UNIT: "accept_then_dsn"}) if fails else serve(offer_dsn=True)
    with SMTPChannel(host="127.0.0.1", port=server.port) as channel:
        channel.send(envelope())
    server.stop()
    (mail,) = MaildirInbox(server.maildir).fetch()
    notice = only(mail.raw)
    expected = (NoticeAction.FAILED, "5.1.1") if fails else (NoticeAction.DELIVERED, "2.0.0")
    assert notice.recipient == UNIT
    assert (notice.action, notice.status) == expected
    assert notice.original_message_id == envelope().message_id


def test_a_report_by_the_letter_is_read() -> None:
    assert only(report(POSTFIX)) == Notice(
        recipient=UNIT,
        action=NoticeAction.FAILED,
        status="5.1.1",
        original_message_id=OURS,
        diagnostic="smtp; 550 5.1.1 <xa-a@donvi.example>: Recipient address rejected",
    )


@pytest.mark.parametrize(
    "raw",
    [
        report(POSTFIX, outer="multipart/mixed"),
        report(POSTFIX, kind="message/global-delivery-status"),
        report(POSTFIX, returned=f"Content-Type: message/rfc822\n\nMessage-ID: {OURS}\n\nx"),
        report(POSTFIX.replace("\n\n", "\n")),
        report(POSTFIX.replace("rfc822;", "").replace("Action: failed\n", "")),
        report(POSTFIX.replace("Status: 5.1.1\n", "").replace("failed", "FAILED (really)")),
        report(POSTFIX, returned=f"Content-Type: text/rfc822-headers\n\n\nMessage-Id:\n {OURS}\n"),
        report(POSTFIX).replace(b"\n", b"\r\n"),
        report(
            base64.encodebytes(POSTFIX.encode()).decode(),
            extra="Content-Transfer-Encoding: base64\n",
        ),
        report(
            "Original-Envelope-Id: 0123@btg.example\n" + POSTFIX,
            returned="\nx",
        ),
    ],
    ids=[
        "mixed", "global", "whole message", "one block", "no type, no action", "odd action",
        "folded id", "crlf", "base64", "envelope id only",
    ],
)  # fmt: skip
def test_a_report_not_by_the_letter_is_read_the_same(raw: bytes) -> None:
    notice = only(raw)
    assert (notice.recipient, notice.action, notice.status, notice.original_message_id) == (
        UNIT,
        NoticeAction.FAILED,
        "5.1.1",
        OURS,
    )


def test_every_recipient_of_a_report_is_a_notice_of_its_own() -> None:
    status = POSTFIX + "\nFinal-Recipient: rfc822; b@x.example\nAction: delayed\nStatus: 4.4.1\n"
    first, second = read_notices(report(status))
    assert (first.recipient, first.action) == (UNIT, NoticeAction.FAILED)
    assert (second.recipient, second.action) == ("b@x.example", NoticeAction.DELAYED)


def test_the_address_written_to_comes_before_the_one_forwarded_to() -> None:
    status = POSTFIX.replace(f"Final-Recipient: rfc822; {UNIT}", "Final-Recipient: rfc822; z@z.vn")
    assert only(report(status)).recipient == UNIT


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("manual-action/MDN-sent-manually; displayed", NoticeAction.DISPLAYED),
        ("automatic-action/MDN-sent-automatically; deleted/error", NoticeAction.DISCARDED),
        ("displayed", NoticeAction.DISPLAYED),
        ("strange", NoticeAction.OTHER),
    ],
)
def test_a_reading_receipt_is_read(words: str, action: NoticeAction) -> None:
    status = f"Final-Recipient: rfc822; {UNIT}\nOriginal-Message-ID: {OURS}\nDisposition: {words}\n"
    raw = report(status, kind="message/disposition-notification", returned="\nx")
    notice = only(raw)
    assert (notice.recipient, notice.action) == (UNIT, action)
    assert notice.original_message_id == OURS


QMAIL = f"""From: MAILER-DAEMON@thu.example
To: vanthu@btg.example
Subject: failure notice

Hi. This is the qmail-send program at thu.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<{UNIT}>:
user is over quota (#5.2.2)

--- Below this line is a copy of the message.

Return-Path: <vanthu@btg.example>
Message-ID: {OURS}
"""
EXIM = f"""From: Mail Delivery System <Mailer-Daemon@thu.example>
To: vanthu@btg.example
X-Failed-Recipients: {UNIT}
In-Reply-To: {OURS}
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.
"""
WARNING = f"""From: postmaster@thu.example
Subject: Warning: could not send message for past 4 hours
References: {OURS}

<{UNIT}>: 451 4.4.1 connection timed out, contact postmaster@thu.example
"""


@pytest.mark.parametrize(
    ("text", "action", "status"),
    [
        (QMAIL, NoticeAction.FAILED, "5.2.2"),
        (EXIM, NoticeAction.FAILED, ""),
        (WARNING, NoticeAction.DELAYED, "4.4.1"),
    ],
)
def test_a_bounce_that_is_only_a_sentence_is_read(
    text: str, action: NoticeAction, status: str
) -> None:
    notice = only(text.encode())
    assert (notice.recipient, notice.action, notice.status) == (UNIT, action, status)
    assert notice.original_message_id == OURS


def test_a_bounce_in_qmails_form_names_each_recipient_with_its_own_words() -> None:
    text = QMAIL.replace(
        "user is over quota (#5.2.2)",
        "user is over quota (#5.2.2)\n\n<b@x.example>:\n192.0.2.1 does not like recipient.\n"
        "Remote host said: 550 5.1.1 No such user\nGiving up on 192.0.2.1.",
    )
    first, second = read_notices(text.encode())
    assert (first.recipient, first.status) == (UNIT, "5.2.2")
    assert (second.recipient, second.status) == ("b@x.example", "5.1.1")
    assert second.diagnostic.startswith("192.0.2.1 does not like recipient.")
    assert first.original_message_id == second.original_message_id == OURS


OPENSMTPD = f"""From: Mailer Daemon <MAILER-DAEMON@thu.example>
To: vanthu@btg.example
Subject: Delivery status notification: success
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="17/thu.example"

--17/thu.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

    Hi!

    This is the MAILER-DAEMON, please DO NOT REPLY to this email.

--17/thu.example
Content-Description: Delivery Report
Content-Type: message/delivery-status

Reporting-MTA: dns; thu.example

Final-Recipient: rfc822; {UNIT}
Action: delivered
Status: 2.0.0

--17/thu.example
Content-Description: Message headers
Content-Type: text/rfc822-headers

Message-ID: {OURS}
Subject: x

--17/thu.example--
"""
EXIM_MIME = f"""From: Mail Delivery System <Mailer-Daemon@thu.example>
To: vanthu@btg.example
Auto-Submitted: auto-replied
X-Failed-Recipients: {UNIT}
References: {OURS}
Content-Type: multipart/report; report-type=delivery-status; boundary=1668-eximdsn-1
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender

--1668-eximdsn-1
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

  {UNIT}
    host mx.example [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<{UNIT}>:
    550 5.1.1 mailbox unavailable

--1668-eximdsn-1
Content-type: message/delivery-status

Reporting-MTA: dns; thu.example

Action: failed
Final-Recipient: rfc822;{UNIT}
Status: 5.0.0
Remote-MTA: dns; mx.example
Diagnostic-Code: smtp; 550 5.1.1 mailbox unavailable

--1668-eximdsn-1
Content-type: message/rfc822

Message-ID: {OURS}
Subject: x

x

--1668-eximdsn-1--
"""
EXCHANGE = f"""From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41@so.example>
To: vanthu@btg.example
Content-Type: multipart/report; report-type=delivery-status; boundary="_c2_"
X-MS-Exchange-Message-Is-Ndr:
In-Reply-To: {OURS}
MIME-Version: 1.0
Subject: =?utf-8?B?S2jDtG5nIGfhu61pIMSRxrDhu6Nj?=

--_c2_
Content-Type: multipart/alternative; boundary="_a_"

--_a_
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

S2jDtG5nIGfhu61pIMSRxrDhu6NjLg==

--_a_--

--_c2_
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.so.example
Received-From-MTA: dns;mx.btg.example

Final-Recipient: rfc822;{UNIT.upper()}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found
X-Display-Name: {UNIT}

--_c2_
Content-Type: message/rfc822

Received: from mx.btg.example by EX01.so.example
Subject: x
Message-ID: {OURS}

x

--_c2_--
"""
READ_BY_OUTLOOK = f"""From: Van thu <{UNIT}>
To: vanthu@btg.example
Subject: Read: x
In-Reply-To: {OURS}
Content-Type: multipart/report; report-type=disposition-notification; boundary="_d_"
MIME-Version: 1.0

--_d_
Content-Type: text/plain

Your message was read.

--_d_
Content-Type: message/disposition-notification

Reporting-UA: so.example; Microsoft Outlook
Final-recipient: RFC822; {UNIT}
Disposition: automatic-action/MDN-sent-automatically; displayed

--_d_--
"""


@pytest.mark.parametrize(
    ("text", "action", "status"),
    [
        (OPENSMTPD, NoticeAction.DELIVERED, "2.0.0"),
        (EXIM_MIME, NoticeAction.FAILED, "5.0.0"),
        (EXCHANGE, NoticeAction.FAILED, "5.1.10"),
        (READ_BY_OUTLOOK, NoticeAction.DISPLAYED, ""),
    ],
    ids=["OpenSMTPD", "exim", "Exchange", "Outlook"],
)
@pytest.mark.parametrize("crlf", [False, True])
def test_reports_as_servers_write_them_lead_back(
    text: str, action: NoticeAction, status: str, *, crlf: bool
) -> None:
    notice = only(text.replace("\n", "\r\n").encode() if crlf else text.encode())
    assert (notice.recipient, notice.action, notice.status) == (UNIT, action, status)
    assert notice.original_message_id == OURS


def test_a_bounce_that_names_nobody_still_comes_before_a_person() -> None:
    notice = only(b"From: MAILER-DAEMON@x.example\n\n550 5.7.1 refused\n")
    assert (notice.recipient, notice.original_message_id) == ("", "")
    assert notice.action is NoticeAction.FAILED
