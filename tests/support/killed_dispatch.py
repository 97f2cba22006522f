"""A dispatching process over real SMTP that is killed by SIGKILL at one of its steps."""

import multiprocessing
import signal
import smtplib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from actions.desk import Desk
from actions.dispatching import deliver_batch
from delivery.folder import FolderChannel
from delivery.smtp import SMTPChannel
from models.session import Database
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.killing import LIMIT_S, SuddenDoom
from tests.support.signing_office import doomed

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.support.killed_dispatch"])


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where a process dispatches: everything that a child needs, as plain values."""

    url: str
    folder: Path
    port: int
    """Of the mail server."""
    connections: int = 1

    def desk(self, database: Database, clock: Callable[[], datetime]) -> Desk:
        made = make_desk(
            database, self.folder, clock,
            channels={
                "smtp": lambda: SMTPChannel(host="127.0.0.1", port=self.port),
                "folder": lambda: FolderChannel(self.folder / "pickup"),
            },
        )  # fmt: skip
        return replace(made, connections=self.connections)


def killed_at(step: int, site: Site, at: datetime) -> bool:
    """Sends what is due in a process of its own. Tells whether it was killed at the step.

    Steps are looks at the clock, uses of the archive, commits (before each) and, within the talk
    with the mail server, each line that goes out and each reply that is waited for: the last dot
    and the reply to it among them.
    """
    child = _CONTEXT.Process(target=_live, args=(step, site, at))
    child.start()
    child.join(LIMIT_S)
    if child.exitcode == -signal.SIGKILL:
        return True
    assert child.exitcode == 0, f"dispatch failed at step {step}: {child.exitcode}"
    return False


def _live(step: int, site: Site, at: datetime) -> None:
    doom = SuddenDoom(step)
    tick_around(smtplib.SMTP, "send", doom)
    tick_around(smtplib.SMTP, "getreply", doom)
    tick_around(FolderChannel, "send", doom)
    with doomed(site.desk(Database(site.url), StoryClock(at)), doom) as mortal:
        while deliver_batch(mortal).claimed:
            pass


def tick_around(owner: type, name: str, doom: SuddenDoom) -> None:
    original = getattr(owner, name)

    def ticked(*given: Any, **named: Any) -> Any:  # noqa: ANN401 (whatever the method takes)
        doom.tick()
        answer = original(*given, **named)
        doom.tick()
        return answer

    setattr(owner, name, ticked)
