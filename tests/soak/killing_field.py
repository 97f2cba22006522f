"""An office whose services are killed at random while it sends, chases and decides.

Real processes, told by their process ids: worker, Prefect's server, portal; on PostgreSQL also all
sessions of theirs with the database. Whatever was killed is started again at once.
"""

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from actions.accounts import add_account
from actions.auditing import MACHINE
from actions.outbox import LEASE_S
from models.officer import Role
from models.organisation import Office as OfficeRow
from tests.flows.stage import ended, patiently
from tests.portal.seeded import PASSWORD
from tests.support.clock import StoryClock
from tests.support.cutting import cut_connections, mortal_url
from tests.support.factories import SmallOffice, organisation, small_office
from tests.support.zygote import Forked, Zygote
from wiring.bootstrap import Office, open_office
from wiring.clock import SimulatedClock
from wiring.errors import OrchestratorError
from wiring.orchestrator import Orchestrator, open_orchestrator
from wiring.processes import LOOPBACK, any_port, child_environment
from wiring.runs import CHASE, DELIVER
from wiring.settings import Settings, load_settings
from wiring.stories.mail_config import MailServerConfig
from wiring.stories.mail_server import MailServer

CONNECTION = "connection"
SERVICES = ("worker", "prefect", "portal")
PATIENCE_S = 180.0
"""A flow's task that failed twice is tried again after a minute."""
CHASED_AT = date(2022, 10, 25)
"""Three working days before the reports are due."""
CHASED, ASKING = 24, 8
"""Units that are chased, and units that have asked for more time."""
SENDING_S = 8.0
LETTER_S = 1.2
"""How long the mail server takes over a letter while kills fall: most fall on letters on their way.
"""


def until(what: Callable[[], bool], limit_s: float = PATIENCE_S) -> bool:
    deadline = monotonic() + limit_s
    while not (happened := what()) and monotonic() < deadline:
        sleep(0.05)
    return happened


def answers(url: str) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(url, timeout=5.0, trust_env=False).is_success
    return False


@dataclass(slots=True)
class Field:
    """The office, its services, and what was killed so far."""

    eyes: Office
    """The test's own connections, which nobody cuts."""
    settings: Settings
    zygote: Zygote
    cut_at: str | None
    """URL of the database whose sessions are ended; None on SQLite, which has none."""
    clock: StoryClock
    running: dict[str, Forked] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    orchestrator: Orchestrator = field(init=False)

    def __post_init__(self) -> None:
        self.orchestrator = open_orchestrator(self.settings, retries=0)

    @property
    def portal_url(self) -> str:
        return f"http://{LOOPBACK}:{self.settings.portal.port}"

    @property
    def victims(self) -> tuple[str, ...]:
        return (*SERVICES, CONNECTION) if self.cut_at else SERVICES

    def begin(self, name: str, *options: str) -> None:
        commands = {
            "worker": ["wiring.worker", *options],
            "prefect": [
                "wiring.prefect_server", "server", "start", "--host", LOOPBACK,
                "--port", str(self.settings.prefect.port),
            ],
            "portal": [
                "uvicorn", "portal.app:make_app", "--factory", "--host", LOOPBACK,
                "--port", str(self.settings.portal.port), "--no-access-log",
            ],
        }  # fmt: skip
        log = self.settings.logs_folder / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        self.running[name] = self.zygote.fork(commands[name], log)

    def kill(self, victim: str) -> None:
        """Kills one of them and starts it again; waits for nobody to be ready."""
        self.killed[victim] += 1
        if victim == CONNECTION:
            assert self.cut_at is not None
            cut_connections(self.cut_at)
            return
        self.running[victim].kill()
        assert until(lambda: not self.running[victim].is_running, 10)
        if victim == "worker":
            self.walk(seconds=LEASE_S + 1)  # what it held is free for the next one at once
        self.begin(victim)

    def is_ready(self, name: str) -> bool:
        if name == "prefect":
            return answers(f"{self.settings.prefect_api_url}/health")
        if name == "portal":
            return answers(f"{self.portal_url}/healthz")
        pid = self.running["worker"].pid
        return (self.settings.home / "workers" / f"{pid}.ready").exists()

    def until_ready(self) -> None:
        """All three; a worker that gave up by itself is started again, as `trinhky serve` does."""

        def ready() -> bool:
            for name in SERVICES:
                if not self.running[name].is_running:
                    self.begin(name)
            return all(self.is_ready(name) for name in SERVICES)

        assert until(ready)

    def set_pace(self, seconds: float) -> None:
        pace = {"*": {"kind": "slow", "delay_s": seconds}}
        behaviours = self.settings.home / "behaviours.json"
        new = behaviours.with_suffix(".new")
        new.write_text(json.dumps(pace))
        new.replace(behaviours)

    def walk(self, **amount: float) -> None:
        """Moves the office's clock, which every process of it reads."""
        self.clock.advance(**amount)
        assert isinstance(self.eyes.clock, SimulatedClock)
        self.eyes.clock.set(self.clock())

    def until_sending(self) -> None:
        """Waits for the next letter, if one is to come: after a kill it takes some seconds."""
        sent = self.settings.home / "mail" / "sent"
        before = len(list(sent.glob("*.eml")))
        until(lambda: len(list(sent.glob("*.eml"))) > before, SENDING_S)

    @contextmanager
    def under_fire(self, kills: int, chance: random.Random) -> Iterator[None]:
        """Runs begin as by schedule for the length of the block, while so many kills fall.

        Half of the kills fall up to two seconds after the one before, whether their victims are
        ready or only just beginning; the others once a letter has gone out, within the time that
        the next ones take. Which, when and whom is chance.
        """
        over = threading.Event()
        motor = threading.Thread(target=self._motor, args=(over,))
        self.set_pace(LETTER_S)
        motor.start()
        try:
            for _ in range(kills):
                if chance.random() < 0.5:
                    sleep(chance.uniform(0.0, 2.0))
                else:
                    self.until_sending()
                    sleep(chance.uniform(0.0, LETTER_S))
                self.kill(chance.choice(self.victims))
            yield
        finally:
            over.set()
            motor.join()
            self.set_pace(0.0)

    def _motor(self, over: threading.Event) -> None:
        while not over.is_set():
            for flow in (CHASE, DELIVER):
                with suppress(OrchestratorError):
                    self.orchestrator.start(flow)
            over.wait(0.7)

    def run(self, flow: str, parameters: Mapping[str, object] | None = None) -> str:
        return ended(self.orchestrator, flow, parameters)

    def until_idle(self) -> None:
        """No run is on its way any more."""
        assert until(lambda: patiently(self.orchestrator.unfinished) == ())

    def units(self, round_: int) -> tuple[str, ...]:
        """The units of a round, made when it begins: each is owed to by one directive alone."""
        names = tuple(f"r{round_:03}-dv-{number:02}" for number in range(CHASED + ASKING))
        with self.eyes.database.writing() as session:
            for one in names:
                organisation(session, one, one, parent_id="tinh-uy")
        return names


@contextmanager
def killing_field(home: Path, database_url: str | None, clock: StoryClock) -> Iterator[Field]:
    """An office of its own, on PostgreSQL where a URL is given, with all services up."""
    (home / "behaviours.json").write_text("{}")
    config = MailServerConfig(
        folder=home / "mail", office=("ban@ban.example",), behaviours=home / "behaviours.json"
    )
    with ExitStack() as stack:
        mail = stack.enter_context(MailServer(config))
        given = {
            "TRINHKY_FOLDER": str(home),
            "TRINHKY_CLOCK": "simulated",
            "TRINHKY_PREFECT__PORT": str(any_port()),
            "TRINHKY_PORTAL__PORT": str(any_port()),
            "TRINHKY_MAIL__PORT": str(mail.port),
        }
        named = {"TRINHKY_DATABASE": database_url} if database_url else {}
        mortal = {"TRINHKY_DATABASE": mortal_url(database_url)} if database_url else {}
        eyes = stack.enter_context(open_office(load_settings(given | named)))
        settings = load_settings(given | mortal)
        settings.prefect_home.mkdir(parents=True)
        zygote = stack.enter_context(Zygote(child_environment(settings)))
        made = Field(eyes, settings, zygote, database_url, clock)
        made.walk()
        small_office(eyes.database)
        with eyes.database.writing() as session:
            office = session.get_one(OfficeRow, 1)
            office.quiet_from = office.quiet_to = (
                "00:00"  # none: each kill costs a quarter of an hour
            )
        follow_up = SmallOffice.officer(Role.FOLLOW_UP)
        add_account(
            eyes.database, officer_id=follow_up, username=follow_up, password=PASSWORD,
            at=clock(), actor=MACHINE,
        )  # fmt: skip
        for name in ("prefect", "portal"):
            made.begin(name)
        made.begin("worker", "--deploy")
        made.until_ready()
        yield made


def database_url_of(request: pytest.FixtureRequest) -> str | None:
    """PostgreSQL where it can be had, else none: SQLite in the office's folder."""
    server = request.getfixturevalue("postgres")
    return None if server.missing else str(request.getfixturevalue("migrated_postgres"))
