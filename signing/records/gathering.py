"""Asks child processes for the evidence in files."""

from __future__ import annotations

import pickle
from typing import Final, Self

from signing.policy import VerificationPolicy
from signing.pool import Pool, TaskEndedError, Work
from signing.records.parts import Part, load_parts
from signing.words import finding
from signing.worker import Limits

ENTRY: Final = "signing.records.inside:Gatherer"
_MOST_ANSWER_BYTES: Final = 96 << 20


class Gathering:
    """Processes that gather evidence. Safe for several threads; close it, or use `with`."""

    def __init__(
        self, *, processes: int = 1, limits: Limits | None = None, entry: str = ENTRY
    ) -> None:
        """A pool of processes, each started when it is first needed.

        Args:
            processes: How many files are read at once, at most.
            limits: What one file may cost.
            entry: Who gathers in there; another one than ours only to try the limits.
        """
        work = Work(entry=entry, limits=limits or Limits(), most_answer_bytes=_MOST_ANSWER_BYTES)
        self._pool = Pool(work, processes=processes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends all processes."""
        self._pool.close()

    def gather(
        self, data: bytes, *, policy: VerificationPolicy, password: bytes = b""
    ) -> tuple[Part, ...]:
        """The evidence in a file; none where it cannot be read within the limits.

        Args:
            data: The file.
            policy: As it was judged by.
            password: Of an encrypted file.
        """
        try:
            with self._pool.lend() as worker:
                worker.send(pickle.dumps(policy), password, data)
                answer = worker.receive()
                try:
                    parts = load_parts(answer)
                except ValueError as err:
                    raise TaskEndedError(finding("report_refused")) from err
                worker.accept()
                return parts
        except TaskEndedError:
            # The report says why: the same file was judged in such a process.
            return ()
