"""A process that chases and sends, and is killed by SIGKILL at one of its steps."""

import multiprocessing
import signal
import smtplib
from datetime import datetime

from actions.chasing import chase
from actions.dispatching import deliver_batch
from models.session import Database
from tests.support.clock import StoryClock
from tests.support.killed_dispatch import Site, tick_around
from tests.support.killing import LIMIT_S, SuddenDoom
from tests.support.signing_office import doomed

NEVER = 1_000_000
"""A step that no round reaches."""

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.support.killed_chasing"])


def killed_at(step: int, site: Site, at: datetime) -> bool:
    """Chases and sends in a process of its own. Tells whether it was killed at the step.

    Steps are looks at the clock (before each transaction), commits (before each) and each line and
    reply of the talk with the mail server.
    """
    child = _begin(step, site, at)
    child.join(LIMIT_S)
    if child.exitcode == -signal.SIGKILL:
        return True
    assert child.exitcode == 0, f"chasing failed at step {step}: {child.exitcode}"
    return False


def chase_at_once(processes: int, site: Site, at: datetime) -> None:
    """Starts several processes together and waits for all of them."""
    children = [_begin(NEVER, site, at) for _ in range(processes)]
    for child in children:
        child.join(LIMIT_S)
        assert child.exitcode == 0


def _begin(step: int, site: Site, at: datetime) -> multiprocessing.process.BaseProcess:
    child = _CONTEXT.Process(target=_live, args=(step, site, at))
    child.start()
    return child


def _live(step: int, site: Site, at: datetime) -> None:
    doom = SuddenDoom(step)
    tick_around(smtplib.SMTP, "send", doom)
    tick_around(smtplib.SMTP, "getreply", doom)
    with doomed(site.desk(Database(site.url), StoryClock(at)), doom) as mortal:
        chase(mortal)
        while deliver_batch(mortal).claimed:
            pass
