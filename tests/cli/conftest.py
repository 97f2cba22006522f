"""An office in a folder, and the terminal beside it."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from actions.accounts import add_account
from actions.auditing import MACHINE
from cli.__main__ import app
from models.base import DirectiveId
from models.officer import Role
from models.organisation import ClockReading
from models.session import Database
from signing.trust import load_certificates
from tests.support.clock import START, StoryClock
from tests.support.desk import FONTS, ROOT
from tests.support.front import Front, make_front
from tests.support.signing_office import Authority, make_signing_front, running_authority
from wiring.demo_pki.recipe import TSA_URL

PASSWORD = "mot cau dai cho ky thi"
NOBODY = "http://127.0.0.1:9/api"
"""Where no orchestrator answers: a decision must stand without it."""


def trinhky(
    *arguments: str | Path | bytes, **options: object
) -> "subprocess.CompletedProcess[str]":
    """Runs the real command in a process of its own, in a place without any settings."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("TRINHKY_")
    }
    folder = options.get("folder", ROOT)
    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        capture_output=True,
        check=False,
        timeout=120,
        cwd=str(folder),
        env={**environment, "PYTHONPATH": str(ROOT), "TRINHKY_FOLDER": "/nonexistent/office"},
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


@dataclass(frozen=True, slots=True)
class Terminal:
    """The command, called inside this process; its settings are those of the test."""

    home: Path

    def run(self, *arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(app, list(arguments), input=typed)

    def says(self, *arguments: str, typed: str = "") -> str:
        """What a command that must succeed prints."""
        done = self.run(*arguments, typed=typed)
        assert done.exit_code == 0, done.output
        return done.stdout

    def refuses(self, *arguments: str, typed: str = "", status: int = 1) -> str:
        """What a command that must fail says of it; never a trace."""
        done = self.run(*arguments, typed=typed)
        assert done.exit_code == status, done.output
        assert "Traceback" not in done.output
        return done.stderr


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A terminal whose settings name a folder without any office."""
    for name in [one for one in os.environ if one.startswith("TRINHKY_")]:
        monkeypatch.delenv(name)
    home = tmp_path / "office"
    monkeypatch.setenv("TRINHKY_FOLDER", str(home))
    monkeypatch.setenv("TRINHKY_FONTS", str(FONTS))
    monkeypatch.setenv("TRINHKY_PREFECT__API_URL", NOBODY)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield Terminal(home)
    root.handlers, root.level = handlers, level


@pytest.fixture
def database(terminal: Terminal, migrated_sqlite: Path) -> Iterator[Database]:
    """The empty tables of the terminal's office."""
    terminal.home.mkdir()
    path = terminal.home / "office.sqlite"
    path.write_bytes(migrated_sqlite.read_bytes())
    opened = Database(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
def simulated(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The office's clock stands where the story clock begins."""
    monkeypatch.setenv("TRINHKY_CLOCK", "simulated")
    with database.writing() as session:
        session.add(ClockReading(id=1, now=START))


@pytest.fixture
def front(database: Database, terminal: Terminal, clock: StoryClock, simulated: None) -> Front:
    """The small office; it cannot sign."""
    del simulated
    return make_front(database, terminal.home, clock)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """The demo authority of this run, answering."""
    with running_authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture
def served(
    terminal: Terminal, authority: Authority, simulated: None, monkeypatch: pytest.MonkeyPatch
) -> Authority:
    """The authority, trusted and reached by the settings as in any installation."""
    del simulated
    trust = terminal.home / "trust"
    (trust / "intermediates").mkdir(parents=True)
    (trust / "root.der").write_bytes(load_certificates(authority.pki.root)[0])
    (trust / "intermediates" / "one.der").write_bytes(
        load_certificates(authority.pki.intermediate)[0]
    )
    monkeypatch.setenv("TRINHKY_TIMESTAMPS__URL", TSA_URL)
    monkeypatch.setenv("TRINHKY_TIMESTAMPS__PROXY", authority.address)
    monkeypatch.setenv("TRINHKY_TIMESTAMPS__FAKE_TIME", "true")
    return authority


@pytest.fixture
def signing_front(
    database: Database, terminal: Terminal, clock: StoryClock, served: Authority
) -> Front:
    """The small office with keys."""
    return make_signing_front(database, terminal.home, clock, served)


def give_account(front: Front, role: Role) -> str:
    """Gives the officer of a role an account; returns its user name."""
    username = front.office.officer(role)
    add_account(
        front.desk.database,
        officer_id=username, username=username, password=PASSWORD, at=START, actor=MACHINE,
    )  # fmt: skip
    return username


def short(key: DirectiveId) -> str:
    return str(key)[:8]
