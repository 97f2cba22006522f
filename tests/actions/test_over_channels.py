"""The back office over real servers of every kind, and its mailbox at a real Dovecot."""

import base64
import hashlib
import imaplib
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select, update

from actions.desk import Desk
from actions.dispatching import deliver_batch
from actions.receiving import ReceivedAs, receive
from delivery.edxml.message import DocumentMessage
from delivery.edxml.reading import read_edxml
from delivery.folder import FolderChannel
from delivery.imap import IMAPInbox
from delivery.inbox import read_mail
from delivery.sftp import SFTPChannel
from delivery.smtp import SMTPChannel, TLSMode
from delivery.webhook import WebhookChannel
from models.dispatch import IncomingMessage
from models.organisation import Organisation, UnitChannel
from models.session import Database
from tests.actions.back_office import consignments, issue, mark_judge, signed_pdf, task
from tests.support.clock import StoryClock
from tests.support.debian_mail import PASSWORD, Dovecot, dovecot
from tests.support.desk import make_desk
from tests.support.factories import small_office
from tests.support.server_certificates import make_server_certificate
from tests.support.sftp_server import SFTPSite
from tests.support.webhook_receiver import SECRET, Receiver, says
from wiring.stories.mail_config import MailServerConfig
from wiring.stories.mail_server import MailServer


@dataclass
class Others:
    """The other sides of all channels."""

    mail: MailServer
    webhook: Receiver
    sftp: SFTPSite
    watched: Path


@pytest.fixture
def others(tmp_path: Path) -> Iterator[Others]:
    config = MailServerConfig(folder=tmp_path / "mail", office=("ban@ban.example",))
    watched = tmp_path / "watched"
    watched.mkdir()
    with ExitStack() as running:
        yield Others(
            running.enter_context(MailServer(config)),
            running.enter_context(Receiver()),
            running.enter_context(SFTPSite(tmp_path / "site", tmp_path / "secrets")),
            watched,
        )


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path, clock: StoryClock, others: Others) -> Desk:
    small_office(sqlite_database)
    channels = {
        "smtp": lambda: SMTPChannel(host="127.0.0.1", port=others.mail.port),
        "folder": lambda: FolderChannel(others.watched),
        "webhook": lambda: WebhookChannel(
            secret_of={others.webhook.url: SECRET}.get,
            clock=lambda: datetime.now(UTC),
            hosts=frozenset({("127.0.0.1", others.webhook.port)}),
        ),
        "sftp": lambda: SFTPChannel(
            known_hosts=others.sftp.secrets / "known_hosts", key=others.sftp.secrets / "id"
        ),
    }
    desk = make_desk(sqlite_database, tmp_path, clock, judge=mark_judge, channels=channels)
    reach(
        desk,
        {
            "huyen-a": ("webhook", others.webhook.url),
            "huyen-b": ("sftp", f"sftp://{others.sftp.account}"),
            "so-tt": ("folder", "so-tt/den"),
        },
    )
    return replace(desk, connections=4)


def reach(desk: Desk, ways: Mapping[str, tuple[str, str]]) -> None:
    with desk.database.writing() as session:
        for key, (channel, address) in ways.items():
            session.execute(
                update(Organisation)
                .where(Organisation.id == key)
                .values(channel=channel, address=address, email=f"{key}@donvi.example")
            )


def test_each_unit_gets_the_signed_file_by_its_own_channel(desk: Desk, others: Others) -> None:
    issue(desk, tasks=[task()])
    done = deliver_batch(desk)
    assert (done.claimed, done.sent) == (4, 4)
    assert {one.state for one in consignments(desk).values()} == {"sent"}

    (body,) = others.webhook.taken.values()
    document = json.loads(body)
    first = base64.b64decode(document["files"][0]["content"])
    assert hashlib.sha256(first).hexdigest() == document["files"][0]["sha256"]
    assert document["key"] == consignments(desk)["huyen-a"].key

    (edxml,) = others.sftp.folder.iterdir()
    message = read_edxml(edxml.read_bytes(), size_limit_bytes=10_000_000)
    assert isinstance(message, DocumentMessage)
    assert message.files[0].content == first

    (filed,) = (others.watched / "so-tt" / "den").iterdir()
    assert read_mail(filed.read_bytes()).attachments[0].content == first
    (mailed,) = (others.mail.maildir.parent / "sent").iterdir()
    assert read_mail(mailed.read_bytes()).attachments[0].content == first


def test_a_unit_whose_system_refuses_gets_it_by_its_next_channel(
    desk: Desk, others: Others
) -> None:
    with desk.database.writing() as session:
        session.add(
            UnitChannel(
                organisation_id="huyen-a", rank=1, channel="smtp", address="huyen-a@donvi.example"
            )
        )
    others.webhook.answer = says(403, b"khong nhan")
    issue(desk, tasks=[task()])
    while deliver_batch(desk).claimed:
        pass
    assert others.webhook.taken == {}
    sent = (others.mail.maildir.parent / "sent").iterdir()
    recipients = [read_mail(one.read_bytes()).raw for one in sent]
    assert sum(b"huyen-a@donvi.example" in raw for raw in recipients) == 1


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[tuple[Dovecot, IMAPInbox]]:
    certificate = make_server_certificate(tmp_path / "certificates")
    with dovecot(certificate) as server:
        inbox = IMAPInbox(
            host="127.0.0.1", port=server.implicit, user="ban", password=PASSWORD,
            tls=TLSMode.IMPLICIT, tls_context=certificate.trusting(), timeout_s=10,
        )  # fmt: skip
        with inbox:
            yield server, inbox


def test_a_report_at_the_imap_server_is_taken_once_whatever_dies_between(
    desk: Desk, mailbox: tuple[Dovecot, IMAPInbox]
) -> None:
    server, inbox = mailbox
    reach(desk, {"huyen-a": ("smtp", "huyen-a@donvi.example")})
    issue(desk, tasks=[task()])
    deliver_batch(desk)
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = "huyen-a@donvi.example", "ban@ban.example", "TL"
    reply["Message-ID"] = "<bc@huyen-a.example>"
    reply["In-Reply-To"] = consignments(desk)["huyen-a"].message_id
    reply.set_content("Hội nghị: 12\n")
    reply.add_attachment(signed_pdf("x"), maintype="application", subtype="pdf", filename="b.pdf")
    with imaplib.IMAP4("127.0.0.1", server.plain) as client:
        client.login("ban", PASSWORD)
        client.append("INBOX", "", None, reply.as_bytes())  # type: ignore[arg-type]  # now
    (mail,) = inbox.fetch()
    assert receive(desk, mail) is ReceivedAs.REPORT
    # The process dies here, before it could say that the mail is done; the next one begins anew.
    inbox.close()
    (again,) = inbox.fetch()
    assert (again.handle, again.dedupe_key) == (mail.handle, mail.dedupe_key)
    assert receive(desk, again) is ReceivedAs.DUPLICATE
    inbox.done(again)
    assert list(inbox.fetch()) == []
    with desk.database.reading() as session:
        assert len(session.scalars(select(IncomingMessage)).all()) == 1
