"""Papers by mail, papers that several processes take in at once, answers that wait for a way."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from actions.desk import Desk
from actions.errors import InvalidInputError, NotAuthorisedError, NotFoundError, WrongStateError
from actions.incoming.accepting import accept
from actions.incoming.answering import send_held
from actions.incoming.arriving import arrive
from actions.incoming.replying import Answer, reply, reply_with_directive
from actions.incoming.showing import late_to_register, list_papers, papers_waiting_for
from actions.incoming.suggesting import suggest
from actions.incoming.taking import PaperFacts, take_mail
from actions.receiving import ReceivedAs, receive, set_aside
from delivery.edxml.message import DocumentMessage, Party, Priority
from delivery.edxml.payload import from_payload
from delivery.inbox import read_mail
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import IncomingMessage
from models.incoming import IncomingDocument, IncomingReply
from models.officer import Role
from models.organisation import Organisation
from models.outbox import OutboxRow
from tests.actions.back_office import ScriptedChannel, send_all, signed_pdf
from tests.actions.incoming.receiver import MESSAGE, Receiver, message
from tests.support.front import Front

FACTS = PaperFacts(
    sender_name="Sở Nội vụ", number_symbol="12/SNV-VP", subject="Cung cấp số liệu",
    document_date=date(2022, 9, 19),
)  # fmt: skip


def mail_with(pdf: bytes) -> bytes:
    letter = EmailMessage()
    letter["From"] = "van-thu@snv.example"
    letter["To"] = "ban@ban.example"
    letter["Message-ID"] = f"<{uuid.uuid4().hex}@snv.example>"
    letter["Subject"] = "Công văn 12"
    letter.set_content("Kính gửi văn bản.")
    letter.add_attachment(pdf, maintype="application", subtype="pdf", filename="12-SNV.pdf")
    return letter.as_bytes()


def waiting_mail(receiver: Receiver, pdf: bytes) -> uuid.UUID:
    assert receive(receiver.desk, read_mail(mail_with(pdf))) is ReceivedAs.UNMATCHED
    with receiver.desk.database.reading() as session:
        return session.scalars(select(IncomingMessage.id)).one()


@pytest.mark.parametrize("aside", ["", "Thư gửi nhầm."])
def test_why_a_mail_waited_or_was_set_aside_is_read_after_it_became_a_paper(
    receiver: Receiver, aside: str
) -> None:
    mail = waiting_mail(receiver, signed_pdf("ab" * 32))
    if aside:
        follower = receiver.front.office.actor(Role.FOLLOW_UP)
        set_aside(receiver.desk, follower, mail, reason=aside)
    with receiver.desk.database.reading() as session:
        why = session.get_one(IncomingMessage, mail).detail
    assert why
    assert aside in why
    take_mail(receiver.desk, receiver.front.clerk, mail, FACTS)
    with receiver.desk.database.reading() as session:
        message = session.get_one(IncomingMessage, mail)
        assert (message.state, message.detail) == ("matched", why)


def test_a_mail_that_is_no_report_becomes_a_paper_once(receiver: Receiver) -> None:
    mail = waiting_mail(receiver, signed_pdf("ab" * 32))
    with pytest.raises(NotAuthorisedError):
        take_mail(receiver.desk, receiver.front.drafter, mail, FACTS)
    key = take_mail(receiver.desk, receiver.front.clerk, mail, FACTS)
    paper = receiver.document(key)
    assert (paper.via, paper.state, paper.verdict) == ("smtp", "arrived", "passed")
    assert (paper.reply_channel, paper.reply_address) == ("smtp", "van-thu@snv.example")
    with pytest.raises(WrongStateError):
        take_mail(receiver.desk, receiver.front.clerk, mail, FACTS)
    accept(receiver.desk, receiver.front.clerk, key)
    told = receiver.notices()
    assert [one.channel for one in told] == ["smtp"]
    assert "Số đến: 01/2022" in told[0].text


def test_a_message_between_systems_is_not_taken_for_a_mail(lone: Receiver) -> None:
    incoming = lone.came()
    with pytest.raises(InvalidInputError):
        take_mail(lone.desk, lone.front.clerk, incoming, FACTS)
    assert lone.front.count(IncomingDocument) == 0


def test_processes_that_take_one_message_in_at_once_make_one_paper(receiver: Receiver) -> None:
    incoming = [receiver.came() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        keys = set(
            pool.map(lambda one: arrive(receiver.desk, one, MESSAGE, via="edxml_folder"), incoming)
        )
    assert len(keys) == 1
    assert receiver.front.count(IncomingDocument) == 1


def test_held_answers_go_once_the_sender_has_a_channel(receiver: Receiver) -> None:
    stranger = "000.00.99.H36"
    key = receiver.arrives(message(sender=Party(organ_id=stranger, name="Nơi lạ")), sender="")
    accept(receiver.desk, receiver.front.clerk, key)
    with pytest.raises(InvalidInputError):
        send_held(receiver.desk, receiver.front.clerk, key)

    def known(session) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 (a session)
        unit = session.get_one(Organisation, "so-tt")
        unit.agency_id, unit.channel, unit.address = stranger, "edxml_folder", "so-tt"

    receiver.front.change(known)
    assert send_held(receiver.desk, receiver.front.clerk, key) == 2
    assert {(one.state, one.address) for one in receiver.notices()} == {("planned", "so-tt")}
    assert receiver.front.count(OutboxRow, OutboxRow.kind == "notice") == 2
    assert send_held(receiver.desk, receiver.front.clerk, key) == 0


def test_what_is_not_registered_by_the_next_working_day_is_shown(lone: Receiver) -> None:
    lone.front.clock.set_day(date(2022, 9, 23))  # a Friday
    key = lone.arrives()
    urgent = lone.arrives(message(document_id="khẩn", number="97", priority=Priority.URGENT))
    assert late(lone.desk) == []
    lone.front.clock.set_day(date(2022, 9, 26))
    assert late(lone.desk) == [urgent]
    lone.front.clock.set_day(date(2022, 9, 27))
    assert set(late(lone.desk)) == {key, urgent}
    with lone.desk.database.reading() as session:
        at = lone.desk.clock()
        waiting = papers_waiting_for(session, officer_id="registry-clerk", at=at)
        assert [one.late for one in waiting if "cho-tiep-nhan" in one.filters] == [True, True]
        assert papers_waiting_for(session, officer_id="drafter", at=at) == []


def late(desk: Desk) -> list[uuid.UUID]:
    with desk.database.reading() as session:
        return [one.id for one in late_to_register(session, at=desk.clock())]


def test_each_sees_what_waits_for_them(lone: Receiver) -> None:
    key = lone.assigned()
    with lone.desk.database.reading() as session:
        at = lone.desk.clock()
        (mine,) = papers_waiting_for(session, officer_id="drafter", at=at)
        (row,) = list_papers(session, officer_id="drafter", at=at)
        assert papers_waiting_for(session, officer_id="form-reviewer", at=at) == []
    assert "cua-toi" in mine.filters
    assert {"", "dang-giai-quyet", "cua-toi"} == row.filters
    assert row.document.id == key


def test_a_sealed_paper_of_ours_is_the_reply(sealed_front: Front, key: DirectiveId) -> None:
    receiver = Receiver(sealed_front)
    receiver.front.change(
        lambda session: setattr(session.get_one(Organisation, "ban"), "agency_id", "000.00.05.H36")
    )
    plain = message(files=())
    paper = receiver.arrives(plain, sender="")
    accept(receiver.desk, receiver.front.clerk, paper, note="không kèm tệp")
    reply_with_directive(receiver.desk, receiver.front.signatory, paper, key)
    (sent,) = [one for one in receiver.notices() if one.kind == "reply"]
    said = from_payload(sent.payload["edxml"], content_of=receiver.desk.archive.get)
    assert isinstance(said, DocumentMessage)
    directive = receiver.front.directive(key)
    assert said.code == directive.number_text
    assert said.files[0].content == receiver.desk.archive.get(directive.sealed_sha256 or "")
    with receiver.desk.database.reading() as session:
        row = session.scalars(select(IncomingReply)).one()
    assert row.directive_id == key


def test_a_sealed_paper_of_another_office_is_no_reply_of_ours(
    sealed_front: Front, key: DirectiveId
) -> None:
    receiver = Receiver(sealed_front)
    paper = receiver.arrives(message(files=()), sender="")
    accept(receiver.desk, receiver.front.clerk, paper, note="không kèm tệp")
    receiver.front.change(
        lambda session: setattr(session.get_one(Directive, key), "organisation_id", "tinh-uy")
    )
    with pytest.raises(NotAuthorisedError, match="cơ quan ban hành"):
        reply_with_directive(receiver.desk, receiver.front.signatory, paper, key)
    assert [one for one in receiver.notices() if one.kind == "reply"] == []
    assert receiver.front.count(IncomingReply) == 0
    with pytest.raises(NotFoundError):
        reply_with_directive(
            receiver.desk, receiver.front.signatory, paper, DirectiveId(uuid.uuid4())
        )


def test_what_a_scan_says_is_proposed_and_nothing_is_stored(lone: Receiver) -> None:
    text = (
        "TỈNH ỦY THỬ NGHIỆM\nSố 15-CV/TU\nĐà Lạt, ngày 19 tháng 9 năm 2022\n"
        "V/v cung cấp số liệu báo chí\nKính gửi: Ban Thử nghiệm Tỉnh ủy\n"
        "Đề nghị đơn vị cung cấp số liệu.\n"
    )
    found = suggest(lone.desk, text.encode(), "cv.txt")
    assert found.number_symbol == "15-CV/TU"
    assert found.document_date == date(2022, 9, 19)
    unread = suggest(lone.desk, b"\x00\x01", "x.bin")
    assert unread == PaperFacts(sender_name="")
    assert lone.front.count(IncomingDocument) == 0


def test_a_reply_to_a_mail_carries_the_signed_file(lone: Receiver) -> None:
    mail = waiting_mail(lone, signed_pdf("ab" * 32))
    key = take_mail(lone.desk, lone.front.clerk, mail, FACTS)
    accept(lone.desk, lone.front.clerk, key)
    ours = signed_pdf(lone.front.office.seal_certificate)
    answer = Answer(number="15", symbol="BC/BTNTU", subject="Số liệu", day=date(2022, 9, 20))
    reply(lone.desk, lone.front.signatory, key, answer, ours)
    channel = ScriptedChannel()
    send_all(replace(lone.desk, channels={"smtp": channel}))
    letters = [read_mail(one.to_bytes()) for one in channel.sent]
    (carried,) = [one for one in letters if one.attachments]
    assert carried.attachments[0].content == ours
    assert {one.recipient_address for one in channel.sent} == {"van-thu@snv.example"}
    assert {one.state for one in lone.notices()} == {"sent"}
