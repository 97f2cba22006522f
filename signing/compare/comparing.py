"""Asks child processes what became of signed files. Whatever a file does to them is an answer."""

from __future__ import annotations

import pickle
from typing import Final, Self

from signing.compare.order import Order
from signing.compare.shapes import Comparison
from signing.compare.transport import load_comparison
from signing.pool import Pool, TaskEndedError, Work
from signing.words import finding
from signing.worker import Limits

LIMITS: Final = Limits(cpu_seconds=40, wall_seconds=60.0)
"""Two hundred pages are drawn twice."""

ENTRY: Final = "signing.compare.inside:Comparer"
_MOST_ANSWER_BYTES: Final = 96 << 20
_SETTING: Final = b"-"
"""There is none, but a task always has one."""


class Comparing:
    """A warm process that compares files. Close it, or use `with`."""

    def __init__(self, *, processes: int = 1, limits: Limits = LIMITS, entry: str = ENTRY) -> None:
        """A pool of processes.

        Args:
            processes: How many files are compared at once, at most.
            limits: What one comparison may cost.
            entry: Who compares in there; another one than ours only to try the limits.
        """
        work = Work(entry=entry, limits=limits, most_answer_bytes=_MOST_ANSWER_BYTES)
        self._pool = Pool(work, processes=processes)
        self._limits = limits

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends all processes."""
        self._pool.close()

    def compare(self, data: bytes, *, signed_length: int, password: bytes = b"") -> Comparison:
        """Compares the file as signed with the file as received.

        Args:
            data: The file as received.
            signed_length: Bytes of its front that are the file as signed.
            password: Of an encrypted file.

        Returns:
            The differences; or `fault`, where the file cannot be drawn or a limit ended it.
        """
        if len(data) > self._limits.file_bytes:
            limit = finding("too_large", limit_mb=self._limits.file_bytes >> 20)
            return Comparison(fault=limit)
        try:
            return self._ask(data, Order(signed_length=signed_length, password=password))
        except TaskEndedError as ended:
            return Comparison(fault=ended.reason)

    def _ask(self, data: bytes, order: Order) -> Comparison:
        with self._pool.lend() as worker:
            worker.send(_SETTING, pickle.dumps(order), data)
            answer = worker.receive()
            try:
                comparison = load_comparison(answer)
            except ValueError as err:
                raise TaskEndedError(finding("report_refused")) from err
            worker.accept()
            return comparison
