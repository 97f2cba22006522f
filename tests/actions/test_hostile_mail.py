"""Hostile mail changes nothing but its own row: whole tables are compared before and after."""

import io
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from actions.acknowledging import acknowledge
from actions.auditing import verify_chain
from actions.desk import Desk
from actions.receiving import ReceivedAs, receive
from delivery.inbox import IncomingMail, read_mail
from models.base import Base, DirectiveId
from models.session import Database
from tests.actions.back_office import (
    ScriptedChannel,
    consignments,
    issue,
    mark_judge,
    send_all,
    task,
    unit,
)
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import small_office

OWN = frozenset({"incoming_message", "audit_event", "audit_head"})
"""A mail's own row, and the record that it came."""
A = "huyen-a@donvi.example"
STRANGER = "la@noi-khac.example"


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: StoryClock) -> Desk:
    small_office(database)
    channels = {"smtp": ScriptedChannel()}
    return make_desk(database, tmp_path / "home", clock, judge=mark_judge, channels=channels)


@pytest.fixture
def key(desk: Desk) -> DirectiveId:
    made = issue(desk, tasks=[task()])
    send_all(desk)
    return made


def dump(desk: Desk, *, but: frozenset[str] = OWN) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in order."""
    with desk.database.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name not in but
        }


def rows(desk: Desk) -> int:
    return len(dump(desk, but=frozenset())["incoming_message"])


def mail(build: Callable[[EmailMessage], None], *, sender: str = STRANGER) -> IncomingMail:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "ban@ban.example", "Trả lời"
    made["Message-ID"] = "<hostile@noi-khac.example>"
    build(made)
    return read_mail(made.as_bytes())


def path_names(made: EmailMessage) -> None:
    made.set_content("x")
    for name in ("../../x", "..\\..\\x.pdf", "/etc/passwd", "C:\\x", "a\x00b.pdf", "." * 300):
        made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="t.pdf")
        part = list(made.iter_attachments())[-1]
        del part["Content-Disposition"]
        part._headers.append(  # type: ignore[attr-defined]  # as a stranger writes it
            ("Content-Disposition", f'attachment; filename="{name}"')
        )


def bomb(made: EmailMessage) -> None:
    made.set_content("x")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bao-cao.pdf", bytes(50_000_000))
    made.add_attachment(
        packed.getvalue(), maintype="application", subtype="zip", filename="bao-cao.zip"
    )


def pages(made: EmailMessage) -> None:
    made.set_content(
        "<script>fetch('/x')</script><img src='http://x.example/1.png'>", subtype="html"
    )


def raw_parts() -> bytes:
    parts = b"".join(b"--b\nContent-Type: text/plain\n\nx\n" for _ in range(10_000))
    return (
        b"From: la@noi-khac.example\nSubject: x\nMessage-ID: <p@x.example>\n"
        b"Content-Type: multipart/mixed; boundary=b\n\n" + parts + b"--b--\n"
    )


def status_in_a_mail(made: EmailMessage) -> None:
    made.set_content("<StatusCode>03</StatusCode>")
    made.add_attachment(
        b"<edXML><Status><StatusCode>03</StatusCode></Status></edXML>",
        maintype="application", subtype="edxml+xml", filename="status.edxml",
    )  # fmt: skip


HOSTILE = {
    "paths": lambda: mail(path_names),
    "paths from a unit": lambda: mail(
        lambda made: made.set_content("x"), sender='"../../x" <huyen-a@donvi.example>'
    ),
    "zip bomb": lambda: mail(bomb),
    "zip bomb from a unit": lambda: mail(bomb, sender=A),
    "html": lambda: mail(pages),
    "10,000 parts": lambda: read_mail(raw_parts()),
    "status by mail": lambda: mail(status_in_a_mail, sender=A),
    "nothing": lambda: read_mail(b""),
    "zeros": lambda: read_mail(bytes(5_000)),
    "zeros in headers": lambda: read_mail(
        b"From: a\x00@x.example\nSubject: \x00\xff\nMessage-ID: <a\x00b@x>\n\n\x00"
    ),
    "deep": lambda: read_mail(
        b"From: a@x.example\n"
        + b"".join(
            f"Content-Type: multipart/mixed; boundary=b{at}\n\n--b{at}\n".encode()
            for at in range(2_000)
        )
    ),
    "long headers": lambda: read_mail(
        b"From: "
        + b"a" * 100_000
        + b"@x.example\nSubject: "
        + b"=?utf-8?q?x?= " * 20_000
        + b"\n\nx"
    ),
}


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_a_hostile_mail_waits_for_a_person_and_changes_nothing_else(
    desk: Desk, key: DirectiveId, tmp_path: Path, kind: str
) -> None:
    assert key in {one.directive_id for one in consignments(desk).values()}
    before, around = dump(desk), {path for path in tmp_path.rglob("*") if "home" not in path.parts}
    assert receive(desk, HOSTILE[kind]()) is ReceivedAs.UNMATCHED
    assert dump(desk) == before
    assert rows(desk) == 1
    assert {path for path in tmp_path.rglob("*") if "home" not in path.parts} == around
    with desk.database.reading() as session:
        assert verify_chain(session).broken_at is None


# --- forged receipts ------------------------------------------------------------------------


def notice(
    *, about: str, to: str = A, action: str = "failed", message_id: str = "<n@mx.example>"
) -> IncomingMail:
    return read_mail(
        f"From: MAILER-DAEMON@mx.example\nTo: ban@ban.example\nSubject: Undelivered\n"
        f"Message-ID: {message_id}\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: 5.1.1\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {about}\n\n--b--\n".encode()
    )


@pytest.mark.parametrize(
    ("about", "to"),
    [
        ("ours", "huyen-b@donvi.example"),
        ("ours", "x@noi-khac.example"),
        ("<0123456789abcdef@trinhky.example>", A),
        ("<0123456789abcdef@trinhky.example>", "x@noi-khac.example"),
    ],
)
@pytest.mark.parametrize("action", ["failed", "delivered"])
def test_a_forged_receipt_counts_for_nothing(
    desk: Desk, key: DirectiveId, about: str, to: str, action: str
) -> None:
    assert key in {one.directive_id for one in consignments(desk).values()}
    ours = consignments(desk)["huyen-a"].message_id
    before = dump(desk)
    said = notice(about=ours if about == "ours" else about, to=to, action=action)
    assert receive(desk, said) is ReceivedAs.UNMATCHED
    assert dump(desk) == before


def test_a_true_bounce_counts_once_and_its_repeat_for_nothing(desk: Desk, key: DirectiveId) -> None:
    assert key in {one.directive_id for one in consignments(desk).values()}
    ours = consignments(desk)["huyen-a"].message_id
    assert receive(desk, notice(about=ours)) is ReceivedAs.BOUNCE
    assert consignments(desk)["huyen-a"].state == "bounced"
    before = dump(desk, but=frozenset())
    assert receive(desk, notice(about=ours)) is ReceivedAs.DUPLICATE
    assert dump(desk, but=frozenset()) == before


def test_no_mail_moves_an_acknowledgement(desk: Desk, key: DirectiveId) -> None:
    acknowledge(desk, unit("huyen-a"), key, organisation_id="huyen-a")
    one = consignments(desk)["huyen-a"]
    before = dump(desk, but=OWN | {"delivery_event"})
    for at, action in enumerate(("failed", "delayed", "delivered")):
        receive(desk, notice(about=one.message_id, action=action, message_id=f"<{at}@mx>"))
    assert dump(desk, but=OWN | {"delivery_event"}) == before
    assert consignments(desk)["huyen-a"].state == "accepted"
