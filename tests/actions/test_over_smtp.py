"""The back office over real SMTP: a server that misbehaves, a mailbox, a worker that is killed."""

import json
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from actions import outbox
from actions.desk import Desk
from actions.dispatching import DispatchSummary, deliver_batch
from actions.receiving import ReceivedAs, receive
from delivery.inbox import MaildirInbox
from delivery.smtp import SMTPChannel
from models.dispatch import DeliveryAttempt
from models.report import Report
from models.session import Database
from tests.actions.back_office import (
    consignments,
    issue,
    mark_judge,
    obligations,
    signed_pdf,
    task,
)
from tests.support.clock import StoryClock
from tests.support.desk import ROOT, make_desk
from tests.support.factories import small_office
from wiring.stories.mail_config import MailServerConfig
from wiring.stories.mail_server import MailServer

A, B, S = (f"{key}@donvi.example" for key in ("huyen-a", "huyen-b", "so-tt"))
WORKER = """
import sys
from pathlib import Path
from actions.dispatching import deliver_batch
from delivery.smtp import SMTPChannel
from models.session import Database
from tests.support.desk import make_desk
url, folder, port = sys.argv[1:]
channel = lambda: SMTPChannel(host="127.0.0.1", port=int(port))
deliver_batch(make_desk(Database(url), Path(folder), channels={"smtp": channel}))
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    behaviours = tmp_path / "behaviours.json"
    behaviours.write_text("{}")
    config = MailServerConfig(
        folder=tmp_path / "mail", office=("ban@ban.example",), behaviours=behaviours
    )
    with MailServer(config) as running:
        yield running


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path, clock: StoryClock, server: MailServer) -> Desk:
    small_office(sqlite_database)
    channels = {"smtp": lambda: SMTPChannel(host="127.0.0.1", port=server.port)}
    return make_desk(sqlite_database, tmp_path, clock, judge=mark_judge, channels=channels)


def behave(tmp_path: Path, **how: object) -> None:
    (tmp_path / "behaviours.json").write_text(
        json.dumps({f"{key.replace('_', '-')}@donvi.example": value for key, value in how.items()})
    )


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        time.sleep(0.02)
    pytest.fail("waited in vain")


def sent(tmp_path: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((tmp_path / "mail" / "sent").glob("*.eml"))]


def repeats(tmp_path: Path) -> list[dict[str, object]]:
    lines = (tmp_path / "mail" / "repeats.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_each_way_of_answering_ends_in_the_state_it_means(
    desk: Desk, tmp_path: Path, clock: StoryClock
) -> None:
    behave(tmp_path, huyen_a="bounce", huyen_b="defer", so_tt="silent")
    issue(desk, tasks=[task()])
    assert deliver_batch(desk) == DispatchSummary(
        claimed=4, sent=1, bounced=1, unknown=1, retried=1
    )
    states = {key: one.state for key, one in consignments(desk).items()}
    assert states == {
        "huyen-a": "bounced", "huyen-b": "planned", "so-tt": "unknown", "tinh-uy": "sent",
    }  # fmt: skip
    assert str(consignments(desk)["huyen-a"].detail).startswith("550 5.1.1")
    clock.advance(minutes=2)
    assert deliver_batch(desk) == DispatchSummary(claimed=2, sent=2)
    (again,) = repeats(tmp_path)
    assert (again["recipients"], again["same_bytes"]) == ([S], True)
    assert again["message_id"] == consignments(desk)["so-tt"].message_id
    assert len(sent(tmp_path)) == 3
    assert deliver_batch(desk) == DispatchSummary()


def test_a_report_and_a_late_bounce_come_back_through_the_mailbox(
    desk: Desk, tmp_path: Path, server: MailServer
) -> None:
    behave(tmp_path, huyen_b={"kind": "accept_then_dsn", "delay_s": 0})
    issue(desk, tasks=[task()])
    deliver_batch(desk)
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = A, "ban@ban.example", "Trả lời"
    reply["Message-ID"] = "<bc@huyen-a.example>"
    reply["In-Reply-To"] = consignments(desk)["huyen-a"].message_id
    reply.set_content("Hội nghị: 12\n")
    reply.add_attachment(
        signed_pdf("x"), maintype="application", subtype="pdf", filename="Báo cáo quý.pdf"
    )
    with smtplib.SMTP("127.0.0.1", server.port, "localhost", timeout=10) as client:
        client.send_message(reply)
    inbox = MaildirInbox(server.maildir)
    wait_until(lambda: len(list(inbox.fetch())) == 2)
    taken = set()
    for mail in inbox.fetch():
        taken.add(receive(desk, mail))
        inbox.done(mail)
    assert taken == {ReceivedAs.BOUNCE, ReceivedAs.REPORT}
    assert list(inbox.fetch()) == []
    assert consignments(desk)["huyen-b"].state == "bounced"
    assert obligations(desk)["R1", "huyen-a"].state == "reported"
    with desk.database.reading() as session:
        report = session.scalars(select(Report)).one()
    assert (report.file_name, report.answers[0]["value"]) == ("Báo cáo quý.pdf", "12")


def test_a_worker_killed_in_the_middle_of_sending_loses_and_doubles_nothing(
    desk: Desk, tmp_path: Path, clock: StoryClock, server: MailServer
) -> None:
    behave(tmp_path, huyen_b={"kind": "slow", "delay_s": 60})
    issue(desk, tasks=[task()])
    url = str(desk.database.engine.url)
    command = [sys.executable, "-c", WORKER, url, str(tmp_path), str(server.port)]
    worker = subprocess.Popen(command, cwd=ROOT)
    # Two messages lie at the server; the reply to the second is still out.
    wait_until(lambda: len(sent(tmp_path)) == 2)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    behave(tmp_path)
    assert consignments(desk)["huyen-b"].state == "sending"
    assert deliver_batch(desk) == DispatchSummary()  # the dead worker's lease still holds
    clock.advance(seconds=outbox.LEASE_S)
    after = deliver_batch(desk)
    assert (after.claimed, after.released, after.sent) == (3, 3, 3)
    assert {one.state for one in consignments(desk).values()} == {"sent"}
    assert len(sent(tmp_path)) == 4
    (again,) = repeats(tmp_path)
    assert (again["recipients"], again["same_bytes"]) == ([B], True)
    with desk.database.reading() as session:
        query = select(DeliveryAttempt.outcome).order_by(DeliveryAttempt.id)
        assert sorted(session.scalars(query)) == ["sent"] * 4 + ["unknown"]


def test_a_server_that_is_not_there_is_waited_for(
    desk: Desk, clock: StoryClock, server: MailServer
) -> None:
    issue(desk)
    port = server.port
    away = replace(
        desk, channels={"smtp": lambda: SMTPChannel(host="127.0.0.1", port=1, timeout_s=2)}
    )
    assert deliver_batch(away).retried == 4
    clock.advance(minutes=2)
    assert port
    assert deliver_batch(desk).sent == 4
