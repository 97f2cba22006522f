"""Judges the files of one call, in the order given; nothing that a path is can stop it."""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cli.usage import WrongUsageError
from cli.visible import visible
from signing.errors import TrustStoreError
from signing.gathering import AnswerCache, judge_online
from signing.judge.part import FileEvidence
from signing.outcome import VerificationReport
from signing.policy import PROFILES, VerificationPolicy
from signing.sandbox import Sandbox
from signing.trust import TrustStore, load_anchors
from signing.verdict import Finding, Severity, Verdict
from signing.words import VIETNAM, finding
from signing.worker import Limits

if TYPE_CHECKING:
    from signing.online import OnlinePolicy

LIMITS: Final = Limits()
LARGEST_HASHED: Final = 1 << 30
"""Bytes; of a file beyond this not even the digest is computed, so that no file holds us up."""
MOST_JOBS: Final = 8
"""Files judged at once where nobody says how many; each may take 1.5 GB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How the files are judged."""

    profile: str
    trust: TrustStore
    at: datetime
    """Aware, UTC."""

    password: bytes = field(default=b"", repr=False)
    """Of encrypted files."""

    online: "OnlinePolicy | None" = None
    """Who may be asked for evidence that a file lacks; None for nobody."""

    answers: AnswerCache = field(default_factory=AnswerCache)

    @property
    def policy(self) -> VerificationPolicy:
        """The rules."""
        return PROFILES[self.profile]


def parse_instant(text: str | None) -> datetime:
    """Returns the instant to judge at; now where none is given.

    Raises:
        WrongUsageError: it is no instant.
    """
    if text is None:
        # Only the one reader of the clock knows what time it is.
        from wiring.clock import real_now  # noqa: PLC0415 (loads the database library)

        return real_now()
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=VIETNAM)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise WrongUsageError(
            f"--at “{text}” không phải thời điểm ISO 8601, ví dụ 2022-09-21T13:54:00+07:00."
        ) from error


def read_trust(paths: Iterable[Path]) -> TrustStore:
    """Returns the anchors of this call, beside those of the office whose folder is here, if any.

    The office's database is not opened, and nothing is made.

    Raises:
        WrongUsageError: a path holds no certificate, or a setting or the office's list is wrong.
    """
    from signing.anchors import read_trust as read_folder  # noqa: PLC0415 (not needed for help)
    from wiring.errors import SettingsError  # noqa: PLC0415 (same)
    from wiring.settings import load_settings  # noqa: PLC0415 (same)

    try:
        office = read_folder(load_settings().trust_folder)
        return office.with_anchors(load_anchors(paths))
    except (TrustStoreError, SettingsError) as error:
        raise WrongUsageError(error.diagnosis()) from error


def read_online() -> "OnlinePolicy":
    """Returns who may be asked for missing evidence, by the settings.

    Raises:
        WrongUsageError: the settings name nobody, or are wrong.
    """
    from wiring.errors import SettingsError  # noqa: PLC0415 (not needed for help)
    from wiring.fetching import online_policy  # noqa: PLC0415 (same)
    from wiring.settings import load_settings  # noqa: PLC0415 (same)

    try:
        policy = online_policy(load_settings().revocation)
    except SettingsError as error:
        raise WrongUsageError(error.diagnosis()) from error
    if policy is None:
        raise WrongUsageError(
            "--online chỉ hỏi những máy chủ mà cơ quan cho phép, nhưng chưa có máy chủ nào: hãy "
            "đặt TRINHKY_REVOCATION__HOSTS, ví dụ ocsp.ca.gov.vn,crl.ca.gov.vn."
        )
    return policy


def open_sandbox(files: int, jobs: int | None) -> Sandbox:
    """Starts the judging processes, which load beside the caller.

    Args:
        files: How many are to be judged.
        jobs: Files at once; None for what the machine has processors for.
    """
    most = jobs or min(len(os.sched_getaffinity(0)), MOST_JOBS)
    return Sandbox(processes=min(most, files), limits=LIMITS, warm=True)


def judge_files(
    names: Sequence[str], order: Order, sandbox: Sandbox
) -> Iterator[tuple[str, VerificationReport]]:
    """Yields each name with its report, in the order given."""
    with ThreadPoolExecutor(max_workers=sandbox.processes) as threads:
        yield from zip(names, threads.map(partial(_judge, sandbox, order), names), strict=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A report, and what it rests on."""

    report: VerificationReport
    data: bytes | None = None
    """The file; None where it was not read."""

    extra: FileEvidence | None = None
    """What was fetched."""


def judge_one(name: str, order: Order, sandbox: Sandbox) -> Judged:
    """Judges one file."""
    try:
        data = _read(name)
        # A name may hold bytes that are no text; only words go to the judging process.
        ask = partial(
            sandbox.verify,
            data,
            name=visible(name),
            policy=order.policy,
            trust=order.trust,
            at=order.at,
            password=order.password,
        )
        report, extra = judge_online(lambda more: ask(extra=more), order.online, order.answers)
    except _TooLargeError:
        limit = finding("too_large", limit_mb=LIMITS.file_bytes >> 20)
        return Judged(report=_unreadable(name, order, limit))
    except OSError as error:
        return Judged(report=_unreadable(name, order, _path_finding(_reason(error))))
    return Judged(report=report, data=None if isinstance(data, Path) else data, extra=extra)


def _judge(sandbox: Sandbox, order: Order, name: str) -> VerificationReport:
    return judge_one(name, order, sandbox).report


def read_file(name: str) -> bytes:
    """The bytes of a regular file within the limit.

    Raises:
        OSError: it cannot be read, is no regular file, or is larger.
    """
    data = _read(name)
    if isinstance(data, Path):
        raise _TooLargeError
    return data


def _read(name: str) -> Path | bytes:
    """The bytes of a regular file; its path where it is too large to be judged but can be hashed.

    Raises:
        OSError: it cannot be read, is no regular file, or is too large for anything.
    """
    with open(os.open(name, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:  # noqa: PTH123 (never waits for a pipe)
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise NotARegularFileError
        if LIMITS.file_bytes < found.st_size <= LARGEST_HASHED:
            return Path(name)
        if found.st_size > LARGEST_HASHED:
            raise _TooLargeError
        return _within_limit(stream.read(LIMITS.file_bytes + 1))


def _within_limit(data: bytes) -> bytes:
    if len(data) > LIMITS.file_bytes:  # it grew since, or is one of those that tell no size
        raise _TooLargeError
    return data


class _TooLargeError(OSError):
    """Beyond the limit, and no digest of it is to be had."""


class NotARegularFileError(OSError):
    """A pipe, a device or a socket."""


_REASONS: Final = (
    (FileNotFoundError, "Không tìm thấy tệp."),
    (PermissionError, "Không có quyền đọc tệp."),
    (IsADirectoryError, "Đường dẫn là thư mục, không phải tệp."),
    (NotARegularFileError, "Đường dẫn không phải tệp thông thường (ống dẫn, thiết bị)."),
)


def _reason(error: OSError) -> str:
    known = (words for kind, words in _REASONS if isinstance(error, kind))
    return next(known, f"Hệ điều hành không cho đọc tệp ({error.strerror or 'lỗi đọc'}).")


def _path_finding(message: str) -> Finding:
    return Finding(
        code="path_unreadable",
        severity=Severity.ERROR,
        effect=Verdict.UNREADABLE,
        message=message,
        places=(("reason", message),),
    )


def _unreadable(name: str, order: Order, reason: Finding) -> VerificationReport:
    return VerificationReport(
        name=visible(name),
        sha256_hex="",
        size_bytes=0,
        policy_name=order.policy.name,
        policy_version=order.policy.version,
        at=order.at,
        findings=(reason,),
    )


def exit_status(verdicts: Iterable[Verdict]) -> int:
    """Returns 0 where all passed, 1 where one failed, else 2."""
    found = set(verdicts)
    if Verdict.FAILED in found:
        return 1
    return 0 if found <= {Verdict.PASSED} else 2
