"""A process that has everything imported and forks an office's services in an instant.

To kill two hundred services one has to start as many, and an interpreter that imports Prefect
anew takes seconds. What is forked is a process of its own, with a process id of its own, that runs
what `python -m …` runs; only its modules are there already. The child dies with nobody: whoever
asked for it kills it.
"""

import json
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from wiring.settings import PROJECT

IMPORTED = (
    "prefect.main", "prefect.cli", "prefect.cli.server", "prefect.server.api.server",
    "wiring.orchestrator", "wiring.reconciling", "wiring.bootstrap", "wiring.demo_setup",
    "models.everything", "uvicorn", "portal.app",
    "flows.deliver_pending", "flows.chase_reports", "flows.reconcile", "flows.route_directive",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Forked:
    """A service that runs, or ran."""

    pid: int

    @property
    def is_running(self) -> bool:
        """The zygote lets the system reap its children: what has ended is gone."""
        return Path(f"/proc/{self.pid}").exists()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class Zygote:
    """Forks services on demand; a context manager that kills what still runs."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.zygote"], cwd=PROJECT, env=dict(environment),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        self._forked: list[Forked] = []

    def __enter__(self) -> Self:
        assert self._read() == 0  # it has imported everything
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for one in self._forked:
            one.kill()
        self._process.kill()
        self._process.communicate()

    def fork(self, arguments: Sequence[str], log: Path) -> Forked:
        """Runs `python -m <arguments>`; its output is appended to the log."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([str(log), *arguments]) + "\n")
        self._process.stdin.flush()
        made = Forked(self._read())
        self._forked.append(made)
        return made

    def _read(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


def main() -> None:
    for name in IMPORTED:
        __import__(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w")
    print(0, file=answers, flush=True)
    for line in sys.stdin:
        log, *arguments = json.loads(line)
        if pid := os.fork():
            print(pid, file=answers, flush=True)
            continue
        answers.close()
        _become(Path(log), arguments)


def _become(log: Path, arguments: list[str]) -> None:
    """Runs a module as its own program, and ends."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing, output = (
        os.open(os.devnull, os.O_RDONLY),
        os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    )
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.argv[1:] = arguments[1:]
    status = 0
    try:
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
