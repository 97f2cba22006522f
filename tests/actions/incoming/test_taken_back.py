"""The sender asks a paper back, replaces or updates it; the clerk answers, nothing is lost."""

import uuid

import pytest
from sqlalchemy import select

from actions.archive_checking import verify_archive
from actions.errors import ActionRefusedError, AlreadyDoneError, InvalidInputError, WrongStateError
from actions.incoming.accepting import accept
from actions.incoming.arriving import arrive
from actions.incoming.handling import begin
from actions.incoming.recalling import agree, asked_by_status, destroy_files, refuse_request
from delivery.edxml.message import (
    Business,
    BusinessType,
    DocumentMessage,
    EdxmlFile,
    Party,
    ReceiverChange,
    Replacement,
    ResponseFor,
    StatusMessage,
)
from models.dispatch import IncomingMessage
from models.incoming import IncomingRequest
from tests.actions.back_office import signed_pdf
from tests.actions.incoming.receiver import MESSAGE, OURS, THEIRS, Receiver, message, recall

NEW_FILE = EdxmlFile(name="97-HD.pdf", content=signed_pdf("ef" * 32))


def replacing() -> DocumentMessage:
    return message(
        document_id="mã mới", number="97", files=(NEW_FILE,), business=Business(
                type=BusinessType.REPLACE, reason="Sai phụ lục",
                replacements=(Replacement(document_id=MESSAGE.document_id),),
            )
    )  # fmt: skip


def test_a_paper_asked_back_rests_until_the_clerk_answers(receiver: Receiver) -> None:
    key = receiver.assigned()
    lead, _ = receiver.parts(key)
    assert receiver.arrives(recall()) == key
    assert receiver.document(key).state == "recall_asked"
    with pytest.raises(WrongStateError):
        begin(receiver.desk, receiver.front.drafter, lead.id)
    refuse_request(
        receiver.desk, receiver.front.clerk, receiver.request(key).id, reason="Đã triển khai xong"
    )
    assert receiver.document(key).state == "assigned"
    assert receiver.codes() == ["01", "03", "04", "16"]
    begin(receiver.desk, receiver.front.drafter, lead.id)


def test_an_agreed_recall_destroys_the_bytes_with_a_record(receiver: Receiver) -> None:
    key = receiver.accepted()
    before = receiver.document(key)
    receiver.arrives(recall())
    agree(receiver.desk, receiver.front.clerk, receiver.request(key).id)
    document = receiver.document(key)
    assert document.state == "recalled"
    assert document.files_destroyed_at is not None
    assert receiver.codes() == ["01", "03", "15"]
    assert not receiver.desk.archive.has(before.files[0]["sha256"])
    event = receiver.front.last_event()
    assert event.deed == "destroy_recalled"
    assert before.files[0]["sha256"] in event.detail["destroyed"]
    assert verify_archive(receiver.desk).findings == ()
    assert "Đồng ý thu hồi" in receiver.line(key).columns["note"]
    destroy_files(receiver.desk, key)  # again: nothing is left to destroy, nothing fails


def test_bytes_that_another_paper_also_has_stay(lone: Receiver) -> None:
    key = lone.accepted()
    other = lone.arrives(message(document_id="bản khác", number="98"))
    lone.arrives(recall())
    agree(lone.desk, lone.front.clerk, lone.request(key).id)
    assert lone.desk.archive.has(lone.document(other).files[0]["sha256"])


def test_a_request_is_answered_once(lone: Receiver) -> None:
    key = lone.accepted()
    lone.arrives(recall())
    request = lone.request(key).id
    with pytest.raises(InvalidInputError):
        refuse_request(lone.desk, lone.front.clerk, request, reason=" ")
    agree(lone.desk, lone.front.clerk, request)
    for act in (agree, lambda *given: refuse_request(*given, reason="muộn")):
        with pytest.raises(AlreadyDoneError):
            act(lone.desk, lone.front.clerk, request)


def test_a_recall_asked_twice_is_one_request_and_after_it_the_answer_comes_again(
    lone: Receiver,
) -> None:
    key = lone.accepted()
    lone.arrives(recall())
    lone.arrives(recall())
    agree(lone.desk, lone.front.clerk, lone.request(key).id)
    lone.arrives(recall())
    assert lone.codes() == ["01", "03", "15", "15"]
    assert lone.front.count(IncomingRequest, IncomingRequest.state == "asked") == 0


def test_a_recall_by_status_13_is_the_same(lone: Receiver) -> None:
    key = lone.arrives()
    status = StatusMessage(
        sender=Party(organ_id=THEIRS), code="13", description="Gửi nhầm",
        response_for=ResponseFor(organ_id=THEIRS, code="96-HD/TU", document_id=MESSAGE.document_id),
    )  # fmt: skip
    assert asked_by_status(lone.desk, lone.came(), status)
    assert lone.document(key).state == "recall_asked"
    assert lone.request(key).reason == "Gửi nhầm"


@pytest.mark.parametrize("how", ["unknown", "another sender", "another channel"])
def test_a_recall_of_what_is_not_theirs_waits_for_a_person(lone: Receiver, how: str) -> None:
    key = lone.accepted()
    asked = recall()
    sender = THEIRS
    if how == "unknown":
        asked = recall(document_id="chưa từng đến", number="1")
    elif how == "another sender":
        asked = recall(sender=Party(organ_id="000.00.77.H36"))
        sender = ""
    else:
        sender = "huyen-a"
    incoming = lone.came(sender)
    assert arrive(lone.desk, incoming, asked, via="edxml_folder") is None
    assert lone.document(key).state == "accepted"
    with lone.desk.database.reading() as session:
        row = session.scalars(select(IncomingMessage).where(IncomingMessage.id == incoming)).one()
    assert row.state == "unmatched"
    assert row.detail


def test_a_replacement_stands_beside_the_old_one_until_the_clerk_agrees(receiver: Receiver) -> None:
    old = receiver.accepted()
    new = receiver.arrives(replacing())
    assert receiver.document(new).follows_id == old
    assert receiver.document(old).state == "accepted"
    agree(receiver.desk, receiver.front.clerk, receiver.request(old).id)
    accept(receiver.desk, receiver.front.clerk, new)
    assert receiver.document(old).state == "replaced"
    assert receiver.document(new).number == 2
    assert receiver.codes() == ["01", "01", "03", "03", "15"]
    assert receiver.desk.archive.has(receiver.document(old).files[0]["sha256"])


def test_a_replacement_that_came_as_new_before_is_a_request_about_the_old_one(
    lone: Receiver,
) -> None:
    old = lone.accepted()
    new = lone.arrives(message(document_id="mã mới", number="97", files=(NEW_FILE,)))
    assert lone.arrives(replacing()) == old
    assert lone.request(old).new_document_id == new
    assert lone.document(new).follows_id == old


def test_a_paper_that_comes_after_it_came_as_a_replacement_is_no_second_paper(
    lone: Receiver,
) -> None:
    old = lone.accepted()
    new = lone.arrives(replacing())
    assert lone.arrives(message(document_id="mã mới", number="97", files=(NEW_FILE,))) == new
    assert lone.document(new).follows_id == old
    assert lone.request(old).new_document_id == new


def test_an_update_that_removes_us_takes_the_paper_back(lone: Receiver) -> None:
    key = lone.accepted()
    update = message(
        files=(),
        business=Business(
            type=BusinessType.UPDATE, reason="Không thuộc phạm vi", document_id=MESSAGE.document_id,
            receivers=(ReceiverChange(organ_id=OURS, added=False),),
        ),
    )  # fmt: skip
    assert lone.arrives(update) == key
    assert lone.document(key).state == "recall_asked"
    agree(lone.desk, lone.front.clerk, lone.request(key).id)
    assert lone.document(key).state == "recalled"


def test_only_the_clerk_answers(lone: Receiver) -> None:
    key = lone.accepted()
    lone.arrives(recall())
    with pytest.raises(ActionRefusedError):
        agree(lone.desk, lone.front.signatory, lone.request(key).id)
    assert lone.document(key).state == "recall_asked"


def test_a_request_that_is_not_there_is_refused(lone: Receiver) -> None:
    with pytest.raises(ActionRefusedError):
        agree(lone.desk, lone.front.clerk, uuid.uuid4())
