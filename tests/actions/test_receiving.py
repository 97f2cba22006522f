import threading
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select, update

from actions.desk import Desk
from actions.receiving import ReceivedAs, match, receive
from actions.reporting import return_report
from delivery.inbox import IncomingMail, read_mail
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment, IncomingMessage, Notice
from models.obligation import Obligation
from models.officer import Role
from models.report import Report
from models.session import Database
from tests.actions.back_office import (
    ScriptedChannel,
    change_unit,
    consignments,
    issue,
    mark_judge,
    obligations,
    send_all,
    signed_pdf,
    task,
)
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice, certificate, small_office

A = "huyen-a@donvi.example"
ANSWER = "Hội nghị quán triệt: 24 hội nghị\n- Đảng viên: 3.120 đảng viên\n> Trích: thư cũ\n"


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return small_office(database)


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: StoryClock, office: SmallOffice) -> Desk:
    assert office.group == "huyen"
    channels = {"smtp": ScriptedChannel()}
    return make_desk(database, tmp_path, clock, judge=mark_judge, channels=channels)


@pytest.fixture
def key(desk: Desk) -> DirectiveId:
    made = issue(desk, tasks=[task()])
    send_all(desk)
    return made


@pytest.fixture
def own(desk: Desk) -> tuple[tuple[str, bytes], ...]:
    """A report that the unit signed with its registered certificate."""
    with desk.database.writing() as session:
        fingerprint = certificate(session, "HUYỆN ỦY A", organisation_id="huyen-a")
    return (("bao-cao.pdf", signed_pdf(fingerprint)),)


def mail(
    *,
    sender: str = A,
    subject: str = "Trả lời",
    reply_to: str | None = None,
    files: tuple[tuple[str, bytes], ...] = (("bao-cao.pdf", signed_pdf("x")),),
    text: str = ANSWER,
    message_id: str = "<r1@huyen-a.example>",
    automatic: str | None = None,
) -> IncomingMail:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "ban@ban.example", subject
    message["Message-ID"] = message_id
    if reply_to:
        message["In-Reply-To"] = message["References"] = reply_to
    if automatic:
        message["Auto-Submitted"] = automatic
    message.set_content(text)
    for name, content in files:
        kind = ("application", "pdf") if name.endswith(".pdf") else ("application", "octet-stream")
        message.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=name)
    return read_mail(message.as_bytes())


def bounce(
    desk: Desk, *, to: str = A, action: str = "failed", status: str = "5.1.1"
) -> IncomingMail:
    ours = consignments(desk)["huyen-a"].message_id
    return read_mail(
        f"From: MAILER-DAEMON@mx.example\nTo: ban@ban.example\nSubject: Undelivered\n"
        f"Message-ID: <dsn-{action}-{to}>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nnot delivered\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 550 mailbox unknown\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {ours}\n\n--b--\n".encode()
    )


def incoming(desk: Desk) -> list[IncomingMessage]:
    with desk.database.reading() as session:
        return list(session.scalars(select(IncomingMessage).order_by(IncomingMessage.subject)))


def reports(desk: Desk) -> list[Report]:
    with desk.database.reading() as session:
        return list(session.scalars(select(Report).order_by(Report.file_name)))


# --- reports --------------------------------------------------------------------------------


def test_an_answer_to_the_directive_is_the_units_report(desk: Desk, key: DirectiveId) -> None:
    received = mail(reply_to=consignments(desk)["huyen-a"].message_id)
    assert receive(desk, received) is ReceivedAs.REPORT
    (report,) = reports(desk)
    assert (report.directive_id, report.organisation_id, report.via) == (key, "huyen-a", "mail")
    assert report.state == "received"
    source = "thư <r1@huyen-a.example>"
    assert report.answers == [
        {"label": "Hội nghị quán triệt", "value": "24 hội nghị", "source": source},
        {"label": "Đảng viên", "value": "3.120 đảng viên", "source": source},
    ]
    (row,) = incoming(desk)
    assert (row.state, row.matched_to) == ("matched", f"report:{report.id}")
    assert report.incoming_id == row.id
    assert desk.archive.get(row.raw_sha256) == received.raw
    assert obligations(desk)["R1", "huyen-a"].state == "reported"


def test_an_answer_to_a_reminder_is_a_report_too(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    receive(desk, mail(reply_to=consignments(desk)["huyen-a"].message_id))
    return_report(desk, office.actor(Role.FOLLOW_UP), reports(desk)[0].id, reason="Thiếu.")
    with desk.database.reading() as session:
        notice = session.scalars(select(Notice)).one()
    again = mail(reply_to=notice.message_id, message_id="<r2@huyen-a.example>")
    assert receive(desk, again) is ReceivedAs.REPORT
    assert {one.state for one in reports(desk)} == {"returned", "received"}
    assert {one.directive_id for one in reports(desk)} == {key}


@pytest.mark.parametrize("replies", [True, False])
def test_a_unit_answers_from_its_mail_address_whatever_channel_it_has(
    desk: Desk, key: DirectiveId, own: tuple[tuple[str, bytes], ...], *, replies: bool
) -> None:
    change_unit(desk, "huyen-a", address="https://a.example/nhan", email="VanThu@huyen-a.example")
    about = consignments(desk)["huyen-a"].message_id if replies else None
    received = mail(
        sender="vanthu@huyen-a.example", subject="BC 96-HD/BTNTU", reply_to=about, files=own
    )
    assert receive(desk, received) is ReceivedAs.REPORT
    assert {one.directive_id for one in reports(desk)} == {key}


def test_without_a_reply_the_number_in_the_subject_and_the_sender_decide(
    desk: Desk, key: DirectiveId, own: tuple[tuple[str, bytes], ...]
) -> None:
    received = mail(subject="Báo cáo thực hiện 96-hd/btntu", files=own)
    assert receive(desk, received) is ReceivedAs.REPORT
    assert reports(desk)[0].directive_id == key


def test_a_reply_to_something_unknown_is_told_by_its_number(
    desk: Desk, key: DirectiveId, own: tuple[tuple[str, bytes], ...]
) -> None:
    received = mail(subject="V/v 96-HD/BTNTU", reply_to="<khac@o-dau.example>", files=own)
    assert receive(desk, received) is ReceivedAs.REPORT
    assert reports(desk)[0].directive_id == key


@pytest.mark.parametrize(
    "content",
    [b"", b"no pdf at all", signed_pdf("x", word="unsigned"), signed_pdf("x"), "indeterminate"],
    ids=["empty", "no_pdf", "unsigned", "stranger", "indeterminate"],
)
def test_a_forged_sender_with_a_public_number_makes_no_version_of_the_units_report(
    desk: Desk,
    key: DirectiveId,
    office: SmallOffice,
    own: tuple[tuple[str, bytes], ...],
    content: bytes | str,
) -> None:
    if isinstance(content, str):
        content = own[0][1].replace(b"passed", content.encode())
    forged = mail(subject="Báo cáo 96-HD/BTNTU", files=(("bao-cao.pdf", content),))
    assert receive(desk, forged) is ReceivedAs.UNMATCHED
    assert reports(desk) == []
    assert obligations(desk)["R1", "huyen-a"].state == "open"
    with desk.database.reading() as session:
        assert session.scalars(select(Notice)).all() == []
    (row,) = incoming(desk)
    assert row.state == "unmatched"
    assert "chưa rõ có đúng đơn vị gửi không" in str(row.detail)
    # It is not lost: a person may still take it.
    follow_up = office.actor(Role.FOLLOW_UP)
    match(desk, follow_up, row.id, organisation_id="huyen-a", directive_id=key)
    assert len(reports(desk)) == 1


@pytest.mark.parametrize("replies", [True, False])
def test_a_mail_that_names_a_directive_of_another_unit_answers_it_for_nobody(
    desk: Desk, key: DirectiveId, own: tuple[tuple[str, bytes], ...], *, replies: bool
) -> None:
    theirs = task(groups=[], organisations=["huyen-b"])
    line = ("action", ("huyen-b",), ())
    other = issue(desk, number=97, number_text="97-HD/BTNTU", lines=[line], tasks=[theirs])
    with desk.database.reading() as session:
        one = session.scalars(select(Consignment).where(Consignment.directive_id == other)).one()
    about = one.message_id if replies else None
    named = mail(subject="Báo cáo 97-HD/BTNTU", files=own, reply_to=about)
    assert receive(desk, named) is ReceivedAs.UNMATCHED
    assert reports(desk) == []
    with desk.database.reading() as session:
        owed = session.scalars(select(Obligation).where(Obligation.directive_id.in_((key, other))))
        assert {one.state for one in owed} == {"open"}


def test_who_answers_a_letter_about_several_directives_names_one_in_the_subject(
    desk: Desk, key: DirectiveId
) -> None:
    other = issue(desk, number=97, number_text="97-HD/BTNTU", tasks=[task()])
    with desk.database.writing() as session:
        row = Notice(
            key="n:1", kind="reminder", organisation_id="huyen-a", directive_id=None,
            address=A, message_id="<nhieu@ban.example>", subject="Nhắc", text="x",
            created_at=desk.clock(),
        )  # fmt: skip
        session.add(row)
    answer = mail(subject="Báo cáo 97-HD/BTNTU", reply_to="<nhieu@ban.example>")
    assert receive(desk, answer) is ReceivedAs.REPORT
    assert [one.directive_id for one in reports(desk)] == [other]
    assert key != other


def test_a_directive_without_a_number_is_never_named(desk: Desk, key: DirectiveId) -> None:
    with desk.database.writing() as session:
        session.get_one(Directive, key).number_text = None
    assert receive(desk, mail(subject="V/v 96-HD/BTNTU")) is ReceivedAs.UNMATCHED


@pytest.mark.parametrize(
    ("subject", "sender"),
    [
        ("Báo cáo", A),
        ("Báo cáo 196-HD/BTNTU", A),
        ("Báo cáo 96-HD/BTNTU", "nguoi-la@o-dau.example"),
    ],
)
def test_what_cannot_be_told_waits_for_a_person(
    desk: Desk, key: DirectiveId, subject: str, sender: str
) -> None:
    assert key
    assert receive(desk, mail(subject=subject, sender=sender)) is ReceivedAs.UNMATCHED
    (row,) = incoming(desk)
    assert row.state == "unmatched"
    assert row.detail
    assert reports(desk) == []


def test_a_reply_from_another_address_waits_for_a_person(desk: Desk, key: DirectiveId) -> None:
    assert key
    reply_to = consignments(desk)["huyen-a"].message_id
    received = mail(sender="ke-gia@o-dau.example", reply_to=reply_to)
    assert receive(desk, received) is ReceivedAs.UNMATCHED
    assert "không phải của đơn vị" in str(incoming(desk)[0].detail)


def test_an_answer_without_a_pdf_waits_for_a_person(desk: Desk, key: DirectiveId) -> None:
    assert key
    reply_to = consignments(desk)["huyen-a"].message_id
    received = mail(reply_to=reply_to, files=(("xin-gia-han.docx", b"PK"),))
    assert receive(desk, received) is ReceivedAs.UNMATCHED
    assert "không kèm báo cáo dạng PDF" in str(incoming(desk)[0].detail)
    large = replace(received, dedupe_key="khác", problems=("too_large",), attachments=())
    assert receive(desk, large) is ReceivedAs.UNMATCHED
    assert any("quá lớn" in str(row.detail) for row in incoming(desk))


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("auto-replied", ReceivedAs.UNMATCHED),
        ('Auto-Replied; owner-email="a@b.example"', ReceivedAs.UNMATCHED),
        ("no", ReceivedAs.REPORT),
    ],
)
def test_a_program_that_answers_is_not_answered(
    desk: Desk, key: DirectiveId, said: str, taken: ReceivedAs
) -> None:
    assert key
    ours = consignments(desk)["huyen-a"].message_id
    broken = (("bao-cao.pdf", b""),)
    assert receive(desk, mail(reply_to=ours, files=broken, automatic=said)) is taken
    with desk.database.reading() as session:
        answered = session.scalars(select(Notice)).all()
    assert bool(answered) is (taken is ReceivedAs.REPORT)


def test_a_mail_is_one_report_and_its_other_files_stay_beside_it(
    desk: Desk, key: DirectiveId
) -> None:
    assert key
    files = (
        ("a.pdf", signed_pdf("x")),
        ("b.pdf", b""),
        ("c.bin", signed_pdf("y")),
        ("d.doc", b"x"),
    )
    reply_to = consignments(desk)["huyen-a"].message_id
    assert receive(desk, mail(reply_to=reply_to, files=files)) is ReceivedAs.REPORT
    (report,) = reports(desk)
    assert (report.file_name, report.state) == ("a.pdf", "received")
    assert [one["name"] for one in report.attachments] == ["c.bin", "d.doc"]
    assert desk.archive.get(report.attachments[1]["sha256"]) == b"x"


def test_a_broken_signature_is_returned_and_the_mail_still_counts_as_matched(
    desk: Desk, key: DirectiveId
) -> None:
    assert key
    broken = (("a.pdf", signed_pdf("x", word="failed")),)
    reply_to = consignments(desk)["huyen-a"].message_id
    assert receive(desk, mail(reply_to=reply_to, files=broken)) is ReceivedAs.REPORT
    assert reports(desk)[0].state == "returned"
    assert obligations(desk)["R1", "huyen-a"].state == "open"


def test_a_report_of_what_nobody_owes_waits_with_the_reason(desk: Desk) -> None:
    issue(desk)
    send_all(desk)
    reply_to = consignments(desk)["huyen-a"].message_id
    assert receive(desk, mail(reply_to=reply_to)) is ReceivedAs.UNMATCHED
    assert "Không tìm thấy nhiệm vụ" in str(incoming(desk)[0].detail)


def test_the_same_mail_twice_changes_nothing(desk: Desk, key: DirectiveId) -> None:
    assert key
    received = mail(reply_to=consignments(desk)["huyen-a"].message_id)
    assert receive(desk, received) is ReceivedAs.REPORT
    assert receive(desk, received) is ReceivedAs.DUPLICATE
    assert len(reports(desk)) == len(incoming(desk)) == 1


def test_the_same_mail_at_two_processes_is_one_report(desk: Desk, key: DirectiveId) -> None:
    assert key
    received = mail(reply_to=consignments(desk)["huyen-a"].message_id)
    barrier = threading.Barrier(3)
    found: list[ReceivedAs] = []

    def work() -> None:
        barrier.wait()
        found.append(receive(desk, received))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) <= {ReceivedAs.REPORT, ReceivedAs.DUPLICATE}
    assert ReceivedAs.REPORT in found
    assert len(incoming(desk)) == len(reports(desk)) == 1
    assert incoming(desk)[0].state == "matched"


def test_a_mail_that_a_crash_left_half_done_is_finished_and_its_report_made_once(
    desk: Desk, key: DirectiveId
) -> None:
    assert key
    received = mail(reply_to=consignments(desk)["huyen-a"].message_id)
    receive(desk, received)
    with desk.database.writing() as session:
        session.execute(update(IncomingMessage).values(state="new", matched_to=None))
    assert receive(desk, received) is ReceivedAs.REPORT
    assert len(reports(desk)) == 1
    assert incoming(desk)[0].matched_to == f"report:{reports(desk)[0].id}"


# --- bounces --------------------------------------------------------------------------------


# --- decisions of a person ------------------------------------------------------------------
