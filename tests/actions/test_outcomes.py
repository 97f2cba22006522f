"""Several outcomes of one claim, recorded in one transaction."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from actions import outbox
from actions.attempting import DEFAULT_DISPATCHING, Attempt, Outcome, OutcomeKind, begin_all
from actions.desk import Desk
from actions.outcomes import record_all
from models.dispatch import Consignment, DeliveryAttempt, DeliveryEvent
from models.outbox import OutboxRow
from models.session import Database
from tests.actions.back_office import consignments, issue
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import organisation, small_office

UNITS = ("huyen-a", "huyen-b", "huyen-c", "huyen-d")


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: StoryClock) -> Desk:
    small_office(database)
    with database.writing() as session:
        for key in UNITS[2:]:
            organisation(session, key, key)
    made = make_desk(database, tmp_path, clock)
    issue(made, lines=(("action", UNITS, ()),))
    return made


def begun(desk: Desk) -> dict[str, Attempt]:
    """The attempts of all units under one claim, by unit."""
    batch = outbox.claim(desk, ("consignment",), limit=10)
    with desk.database.writing() as session:
        rows = [(row, f"Thư {row.id}") for row in batch.rows]
        made = begin_all(session, rows, batch.token, at=desk.clock(), how=DEFAULT_DISPATCHING)
    return {one.row.ikey.split(":")[2]: one for one in made}


def sent(words: str) -> Outcome:
    return Outcome(kind=OutcomeKind.SENT, code="250", text=words)


def test_of_many_that_were_sent_each_keeps_its_own_words_and_the_overtaken_stay_where_they_are(
    desk: Desk,
) -> None:
    attempts = begun(desk)
    assert set(attempts) == set(UNITS)
    with desk.database.writing() as session:
        # B answers before our record of it; C's lease is taken over by somebody else.
        session.execute(
            update(Consignment)
            .where(Consignment.organisation_id == "huyen-b")
            .values(state="accepted", detail="Đã vào sổ")
        )
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == attempts["huyen-c"].row.id)
            .values(lease_token="ai-khác")
        )
    bounced = Outcome(kind=OutcomeKind.PERMANENT, code="550", text="no such user")
    results = [
        (attempts["huyen-a"], sent("queued as 1")),
        (attempts["huyen-d"], bounced),
        (attempts["huyen-b"], sent("queued as 2")),
        (attempts["huyen-c"], sent("queued as 3")),
    ]
    at = desk.clock() + timedelta(seconds=3)
    with desk.database.writing() as session:
        recorded = record_all(desk, session, results, at=at, how=DEFAULT_DISPATCHING)
    assert [(kind.value, deed.detail["words"]) for kind, deed in recorded] == [
        ("sent", "250 queued as 1"), ("permanent", "550 no such user"),
        ("sent", "250 queued as 2"), ("lease_lost", "250 queued as 3"),
    ]  # fmt: skip
    found = {unit: (one.state, one.detail) for unit, one in consignments(desk).items()}
    assert found["huyen-a"] == ("sent", "250 queued as 1")
    assert found["huyen-b"] == ("accepted", "Đã vào sổ")
    assert found["huyen-c"][0] == "sending"
    assert found["huyen-d"][0] == "bounced"
    with desk.database.reading() as session:
        ended = {one.ikey.split(":")[2]: one for one in session.scalars(select(DeliveryAttempt))}
        rows = {one.ikey.split(":")[2]: one for one in session.scalars(select(OutboxRow))}
        events = session.scalars(select(DeliveryEvent).order_by(DeliveryEvent.id)).all()
    assert {unit: one.outcome for unit, one in ended.items()} == {
        "huyen-a": "sent", "huyen-b": "sent", "huyen-c": "lease_lost", "huyen-d": "permanent",
    }  # fmt: skip
    assert {one.ended_at for one in ended.values()} == {at}
    assert [rows[unit].state for unit in UNITS] == ["settled", "settled", "leased", "settled"]
    assert {(one.consignment_id, one.state, one.words) for one in events if one.state} == {
        (consignments(desk)["huyen-a"].id, "sent", "queued as 1"),
        (consignments(desk)["huyen-d"].id, "bounced", "no such user"),
    }


def test_what_a_first_attempt_said_is_kept_and_comes_with_the_next_claim(
    desk: Desk, clock: StoryClock
) -> None:
    said = {unit: f"Thư {one.row.id}" for unit, one in begun(desk).items()}
    with desk.database.writing() as session:
        session.execute(update(OutboxRow).values(state="queued", lease_token=None))
    clock.advance(seconds=1)
    again = begun(desk)
    assert {unit: one.row.said for unit, one in again.items()} == said
    with desk.database.reading() as session:
        kept = {one.ikey.split(":")[2]: one.payload for one in session.scalars(select(OutboxRow))}
    assert kept == {unit: {"text": text} for unit, text in said.items()}
