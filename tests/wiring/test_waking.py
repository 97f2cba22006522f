import time
import uuid
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.auditing import MACHINE
from actions.cancelling import cancel
from actions.desk import doing
from actions.waking import ask_to_wake
from models.base import DirectiveId
from models.outbox import OutboxRow, RunLease
from models.session import Database
from tests.support.clock import StoryClock
from tests.support.front import Front, make_front
from tests.support.runs import RunsInMemory
from wiring import waking
from wiring.errors import OrchestratorError
from wiring.waking import Nudger, Runs, WakeOutcome, wake


class Clock(StoryClock):
    def now(self):  # noqa: ANN201
        return self.at


@pytest.fixture
def front(database: Database, tmp_path: Path) -> Front:
    return make_front(database, tmp_path, Clock())


@pytest.fixture
def runs() -> RunsInMemory:
    return RunsInMemory()


def woken(front: Front, runs: RunsInMemory, key: DirectiveId) -> WakeOutcome:
    return wake(front.desk.database, runs, front.clock, key)


def waiting(front: Front) -> int:
    return front.count(OutboxRow, OutboxRow.kind == "wake", OutboxRow.state == "queued")


def lease(front: Front, key: DirectiveId) -> RunLease:
    with front.desk.database.reading() as session:
        return session.scalars(select(RunLease).where(RunLease.directive_id == key)).one()


def test_a_directive_without_a_run_gets_one(front: Front, runs: RunsInMemory) -> None:
    key = front.start()
    assert waiting(front) == 1
    assert woken(front, runs, key) is WakeOutcome.STARTED
    assert waiting(front) == 0
    assert lease(front, key).flow_run_id in runs.runs


def test_the_runs_name_tells_number_or_symbol_and_never_the_subject(
    front: Front, runs: RunsInMemory
) -> None:
    key = front.start()
    woken(front, runs, key)
    name = next(iter(runs.runs.values())).name
    assert "HD/BTNTU" in name
    assert front.directive(key).subject not in name


def test_a_sleeping_run_is_resumed_once(front: Front, runs: RunsInMemory) -> None:
    key = front.start()
    woken(front, runs, key)
    run_id = lease(front, key).flow_run_id
    assert run_id is not None
    runs.become(run_id, "Suspended")
    assert woken(front, runs, key) is WakeOutcome.RESUMED
    assert woken(front, runs, key) is WakeOutcome.MOVING
    assert len(runs.runs) == 1


@pytest.mark.parametrize("ended", ["Completed", "Failed", "Crashed", "Cancelled"])
def test_an_ended_run_is_followed_by_the_next_generation(
    front: Front, runs: RunsInMemory, ended: str
) -> None:
    key = front.start()
    woken(front, runs, key)
    first = lease(front, key).flow_run_id
    assert first is not None
    runs.become(first, ended)
    assert woken(front, runs, key) is WakeOutcome.STARTED
    assert lease(front, key).generation == 2
    assert lease(front, key).flow_run_id != first


def test_an_ended_run_that_was_never_written_down_is_passed_over(
    front: Front, runs: RunsInMemory
) -> None:
    key = front.start()
    runs.become(runs.start_route(key, generation=1).id, "Crashed")
    assert woken(front, runs, key) is WakeOutcome.STARTED
    assert lease(front, key).generation == 2


def test_a_server_that_lost_its_runs_gets_them_anew(front: Front, runs: RunsInMemory) -> None:
    key = front.start()
    woken(front, runs, key)
    assert woken(front, RunsInMemory(), key) is WakeOutcome.STARTED


def test_a_silent_server_leaves_the_wake_up_in_the_outbox(front: Front, runs: RunsInMemory) -> None:
    key = front.start()
    runs.down = True
    with pytest.raises(OrchestratorError):
        woken(front, runs, key)
    assert waiting(front) == 1
    runs.down = False
    woken(front, runs, key)
    assert waiting(front) == 0


def test_a_wake_up_asked_for_later_is_not_ended_by_an_earlier_one(
    front: Front, runs: RunsInMemory
) -> None:
    key = front.start()
    woken(front, runs, key)
    front.clock.advance(minutes=1)
    with doing(front.desk, MACHINE, "test", subject=key) as deed:
        ask_to_wake(deed, key)
    front.clock.advance(minutes=-1)
    woken(front, runs, key)
    assert waiting(front) == 1


def test_a_cancelled_directive_wakes_its_sleeping_run_but_starts_none(
    front: Front, runs: RunsInMemory
) -> None:
    key = front.start()
    woken(front, runs, key)
    run_id = lease(front, key).flow_run_id
    assert run_id is not None
    runs.become(run_id, "Suspended")
    cancel(front.desk, front.drafter, key, reason="Trùng với văn bản khác")
    assert woken(front, runs, key) is WakeOutcome.RESUMED
    runs.become(run_id, "Completed")
    assert woken(front, runs, key) is WakeOutcome.NOT_NEEDED


def test_a_directive_that_is_not_there_needs_no_run(front: Front, runs: RunsInMemory) -> None:
    assert woken(front, runs, DirectiveId(uuid.uuid4())) is WakeOutcome.NOT_NEEDED


def test_a_nudge_never_raises_and_wakes_beside_the_request(
    front: Front, runs: RunsInMemory
) -> None:
    key = front.start()
    nudger = Nudger(front.desk.database, lambda: runs, front.clock)
    runs.down = True
    nudger.nudge(key)
    nudger.close()
    assert waiting(front) == 1
    runs.down = False
    nudger = Nudger(front.desk.database, lambda: runs, front.clock)
    nudger.nudge(key)
    nudger.close()
    assert waiting(front) == 0


def test_a_busy_server_is_asked_again_until_it_takes_the_wake_up(
    front: Front, runs: RunsInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waking, "PAUSES_S", (0.1,) * 20)
    key = front.start()
    nudger = Nudger(front.desk.database, lambda: runs, front.clock)
    runs.down = True
    nudger.nudge(key)
    time.sleep(0.2)
    runs.down = False
    for _ in range(400):
        if not waiting(front):
            break
        time.sleep(0.02)
    assert waiting(front) == 0
    nudger.close()


def test_a_busy_server_is_asked_again_until_it_takes_the_start_of_a_run(
    front: Front, runs: RunsInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waking, "PAUSES_S", (0.01,) * 20)
    nudger = Nudger(front.desk.database, lambda: runs, front.clock)
    tried: list[int] = []

    def start(_: Runs) -> None:
        tried.append(len(tried))
        if len(tried) < 4:
            raise OrchestratorError("khởi động deliver-pending", "503")

    nudger.beside(start)
    for _ in range(400):
        if len(tried) == 4:
            break
        time.sleep(0.02)
    nudger.close()
    assert tried == [0, 1, 2, 3]


def test_whoever_closes_does_not_wait_for_a_server_that_is_gone(
    front: Front, runs: RunsInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waking, "PAUSES_S", (60.0,))
    keys = [front.start() for _ in range(3)]
    nudger = Nudger(front.desk.database, lambda: runs, front.clock)
    runs.down = True
    for key in keys:
        nudger.nudge(key)
    began = time.monotonic()
    nudger.close()
    assert time.monotonic() - began < 30
    assert waiting(front) == len(keys)
