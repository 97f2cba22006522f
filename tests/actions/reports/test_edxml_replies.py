"""A report in edXML answers the directive it names, from the unit itself, once."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from actions.answers.document_ids import document_id
from actions.desk import Desk
from actions.reports.edxml import take_reply
from delivery.edxml.message import (
    DocumentMessage,
    EdxmlFile,
    Party,
    ResponseFor,
    SteeringType,
)
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import DeliveryEvent, IncomingMessage
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

ORGAN, OTHER = "000.00.01.H36", "000.00.02.H36"
PDF = EdxmlFile(name="bao cao.pdf", content=signed_pdf("f" * 64))
BESIDE = EdxmlFile(name="../so lieu.xlsx", media_type="application/zip", content=b"PK\x03\x04")


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: StoryClock) -> Desk:
    small_office(database)
    channels = {"smtp": ScriptedChannel(), "edxml_http": ScriptedChannel("edxml_http")}
    made = make_desk(database, tmp_path, clock, channels=channels, judge=mark_judge)
    change_unit(made, "huyen-a", agency_id=ORGAN)
    change_unit(made, "huyen-b", agency_id=OTHER)
    with database.writing() as session:
        session.add(
            UnitChannel(organisation_id="huyen-a", rank=1, channel="edxml_http", address="https://a.example")
        )  # fmt: skip
    return made


@pytest.fixture
def key(desk: Desk) -> DirectiveId:
    made = issue(desk, tasks=[task()])
    send_all(desk)
    return made


def arrives(desk: Desk, *, sender: str = "huyen-a") -> uuid.UUID:
    row = IncomingMessage(
        dedupe_key=str(uuid.uuid4()), channel="edxml_http", sender=sender, subject="báo cáo",
        raw_sha256="0" * 64, received_at=desk.clock(),
    )  # fmt: skip
    with desk.database.writing() as session:
        session.add(row)
        session.flush()
        return row.id


def reply(desk: Desk, key: DirectiveId, **values: Any) -> DocumentMessage:  # noqa: ANN401 (fields of every type)
    with desk.database.reading() as session:
        directive = session.get_one(Directive, key)
        about = ResponseFor(
            organ_id="x", code=directive.number_text or "",
            document_id=document_id(session, directive),
        )  # fmt: skip
    said = {
        "sender": Party(organ_id=ORGAN), "receivers": (), "document_id": "d1", "number": "12",
        "notation": "BC/HU", "subject": "Báo cáo", "steering": SteeringType.REPORT,
        "response_for": (about,), "files": (BESIDE, PDF), **values,
    }  # fmt: skip
    return DocumentMessage(**said)


def reports(desk: Desk) -> list[Report]:
    with desk.database.reading() as session:
        return list(session.scalars(select(Report)))


def row(desk: Desk, incoming_id: uuid.UUID) -> IncomingMessage:
    with desk.database.reading() as session:
        return session.get_one(IncomingMessage, incoming_id)


def test_a_reply_settles_what_the_unit_owes_and_its_files_are_kept(
    desk: Desk, key: DirectiveId
) -> None:
    incoming = arrives(desk)
    made = take_reply(desk, incoming, reply(desk, key))
    (report,) = reports(desk)
    assert made == report.id
    assert (report.via, report.state, report.number_symbol) == ("edxml", "received", "12-BC/HU")
    assert report.file_name == "bao cao.pdf"
    assert [one["name"] for one in report.attachments] == ["so lieu.xlsx"]
    assert obligations(desk)["R1", "huyen-a"].state == "reported"
    assert consignments(desk)["huyen-a"].state == "accepted"
    assert (row(desk, incoming).state, row(desk, incoming).matched_to) == (
        "matched", f"report:{made}",
    )  # fmt: skip


def test_the_same_message_taken_again_changes_nothing(desk: Desk, key: DirectiveId) -> None:
    incoming = arrives(desk)
    message = reply(desk, key)
    assert take_reply(desk, incoming, message) == take_reply(desk, incoming, message)
    assert len(reports(desk)) == 1
    with desk.database.reading() as session:
        told = session.scalars(select(DeliveryEvent).where(DeliveryEvent.source == "edxml"))
        assert len(list(told)) == 1


@pytest.mark.parametrize(
    ("sender", "values"),
    [
        ("huyen-b", {}),
        ("", {}),
        ("huyen-a", {"sender": Party(organ_id=OTHER)}),
        ("huyen-a", {"response_for": ()}),
        ("huyen-a", {"response_for": (ResponseFor(organ_id="x", code="1-X/Y"),)}),
        ("huyen-a", {"files": (BESIDE,)}),
    ],
)
def test_what_is_not_the_units_own_answer_to_ours_is_handed_on(
    desk: Desk, key: DirectiveId, sender: str, values: dict[str, Any]
) -> None:
    incoming = arrives(desk, sender=sender)
    assert take_reply(desk, incoming, reply(desk, key, **values)) is None
    assert reports(desk) == []
    assert row(desk, incoming).state == "new"


def test_an_answer_that_is_not_owed_any_more_waits_for_a_person(
    desk: Desk, key: DirectiveId
) -> None:
    with desk.database.writing() as session:
        session.get_one(Directive, key).state = "closed"
    incoming = arrives(desk)
    assert take_reply(desk, incoming, reply(desk, key)) is None
    assert row(desk, incoming).state == "unmatched"
    assert "Huyện ủy A" in str(row(desk, incoming).detail)
