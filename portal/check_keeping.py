"""Results of checks, kept in memory for a while, each for the visitor who asked for it alone.

Nothing of a file that anybody had checked is written anywhere. A result is found only by its key
together with the visitor's own cookie; whoever has but one of them is told what is told of a result
that is over.
"""

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from portal.errors import CheckGoneError
from signing.compare.shapes import Comparison
from signing.outcome import VerificationReport
from signing.records.manifest import Inputs
from signing.viewing.shapes import Outline
from wiring.clock import monotonic_s

KEEP_S: Final = 30 * 60
"""After the last look."""
KEY_BYTES: Final = 24
SHARES: Final = 3
"""What one address may have kept is this part of what all may."""
LIMITS_KEPT: Final = 6
"""All files together may be so many times as large as the largest one that is taken."""
BESIDE_BYTES: Final = 8192
"""Counted for an entry beside its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A file that was judged, and by what."""

    content: bytes
    report: VerificationReport
    inputs: Inputs


@dataclass(slots=True, kw_only=True)
class KeptCheck:
    """One file with what was found; drawn and compared when somebody looks."""

    judged: Judged
    back: str = ""
    """Path of the page from which the visitor came; empty for the public one."""
    outline: Outline | None = None
    comparisons: dict[int, Comparison] = field(default_factory=dict)
    """By number of the signature, without their pictures."""


@dataclass(slots=True, kw_only=True)
class _Entry:
    owner: bytes
    address: str
    seen: float
    size: int
    check: KeptCheck | None = None
    list_of: tuple[str, ...] = ()


class KeptChecks:
    """What visitors had checked lately. Safe for several threads."""

    def __init__(self, *, most_bytes: int, seconds: Callable[[], float] = monotonic_s) -> None:
        """An empty one.

        Args:
            most_bytes: Of all files together; an address may have a third of it.
            seconds: A clock that only goes forward.
        """
        self._most = most_bytes
        self._seconds = seconds
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, visitor: str, address: str, check: KeptCheck) -> str:
        """Keeps a result; returns its key.

        Args:
            visitor: The secret of the visitor's cookie.
            address: Where they came from.
            check: The result.
        """
        return self._put(visitor, address, check=check, size=len(check.judged.content))

    def put_list(self, visitor: str, address: str, keys: tuple[str, ...]) -> str:
        """Keeps several results as one list; returns its key."""
        return self._put(visitor, address, list_of=keys)

    def get(self, visitor: str, key: str) -> KeptCheck:
        """Returns a result of this visitor.

        Raises:
            CheckGoneError: There is none, any more or for them.
        """
        with self._lock:
            entry = self._own(visitor, key)
            if entry.check is None:
                raise CheckGoneError
            return entry.check

    def get_list(self, visitor: str, key: str) -> list[tuple[str, KeptCheck]]:
        """Returns key and result of what is left of a list of this visitor.

        Raises:
            CheckGoneError: Nothing is left, or it is not theirs.
        """
        with self._lock:
            found = []
            for one in self._own(visitor, key).list_of:
                entry = self._entries.get(one)
                if entry is not None and entry.check is not None:
                    found.append((one, entry.check))
            if not found:
                raise CheckGoneError
            return found

    def drop(self, visitor: str, key: str) -> None:
        """Forgets a result at once.

        Raises:
            CheckGoneError: There is none, any more or for them.
        """
        with self._lock:
            self._own(visitor, key)
            del self._entries[key]

    def _put(
        self,
        visitor: str,
        address: str,
        *,
        check: KeptCheck | None = None,
        list_of: tuple[str, ...] = (),
        size: int = 0,
    ) -> str:
        key, size = secrets.token_urlsafe(KEY_BYTES), size + BESIDE_BYTES
        with self._lock:
            self._forget_old()
            self._make_room(address, size)
            self._entries[key] = _Entry(
                owner=_digest(visitor), address=address, seen=self._seconds(), size=size,
                check=check, list_of=list_of,
            )  # fmt: skip
        return key

    def _own(self, visitor: str, key: str) -> _Entry:
        self._forget_old()
        entry = self._entries.get(key)
        if entry is None or not secrets.compare_digest(entry.owner, _digest(visitor)):
            raise CheckGoneError
        entry.seen = self._seconds()
        self._entries.move_to_end(key)
        return entry

    def _forget_old(self) -> None:
        """Entries lie in the order in which they were looked at."""
        over = self._seconds() - KEEP_S
        while self._entries and next(iter(self._entries.values())).seen < over:
            self._entries.popitem(last=False)

    def _make_room(self, address: str, size: int) -> None:
        """Whoever has much checked pushes out their own results before those of others."""
        mine = [key for key, one in self._entries.items() if one.address == address]
        held = sum(self._entries[key].size for key in mine)
        while mine and held + size > self._most // SHARES:
            held -= self._entries.pop(mine.pop(0)).size
        whole = sum(one.size for one in self._entries.values())
        while self._entries and whole + size > self._most:
            whole -= self._entries.popitem(last=False)[1].size


def _digest(visitor: str) -> bytes:
    return hashlib.sha256(visitor.encode()).digest()
