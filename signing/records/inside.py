"""What runs in the child: reads a file and hands out the evidence in it. See `signing.worker`."""

from __future__ import annotations

import pickle

from signing.policy import VerificationPolicy
from signing.reading import read_file
from signing.records.parts import dump_parts, parts_of


class Gatherer:
    """Gathers evidence under one policy."""

    def __init__(self, setting: bytes) -> None:
        """Takes a pickled `VerificationPolicy`."""
        # Written by our own parent, not by a file.
        self._policy: VerificationPolicy = pickle.loads(setting)  # noqa: S301

    def answer(self, head: bytes, data: bytes) -> bytes:
        """Gathers from one file.

        Args:
            head: The password, or nothing.
            data: The file.

        Returns:
            The parts, by `signing.records.parts`.
        """
        return dump_parts(parts_of(read_file(data, self._policy, head)))
