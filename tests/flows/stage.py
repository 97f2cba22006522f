"""One office with its engine, its mail server and many units: for tests that kill services."""

import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

from tests.support.clock import START, StoryClock
from tests.support.factories import organisation, small_office
from tests.support.front import Front
from tests.support.standing import taken
from wiring.bootstrap import Office, open_office
from wiring.clock import SimulatedClock
from wiring.errors import OrchestratorError
from wiring.orchestrator import Orchestrator
from wiring.processes import LocalEngine, Service, any_port
from wiring.runs import RunView
from wiring.settings import load_settings
from wiring.stories.mail_config import MailServerConfig
from wiring.stories.mail_server import MailServer

T = TypeVar("T")
LOCKED_S = 150.0
"""Prefect's SQLite was seen locked for a minute after a kill; then its client's tries are over."""


def patiently(ask: Callable[[], T], limit_s: float = LOCKED_S) -> T:
    """Asks Prefect again where it does not answer."""
    deadline = monotonic() + limit_s
    while True:
        try:
            return ask()
        except OrchestratorError:
            if monotonic() > deadline:
                raise
            sleep(0.5)


def ended(orchestrator: Orchestrator, flow: str, parameters: Mapping[str, object] | None) -> str:
    """Runs a flow to its end; returns how it ended.

    What was asked for twice, for an answer was lost, is cancelled where the first still runs.
    """
    ask = partial(orchestrator.run_deployment, flow, parameters, wait_s=LOCKED_S)
    deadline = monotonic() + LOCKED_S
    while (state := patiently(ask).state) == "Cancelled" and monotonic() < deadline:
        sleep(1.0)
    return state


@dataclass(slots=True)
class Stage:
    office: Office
    engine: LocalEngine
    front: Front
    folder: Path
    units: tuple[str, ...]

    def service(self, name: str) -> Service:
        return next(one for one in self.engine.services if one.name == name)

    def kill(self, name: str) -> None:
        service = self.service(name)
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait()

    def restart(self) -> None:
        """Starts again what was killed, as `trinhky serve` does within a second or two."""
        for service in self.engine.fallen():
            self.engine.restart(service)

    def state_of(self, run: RunView) -> str:
        found = patiently(lambda: self.office.orchestrator.run(run.id))
        assert found is not None
        return found.state

    def run(self, flow: str, parameters: Mapping[str, object] | None = None) -> str:
        return ended(self.office.orchestrator, flow, parameters)

    def walk(self, clock: StoryClock) -> None:
        """Sets the office's clock, which every process of it reads."""
        assert isinstance(self.office.clock, SimulatedClock)
        self.office.clock.set(clock())

    def sent(self) -> int:
        return sum(taken(self.folder).values())

    def set_pace(self, seconds: float) -> None:
        """How long the mail server takes over each letter."""
        pace = {"*": {"kind": "slow", "delay_s": seconds}}
        behaviours = self.folder / "behaviours.json"
        new = behaviours.with_suffix(".new")
        new.write_text(json.dumps(pace if seconds else {}))
        new.replace(behaviours)


@contextmanager
def standing(home: Path, *, units: int, database_url: str = "") -> Iterator[Stage]:
    """Everything runs; the database is SQLite in the folder unless another one is named."""
    behaviours = home / "behaviours.json"
    behaviours.write_text("{}")
    names = tuple(f"don-vi-{number:03}" for number in range(units))
    config = MailServerConfig(
        folder=home / "mail", office=("ban@ban.example",), behaviours=behaviours
    )
    with MailServer(config) as mail:
        given = {
            "TRINHKY_FOLDER": str(home),
            "TRINHKY_CLOCK": "simulated",
            "TRINHKY_PREFECT__PORT": str(any_port()),
            "TRINHKY_PORTAL__PORT": str(any_port()),
            "TRINHKY_MAIL__PORT": str(mail.port),
        }
        settings = load_settings(
            given | ({"TRINHKY_DATABASE": database_url} if database_url else {})
        )
        with LocalEngine(settings) as engine, open_office(settings) as office:
            assert isinstance(office.clock, SimulatedClock)
            office.clock.set(START)
            front = Front(office.desk, StoryClock(), small_office(office.database))
            with office.database.writing() as session:
                for unit in names:
                    organisation(session, unit, unit, parent_id="tinh-uy")
            engine.start_engine()
            with open_office(engine.settings) as connected:
                yield Stage(connected, engine, front, home, names)
