"""The digests of all signed ranges of a file, in one pass over its bytes.

A signature signs everything but its own gap: `data[:a] + data[b:c]`. What stands before the gaps is
common to all signatures, so one running hash is copied at each gap.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final, NamedTuple

SHAKE_BYTES: Final = {"shake_256": 64, "shake_128": 32}
"""Length of the outputs that signatures use. Source: RFC 8419, 2.3 (Ed448: SHAKE256-512)."""


class Range(NamedTuple):
    """What one signature signs: the bytes before `gap`, and those from `resumes` to `end`."""

    gap: int
    resumes: int
    end: int


class Digests:
    """Digests of one file, each hash computed once for all ranges."""

    def __init__(self, data: bytes, ranges: Iterable[Range] = ()) -> None:
        self._data = memoryview(data)
        self._ranges = sorted(set(ranges))
        self._found: dict[tuple[Range, str], bytes] = {}

    def of(self, signed: Range, hash_name: str) -> bytes:
        """The digest of a range that was given at first.

        Args:
            signed: Which.
            hash_name: As `hashlib` names it.

        Raises:
            ValueError: There is no such hash here.
        """
        if (signed, hash_name) not in self._found:
            self._run(hash_name)
        return self._found[signed, hash_name]

    def _run(self, hash_name: str) -> None:
        running = hashlib.new(hash_name)
        done = 0
        length = SHAKE_BYTES.get(hash_name)
        for signed in self._ranges:
            running.update(self._data[done : signed.gap])
            done = signed.gap
            one = running.copy()
            one.update(self._data[signed.resumes : signed.end])
            self._found[signed, hash_name] = one.digest(length) if length else one.digest()  # type: ignore[call-arg]  # of SHAKE
