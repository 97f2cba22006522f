"""Statuses in edXML move a unit's consignment forward, once, and only where the unit said them."""

import tempfile
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from actions.acknowledging import acknowledge
from actions.answers.document_ids import document_id
from actions.answers.moving import events_of
from actions.answers.statuses import apply_status
from actions.desk import Desk
from delivery.edxml.message import Party, ResponseFor, StatusMessage
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment, DeliveryEvent, IncomingMessage
from models.lifecycle import DeliveryState, may_move_delivery
from models.organisation import UnitChannel
from models.session import Database
from tests.actions.back_office import (
    ScriptedChannel,
    change_unit,
    consignments,
    issue,
    send_all,
    task,
    unit,
)
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import small_office

ORGAN = "000.00.01.H36"
OTHER = "000.00.02.H36"


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: StoryClock) -> Desk:
    return an_office(database, tmp_path, clock)


def an_office(database: Database, tmp_path: Path, clock: StoryClock) -> Desk:
    small_office(database)
    channels = {"smtp": ScriptedChannel(), "edxml_http": ScriptedChannel("edxml_http")}
    made = make_desk(database, tmp_path, clock, channels=channels)
    change_unit(made, "ban", agency_id="000.00.99.H36")
    change_unit(made, "huyen-a", agency_id=ORGAN)
    change_unit(made, "huyen-b", agency_id=OTHER)
    with database.writing() as session:
        session.add(
            UnitChannel(organisation_id="huyen-a", rank=1, channel="edxml_http", address="https://a.example/edxml")
        )  # fmt: skip
    return made


@pytest.fixture
def key(desk: Desk) -> DirectiveId:
    made = issue(desk, tasks=[task()])
    send_all(desk)
    return made


def arrives(desk: Desk, *, sender: str = "huyen-a", channel: str = "edxml_http") -> uuid.UUID:
    """A message as the inbox writes it down, with its authenticated sender."""
    row = IncomingMessage(
        dedupe_key=str(uuid.uuid4()), channel=channel, sender=sender, subject="trạng thái",
        raw_sha256="0" * 64, received_at=desk.clock(),
    )  # fmt: skip
    with desk.database.writing() as session:
        session.add(row)
        session.flush()
        return row.id


def status(desk: Desk, key: DirectiveId, code: str, **values: Any) -> StatusMessage:  # noqa: ANN401 (fields of every type)
    with desk.database.reading() as session:
        directive = session.get_one(Directive, key)
        about = ResponseFor(
            organ_id="000.00.99.H36", code=directive.number_text or "",
            document_id=document_id(session, directive), promulgation_date=directive.issue_date,
        )  # fmt: skip
    said = {"sender": Party(organ_id=ORGAN), "response_for": about, "code": code, **values}
    return StatusMessage(**said)


def events(desk: Desk, unit_id: str = "huyen-a") -> list[DeliveryEvent]:
    """What became known from outside; sending writes rows of its own."""
    one = consignments(desk)[unit_id]
    with desk.database.reading() as session:
        found = events_of(session, [one.id]).get(one.id, [])
    return [event for event in found if event.source != "channel"]


def incoming(desk: Desk, incoming_id: uuid.UUID) -> IncomingMessage:
    with desk.database.reading() as session:
        return session.get_one(IncomingMessage, incoming_id)


def test_statuses_move_the_consignment_of_the_unit_that_sent_them(
    desk: Desk, key: DirectiveId
) -> None:
    seen = []
    for code in ("01", "03", "04", "05", "06"):
        came = arrives(desk)
        assert apply_status(desk, came, status(desk, key, code))
        seen.append(consignments(desk)["huyen-a"].state)
        assert incoming(desk, came).matched_to == f"consignment:{consignments(desk)['huyen-a'].id}"
    assert seen == ["arrived", "accepted", "assigned", "in_progress", "done"]
    assert consignments(desk)["huyen-a"].acknowledged_at is not None
    assert consignments(desk)["huyen-b"].state == "sent"
    assert [(one.code, one.state, one.source) for one in events(desk)] == [
        ("01", "arrived", "edxml"), ("03", "accepted", "edxml"), ("04", "assigned", "edxml"),
        ("05", "in_progress", "edxml"), ("06", "done", "edxml"),
    ]  # fmt: skip


def test_a_late_status_is_a_word_and_no_move_back(desk: Desk, key: DirectiveId) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    apply_status(desk, arrives(desk), status(desk, key, "03"))
    assert apply_status(desk, arrives(desk), status(desk, key, "01", at=long_ago))
    assert consignments(desk)["huyen-a"].state == "accepted"
    last = events(desk)[-1]
    assert (last.code, last.state, last.said_at) == ("01", None, long_ago)


def test_a_refusal_is_seen_with_its_reason_and_may_turn_into_acceptance(
    desk: Desk, key: DirectiveId
) -> None:
    said = status(desk, key, "02", description="Không thuộc  thẩm quyền")
    apply_status(desk, arrives(desk), said)
    refused = consignments(desk)["huyen-a"]
    assert refused.state == "refused"
    assert refused.detail == "Đơn vị từ chối tiếp nhận: Không thuộc thẩm quyền"
    assert refused.acknowledged_at is None
    apply_status(desk, arrives(desk), status(desk, key, "03"))
    assert consignments(desk)["huyen-a"].state == "accepted"


@pytest.mark.parametrize("code", ["07", "08", "09", "10", "11", "12", "14", "99", "", "13"])
def test_a_code_that_we_do_not_know_is_kept_and_moves_nothing(
    desk: Desk, key: DirectiveId, code: str
) -> None:
    assert apply_status(desk, arrives(desk), status(desk, key, code, description="lạ"))
    assert consignments(desk)["huyen-a"].state == "sent"
    (event,) = events(desk)
    assert (event.code, event.state) == (code or None, None)
    assert event.words.endswith(": lạ")
    assert ("chưa rõ" in event.words) == (code != "13")


@pytest.mark.parametrize("code", ["15", "16"])
def test_an_answer_to_a_recall_that_nobody_asked_for_moves_nothing(
    desk: Desk, key: DirectiveId, code: str
) -> None:
    for state in ("sent", "planned", "held", "bounced", "accepted"):
        with desk.database.writing() as session:
            for one in session.scalars(select(Consignment)):
                one.state = state
        assert apply_status(desk, arrives(desk), status(desk, key, code))
        assert consignments(desk)["huyen-a"].state == state


def test_without_an_identifier_number_and_date_decide(desk: Desk, key: DirectiveId) -> None:
    about = ResponseFor(organ_id="x", code="96-hd/BTNTU", promulgation_date=date(2022, 9, 21))
    assert apply_status(desk, arrives(desk), status(desk, key, "01", response_for=about))
    other = ResponseFor(organ_id="x", code="96-HD/BTNTU", promulgation_date=date(2021, 9, 21))
    came = arrives(desk)
    assert not apply_status(desk, came, status(desk, key, "03", response_for=other))
    assert incoming(desk, came).state == "unmatched"


def test_the_same_number_twice_needs_the_identifier(desk: Desk, key: DirectiveId) -> None:
    second = issue(desk)
    about = ResponseFor(organ_id="x", code="96-HD/BTNTU")
    came = arrives(desk)
    assert not apply_status(desk, came, status(desk, key, "03", response_for=about))
    assert "có 2 văn bản" in (incoming(desk, came).detail or "")
    assert apply_status(desk, arrives(desk), status(desk, second, "03"))
    with desk.database.reading() as session:
        states = {
            (row.directive_id, row.state)
            for row in session.scalars(
                select(Consignment).where(Consignment.organisation_id == "huyen-a")
            )
        }
    assert states == {(key, "sent"), (second, "accepted")}


@pytest.mark.parametrize(
    ("sender", "channel", "claimed"),
    [
        ("", "edxml_http", ORGAN),
        ("huyen-b", "edxml_http", ORGAN),
        ("huyen-a", "edxml_http", OTHER),
        ("huyen-a@donvi.example", "smtp", ORGAN),
        ("huyen-a", "edxml_folder", ORGAN),
        ("huyen-a", "edxml_http", "000.00.77.H36"),
        ("", "edxml_http", ""),
    ],
    ids=["nobody", "another unit", "another's claim", "mail", "channel", "unknown", "empty"],
)  # fmt: skip
def test_a_status_that_did_not_come_over_the_units_own_channel_waits_for_a_person(
    desk: Desk, key: DirectiveId, sender: str, channel: str, claimed: str
) -> None:
    came = arrives(desk, sender=sender, channel=channel)
    said = status(desk, key, "03", sender=Party(organ_id=claimed))
    assert not apply_status(desk, came, said)
    assert {one.state for one in consignments(desk).values()} == {"sent"}
    assert incoming(desk, came).state == "unmatched"
    assert events(desk) == []


def test_a_message_is_applied_once(desk: Desk, key: DirectiveId) -> None:
    came = arrives(desk)
    assert apply_status(desk, came, status(desk, key, "01"))
    assert not apply_status(desk, came, status(desk, key, "03"))
    assert len(events(desk)) == 1
    assert consignments(desk)["huyen-a"].state == "arrived"


def test_an_acknowledgement_at_the_portal_moves_nothing_back(desk: Desk, key: DirectiveId) -> None:
    apply_status(desk, arrives(desk), status(desk, key, "01"))
    acknowledge(desk, unit("huyen-a"), key, organisation_id="huyen-a")
    assert [one.source for one in events(desk)] == ["edxml", "portal"]
    assert consignments(desk)["huyen-a"].state == "accepted"


CODES = st.lists(st.sampled_from([f"{number:02}" for number in range(17)]), min_size=1, max_size=12)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(codes=CODES)
def test_in_whatever_order_statuses_come_only_allowed_moves_are_made(
    migrated_sqlite: Path, codes: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "office.db"
        path.write_bytes(migrated_sqlite.read_bytes())
        database = Database(f"sqlite:///{path}")
        office = an_office(database, Path(folder), StoryClock())
        key = issue(office)
        send_all(office)
        at = DeliveryState.SENT
        for code in codes:
            apply_status(office, arrives(office), status(office, key, code))
            now = DeliveryState(consignments(office)["huyen-a"].state)
            assert now == at or may_move_delivery(at, now)
            at = now
        assert len(events(office)) == len(codes)
        database.close()
