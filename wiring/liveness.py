"""Whether the worker that took a run still lives, and whether it still drives that run.

A worker holds a lock that the system frees when its process dies; beside it lies a file for each
run that it drives. A worker's mark is `host~name`. All this lies in the office's folder, so only
processes on the same machine can tell; for others the answer is unknown, and age limits decide.
"""

import fcntl
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "workers"


@contextmanager
def living(home: Path) -> Iterator[str]:
    """Holds the lock of a new worker and yields its mark."""
    name = f"{os.getpid()}-{secrets.token_hex(6)}"
    path = home / FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield f"{socket.gethostname()}~{name}"
        finally:
            _forget(path)


@contextmanager
def driving(home: Path, mark: str, run_id: str) -> Iterator[None]:
    """Marks a run as driven by a living worker for the length of a block.

    The block holds from before the run counts as running until after its end was told, or was told
    in vain: a run that says it is running and bears no such mark is nobody's.
    """
    path = _runs(_lock(home, mark)) / f"{run_id}.{secrets.token_hex(4)}"
    path.parent.mkdir(exist_ok=True)
    path.touch()
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def is_driven(home: Path, mark: str | None, run_id: str) -> bool:
    """Tells whether a worker on this machine drives a run, given that it lives (`is_alive`)."""
    folder = _runs(_lock(home, mark or ""))
    return any(path.name.startswith(run_id) for path in folder.glob("*"))


def is_alive(home: Path, mark: str | None) -> bool | None:
    """Tells whether the worker of a mark lives; None where nobody here can tell."""
    host, _, name = (mark or "").partition("~")
    if not name or "/" in name or host != socket.gethostname():
        return None
    path = _lock(home, name)
    try:
        with path.open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    _forget(path)
    return False


def _lock(home: Path, mark: str) -> Path:
    return home / FOLDER / mark.rpartition("~")[2]


def _runs(lock: Path) -> Path:
    return lock.with_name(f"{lock.name}.runs")


def _forget(lock: Path) -> None:
    shutil.rmtree(_runs(lock), ignore_errors=True)
    lock.unlink(missing_ok=True)
