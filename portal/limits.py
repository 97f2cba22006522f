"""How often one address may ask for something dear. Kept in memory, per process."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address
from math import ceil

from portal.errors import TooManyRequestsError
from wiring.clock import monotonic_s

MOST_ADDRESSES = 10_000
"""Addresses remembered; beyond it the one that was quiet the longest is forgotten."""


class RateLimit:
    """A bucket of tokens per address: full at first, one token comes back every so often."""

    def __init__(
        self, *, per_minute: float, burst: int, seconds: Callable[[], float] = monotonic_s
    ) -> None:
        self._rate = per_minute / 60
        self._burst = float(burst)
        self._seconds = seconds
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, address: str, count: int = 1) -> None:
        """Takes tokens: all of them, or none.

        Args:
            address: who asks.
            count: no more than the burst.

        Raises:
            TooManyRequestsError: not so many are left; it says when they are there.
        """
        now = self._seconds()
        address = _line_of(address)
        with self._lock:
            left, seen = self._left.pop(address, (self._burst, now))
            left = min(self._burst, left + (now - seen) * self._rate)
            enough = left >= count
            self._left[address] = (left - count if enough else left, now)
            if len(self._left) > MOST_ADDRESSES:
                self._left.popitem(last=False)
        if not enough:
            raise TooManyRequestsError(max(1, ceil((count - left) / self._rate)))


def _line_of(address: str) -> str:
    """Returns what one subscriber has: the address, or of IPv6 the first 64 bits (RFC 6177)."""
    try:
        whole = IPv6Address(address)
    except ValueError:
        return address
    return str(whole.ipv4_mapped or whole.packed[:8].hex())
