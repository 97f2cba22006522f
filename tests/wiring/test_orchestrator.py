"""What holds without a server; with one, see tests/flows/test_engine.py."""

import time
import uuid
from pathlib import Path

import pytest

from wiring.deployments import read_plans
from wiring.errors import OrchestratorError
from wiring.inprocess import InProcessWorker
from wiring.orchestrator import Orchestrator, open_orchestrator
from wiring.processes import any_port
from wiring.runs import directive_tag
from wiring.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def orchestrator() -> Orchestrator:
    """A client of a server that is not there."""
    return Orchestrator(api_url=f"http://127.0.0.1:{any_port()}/api", retries=0)


def test_a_silent_server_is_told_at_once_and_not_after_a_minute(
    orchestrator: Orchestrator,
) -> None:
    begun = time.monotonic()
    assert not orchestrator.is_healthy()
    for call in (
        lambda: orchestrator.start_route(uuid.uuid4(), generation=1),
        lambda: orchestrator.resume(str(uuid.uuid4())),
        lambda: orchestrator.reschedule(str(uuid.uuid4())),
        lambda: orchestrator.give_up(str(uuid.uuid4()), "…"),
        lambda: orchestrator.run(str(uuid.uuid4())),
        orchestrator.unfinished,
        lambda: orchestrator.make_pool("trinhky"),
    ):
        with pytest.raises(OrchestratorError):
            call()
    assert time.monotonic() - begun < 5


def test_the_person_reads_that_nothing_is_lost(orchestrator: Orchestrator) -> None:
    with pytest.raises(OrchestratorError) as failure:
        orchestrator.start("reconcile")
    assert "không bị mất" in failure.value.diagnosis()


def test_the_settings_name_the_server() -> None:
    settings = load_settings({"TRINHKY_PREFECT__PORT": str(any_port())})
    assert not open_orchestrator(settings).is_healthy()


def test_a_directives_tag_holds_its_identifier() -> None:
    key = uuid.uuid4()
    assert directive_tag(key) == f"directive:{key}"


def test_the_worker_brings_the_template_of_its_pool() -> None:
    template = InProcessWorker.get_default_base_job_template()
    assert {"job_configuration", "variables"} <= set(template)
    assert InProcessWorker.type == "inprocess"


def test_a_deployment_that_says_nothing_of_schedules_has_none(tmp_path: Path) -> None:
    file = tmp_path / "prefect.yaml"
    file.write_text("deployments: [{name: a, entrypoint: flows.a.a}]", encoding="utf-8")
    (plan,) = read_plans(file)
    assert (plan.name, plan.alone, plan.schedules) == ("a", False, ())
    assert len(read_plans(ROOT / "prefect.yaml")) == len(list((ROOT / "flows").glob("[!_]*.py")))
