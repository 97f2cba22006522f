import threading
import time
import uuid
from pathlib import Path

import pytest

from models.base import DirectiveId
from models.outbox import RunLease
from models.session import Database
from tests.support.clock import StoryClock
from tests.support.front import Front, make_front
from wiring.errors import LeaseLostError
from wiring.leases import Holding, Lease, give_back, renew, take
from wiring.liveness import is_alive, living

pytestmark = pytest.mark.both_databases


@pytest.fixture
def front(database: Database, tmp_path: Path) -> Front:
    return make_front(database, tmp_path, StoryClock())


@pytest.fixture
def key(front: Front) -> DirectiveId:
    return front.start()


def row(database: Database, key: DirectiveId) -> RunLease:
    with database.reading() as session:
        return session.get_one(RunLease, key)


def test_one_run_holds_the_lease_and_another_is_turned_away(
    database: Database, key: DirectiveId
) -> None:
    lease = take(database, key, "first", lease_s=60)
    with pytest.raises(LeaseLostError):
        take(database, key, "second", lease_s=60)
    give_back(database, lease)
    assert take(database, key, "second", lease_s=60).token != lease.token


def test_the_same_run_started_again_takes_over_and_the_old_one_stops(
    database: Database, key: DirectiveId
) -> None:
    old = take(database, key, "run", lease_s=60)
    new = take(database, key, "run", lease_s=60)
    assert not renew(database, old, lease_s=60)
    with pytest.raises(LeaseLostError):
        old.check()
    assert renew(database, new, lease_s=60)
    new.check()


def test_what_the_old_one_gives_back_is_not_the_new_ones(
    database: Database, key: DirectiveId
) -> None:
    old = take(database, key, "run", lease_s=60)
    new = take(database, key, "run", lease_s=60)
    give_back(database, old, problem="thua")
    assert row(database, key).token == new.token
    assert row(database, key).last_problem is None


def test_a_lease_that_ran_out_may_be_taken_by_another_run(
    database: Database, key: DirectiveId
) -> None:
    take(database, key, "first", lease_s=0.01)
    time.sleep(0.02)
    take(database, key, "second", lease_s=60)
    assert row(database, key).flow_run_id == "second"


def test_a_holder_at_work_keeps_its_lease_beyond_its_length(
    database: Database, key: DirectiveId
) -> None:
    with Holding(database, key, "first", lease_s=0.3) as lease:
        time.sleep(0.7)
        lease.check()
        with pytest.raises(LeaseLostError):
            take(database, key, "second", lease_s=60)
    assert row(database, key).token is None


def test_what_ended_a_run_is_written_down_and_a_good_end_clears_it(
    database: Database, key: DirectiveId
) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        Holding(database, key, "run", lease_s=60),
    ):
        raise ZeroDivisionError
    assert "ZeroDivisionError" in (row(database, key).last_problem or "")
    with Holding(database, key, "run", lease_s=60):
        pass
    assert row(database, key).last_problem is None


def test_of_many_runs_at_once_one_gets_the_lease(database: Database, key: DirectiveId) -> None:
    won: list[Lease] = []
    start = threading.Barrier(6)

    def try_it(run_id: str) -> None:
        start.wait()
        try:
            won.append(take(database, key, run_id, lease_s=60))
        except LeaseLostError:
            return

    threads = [threading.Thread(target=try_it, args=(str(uuid.uuid4()),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_a_worker_is_alive_while_it_holds_its_lock(tmp_path: Path) -> None:
    with living(tmp_path) as mark:
        assert is_alive(tmp_path, mark) is True
    assert is_alive(tmp_path, mark) is False


@pytest.mark.parametrize("mark", [None, "", "4711", "another-machine~1-abc", "~", "x~../../etc"])
def test_of_marks_that_are_not_ours_nothing_is_claimed(tmp_path: Path, mark: str | None) -> None:
    assert is_alive(tmp_path, mark) is None
