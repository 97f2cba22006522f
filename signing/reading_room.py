"""What the rooms share that ask a child process one kind of question about a stranger's file."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Final, Self, TypeVar

from signing.pool import Pool, Work
from signing.verdict import Finding
from signing.words import finding
from signing.worker import Limits

_T = TypeVar("_T")
_NO_SETTING: Final = b"-"
"""A task always has one."""

MOST_ANSWER_BYTES: Final = 96 << 20


class ReadingRoom:
    """Warm processes and the limits of one question. Safe for several threads; close it."""

    def __init__(
        self,
        *,
        entry: str,
        limits: Limits,
        processes: int,
        most_answer_bytes: int = MOST_ANSWER_BYTES,
    ) -> None:
        """A pool of processes, each started when it is first needed.

        Args:
            entry: `module:Class` of who reads in there.
            limits: What one question may cost.
            processes: How many files are read at once, at most.
            most_answer_bytes: A longer answer is none.
        """
        self._limits = limits
        work = Work(entry=entry, limits=limits, most_answer_bytes=most_answer_bytes)
        self._pool = Pool(work, processes=processes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends all processes."""
        self._pool.close()

    def _too_large(self, data: bytes) -> Finding | None:
        """The reason why a file is not read at all."""
        if len(data) <= self._limits.file_bytes:
            return None
        return finding("too_large", limit_mb=self._limits.file_bytes >> 20)

    def _ask(self, order: object, data: bytes, read: Callable[[bytes], _T]) -> _T:
        return self._pool.ask(_NO_SETTING, pickle.dumps(order), data, read)
