"""Judges strangers' files in child processes with limits on memory, processor time and wall time.

Whatever a file does to its process, the caller gets a report: `unreadable`, with the reason. What
comes back is plain JSON of a known shape, and it must speak of the policy and instant that were
asked about; name and digest of the file are the parent's own. What no check can see: a process
taken over whole that keeps to all of this and lies; it may go on until it is replaced.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from signing.judge.part import FileEvidence
from signing.outcome import VerificationReport
from signing.policy import INTEGRITY, VerificationPolicy
from signing.pool import Pool, TaskEndedError, Work
from signing.question import ENTRY, Question, Setting, UploadQuestion
from signing.transport import load_report
from signing.trust import TrustStore
from signing.words import finding
from signing.worker import Limits

_T = TypeVar("_T")
_ECHO: Final = ("size_bytes", "policy_name", "policy_version", "at")
"""What a report must repeat; name and digest are ours alone."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of a file."""

    name: str
    policy: VerificationPolicy
    at: datetime
    password: bytes = field(default=b"", repr=False)
    extra: FileEvidence | None = None

    @property
    def question(self) -> Question:
        """What the process is told."""
        return Question(at=self.at, password=self.password, extra=self.extra)

    def of(self, source: Path | bytes) -> VerificationReport:
        """A report without findings: what we know of the file ourselves."""
        if isinstance(source, Path):
            with source.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            size = source.stat().st_size
        else:
            digest, size = hashlib.sha256(source).hexdigest(), len(source)
        return VerificationReport(
            name=self.name,
            sha256_hex=digest,
            size_bytes=size,
            policy_name=self.policy.name,
            policy_version=self.policy.version,
            at=self.at,
        )


class Sandbox:
    """A few warm processes. Safe for calls from several threads; close it, or use `with`."""

    def __init__(
        self,
        *,
        processes: int = 1,
        limits: Limits | None = None,
        warm: bool = False,
        entry: str = ENTRY,
    ) -> None:
        """A sandbox.

        Args:
            processes: How many files are judged at once, at most.
            limits: What one file may cost.
            warm: Start the processes now, beside the caller; else each when it is first needed.
            entry: Who judges in there; another one than ours only to try the sandbox itself.
        """
        self.limits = limits or Limits()
        self.processes = processes
        self._pool = Pool(Work(entry=entry, limits=self.limits), processes=processes, warm=warm)
        self._packed: tuple[Setting, bytes] | None = None

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
        """Ends all processes; waits for those at work, turns away who waits for one."""
        self._pool.close()

    def verify(
        self,
        source: Path | bytes,
        *,
        name: str | None = None,
        policy: VerificationPolicy,
        trust: TrustStore,
        at: datetime,
        password: bytes = b"",
        extra: FileEvidence | None = None,
    ) -> VerificationReport:
        """Judges one file within the limits.

        Args:
            source: The file or its bytes.
            name: How the report names it; the path by default.
            policy: Which rules.
            trust: Anchors and registrations.
            at: Aware, UTC.
            password: Of an encrypted file.
            extra: Evidence from elsewhere than the file; judged like the file's own.

        Raises:
            OSError: The path cannot be read.
            RuntimeError: The sandbox is closed.
        """
        called = name if name is not None else (str(source) if isinstance(source, Path) else "")
        asked = _Asked(called, policy, at, password, extra)
        if isinstance(source, Path):
            if source.stat().st_size > self.limits.file_bytes:
                return self._too_large(asked.of(source))
            source = source.read_bytes()
        if len(source) > self.limits.file_bytes:
            return self._too_large(asked.of(source))
        return self._judge(source, asked, self._pack(policy, trust))

    def answer(self, question: UploadQuestion, data: bytes, read: Callable[[bytes], _T]) -> _T:
        """What the process says to another question than for a verdict.

        Args:
            question: It.
            data: The stranger's file; the caller has held it against the limit.
            read: Takes the answer's bytes apart; raises ValueError where they are none.

        Raises:
            TaskEndedError: No answer, or none that can be read.
            RuntimeError: The sandbox is closed.
        """
        packed = self._packed
        setting = packed[1] if packed else self._pack(INTEGRITY, TrustStore(anchors=()))
        return self._pool.ask(setting, pickle.dumps(question), data, read)

    def _judge(self, data: bytes, asked: _Asked, setting: bytes) -> VerificationReport:
        try:
            return self._ask(data, asked, setting)
        except TaskEndedError as ended:
            reason = ended.reason
        if reason.code == "report_refused":
            # The file before may have left this behind; in a new process it is this file's own.
            try:
                return self._ask(data, asked, setting, fresh=True)
            except TaskEndedError as ended:
                reason = ended.reason
        return replace(asked.of(data), findings=(reason,))

    def _ask(
        self, data: bytes, asked: _Asked, setting: bytes, *, fresh: bool = False
    ) -> VerificationReport:
        with self._pool.lend(fresh=fresh) as worker:
            worker.send(setting, pickle.dumps(asked.question), data)
            blank = asked.of(data)  # our own digest, taken while the other process works
            report = _checked(worker.receive(), blank)
            worker.accept()
            return report

    def _pack(self, policy: VerificationPolicy, trust: TrustStore) -> bytes:
        """The setting's bytes; the same object as long as it says the same."""
        own = replace(trust, registered=dict(trust.registered))  # the caller's may change
        setting = Setting(policy=policy, trust=own, file_bytes=self.limits.file_bytes)
        packed = self._packed
        if packed is None or packed[0] != setting:
            packed = self._packed = (setting, pickle.dumps(setting))
        return packed[1]

    def _too_large(self, blank: VerificationReport) -> VerificationReport:
        limit = finding("too_large", limit_mb=self.limits.file_bytes >> 20)
        return replace(blank, findings=(limit,))


def _checked(answer: bytes, asked: VerificationReport) -> VerificationReport:
    """The report, if it is one and answers this very question.

    Raises:
        TaskEndedError: It is none, or of something else.
    """
    try:
        report = load_report(answer.decode())
    except ValueError as err:
        raise TaskEndedError(finding("report_refused")) from err
    if any(getattr(report, name) != getattr(asked, name) for name in _ECHO):
        raise TaskEndedError(finding("report_refused"))
    return replace(report, name=asked.name, sha256_hex=asked.sha256_hex)


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
        Sandbox(processes=jobs, limits=limits, warm=True) as sandbox,
        ThreadPoolExecutor(max_workers=jobs) as threads,
    ):

        def one(path: Path) -> VerificationReport:
            return sandbox.verify(path, policy=policy, trust=trust, at=at)

        yield from threads.map(one, paths)
