"""An interrupted test run leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.support.watchdog import PROC
from wiring.settings import PROJECT

pytestmark = pytest.mark.skipif(not PROC.is_dir(), reason="processes are found in /proc")
RUN = """
import subprocess, sys
from tests.support.watchdog import watch
end = watch()
sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
made = subprocess.Popen(sleep, stdout=subprocess.DEVNULL, start_new_session=True)
print(made.pid, flush=True)
sys.stdin.readline()
end()
"""


def a_run() -> tuple[subprocess.Popen[str], Path]:
    """A process that watches itself and has a child in a session of its own."""
    run = subprocess.Popen(
        [sys.executable, "-c", RUN], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert run.stdout is not None
    return run, PROC / run.stdout.readline().strip()


def is_gone(process: Path) -> bool:
    try:
        return "State:\tZ" in (process / "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_what_a_killed_run_started_dies_with_it() -> None:
    run, child = a_run()
    assert not is_gone(child)
    run.kill()
    run.communicate()
    deadline = monotonic() + 20
    while not is_gone(child) and monotonic() < deadline:
        sleep(0.05)
    assert is_gone(child)


def test_a_run_that_ends_in_good_order_kills_nobody() -> None:
    run, child = a_run()
    run.communicate("\n")
    assert run.returncode == 0
    assert not is_gone(child)
    os.kill(int(child.name), signal.SIGKILL)
