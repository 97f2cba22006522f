"""Messages of QCVN 102 that come in: written down first, taken once, and only by their own way."""

import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from actions.answers.document_ids import document_id
from actions.desk import Desk
from actions.receiving_edxml import EdxmlReceivedAs, receive_edxml
from delivery.edxml.inbox import dedupe_key
from delivery.edxml.message import (
    DocumentMessage,
    EdxmlFile,
    EdxmlMessage,
    Party,
    ResponseFor,
    StatusMessage,
    SteeringType,
)
from delivery.edxml.writing import write_edxml
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import DeliveryEvent, IncomingMessage
from models.everything import metadata
from models.incoming import IncomingDocument
from models.organisation import UnitChannel
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
from tests.support.factories import small_office

AT = datetime(2022, 10, 1, 2, 0, tzinfo=UTC)
OWN, THEIRS, OTHER = "000.00.99.H36", "000.00.01.H36", "000.00.02.H36"


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: StoryClock) -> Desk:
    small_office(database)
    channels = {"smtp": ScriptedChannel(), "edxml_folder": ScriptedChannel("edxml_folder")}
    made = make_desk(database, tmp_path, clock, judge=mark_judge, channels=channels)
    for unit, organ in (("ban", OWN), ("huyen-a", THEIRS), ("huyen-b", OTHER)):
        change_unit(made, unit, agency_id=organ)
    with database.writing() as session:
        for unit in ("huyen-a", "huyen-b"):
            session.add(
                UnitChannel(organisation_id=unit, rank=1, channel="edxml_folder", address=unit)
            )
    return made


@pytest.fixture
def key(desk: Desk) -> DirectiveId:
    made = issue(desk, tasks=[task()])
    send_all(desk)
    return made


def about(desk: Desk, key: DirectiveId) -> ResponseFor:
    with desk.database.reading() as session:
        directive = session.get_one(Directive, key)
        return ResponseFor(
            organ_id=OWN, code=directive.number_text or "",
            document_id=document_id(session, directive), promulgation_date=directive.issue_date,
        )  # fmt: skip


def status(desk: Desk, key: DirectiveId, code: str = "03", organ: str = THEIRS) -> StatusMessage:
    return StatusMessage(
        sender=Party(organ_id=organ, name="Huyện ủy A"), response_for=about(desk, key), code=code,
        at=AT,
    )  # fmt: skip


def paper(**values: Any) -> DocumentMessage:  # noqa: ANN401 (fields of every type)
    given = {
        "sender": Party(organ_id=THEIRS, name="Huyện ủy A"),
        "receivers": (Party(organ_id=OWN, name="Ban Thử nghiệm"),),
        "document_id": f"{THEIRS},2022/10/01,12-BC/HU", "number": "12", "notation": "BC/HU",
        "promulgation_date": date(2022, 10, 1), "type_name": "Báo cáo", "subject": "Kết quả",
        "files": (EdxmlFile(name="bao-cao.pdf", content=signed_pdf("x")),), **values,
    }  # fmt: skip
    return DocumentMessage(**given)


def raw(message: EdxmlMessage, key: str = "k") -> bytes:
    return write_edxml(message, at=AT, key=key)


def came(desk: Desk, data: bytes, sender: str = "huyen-a") -> EdxmlReceivedAs:
    return receive_edxml(desk, data, channel="edxml_folder", sender=sender).as_


def rows(desk: Desk) -> dict[str, int]:
    """How many rows each table has; the audit trail grows by what was tried."""
    with desk.database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
            if not table.name.startswith("audit")
        }


def incoming(desk: Desk) -> list[IncomingMessage]:
    with desk.database.reading() as session:
        return list(session.scalars(select(IncomingMessage)))


def test_a_status_over_the_units_own_channel_moves_its_delivery(
    desk: Desk, key: DirectiveId
) -> None:
    assert came(desk, raw(status(desk, key))) is EdxmlReceivedAs.STATUS
    assert consignments(desk)["huyen-a"].state == "accepted"
    (row,) = incoming(desk)
    assert (row.state, row.channel, row.sender) == ("matched", "edxml_folder", "huyen-a")
    assert row.subject == "Trạng thái 03 của văn bản 96-HD/BTNTU"


@pytest.mark.parametrize("sender", ["huyen-b", "", "so-tt"])
def test_a_status_that_another_one_brings_waits_for_a_person_and_moves_nothing(
    desk: Desk, key: DirectiveId, sender: str
) -> None:
    before = rows(desk)
    assert came(desk, raw(status(desk, key)), sender) is EdxmlReceivedAs.UNMATCHED
    assert consignments(desk)["huyen-a"].state == "sent"
    assert rows(desk) == {**before, "incoming_message": 1}
    (row,) = incoming(desk)
    assert row.state == "unmatched"
    assert row.detail


def test_the_same_bytes_again_change_nothing(desk: Desk, key: DirectiveId) -> None:
    data = raw(status(desk, key))
    came(desk, data)
    before = rows(desk)
    assert came(desk, data) is EdxmlReceivedAs.DUPLICATE
    assert rows(desk) == before
    with desk.database.reading() as session:
        said = session.scalars(select(DeliveryEvent).where(DeliveryEvent.source == "edxml")).all()
    assert len(said) == 1


@pytest.mark.parametrize("data", [b"", b"hello", b"<edXML/>", b"\x00\xff" * 50])
def test_what_cannot_be_read_waits_for_a_person_with_the_reason(desk: Desk, data: bytes) -> None:
    before = rows(desk)
    taken = receive_edxml(desk, data, channel="edxml_folder", sender="huyen-a")
    assert taken.as_ is EdxmlReceivedAs.UNMATCHED
    assert taken.problem.startswith("Gói tin ")
    assert rows(desk) == {**before, "incoming_message": 1}
    assert desk.archive.get(incoming(desk)[0].raw_sha256) == data


def test_an_answer_with_a_signed_report_settles_what_was_owed_once(
    desk: Desk, key: DirectiveId
) -> None:
    extra = EdxmlFile(name="so-lieu.csv", media_type="text/csv", content=b"a,b")
    answer = paper(response_for=(about(desk, key),), steering=SteeringType.REPORT)
    answer = paper(
        response_for=(about(desk, key),), steering=SteeringType.REPORT,
        files=(extra, *answer.files),
    )  # fmt: skip
    assert came(desk, raw(answer)) is EdxmlReceivedAs.REPORT
    assert obligations(desk)["R1", "huyen-a"].state == "reported"
    assert obligations(desk)["R1", "huyen-b"].state == "open"
    with desk.database.reading() as session:
        report = session.scalars(select(Report)).one()
    assert (report.via, report.number_symbol, report.state) == ("edxml", "12-BC/HU", "received")
    assert [one["name"] for one in report.attachments] == ["so-lieu.csv"]
    assert incoming(desk)[0].matched_to == f"report:{report.id}"
    assert came(desk, raw(answer)) is EdxmlReceivedAs.DUPLICATE
    assert came(desk, raw(answer, key="again")) in {
        EdxmlReceivedAs.REPORT,
        EdxmlReceivedAs.DUPLICATE,
    }
    with desk.database.reading() as session:
        assert len(session.scalars(select(Report)).all()) <= 2


def test_an_answer_that_another_one_brings_is_an_incoming_paper_and_settles_nothing(
    desk: Desk, key: DirectiveId
) -> None:
    answer = paper(response_for=(about(desk, key),), steering=SteeringType.REPORT)
    assert came(desk, raw(answer), "huyen-b") is EdxmlReceivedAs.DOCUMENT
    assert obligations(desk)["R1", "huyen-a"].state == "open"
    with desk.database.reading() as session:
        assert session.scalars(select(Report)).all() == []


@pytest.mark.usefixtures("key")
def test_a_document_is_an_incoming_paper(desk: Desk) -> None:
    assert came(desk, raw(paper())) is EdxmlReceivedAs.DOCUMENT
    with desk.database.reading() as session:
        document = session.scalars(select(IncomingDocument)).one()
    assert (document.number_symbol, document.sender_id, document.via) == (
        "12-BC/HU", "huyen-a", "edxml_folder",
    )  # fmt: skip
    assert incoming(desk)[0].matched_to == f"document:{document.id}"


def test_a_report_on_a_directive_that_is_closed_waits_for_a_person(
    desk: Desk, key: DirectiveId
) -> None:
    with desk.database.writing() as session:
        session.get_one(Directive, key).state = "closed"
    answer = paper(response_for=(about(desk, key),), steering=SteeringType.REPORT)
    assert came(desk, raw(answer)) is EdxmlReceivedAs.UNMATCHED
    (row,) = incoming(desk)
    assert row.state == "unmatched"
    assert row.detail
    with desk.database.reading() as session:
        assert session.scalars(select(IncomingDocument)).all() == []


def test_what_a_crash_left_half_done_is_finished_by_the_next_look(
    desk: Desk, key: DirectiveId
) -> None:
    data = raw(status(desk, key))
    with desk.database.writing() as session:
        session.add(
            IncomingMessage(
                id=uuid.uuid4(), dedupe_key=dedupe_key(data, sender="huyen-a"),
                channel="edxml_folder", sender="huyen-a", subject="x",
                raw_sha256=desk.archive.put(data), received_at=desk.clock(),
            )
        )  # fmt: skip
    assert came(desk, data) is EdxmlReceivedAs.STATUS
    assert consignments(desk)["huyen-a"].state == "accepted"
