"""Asks child processes what became of signed files. Whatever a file does to them is an answer."""

from __future__ import annotations

from typing import Final

from signing.compare.order import Order
from signing.compare.shapes import Comparison
from signing.compare.transport import load_comparison
from signing.pool import TaskEndedError
from signing.reading_room import ReadingRoom
from signing.worker import Limits

LIMITS: Final = Limits(cpu_seconds=40, wall_seconds=60.0)
"""Two hundred pages are drawn twice."""

ENTRY: Final = "signing.compare.inside:Comparer"


class Comparing(ReadingRoom):
    """A warm process that compares files. Close it, or use `with`."""

    def __init__(self, *, processes: int = 1, limits: Limits = LIMITS, entry: str = ENTRY) -> None:
        """A pool of processes.

        Args:
            processes: How many files are compared at once, at most.
            limits: What one comparison may cost.
            entry: Who compares in there; another one than ours only to try the limits.
        """
        super().__init__(entry=entry, limits=limits, processes=processes)

    def compare(self, data: bytes, *, signed_length: int, password: bytes = b"") -> Comparison:
        """Compares the file as signed with the file as received.

        Args:
            data: The file as received.
            signed_length: Bytes of its front that are the file as signed.
            password: Of an encrypted file.

        Returns:
            The differences; or `fault`, where the file cannot be drawn or a limit ended it.
        """
        if fault := self._too_large(data):
            return Comparison(fault=fault)
        order = Order(signed_length=signed_length, password=password)
        try:
            return self._ask(order, data, load_comparison)
        except TaskEndedError as ended:
            return Comparison(fault=ended.reason)
