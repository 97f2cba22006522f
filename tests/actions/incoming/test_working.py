"""From the register to the report: each by who may, each told to the sender."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from actions.auditing import Actor
from actions.errors import (
    ActionRefusedError,
    AlreadyDoneError,
    InvalidInputError,
    NotAcceptedError,
    NotAuthorisedError,
    WrongStateError,
)
from actions.incoming.accepting import accept
from actions.incoming.assigning import Handler, assign
from actions.incoming.handling import begin, finish
from actions.incoming.numbers import set_start
from actions.incoming.registers import FOLLOW_UP_COLUMNS, follow_up_rows
from actions.incoming.replying import Answer, reply
from actions.incoming.taking import PaperFacts, register_by_hand
from delivery.edxml.message import DocumentMessage, SteeringType
from delivery.edxml.payload import from_payload
from models.incoming import IncomingDocument, IncomingReply
from tests.actions.back_office import signed_pdf
from tests.actions.incoming.receiver import OURS, THEIRS, Receiver, message

ANSWER = Answer(
    number="15", symbol="BC/BTNTU", subject="Kết quả tuyên truyền", day=date(2022, 10, 15)
)
PAPER_BY_HAND = PaperFacts(
    sender_name="Sở Nội vụ", number_symbol="12/SNV-VP", document_date=date(2022, 9, 19),
    doc_type="Công văn", subject="Về việc cung cấp số liệu",
)  # fmt: skip


def officer(receiver: Receiver, key: str) -> Actor:
    return next(one for one in receiver.front.everybody() if one.id == key)


def test_an_accepted_paper_has_its_number_and_its_line_of_ten_columns(receiver: Receiver) -> None:
    key = receiver.accepted()
    document, line = receiver.document(key), receiver.line(key)
    assert (document.year, document.number, document.state) == (2022, 1, "accepted")
    assert (line.ordinal, line.on_day) == (1, date(2022, 9, 20))
    assert list(line.columns) == [
        "arrived_on", "number", "author", "number_symbol", "date", "type_and_subject", "receiver",
        "passed_on", "received_by", "note",
    ]  # fmt: skip
    assert line.columns["number"] == "01"
    assert line.columns["author"] == "Tỉnh ủy Thử nghiệm"
    assert receiver.codes() == ["01", "03"]


def test_two_clerks_at_once_never_share_a_number(receiver: Receiver) -> None:
    keys = [
        receiver.arrives(message(document_id=f"mã {one}", number=str(one))) for one in range(6)
    ]  # fmt: skip
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda key: accept(receiver.desk, receiver.front.clerk, key), keys))
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


def test_one_paper_accepted_twice_at_once_is_accepted_once(receiver: Receiver) -> None:
    key = receiver.arrives()

    def once(_: int) -> bool:
        try:
            accept(receiver.desk, receiver.front.clerk, key)
        except ActionRefusedError:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(once, range(3))) == 1
    assert receiver.document(key).number == 1


def test_the_same_paper_by_another_way_is_not_registered_twice(lone: Receiver) -> None:
    lone.accepted()
    twin = PaperFacts(
        sender_name="Tỉnh ủy Thử nghiệm", sender_id="tinh-uy", number_symbol="96-HD/TU",
        document_date=date(2022, 9, 20), subject="Tuyên truyền",
    )  # fmt: skip
    with pytest.raises(AlreadyDoneError):
        register_by_hand(lone.desk, lone.front.clerk, twin)
    assert lone.front.count(IncomingDocument) == 1


def test_a_number_that_comes_again_in_the_next_term_is_another_paper(lone: Receiver) -> None:
    lone.accepted()
    later = replace(
        PAPER_BY_HAND, sender_name="Tỉnh ủy Thử nghiệm", sender_id="tinh-uy",
        number_symbol="96-HD/TU", document_date=date(2022, 9, 2),
    )  # fmt: skip
    assert register_by_hand(lone.desk, lone.front.clerk, later).number == 2


def test_a_series_goes_on_where_the_paper_register_ended(lone: Receiver) -> None:
    set_start(lone.desk, lone.front.clerk, year=2022, number=731)
    made = register_by_hand(lone.desk, lone.front.clerk, PAPER_BY_HAND)
    assert made.number == 731
    with pytest.raises(InvalidInputError):
        set_start(lone.desk, lone.front.clerk, year=2022, number=731)


def test_a_new_year_begins_with_01(lone: Receiver) -> None:
    lone.accepted()
    lone.front.clock.set_day(date(2023, 1, 3))
    assert register_by_hand(lone.desk, lone.front.clerk, PAPER_BY_HAND).number == 1


def test_paper_by_hand_has_no_way_back_and_is_registered_at_once(lone: Receiver) -> None:
    made = register_by_hand(lone.desk, lone.front.clerk, PAPER_BY_HAND, presented_to="drafter")
    document = lone.document(made.document_id)
    assert (document.state, document.presented_to_id) == ("accepted", "drafter")
    assert lone.notices() == []


@pytest.mark.parametrize(
    "wrong", [{"sender_name": " "}, {"subject": ""}, {"document_date": date(2022, 9, 21)}]
)
def test_facts_that_cannot_be_right_are_refused(lone: Receiver, wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        register_by_hand(lone.desk, lone.front.clerk, replace(PAPER_BY_HAND, **wrong))  # type: ignore[arg-type]  # what the test is about
    assert lone.front.count(IncomingDocument) == 0


def test_only_the_clerk_accepts(lone: Receiver) -> None:
    key = lone.arrives()
    with pytest.raises(NotAuthorisedError):
        accept(lone.desk, lone.front.drafter, key)
    assert lone.document(key).state == "arrived"


def test_the_leader_names_a_lead_and_who_coordinates_each_with_a_day(receiver: Receiver) -> None:
    key = receiver.assigned()
    lead, beside = receiver.parts(key)
    assert (lead.leads, lead.officer_id, lead.due) == (True, "drafter", date(2022, 10, 20))
    assert (beside.leads, beside.officer_id, beside.due) == (
        False, "follow-up", date(2022, 10, 10),
    )  # fmt: skip
    assert receiver.codes() == ["01", "03", "04"]
    assert receiver.line(key).columns["receiver"] == "Nguyễn Thị Soạn; Đỗ Văn Dõi"
    assert receiver.line(key).columns["passed_on"] == "20/09/2022"


@pytest.mark.parametrize(
    "others",
    [
        (Handler(officer_id="drafter"),),
        (Handler(),),
        (Handler(officer_id="follow-up", due=date(2022, 9, 19)),),
    ],
)
def test_an_assignment_that_cannot_be_right_changes_nothing(
    lone: Receiver, others: tuple[Handler, ...]
) -> None:
    key = lone.accepted()
    with pytest.raises(InvalidInputError):
        assign(
            lone.desk, lone.front.signatory, key, opinion="",
            lead=Handler(officer_id="drafter"), coordinating=others,
        )  # fmt: skip
    assert (lone.document(key).state, lone.parts(key)) == ("accepted", ())


def test_the_officer_it_was_presented_to_may_assign_and_others_may_not(lone: Receiver) -> None:
    key = lone.arrives()
    accept(lone.desk, lone.front.clerk, key, presented_to="follow-up")
    lead = Handler(organisation_id="huyen-a")
    with pytest.raises(NotAuthorisedError):
        assign(lone.desk, lone.front.drafter, key, opinion="", lead=lead)
    assign(lone.desk, officer(lone, "follow-up"), key, opinion="", lead=lead)
    assert lone.document(key).state == "assigned"


def test_the_lead_ends_the_work_when_those_who_coordinate_have(receiver: Receiver) -> None:
    key = receiver.assigned()
    lead, beside = receiver.parts(key)
    begin(receiver.desk, receiver.front.drafter, lead.id)
    assert receiver.document(key).state == "in_progress"
    with pytest.raises(InvalidInputError, match="invalid_input"):
        finish(receiver.desk, receiver.front.drafter, lead.id, result="Đã tham mưu")
    assert not finish(receiver.desk, officer(receiver, "follow-up"), beside.id, result="Đã góp ý")
    assert finish(receiver.desk, receiver.front.drafter, lead.id, result="Đã tham mưu")
    assert receiver.document(key).state == "done"
    assert receiver.codes() == ["01", "03", "04", "05", "06"]
    with pytest.raises(WrongStateError):
        finish(receiver.desk, receiver.front.drafter, lead.id, result="Lần nữa")


def test_somebody_else_neither_begins_nor_finishes(lone: Receiver) -> None:
    lead, _ = lone.parts(lone.assigned())
    for act in (
        lambda: begin(lone.desk, lone.front.form_reviewer, lead.id),
        lambda: finish(lone.desk, lone.front.form_reviewer, lead.id, result="x"),
    ):
        with pytest.raises(NotAuthorisedError):
            act()


def test_our_report_goes_back_as_the_answer_to_the_paper(receiver: Receiver) -> None:
    key = receiver.assigned()
    ours = signed_pdf(receiver.front.office.seal_certificate)
    made = [reply(receiver.desk, receiver.front.drafter, key, ANSWER, ours) for _ in range(2)]
    assert len(set(made)) == 1
    sent = [one for one in receiver.notices() if one.kind == "reply"]
    assert len(sent) == 1
    said = from_payload(sent[0].payload["edxml"], content_of=receiver.desk.archive.get)
    assert isinstance(said, DocumentMessage)
    assert (said.steering, said.sender.organ_id) == (SteeringType.REPORT, OURS)
    assert (said.response_for[0].organ_id, said.response_for[0].code) == (THEIRS, "96-HD/TU")
    assert said.response_for[0].document_id == f"{THEIRS},2022/09/20,96/HD/TU,1"
    assert said.files[0].content == ours
    assert receiver.front.count(IncomingReply) == 1


@pytest.mark.parametrize("word", ["failed", "indeterminate", "unsigned", "passed"])
def test_a_report_that_is_not_signed_by_us_goes_nowhere(lone: Receiver, word: str) -> None:
    key = lone.assigned()
    with pytest.raises(NotAcceptedError):
        reply(lone.desk, lone.front.drafter, key, ANSWER, signed_pdf("cd" * 32, word=word))
    assert [one for one in lone.notices() if one.kind == "reply"] == []


def test_the_follow_up_register_has_its_seven_columns(lone: Receiver) -> None:
    key = lone.assigned()
    ours = signed_pdf(lone.front.office.seal_certificate)
    reply(lone.desk, lone.front.drafter, key, ANSWER, ours)
    with lone.desk.database.reading() as session:
        rows = follow_up_rows(session, year=2022)
    assert len(rows) == 1
    assert set(rows[0]) == {*FOLLOW_UP_COLUMNS, "document_id"}
    assert rows[0]["number"] == "01"
    assert rows[0]["handlers"] == "Nguyễn Thị Soạn (chủ trì); Đỗ Văn Dõi (phối hợp)"
    assert rows[0]["due"] == "20/10/2022; 10/10/2022 (Đỗ Văn Dõi)"
    assert rows[0]["reply"] == "15-BC/BTNTU"
