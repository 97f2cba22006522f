"""Whether the worker that took a run still lives: a lock that the system frees when a process dies.

A worker's mark is `host~name`. Its lock file lies in the office's folder, so only processes on the
same machine can tell; for others the answer is unknown, and age limits decide.
"""

import fcntl
import os
import secrets
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
            path.unlink(missing_ok=True)


def is_alive(home: Path, mark: str | None) -> bool | None:
    """Tells whether the worker of a mark lives; None where nobody here can tell."""
    host, _, name = (mark or "").partition("~")
    if not name or "/" in name or host != socket.gethostname():
        return None
    path = home / FOLDER / name
    try:
        with path.open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    path.unlink(missing_ok=True)
    return False
