"""kill -9 of Prefect's server while letters go out and while the office chases.

A real server, told by its process id. Each test goes on where the one before it ended.
"""

import sqlite3
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from actions.auditing import verify_chain
from actions.chasing import ChaseSummary, chase
from models.dispatch import Notice
from models.obligation import Reminder
from tests.actions.back_office import issue, task
from tests.flows.stage import LOCKED_S, Stage, patiently, standing
from tests.flows.test_engine import until
from tests.support.clock import StoryClock
from tests.support.standing import chased_once, taken
from wiring.liveness import is_driven
from wiring.processes import WORKER_START_S
from wiring.runs import CHASE, DELIVER, MACHINE_TAG, RECONCILE

UNITS = 20
SLOW_S = 0.5
REMINDED = date(2022, 10, 25)
STEP = "truoc-3"
IMPATIENT = {"PREFECT_CLIENT_MAX_RETRIES": "0"}
"""Usually Prefect's client tries for a minute, each time that it has something to say."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with standing(tmp_path_factory.mktemp("office"), units=UNITS) as made:
        yield made


@pytest.fixture(scope="module")
def issued(stage: Stage) -> None:
    """A directive that asks every unit for a report; the soak's tests begin with it too."""
    owed = task(groups=[], organisations=list(stage.units))
    issue(stage.office.desk, lines=(("action", stage.units, ()),), tasks=[owed])


@pytest.mark.usefixtures("issued")
def test_letters_go_on_although_prefects_server_is_killed(stage: Stage) -> None:
    stage.set_pace(SLOW_S)
    stage.office.orchestrator.start(DELIVER)
    assert until(lambda: stage.sent() >= 2)
    stage.kill("prefect")
    assert stage.sent() < UNITS
    assert until(lambda: stage.sent() == UNITS)
    stage.set_pace(0)


def test_a_new_server_goes_on_and_reconcile_ends_what_was_interrupted(stage: Stage) -> None:
    stage.restart()
    assert stage.run(RECONCILE, {"pending_s": 5, "running_s": 5}) == "Completed"
    assert stage.run(DELIVER) == "Completed"
    assert patiently(stage.office.orchestrator.unfinished) == ()
    assert set(taken(stage.folder).values()) == {1}  # the worker lived: nobody got it twice


def reminded(stage: Stage) -> int:
    with stage.office.database.reading() as session:
        return len(session.scalars(select(Reminder).where(Reminder.notice_id.is_not(None))).all())


@pytest.mark.soak
@pytest.mark.usefixtures("issued")
def test_no_reminder_is_lost_or_doubled_where_the_server_is_killed_during_chasing(
    stage: Stage, clock: StoryClock
) -> None:
    clock.set_day(REMINDED)
    stage.walk(clock)
    before = stage.sent()
    held = sqlite3.connect(stage.folder / "office.sqlite", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")  # chasing waits before its first write
    run = stage.office.orchestrator.start(CHASE, tags=(MACHINE_TAG,))
    assert until(lambda: stage.state_of(run) == "Running", LOCKED_S)
    stage.kill("prefect")
    assert reminded(stage) == 0
    held.execute("ROLLBACK")
    held.close()
    assert until(lambda: reminded(stage) == UNITS)
    stage.restart()
    assert until(lambda: stage.state_of(run) == "Completed", LOCKED_S)
    assert stage.run(CHASE) == "Completed"
    assert until(lambda: patiently(stage.office.orchestrator.unfinished) == ())
    assert stage.run(DELIVER) == "Completed"
    assert reminded(stage) == UNITS
    assert chase(stage.office.desk) == ChaseSummary()
    assert stage.sent() > before
    with stage.office.database.reading() as session:
        notice = session.scalars(select(Notice).limit(1)).one()
    assert notice.directive_id is not None
    chased_once(
        stage.office.desk, stage.folder, notice.directive_id, units=list(stage.units), step=STEP,
        expected=UNITS,
    )  # fmt: skip
    assert set(taken(stage.folder).values()) == {1}


@pytest.mark.soak
def test_a_server_away_longer_than_its_client_tries_leaves_no_run_running_for_good(
    stage: Stage,
) -> None:
    engine, before = stage.engine, stage.sent()
    engine.kill_worker(stage.service("worker").process.pid)
    worker = engine.start("worker", ["-m", "wiring.worker"], IMPATIENT)
    ready = stage.folder / "workers" / f"{worker.process.pid}.ready"
    assert until(ready.exists, WORKER_START_S)
    issue(stage.office.desk, lines=(("action", stage.units, ()),), tasks=[])
    stage.set_pace(SLOW_S)
    run = stage.office.orchestrator.start(DELIVER)
    assert until(lambda: stage.sent() >= before + 2)
    stage.kill("prefect")
    stage.set_pace(0)
    (mark,) = (path.name for path in (stage.folder / "workers").glob(f"{worker.process.pid}-*[!s]"))
    assert until(lambda: not is_driven(stage.folder, mark, run.id))
    assert worker.is_running
    stage.restart()
    # The run's end was never told. The worker sees to it by itself, without anybody's `reconcile`:
    # until then each further run of this flow is cancelled, for one is said to be running.
    assert until(lambda: stage.state_of(run) == "Crashed", LOCKED_S)
    assert stage.run(DELIVER) == "Completed"
    assert stage.sent() == before + UNITS
    assert set(taken(stage.folder).values()) == {1}
    with stage.office.database.reading() as session:
        assert verify_chain(session).broken_at is None
