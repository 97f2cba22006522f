"""Asks child processes for the evidence in files."""

from __future__ import annotations

import pickle
from typing import Final

from signing.policy import VerificationPolicy
from signing.pool import TaskEndedError
from signing.reading_room import ReadingRoom
from signing.records.parts import Part, load_parts
from signing.worker import Limits

ENTRY: Final = "signing.records.inside:Gatherer"


class Gathering(ReadingRoom):
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
        super().__init__(entry=entry, limits=limits or Limits(), processes=processes)

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
            return self._pool.ask(pickle.dumps(policy), password, data, load_parts)
        except TaskEndedError:
            # The report says why: the same file was judged in such a process.
            return ()
