"""Judges strangers' files in child processes with limits on memory, processor time and wall time.

Processes are kept warm (a cold one costs most of a second) and replaced after a kill. Whatever a
file does to its process, the caller gets a report: `unreadable`, with the reason.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import pickle
import queue
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from signing.outcome import VerificationReport
from signing.policy import VerificationPolicy
from signing.transport import load_report
from signing.trust import TrustStore
from signing.verdict import Finding
from signing.words import finding
from signing.worker import HEADER_BYTES, OUT_OF_MEMORY, Limits, Task, write_block

JOBS_PER_PROCESS: Final = 200
"""A process is replaced after so many files, so that nothing that a file leaves behind adds up."""

_MAX_REPORT_BYTES: Final = 8 << 20
_START: Final = (
    "import json, sys; sys.path[:0] = json.loads(sys.argv[1]); "
    "from signing.worker import main; main()"
)


class _Worker:
    """One child process."""

    def __init__(self) -> None:
        self.jobs = 0
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and text)
            [sys.executable, "-c", _START, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def ask(self, task: Task, data: bytes) -> VerificationReport | Finding:
        """The report, or the reason why there is none; then the process must not be used again."""
        self.jobs += 1
        deadline = time.monotonic() + task.limits.wall_seconds
        try:
            write_block(self._stdin, pickle.dumps(task))
            write_block(self._stdin, data)
            header = self._read(HEADER_BYTES, deadline)
            size = int.from_bytes(header, "big")
            if size > _MAX_REPORT_BYTES:
                return finding("resource_limit")
            return load_report(self._read(size, deadline).decode())
        except TimeoutError:
            return finding("time_limit", seconds=round(task.limits.wall_seconds))
        except (OSError, EOFError):
            return self._why_dead()
        except (ValueError, TypeError, KeyError):
            return finding("structure_unreadable", detail="report")

    @property
    def _stdin(self) -> BinaryIO:
        if self._process.stdin is None:
            raise EOFError
        return self._process.stdin  # type: ignore[return-value]  # opened without text mode

    def _read(self, size: int, deadline: float) -> bytes:
        stream = self._process.stdout
        if stream is None:
            raise EOFError
        parts, missing = [], size
        while missing:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([stream], [], [], max(left, 0))
            if not ready:
                raise TimeoutError
            part = stream.read1(missing)  # type: ignore[attr-defined]  # buffered reader
            if not part:
                raise EOFError
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _why_dead(self) -> Finding:
        try:
            status = self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return finding("resource_limit")
        if status in {OUT_OF_MEMORY, -signal.SIGXCPU, -signal.SIGKILL}:
            return finding("resource_limit")
        return finding("judge_ended", status=status)

    def close(self) -> None:
        """Kills the process and waits for its end."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                # What could not be written to a dead process is no loss.
                with contextlib.suppress(OSError):
                    stream.close()
        self._process.wait()


class Sandbox:
    """A few warm processes. Safe for calls from several threads; close it, or use `with`."""

    def __init__(self, *, processes: int = 1, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._free: queue.SimpleQueue[_Worker | None] = queue.SimpleQueue()
        self._processes = processes
        for _ in range(processes):
            self._free.put(None)  # started when first needed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends all processes; waits for those at work."""
        for _ in range(self._processes):
            worker = self._free.get()
            if worker is not None:
                worker.close()

    def verify(
        self,
        source: Path | bytes,
        *,
        name: str | None = None,
        policy: VerificationPolicy,
        trust: TrustStore,
        at: datetime,
    ) -> VerificationReport:
        """Judges one file within the limits.

        Args:
            source: The file or its bytes.
            name: How the report names it; the path by default.
            policy: Which rules.
            trust: Anchors and registrations.
            at: Aware, UTC.

        Raises:
            OSError: The path cannot be read.
        """
        called = name if name is not None else (str(source) if isinstance(source, Path) else "")
        task = Task(name=called, policy=policy, trust=trust, at=at, limits=self.limits)
        if isinstance(source, Path):
            if source.stat().st_size > self.limits.file_bytes:
                return _refused(task, source, _too_large(self.limits))
            source = source.read_bytes()
        if len(source) > self.limits.file_bytes:
            return _refused(task, source, _too_large(self.limits))
        return self._run(task, source)

    def _run(self, task: Task, data: bytes) -> VerificationReport:
        worker = self._free.get() or _Worker()
        healthy = False
        try:
            answer = worker.ask(task, data)
            healthy = isinstance(answer, VerificationReport) and worker.jobs < JOBS_PER_PROCESS
        finally:
            if not healthy:
                worker.close()
            self._free.put(worker if healthy else None)
        return answer if isinstance(answer, VerificationReport) else _refused(task, data, answer)


def _too_large(limits: Limits) -> Finding:
    return finding("too_large", limit_mb=limits.file_bytes >> 20)


def _refused(task: Task, source: Path | bytes, reason: Finding) -> VerificationReport:
    if isinstance(source, Path):
        with source.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        size = source.stat().st_size
    else:
        digest, size = hashlib.sha256(source).hexdigest(), len(source)
    return VerificationReport(
        name=task.name,
        sha256_hex=digest,
        size_bytes=size,
        policy_name=task.policy.name,
        policy_version=task.policy.version,
        at=task.at,
        findings=(reason,),
    )


def verify_file(
    source: Path | bytes,
    *,
    name: str | None = None,
    policy: VerificationPolicy,
    trust: TrustStore,
    at: datetime,
    limits: Limits | None = None,
) -> VerificationReport:
    """Judges one file in a process of its own. For many files keep a `Sandbox`.

    Raises:
        OSError: The path cannot be read.
    """
    with Sandbox(limits=limits) as sandbox:
        return sandbox.verify(source, name=name, policy=policy, trust=trust, at=at)


def verify_files(
    paths: Sequence[Path],
    *,
    policy: VerificationPolicy,
    trust: TrustStore,
    at: datetime,
    jobs: int = 1,
    limits: Limits | None = None,
) -> Iterator[VerificationReport]:
    """Judges files in several processes at once; reports come in the order given.

    Raises:
        OSError: A path cannot be read.
    """
    with (
        Sandbox(processes=jobs, limits=limits) as sandbox,
        ThreadPoolExecutor(max_workers=jobs) as threads,
    ):

        def one(path: Path) -> VerificationReport:
            return sandbox.verify(path, policy=policy, trust=trust, at=at)

        yield from threads.map(one, paths)
