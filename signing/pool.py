"""Warm child processes, each with limits of its own, in which strangers' files are read.

The parent believes nothing that comes out of a child: an answer has a largest size and a latest
time and answers one task alone, and a child that was killed, hung or spoke out of turn is never
used again. What an answer
means is checked by the caller, who says `accept` when it was in order.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import math
import os
import queue
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from signing.verdict import Finding
from signing.words import finding
from signing.worker import ANSWER, OUT_OF_MEMORY, TASK, Limits

_T = TypeVar("_T")

TASKS_PER_PROCESS: Final = 1000
"""A process is replaced after so many files, so that nothing that a file leaves behind adds up."""

_KEPT_SHARE: Final = 4
"""A process that keeps more than this part of its memory limit between files is replaced: what the
files before left in its caches must not make the next one meet the limit."""

_PIPE_BYTES: Final = 1 << 20
"""A file goes through in few strokes; more is for the superuser alone. Source: pipe(7)."""

_STROKE_BYTES: Final = _PIPE_BYTES // 2

_START: Final = (
    "import json, sys; path, arguments = json.loads(sys.argv[1]); sys.path[:] = path; "
    "from signing.worker import main; main(*arguments)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the processes of a pool do."""

    entry: str
    """`module:Class` of the reader, as `signing.worker` describes it."""

    limits: Limits
    most_answer_bytes: int = 8 << 20


class TaskEndedError(Exception):
    """A child gave no answer; `reason` says why in the report's words."""

    def __init__(self, reason: Finding) -> None:
        self.reason = reason
        super().__init__(reason.code)


class Worker:
    """One child process."""

    def __init__(self, work: Work) -> None:
        self._limits = work.limits
        self._most_answer_bytes = work.most_answer_bytes
        self._left = TASKS_PER_PROCESS
        self._accepted = True
        self._setting = self._token = b""
        self._deadline = 0.0
        limits = work.limits
        arguments = (work.entry, limits.memory_bytes, limits.cpu_seconds, limits.wall_seconds)
        # Neither our environment (it may hold secrets) nor site's hooks belong in there.
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and text)
            [sys.executable, "-I", "-S", "-c", _START, json.dumps((sys.path, arguments))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={},
        )
        self._to, self._from = _ends(self._process)

    @property
    def silent(self) -> bool:
        """Whether it says nothing that nobody asked for; a dead one's pipe has an end to tell."""
        return not _ready(self._from, select.POLLIN, 0)

    @property
    def spent(self) -> bool:
        """Whether it was out of order, has read enough, or keeps too much memory."""
        return not self._accepted or self._left <= 0 or self._grown()

    def _grown(self) -> bool:
        # Source: proc(5), statm.
        with open(f"/proc/{self._process.pid}/statm", "rb") as told:  # noqa: PTH123 (three times as fast)
            resident = int(told.read().split()[1]) * resource.getpagesize()
        return resident > self._limits.memory_bytes // _KEPT_SHARE

    def send(self, setting: bytes, head: bytes, data: bytes) -> None:
        """Gives a task; the wall clock runs from here.

        Args:
            setting: Not empty; goes over only where it differs from the one before.
            head: What is asked.
            data: The file.

        Raises:
            TaskEndedError: It could not be given.
        """
        self._left -= 1
        self._accepted = False
        self._deadline = time.monotonic() + self._limits.wall_seconds
        self._token = os.urandom(16)
        new = b"" if setting == self._setting else setting
        begin = TASK.pack(self._token, len(new), len(head), len(data))
        with self._explained():
            # Most files go over in one stroke, which wakes the process once.
            self._write(begin + new + head + data[:_STROKE_BYTES])
            self._write(memoryview(data)[_STROKE_BYTES:])
        self._setting = setting

    def receive(self) -> bytes:
        """The answer; `accept` it once it was found in order.

        Raises:
            TaskEndedError: There is none, it is too large, or it answers another task.
        """
        with self._explained():
            token, size = ANSWER.unpack(self._read(ANSWER.size))
            if token == self._token and size <= self._most_answer_bytes:
                return self._read(size)
        raise TaskEndedError(finding("report_refused"))

    def accept(self) -> None:
        """The answer was in order; without this the process is replaced."""
        self._accepted = True

    def close(self) -> None:
        """Kills the process and waits for its end."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait()

    def _write(self, data: bytes | memoryview) -> None:
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._to, left) :]
            except BlockingIOError:
                self._wait(self._to, select.POLLOUT)

    def _read(self, size: int) -> bytes:
        parts, missing = [], size
        while missing:
            try:
                part = os.read(self._from, min(missing, _PIPE_BYTES))
            except BlockingIOError:
                self._wait(self._from, select.POLLIN)
                continue
            if not part:
                raise EOFError
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _wait(self, end: int, event: int) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0 or not _ready(end, event, left):
            raise TimeoutError

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError) as err:
            raise TaskEndedError(self._why(err)) from err

    def _why(self, error: OSError | EOFError) -> Finding:
        if isinstance(error, TimeoutError):
            return finding("time_limit", seconds=round(self._limits.wall_seconds))
        try:
            status = self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return finding("report_refused")  # it closed its pipe and lives on
        if status in {OUT_OF_MEMORY, -signal.SIGXCPU, -signal.SIGKILL}:
            return finding("resource_limit")
        return finding("judge_ended", status=status)


def _ends(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """The parent's ends of both pipes; neither ever makes it wait."""
    if process.stdin is None or process.stdout is None:
        raise TypeError("both pipes are asked for above")
    ends = process.stdin.fileno(), process.stdout.fileno()
    for end in ends:
        os.set_blocking(end, False)
    # Refused where the system gives less; then a file goes through in more strokes.
    with contextlib.suppress(OSError):
        fcntl.fcntl(ends[0], fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return ends


def _ready(end: int, event: int, seconds: float) -> bool:
    watch = select.poll()  # select() knows no numbers beyond 1024
    watch.register(end, event)
    return bool(watch.poll(math.ceil(seconds * 1000)))


class Pool:
    """A few warm processes. Safe for calls from several threads; close it, or use `with`."""

    def __init__(self, work: Work, *, processes: int, warm: bool = False) -> None:
        """A pool of processes.

        Args:
            work: What they do.
            processes: How many there are at most.
            warm: Start them now, beside the caller; else each when it is first needed.
        """
        self._work = work
        self._processes = processes
        self._closed = False
        # The one that worked last is taken first: its caches are the fullest.
        self._slots: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(processes):
            self._slots.put(self._start() if warm else None)

    @contextlib.contextmanager
    def lend(self, *, fresh: bool = False) -> Iterator[Worker]:
        """A process for one task; waits until one is free.

        Args:
            fresh: One that has read no file yet.

        Raises:
            TaskEndedError: No process can be started.
            RuntimeError: The pool is closed.
        """
        worker = self._slots.get()
        try:
            if self._closed:
                raise RuntimeError("the pool is closed")
            if worker is not None and (fresh or not worker.silent):
                worker.close()
                worker = None
            if worker is None:
                worker = self._start()
                if worker is None:
                    raise TaskEndedError(finding("judge_ended", status="start"))
            yield worker
        finally:
            self._slots.put(self._kept(worker))

    def ask(self, setting: bytes, head: bytes, data: bytes, read: Callable[[bytes], _T]) -> _T:
        """One task from question to accepted answer.

        Args:
            setting: As in `Worker.send`.
            head: What is asked.
            data: The file.
            read: Takes the answer's bytes apart; raises ValueError where they are none.

        Raises:
            TaskEndedError: No answer, or none that can be read.
            RuntimeError: The pool is closed.
        """
        with self.lend() as worker:
            worker.send(setting, head, data)
            answer = worker.receive()
            try:
                found = read(answer)
            except ValueError as err:
                raise TaskEndedError(finding("report_refused")) from err
            worker.accept()
            return found

    def close(self) -> None:
        """Ends all processes; waits for those at work, turns away who waits for one."""
        taken = [self._slots.get() for _ in range(self._processes)]
        self._closed = True
        for worker in taken:
            if worker is not None:
                worker.close()
            self._slots.put(None)

    def _start(self) -> Worker | None:
        """A new process; None where the system gives none now."""
        try:
            return Worker(self._work)
        except OSError:
            return None

    @staticmethod
    def _kept(worker: Worker | None) -> Worker | None:
        """Ends a process that must not be used again, at once."""
        if worker is not None and worker.spent:
            worker.close()
            return None
        return worker
