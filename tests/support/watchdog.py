"""What a test run started ends with it, however the run ends: also by SIGKILL.

Services get sessions of their own and would outlive an interrupted run. All that a run starts
inherits a mark in its environment; a small process waits at a pipe for the run's death and kills
whatever bears the mark. No use is made of PR_SET_PDEATHSIG: it follows the thread that forked.
"""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

MARK: Final = "TEST_RUN_MARK"
PROC: Final = Path("/proc")
ORDERLY: Final = b"."


def watch() -> Callable[[], None]:
    """Begins to watch this process; returns what ends it in good order."""
    if not PROC.is_dir():
        return lambda: None
    os.environ[MARK] = secrets.token_hex(16)
    mine, theirs = os.pipe()
    dog = subprocess.Popen(
        [sys.executable, "-I", __file__, os.environ[MARK]], stdin=mine, start_new_session=True,
        env={name: value for name, value in os.environ.items() if name != MARK},
    )  # fmt: skip
    os.close(mine)

    def end() -> None:
        os.write(theirs, ORDERLY)
        os.close(theirs)
        dog.wait()

    return end


def kill_marked(mark: str) -> None:
    """Kills every process that bears the mark."""
    wanted = f"{MARK}={mark}".encode()
    for folder in PROC.iterdir():
        if folder.name.isdigit() and wanted in _environment(folder):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(int(folder.name), signal.SIGKILL)


def _environment(folder: Path) -> list[bytes]:
    with suppress(OSError):
        return (folder / "environ").read_bytes().split(b"\0")
    return []


if __name__ == "__main__" and sys.stdin.buffer.read(1) != ORDERLY:
    kill_marked(sys.argv[1])
