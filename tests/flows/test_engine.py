"""One real Prefect server, one real worker process, one directive from draft to issue.

The tests of this file belong together: they share the server and go on where the one before ended.
"""

import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from prefect.client.schemas.objects import State
from prefect.states import Scheduled
from sqlalchemy import select

from actions.drafting import submit
from actions.issuing import issue
from actions.numbering import take_number
from actions.operating.runs import ask_for_run, get_run, recent_runs
from actions.progress import next_step
from actions.sealing import seal
from actions.signing_off import sign
from actions.taking_back import take_back
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment
from models.lifecycle import ReviewStep
from models.officer import Role
from models.operation import RunRecord
from models.outbox import OutboxRow, RunLease
from models.signature import Signature
from tests.flows.gate import Gate, gate_before
from tests.support.clock import START, StoryClock
from tests.support.factories import small_office
from tests.support.front import Front
from tests.support.signing_office import PIN, Authority, running_authority
from wiring.bootstrap import Office, open_office
from wiring.clock import SimulatedClock, real_now
from wiring.demo_pki.recipe import TSA_URL
from wiring.errors import OrchestratorError
from wiring.processes import LocalEngine, any_port
from wiring.runs import CONSOLIDATE, DELIVER, RECONCILE, VERIFY_ARCHIVE, Phase, RunView
from wiring.settings import Settings, load_settings
from wiring.stories.mail_config import MailServerConfig
from wiring.stories.mail_server import MailServer
from wiring.waking import WakeOutcome, wake

PATIENCE_S = 90.0


@dataclass(slots=True)
class Stage:
    """The office, its engine, and the directive that the tests drive."""

    office: Office
    engine: LocalEngine
    front: Front
    gate: Gate
    """Before the time-stamping authority."""
    mail_gate: Gate
    """Before the mail server."""
    worker: int
    key: DirectiveId

    def directive(self) -> Directive:
        return self.front.directive(self.key)

    def lease(self) -> RunLease:
        with self.office.database.reading() as session:
            return session.get_one(RunLease, self.key)

    def run(self) -> RunView:
        run_id = self.lease().flow_run_id
        assert run_id is not None
        run = self.office.orchestrator.run(run_id)
        assert run is not None
        return run

    def wake(self) -> WakeOutcome:
        return wake(self.office.database, self.office.orchestrator, self.office.clock, self.key)

    def waits_for(self, deed: str) -> bool:
        """Whether the run sleeps before a person's deed."""
        with self.office.database.reading() as session:
            step = next_step(session, session.get_one(Directive, self.key))
        return step.deed == deed and self.run().phase is Phase.WAITING


def until(what: Callable[[], bool], limit_s: float = PATIENCE_S) -> bool:
    deadline = time.monotonic() + limit_s
    while not (happened := what()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return happened


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running_authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


def settings_for(home: Path, authority: Authority, gate: Gate, mail_gate: Gate) -> Settings:
    trust = home / "trust"
    (trust / "intermediates").mkdir(parents=True)
    shutil.copy(authority.pki.root, trust / "root.pem")
    shutil.copy(authority.pki.intermediate, trust / "intermediates" / "issuer.pem")
    return load_settings(
        {
            "TRINHKY_FOLDER": str(home),
            "TRINHKY_CLOCK": "simulated",
            "TRINHKY_PREFECT__PORT": str(any_port()),
            "TRINHKY_TIMESTAMPS__URL": TSA_URL,
            "TRINHKY_TIMESTAMPS__PROXY": gate.address,
            "TRINHKY_TIMESTAMPS__FAKE_TIME": "true",
            "TRINHKY_MAIL__PORT": mail_gate.address.rpartition(":")[2],
        }
    )


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("office")
    with (
        MailServer(MailServerConfig(folder=home / "mail", office=("ban@ban.example",))) as mail,
        gate_before(authority.address) as gate,
        gate_before(f"smtp://127.0.0.1:{mail.port}") as mail_gate,
        LocalEngine(settings_for(home, authority, gate, mail_gate)) as engine,
    ):
        with open_office(engine.settings) as office:
            assert isinstance(office.clock, SimulatedClock)
            office.clock.set(START)
            front = Front(office.desk, StoryClock(), small_office(office.database))
            authority.register(front, "signatory", officer_id="signatory")
            authority.register(front, "ban", organisation_id="ban")
        worker = engine.start_engine()
        with open_office(engine.settings) as office:
            front = Front(office.desk, StoryClock(), front.office)
            yield Stage(office, engine, front, gate, mail_gate, worker, front.start())


def test_a_new_directive_gets_a_run_that_sleeps_before_the_first_person(stage: Stage) -> None:
    assert stage.wake() is WakeOutcome.STARTED
    assert until(lambda: stage.waits_for("submit"))
    assert f"directive:{stage.key}" in stage.run().tags


def test_a_draft_taken_back_wakes_its_run_which_sleeps_before_the_drafter(stage: Stage) -> None:
    front, first = stage.front, stage.run().id
    submit(front.desk, front.drafter, stage.key)
    take_back(front.desk, front.drafter, stage.key, reason="Sai số liệu", revision=1)
    assert stage.wake() is WakeOutcome.RESUMED
    assert until(lambda: stage.waits_for("revise"))
    assert stage.run().id == first


def test_a_woken_run_does_the_machines_step_and_sleeps_before_the_next_person(stage: Stage) -> None:
    front, first = stage.front, stage.run().id
    submit(front.desk, front.drafter, stage.key)
    for step in ReviewStep:
        front.passes(stage.key, step)
    take_number(front.desk, front.clerk, stage.key)
    assert stage.wake() is WakeOutcome.RESUMED
    assert until(lambda: stage.waits_for("sign"))
    assert stage.directive().frozen_sha256 is not None
    assert stage.run().id == first
    # Nothing is left that would wake it for nothing, the machine's own step included.
    assert stage.front.count(OutboxRow, OutboxRow.kind == "wake", OutboxRow.state == "queued") == 0


def test_waking_a_run_that_waits_for_a_person_changes_nothing(stage: Stage) -> None:
    assert stage.wake() is WakeOutcome.RESUMED
    assert until(lambda: stage.waits_for("sign"))


def test_a_run_whose_worker_was_killed_goes_on_under_the_same_directive(stage: Stage) -> None:
    front, first = stage.front, stage.run().id
    seen = stage.directive().frozen_sha256
    assert seen is not None
    sign(front.desk, front.signatory, stage.key, seen_sha256=seen, pin=PIN)
    stage.gate.shut()
    stage.wake()
    assert stage.gate.waiting.wait(PATIENCE_S)
    stage.engine.kill_worker(stage.worker)
    assert stage.run().state == "Running"
    stage.gate.open()
    stage.worker = stage.engine.start_worker()
    assert until(lambda: stage.waits_for("seal"))
    assert (stage.run().id, stage.lease().generation) == (first, 1)
    assert stage.directive().state == "signed"
    assert stage.front.count(Signature, Signature.directive_id == stage.key) == 1


def test_after_the_issue_the_run_is_completed_and_sending_has_begun(stage: Stage) -> None:
    front = stage.front
    seen = stage.directive().signed_sha256
    assert seen is not None
    seal(front.desk, front.clerk, stage.key, seen_sha256=seen, pin=PIN)
    stage.wake()
    assert until(lambda: stage.waits_for("issue"))
    stage.mail_gate.shut()
    issue(front.desk, front.clerk, stage.key)
    stage.wake()
    assert until(lambda: stage.run().state == "Completed")
    assert stage.mail_gate.waiting.wait(PATIENCE_S)


def test_a_worker_killed_while_sending_blocks_no_later_sending(stage: Stage) -> None:
    (stuck,) = stage.office.orchestrator.unfinished(DELIVER)
    stage.engine.kill_worker(stage.worker)
    stage.mail_gate.open()
    stage.worker = stage.engine.start_worker()
    given_up = stage.office.orchestrator.run(stuck.id)
    assert given_up is not None
    assert given_up.state == "Crashed"
    clock = stage.office.clock
    assert isinstance(clock, SimulatedClock)
    clock.set(clock.now() + timedelta(hours=1))
    sent = stage.office.orchestrator.run_deployment(DELIVER, wait_s=PATIENCE_S)
    assert sent.state == "Completed"
    assert stage.front.count(Consignment, Consignment.state != "sent") == 0
    kept = list((stage.office.settings.home / "mail" / "sent").glob("*.eml"))
    assert len(kept) == stage.front.count(Consignment)


def test_reconcile_as_an_operator_starts_it_finds_nothing_left_to_do(stage: Stage) -> None:
    done = stage.office.orchestrator.run_deployment(
        RECONCILE, {"pending_s": 60, "failed_s": 60}, wait_s=PATIENCE_S
    )
    assert done.state == "Completed"
    assert stage.office.orchestrator.unfinished() == ()


def test_what_is_planned_for_later_is_nobodys_care_until_it_should_begin(stage: Stage) -> None:
    orchestrator = stage.office.orchestrator
    planned: State[None] = Scheduled(scheduled_time=real_now() + timedelta(hours=1))
    with orchestrator._client("thử") as client:
        deployment = client.read_deployment_by_name(f"{DELIVER}/{DELIVER}")
        run = client.create_flow_run_from_deployment(deployment.id, state=planned)
        assert orchestrator.unfinished(DELIVER) == ()
        assert orchestrator.run(str(run.id)) is not None
        client.delete_flow_run(run.id)


def test_a_run_asked_for_by_an_officer_says_what_it_did_and_who_asked(stage: Stage) -> None:
    front = stage.front
    key = ask_for_run(front.desk, front.office.actor(Role.OPERATOR), DELIVER)
    stage.office.start_run(key)

    def found() -> RunRecord:
        with stage.office.database.reading() as session:
            return get_run(session, key)

    assert until(lambda: found().state == "done")
    assert found().summary == "Không có việc gì phải làm."
    assert found().flow_run_id is not None


def test_a_run_started_in_prefects_own_pages_is_checked_and_listed_too(stage: Stage) -> None:
    unknown = str(uuid.uuid4())
    ended = stage.office.orchestrator.run_deployment(
        CONSOLIDATE, {"directive_id": unknown}, wait_s=PATIENCE_S
    )
    assert ended.state == "Failed"
    with stage.office.database.reading() as session:
        (row,) = recent_runs(session, state="failed", flow=CONSOLIDATE)
    assert row.started_by == "prefect"
    assert unknown in (row.summary or "")
    assert row.advice


def test_the_run_of_the_directive_is_listed_with_it(stage: Stage) -> None:
    with stage.office.database.reading() as session:
        (row,) = recent_runs(session, flow="route-directive")
    assert (row.directive_id, row.state, row.started_by) == (stage.key, "done", "machine")


def test_a_value_that_no_form_would_take_is_refused_before_anything_runs(stage: Stage) -> None:
    with pytest.raises(OrchestratorError):
        stage.office.orchestrator.start(RECONCILE, {"pending_s": -1})
    with pytest.raises(OrchestratorError):
        stage.office.orchestrator.start("no-such-flow")


def test_the_archive_and_the_audit_trail_are_whole_after_two_kills(stage: Stage) -> None:
    done = stage.office.orchestrator.run_deployment(VERIFY_ARCHIVE, wait_s=PATIENCE_S)
    assert done.state == "Completed"


def test_no_wake_up_is_left_in_the_outbox(stage: Stage) -> None:
    with stage.office.database.reading() as session:
        left = session.scalars(
            select(OutboxRow.ikey).where(OutboxRow.kind == "wake", OutboxRow.state == "queued")
        ).all()
    assert left == []
