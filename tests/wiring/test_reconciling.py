from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from actions.drafting import submit
from actions.numbering import take_number
from models.base import DirectiveId
from models.lifecycle import ReviewStep
from models.outbox import RunLease
from models.session import Database
from tests.support.clock import StoryClock
from tests.support.front import Front, make_front
from tests.support.runs import RunsInMemory
from wiring.clock import real_now
from wiring.errors import OrchestratorError
from wiring.leases import take
from wiring.liveness import driving, is_alive, is_driven, living
from wiring.reconciling import Ages, Reconciler


class Clock(StoryClock):
    def now(self):  # noqa: ANN201
        return self.at


@pytest.fixture
def front(database: Database, tmp_path: Path) -> Front:
    return make_front(database, tmp_path, Clock())


@pytest.fixture
def runs() -> RunsInMemory:
    return RunsInMemory()


@pytest.fixture
def reconciler(front: Front, runs: RunsInMemory, tmp_path: Path) -> Reconciler:
    return Reconciler(
        database=front.desk.database, orchestrator=runs, clock=front.clock, home=tmp_path
    )


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[str]:
    with living(tmp_path) as mark:
        yield mark


@pytest.fixture
def dead(tmp_path: Path) -> str:
    with living(tmp_path) as mark:
        pass
    return mark


@pytest.fixture
def key(front: Front, reconciler: Reconciler) -> DirectiveId:
    """A directive that waits for a person; its run sleeps."""
    made = front.start()
    reconciler.reconcile()
    return made


def run_of(front: Front, key: DirectiveId) -> str:
    with front.desk.database.reading() as session:
        run_id = session.get_one(RunLease, key).flow_run_id
    assert run_id is not None
    return run_id


def number(front: Front, key: DirectiveId) -> None:
    """Brings the directive to where the machine must move."""
    submit(front.desk, front.drafter, key)
    for step in ReviewStep:
        front.passes(key, step)
    take_number(front.desk, front.clerk, key)


def test_a_directive_without_a_run_is_started(
    front: Front, reconciler: Reconciler, runs: RunsInMemory
) -> None:
    key = front.start()
    assert reconciler.reconcile().started == [str(key)]
    assert len(runs.runs) == 1


def test_where_everything_is_as_it_should_be_nothing_is_done(
    front: Front, reconciler: Reconciler, runs: RunsInMemory, key: DirectiveId
) -> None:
    runs.become(run_of(front, key), "Suspended", age_s=1_000_000)
    done = reconciler.reconcile()
    assert (done.woken, done.started, done.repeated, done.given_up) == ([], [], [], [])


def test_a_lost_wake_up_is_made_good(
    front: Front, reconciler: Reconciler, runs: RunsInMemory, key: DirectiveId
) -> None:
    runs.become(run_of(front, key), "Suspended")
    number(front, key)
    assert reconciler.reconcile().woken == [str(key)]
    assert reconciler.reconcile().woken == []


def test_a_sleeping_run_before_a_machines_step_is_woken_without_an_outbox_row(
    front: Front, reconciler: Reconciler, runs: RunsInMemory, key: DirectiveId
) -> None:
    number(front, key)
    reconciler.reconcile()
    runs.become(run_of(front, key), "Suspended")
    assert reconciler.reconcile().woken == [str(key)]


def test_a_running_run_of_a_dead_worker_starts_anew_at_once(
    front: Front, reconciler: Reconciler, runs: RunsInMemory, key: DirectiveId, dead: str
) -> None:
    run_id = run_of(front, key)
    take(front.desk.database, key, run_id, lease_s=1000)
    runs.become(run_id, "Running", worker=dead)
    assert reconciler.reconcile().repeated == [run_id]


@pytest.mark.parametrize("state", ["Running", "Pending", "Submitting"])
def test_a_run_that_a_living_worker_drives_is_left_alone_however_old(
    front: Front,
    reconciler: Reconciler,
    runs: RunsInMemory,
    key: DirectiveId,
    *,
    worker: str,
    tmp_path: Path,
    state: str,
) -> None:
    run_id = run_of(front, key)
    runs.become(run_id, state, age_s=1_000_000, worker=worker)
    with driving(tmp_path, worker, run_id):
        assert reconciler.reconcile().repeated == []
    assert reconciler.reconcile().repeated == [run_id]


def test_a_running_run_that_its_living_worker_has_left_starts_anew(
    front: Front,
    reconciler: Reconciler,
    runs: RunsInMemory,
    key: DirectiveId,
    *,
    worker: str,
    tmp_path: Path,
) -> None:
    run_id = run_of(front, key)
    take(front.desk.database, key, run_id, lease_s=1000)
    runs.become(run_id, "Running", worker=worker)
    with driving(tmp_path, worker, "another run of the same worker"):
        assert reconciler.reconcile().repeated == [run_id]


def test_a_run_that_ends_while_reconcile_looks_keeps_its_end(
    reconciler: Reconciler, runs: RunsInMemory, worker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = runs.put("Running", worker=worker)
    asked_before = runs.unfinished()
    runs.become(run_id, "Completed", worker=worker)
    monkeypatch.setattr(RunsInMemory, "unfinished", lambda _: asked_before)
    assert reconciler.reconcile().given_up == []
    assert runs.runs[run_id].state == "Completed"


@pytest.mark.parametrize(("held", "repeated"), [(True, 0), (False, 1)])
def test_of_a_worker_elsewhere_the_lease_and_the_age_decide(
    front: Front,
    reconciler: Reconciler,
    runs: RunsInMemory,
    key: DirectiveId,
    *,
    held: bool,
    repeated: int,
) -> None:
    run_id = run_of(front, key)
    take(front.desk.database, key, run_id, lease_s=1000 if held else 0.001)
    runs.become(run_id, "Running", age_s=4000, worker="4711")
    assert len(reconciler.reconcile().repeated) == repeated


@pytest.mark.parametrize("state", ["Pending", "Submitting"])
def test_a_run_whose_worker_died_before_it_began_is_repeated_by_age(
    front: Front, reconciler: Reconciler, runs: RunsInMemory, key: DirectiveId, state: str
) -> None:
    runs.become(run_of(front, key), state, age_s=60)
    assert reconciler.reconcile().repeated == []
    runs.become(run_of(front, key), state, age_s=180)
    assert reconciler.reconcile().repeated == [run_of(front, key)]


@pytest.mark.parametrize("state", ["Scheduled", "Late", "AwaitingConcurrencySlot"])
def test_a_run_that_waits_for_a_worker_is_left_alone(
    front: Front, reconciler: Reconciler, runs: RunsInMemory, key: DirectiveId, state: str
) -> None:
    runs.become(run_of(front, key), state, age_s=1_000_000)
    assert reconciler.reconcile().repeated == []


def test_a_crashed_run_starts_anew_under_the_same_id(
    front: Front, reconciler: Reconciler, runs: RunsInMemory, key: DirectiveId
) -> None:
    runs.become(run_of(front, key), "Crashed")
    assert reconciler.reconcile().repeated == [run_of(front, key)]
    assert len(runs.runs) == 1


def test_a_failed_run_is_followed_by_another_after_a_pause(
    front: Front, reconciler: Reconciler, runs: RunsInMemory, key: DirectiveId
) -> None:
    first = run_of(front, key)
    runs.become(first, "Failed", age_s=60)
    assert reconciler.reconcile().started == []
    runs.become(first, "Failed", age_s=900)
    assert reconciler.reconcile().started == [str(key)]
    assert run_of(front, key) != first


def test_a_periodic_run_that_nobody_drives_is_given_up_and_others_are_not(
    reconciler: Reconciler, runs: RunsInMemory, worker: str, dead: str, tmp_path: Path
) -> None:
    lost = runs.put("Running", worker=dead)
    left = runs.put("Running", worker=worker)
    driven = runs.put("Running", age_s=7200, worker=worker)
    runs.put("Scheduled", age_s=7200)
    with driving(tmp_path, worker, driven):
        assert reconciler.reconcile().given_up == [lost, left]


def test_what_a_dead_worker_drove_is_forgotten_with_it(tmp_path: Path, dead: str) -> None:
    (tmp_path / "workers").mkdir(exist_ok=True)
    name = dead.rpartition("~")[2]
    (tmp_path / "workers" / name).touch()
    with driving(tmp_path, dead, "run"):
        assert is_driven(tmp_path, dead, "run")
        assert is_alive(tmp_path, dead) is False
        assert not is_driven(tmp_path, dead, "run")
    assert list((tmp_path / "workers").iterdir()) == []


def test_a_sleeper_whom_no_directive_needs_is_woken_to_end(
    reconciler: Reconciler, runs: RunsInMemory
) -> None:
    run_id = runs.put("Suspended")
    reconciler.reconcile()
    assert runs.runs[run_id].state == "Scheduled"


def test_a_silent_server_is_told_and_the_next_call_does_everything(
    front: Front, reconciler: Reconciler, runs: RunsInMemory
) -> None:
    key = front.start()
    runs.down = True
    with pytest.raises(OrchestratorError):
        reconciler.reconcile()
    runs.down = False
    assert reconciler.reconcile().started == [str(key)]


def test_the_ages_are_the_callers_to_choose(
    front: Front, runs: RunsInMemory, tmp_path: Path, key: DirectiveId
) -> None:
    runs.become(run_of(front, key), "Pending", age_s=5)
    strict = Reconciler(
        database=front.desk.database,
        orchestrator=runs,
        clock=front.clock,
        home=tmp_path,
        ages=Ages(pending_s=1),
    )
    assert len(strict.reconcile().repeated) == 1


def test_the_summary_says_what_was_done(reconciler: Reconciler, front: Front) -> None:
    front.start()
    assert "khởi động 1" in reconciler.reconcile().sentence()


def test_since_is_real_time_whatever_the_offices_clock_says(front: Front) -> None:
    assert real_now() - front.clock() > timedelta(days=365)
