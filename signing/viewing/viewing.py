"""Asks a child process to show a stranger's file. Whatever the file does to it is an answer."""

from __future__ import annotations

from typing import Final

from signing.pool import TaskEndedError
from signing.reading_room import ReadingRoom
from signing.viewing.shapes import Look, Outline
from signing.viewing.transport import load_outline, load_picture
from signing.worker import Limits

LIMITS: Final = Limits(cpu_seconds=10, wall_seconds=15.0)
"""Of one page, or one outline."""

ENTRY: Final = "signing.viewing.inside:Viewer"
_MOST_ANSWER_BYTES: Final = 16 << 20


class Viewing(ReadingRoom):
    """A warm process that shows files. Safe for calls from several threads; close it."""

    def __init__(self, *, processes: int = 1, limits: Limits = LIMITS, entry: str = ENTRY) -> None:
        """A pool of processes, each started when it is first needed.

        Args:
            processes: How many files are looked at once, at most.
            limits: What one page, or one outline, may cost.
            entry: Who looks in there; another one than ours only to try the limits.
        """
        super().__init__(
            entry=entry,
            limits=limits,
            processes=processes,
            most_answer_bytes=_MOST_ANSWER_BYTES,
        )

    def outline(self, data: bytes, *, length: int | None = None) -> Outline:
        """The pages of a file and where its signatures stand on them.

        Args:
            data: The file as received.
            length: Bytes of its front that are looked at; all of them by default.

        Returns:
            The outline; or `fault`, where the file cannot be opened or a limit ended it.
        """
        if fault := self._too_large(data):
            return Outline(fault=fault)
        try:
            return self._ask(Look(length=_length(data, length)), data, load_outline)
        except TaskEndedError as ended:
            return Outline(fault=ended.reason)

    def picture(self, data: bytes, page: int, *, length: int | None = None) -> bytes:
        """One page as PNG, 100 pixels to the inch; empty where it cannot be had.

        Args:
            data: The file as received.
            page: From 1.
            length: Bytes of its front that are looked at; all of them by default.
        """
        if self._too_large(data):
            return b""
        try:
            return self._ask(Look(length=_length(data, length), page=page), data, load_picture)
        except TaskEndedError:
            return b""


def _length(data: bytes, length: int | None) -> int:
    return len(data) if length is None else length
