"""Processes that are killed by SIGKILL in the middle of a deed, for real."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path

from typing_extensions import override

import models.everything  # noqa: F401 (a child knows all tables, as every door does)
from actions.desk import Desk
from models.session import Database
from tests.support.clock import StoryClock
from tests.support.front import Front
from tests.support.signing_office import Authority, Doom, doomed, signing_desk

LIMIT_S = 60
EVERYWHERE = os.environ.get("KILL_EVERYWHERE") == "1"
"""Every step on both databases, as `make soak` has it; else each step on one of them."""

# A process without threads that has everything loaded, from which each child is forked.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.support.killing"])


def steps_on(backend: str, *, stride: int = 1) -> Iterator[int]:
    """Returns the steps to kill at on a database, without end: odd ones here, even ones there."""
    if EVERYWHERE:
        return count(1, stride)
    return count(1 if backend == "sqlite" else 1 + stride, 2 * stride)


class SuddenDoom(Doom):
    """Kills its own process at one of its steps; nothing of it runs any further."""

    @override
    def tick(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def killed_at(
    step: int,
    *,
    front: Front,
    folder: Path,
    authority: Authority,
    deed: Callable[..., object],
    **named: object,
) -> bool:
    """Does a deed in a process of its own that is killed at one of its steps.

    Args:
        step: from 1; beyond the deed's last step the process ends by itself.
        front: whose database and instant the process uses, over a connection of its own.
        folder: where its archive lies.
        authority: the running authority.
        deed: a function of `actions` that takes a desk first.
        named: what it takes besides.

    Returns:
        Whether the process was killed.
    """
    url = front.desk.database.engine.url.render_as_string(hide_password=False)
    desk = partial(_desk, url, folder, front.clock(), authority)
    child = _CONTEXT.Process(target=_live, args=(step, desk, deed, named))
    child.start()
    child.join(LIMIT_S)
    if child.exitcode == -signal.SIGKILL:
        return True
    assert child.exitcode == 0, f"the deed failed at step {step}: {child.exitcode}"
    return False


def _desk(url: str, folder: Path, at: datetime, authority: Authority) -> Desk:
    return signing_desk(Database(url), folder, StoryClock(at), authority)


def _live(
    step: int,
    desk: Callable[[], Desk],
    deed: Callable[..., object],
    named: dict[str, object],
) -> None:
    with doomed(desk(), SuddenDoom(step)) as mortal:
        deed(mortal, **named)
