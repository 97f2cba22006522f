import threading
from datetime import timedelta
from pathlib import Path

import pytest

from actions import outbox
from actions.auditing import MACHINE
from actions.desk import Desk, doing
from models.outbox import OutboxRow
from models.session import Database
from tests.support.clock import StoryClock
from tests.support.desk import make_desk

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: StoryClock) -> Desk:
    return make_desk(database, tmp_path, clock)


def fill(desk: Desk, count: int, kind: str = "consignment") -> None:
    with doing(desk, MACHINE, "fill") as deed:
        for ordinal in range(count):
            outbox.enqueue(deed, kind=kind, ikey=f"{kind}:{ordinal}", reference=ordinal)


def states(desk: Desk) -> list[str]:
    with desk.database.reading() as session:
        return [row.state for row in session.query(OutboxRow).order_by(OutboxRow.id)]


def test_a_claim_takes_the_oldest_due_rows_of_its_kinds_only(desk: Desk, clock: StoryClock) -> None:
    fill(desk, 2, "wake")
    clock.advance(minutes=1)
    fill(desk, 3)
    batch = outbox.claim(desk, ("consignment",), limit=2)
    assert [row.ikey for row in batch.rows] == ["consignment:0", "consignment:1"]
    assert all(row.attempts == 1 for row in batch.rows)
    assert states(desk) == ["queued", "queued", "leased", "leased", "queued"]


def test_what_is_not_due_yet_is_left(desk: Desk, clock: StoryClock) -> None:
    fill(desk, 1)
    clock.advance(seconds=-1)
    assert outbox.claim(desk, ("consignment",), limit=5).rows == ()


def test_two_claimers_never_share_a_row(desk: Desk) -> None:
    fill(desk, 60)
    taken: list[tuple[int, ...]] = []
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        while rows := outbox.claim(desk, ("consignment",), limit=5).rows:
            taken.append(tuple(row.id for row in rows))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [row for rows in taken for row in rows]
    assert len(everything) == len(set(everything)) == 60


def test_only_the_holder_of_the_token_settles(desk: Desk, clock: StoryClock) -> None:
    fill(desk, 1)
    first = outbox.claim(desk, ("consignment",), limit=1, lease_s=60)
    row = first.rows[0]
    clock.advance(seconds=60)
    with desk.database.writing() as session:
        assert outbox.any_expired(session, ("consignment",), at=clock.at)
        (stale,) = outbox.expired(session, ("consignment",), at=clock.at)
        assert outbox.requeue(session, stale.id, stale.lease_token, next_at=clock.at)
    second = outbox.claim(desk, ("consignment",), limit=1)
    with desk.database.writing() as session:
        assert not outbox.settle(session, row.id, first.token)
        assert not outbox.renew_all(session, [row.id], first.token, until=clock.at)
        assert outbox.settle(session, row.id, second.token)
        assert not outbox.settle(session, row.id, second.token)
    assert second.rows[0].attempts == 2
    assert states(desk) == ["settled"]


def test_a_living_lease_is_not_taken_back(desk: Desk, clock: StoryClock) -> None:
    fill(desk, 1)
    batch = outbox.claim(desk, ("consignment",), limit=1, lease_s=60)
    with desk.database.writing() as session:
        later = clock.at + timedelta(seconds=120)
        assert outbox.renew_all(session, [batch.rows[0].id], batch.token, until=later)
    clock.advance(seconds=61)
    with desk.database.writing() as session:
        assert outbox.expired(session, ("consignment",), at=clock.at) == []


def test_only_a_settled_row_is_queued_again(desk: Desk, clock: StoryClock) -> None:
    fill(desk, 1)
    with desk.database.writing() as session:
        assert not outbox.queue_again(session, "consignment:0", at=clock.at)
        assert not outbox.queue_again(session, "consignment:9", at=clock.at)
    batch = outbox.claim(desk, ("consignment",), limit=1)
    with desk.database.writing() as session:
        outbox.settle(session, batch.rows[0].id, batch.token)
        assert outbox.queue_again(session, "consignment:0", at=clock.at)
    assert outbox.claim(desk, ("consignment",), limit=1).rows[0].attempts == 1
