"""A paper arrives: looked at before anybody accepts it, told to its sender, never there twice."""

import pytest
from sqlalchemy import update

from actions.errors import InvalidInputError
from actions.incoming.accepting import accept, judge_again, refuse
from actions.incoming.arriving import arrive
from delivery.edxml.message import Party
from models.dispatch import IncomingMessage
from models.incoming import IncomingDocument
from models.organisation import Office, Organisation
from models.outbox import OutboxRow
from tests.actions.incoming.receiver import OURS, Receiver, marked, message


def test_a_paper_is_judged_kept_and_told_to_its_sender(receiver: Receiver) -> None:
    document = receiver.document(receiver.arrives())
    assert (document.state, document.verdict, document.sender_id) == (
        "arrived", "passed", "tinh-uy",
    )  # fmt: skip
    assert document.number_symbol == "96-HD/TU"
    assert document.warnings == []
    assert receiver.desk.archive.has(document.files[0]["sha256"])
    assert receiver.codes() == ["01"]
    assert receiver.front.count(OutboxRow, OutboxRow.kind == "notice") == 1
    with receiver.desk.database.reading() as session:
        row = session.get_one(IncomingMessage, document.message_id)
    assert (row.state, row.matched_to) == ("matched", f"document:{document.id}")


def test_the_same_message_again_changes_nothing(receiver: Receiver) -> None:
    incoming = receiver.came()
    keys = {
        arrive(receiver.desk, incoming, message(), via="edxml_folder") for _ in range(2)
    }  # fmt: skip
    assert len(keys) == 1
    assert receiver.codes() == ["01"]
    assert receiver.front.count(IncomingDocument) == 1


def test_a_sender_who_sends_again_hears_the_present_state_again(lone: Receiver) -> None:
    key = lone.accepted()
    assert lone.arrives() == key
    assert lone.codes() == ["01", "03", "03"]
    assert lone.front.count(IncomingDocument) == 1


def test_other_files_under_the_same_name_wait_beside_with_a_warning(lone: Receiver) -> None:
    first = lone.arrives()
    second = lone.arrives(message(files=(marked("indeterminate"),)))
    assert second != first
    assert any("trùng" in said for said in lone.document(second).warnings)


def test_a_broken_signature_is_said_and_waits_for_the_clerk(lone: Receiver) -> None:
    key = lone.arrives(message(files=(marked("failed"),)))
    document = lone.document(key)
    assert (document.state, document.verdict) == ("arrived", "failed")
    assert "đã bị thay đổi sau khi ký" in document.files[0]["sentence"]
    with pytest.raises(InvalidInputError, match="invalid_input"):
        accept(lone.desk, lone.front.clerk, key)
    assert lone.document(key).number is None
    accept(lone.desk, lone.front.clerk, key, note="Đã xác minh qua điện thoại với nơi gửi")
    assert lone.document(key).accept_note == "Đã xác minh qua điện thoại với nơi gửi"


def test_an_office_may_refuse_broken_signatures_at_once(lone: Receiver) -> None:
    lone.front.change(
        lambda session: session.execute(update(Office).values(refuse_broken_arrivals=True))
    )
    key = lone.arrives(message(files=(marked("failed"),)))
    assert lone.document(key).state == "refused"
    assert lone.codes() == ["01", "02"]


def test_a_refused_paper_tells_its_sender_why(lone: Receiver) -> None:
    key = lone.arrives()
    refuse(lone.desk, lone.front.clerk, key, reason="Không thuộc thẩm quyền")
    told = next(one for one in lone.notices() if ":02" in one.key)
    assert told.payload["edxml"]["description"] == "Không thuộc thẩm quyền"
    assert told.payload["edxml"]["response_for"]["code"] == "96-HD/TU"
    assert (told.channel, told.address) == ("edxml_folder", "tinh-uy")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"receivers": (Party(organ_id="000.00.09.H36", name="Ban khác"),)},
            "không ghi cơ quan ta",
        ),
        ({"files": ()}, "không kèm tệp"),
        ({"sender": Party(organ_id="000.00.99.H36", name="Nơi lạ")}, "chưa có trong dữ liệu"),
        ({"number": "", "notation": ""}, "không ghi số"),
    ],
)
def test_what_is_doubtful_is_a_warning(
    lone: Receiver, changes: dict[str, object], said: str
) -> None:
    key = lone.arrives(message(**changes), sender="")
    assert any(said in one for one in lone.document(key).warnings)


def test_a_sender_that_is_not_who_the_channel_says_is_a_warning(lone: Receiver) -> None:
    lone.front.change(
        lambda session: setattr(
            session.get_one(Organisation, "so-tt"), "agency_id", "000.00.07.H36"
        )
    )
    key = lone.arrives(sender="so-tt")
    assert any("đến từ kênh của Sở Thông tin" in one for one in lone.document(key).warnings)


def test_answers_to_an_unknown_sender_are_held_and_not_lost(lone: Receiver) -> None:
    lone.arrives(message(sender=Party(organ_id="000.00.99.H36", name="Nơi lạ")), sender="")
    held = lone.notices()
    assert [one.state for one in held] == ["held"]
    assert "kênh" in (held[0].detail or "")


def test_a_paper_is_judged_again_when_the_clerk_asks(lone: Receiver) -> None:
    key = lone.arrives(message(files=(marked("indeterminate"),)))
    assert judge_again(lone.desk, lone.front.clerk, key) == "indeterminate"
    assert lone.document(key).files[0]["verdict"] == "indeterminate"


def test_files_that_are_no_pdf_are_kept_beside(lone: Receiver) -> None:
    table = marked("passed", "bang.xlsx")
    other = type(table)(name="bang.xlsx", media_type="application/zip", content=b"PK")
    document = lone.document(lone.arrives(message(files=(marked("passed"), other))))
    assert [one["verdict"] for one in document.files] == ["passed", "not_pdf"]
    assert document.verdict == "passed"


def test_we_are_named_by_our_agency_id(lone: Receiver) -> None:
    lone.arrives()
    assert lone.notices()[0].payload["edxml"]["sender"]["organ_id"] == OURS
