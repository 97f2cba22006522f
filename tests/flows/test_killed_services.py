"""kill -9 of Prefect's server while letters go out.

A real server, told by its process id. The second test goes on where the first one ended.
"""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.actions.back_office import issue, task
from tests.flows.test_engine import PATIENCE_S, until
from tests.support.clock import START, StoryClock
from tests.support.factories import organisation, small_office
from tests.support.front import Front
from tests.support.standing import taken
from wiring.bootstrap import Office, open_office
from wiring.clock import SimulatedClock
from wiring.processes import LocalEngine, Service, any_port
from wiring.runs import DELIVER, RECONCILE
from wiring.settings import load_settings
from wiring.stories.mail_config import MailServerConfig
from wiring.stories.mail_server import MailServer

UNITS = tuple(f"don-vi-{number:02}" for number in range(20))
SLOW_S = 0.5


@dataclass(slots=True)
class Stage:
    office: Office
    engine: LocalEngine
    front: Front
    folder: Path

    def service(self, name: str) -> Service:
        return next(one for one in self.engine.services if one.name == name)

    def kill(self, name: str) -> None:
        service = self.service(name)
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait()

    def sent(self) -> int:
        return sum(taken(self.folder).values())

    def set_pace(self, seconds: float) -> None:
        pace = {"*": {"kind": "slow", "delay_s": seconds}}
        behaviours = self.folder / "behaviours.json"
        new = behaviours.with_suffix(".new")
        new.write_text(json.dumps(pace if seconds else {}))
        new.replace(behaviours)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("office")
    behaviours = home / "behaviours.json"
    behaviours.write_text("{}")
    config = MailServerConfig(
        folder=home / "mail", office=("ban@ban.example",), behaviours=behaviours
    )
    with MailServer(config) as mail:
        settings = load_settings(
            {
                "TRINHKY_FOLDER": str(home),
                "TRINHKY_CLOCK": "simulated",
                "TRINHKY_PREFECT__PORT": str(any_port()),
                "TRINHKY_PORTAL__PORT": str(any_port()),
                "TRINHKY_MAIL__PORT": str(mail.port),
            }
        )
        with LocalEngine(settings) as engine, open_office(settings) as office:
            assert isinstance(office.clock, SimulatedClock)
            office.clock.set(START)
            front = Front(office.desk, StoryClock(), small_office(office.database))
            with office.database.writing() as session:
                for unit in UNITS:
                    organisation(session, unit, unit, parent_id="tinh-uy")
            engine.start_engine()
            with open_office(engine.settings) as connected:
                yield Stage(connected, engine, front, home)


def test_letters_go_on_although_prefects_server_is_killed(stage: Stage) -> None:
    owed = task(groups=[], organisations=list(UNITS))
    issue(stage.office.desk, lines=(("action", UNITS, ()),), tasks=[owed])
    stage.set_pace(SLOW_S)
    stage.office.orchestrator.start(DELIVER)
    assert until(lambda: stage.sent() >= 2)
    stage.kill("prefect")
    assert stage.sent() < len(UNITS)
    assert until(lambda: stage.sent() == len(UNITS))
    stage.set_pace(0)


def test_a_new_server_goes_on_and_reconcile_ends_what_was_interrupted(stage: Stage) -> None:
    stage.engine.start_server()
    orchestrator = stage.office.orchestrator
    for service in stage.engine.fallen():
        if service.name == "worker":
            stage.engine.restart(service)
    done = orchestrator.run_deployment(
        RECONCILE, {"pending_s": 5, "running_s": 5}, wait_s=PATIENCE_S
    )
    assert done.state == "Completed"
    orchestrator.run_deployment(DELIVER, wait_s=PATIENCE_S)
    assert orchestrator.unfinished() == ()
    assert set(taken(stage.folder).values()) == {1}  # the worker lived: nobody got it twice
