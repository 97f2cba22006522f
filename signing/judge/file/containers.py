"""Object streams. Source: ISO 32000-2, 7.5.7."""

from __future__ import annotations

import re
from typing import Final

from signing.judge.file.faults import unsure
from signing.judge.file.objects import Obj
from signing.judge.file.parsing import parse

_MOST_OBJECTS: Final = 100_000
_HEAD: Final = re.compile(rb"[\t\n\f\r ]*+(?:\d{1,10}+[\t\n\f\r ]++)*+")


class Container:
    """A decoded object stream: its numbers in order, and where each object begins."""

    def __init__(self, data: bytes, numbers: tuple[int, ...], starts: tuple[int, ...]) -> None:
        self.data = data
        self.numbers = numbers
        self.starts = starts
        """Offsets in `data`, rising."""

        self._read: dict[int, Obj] = {}

    def read(self, number: int, index: int) -> Obj:
        """An object by its number and its place."""
        self._check(number, index)
        if index not in self._read:
            value, end = parse(self.data, self.starts[index])
            if end > self._end(index):
                raise unsure("object_stream", "objects overlap")
            self._read[index] = value
        return self._read[index]

    def raw(self, number: int, index: int) -> bytes:
        """Its bytes, up to where the next object begins."""
        self._check(number, index)
        return self.data[self.starts[index] : self._end(index)]

    def _end(self, index: int) -> int:
        return self.starts[index + 1] if index + 1 < len(self.starts) else len(self.data)

    def _check(self, number: int, index: int) -> None:
        if index >= len(self.numbers) or self.numbers[index] != number:
            raise unsure("object_stream", f"{number} is not at {index}")


def open_container(dictionary: dict[str, Obj], data: bytes) -> Container:
    """Reads the head of a decoded object stream.

    Raises:
        UnsureStructure: a number twice, offsets that do not rise, or an older stream to extend.
    """
    first, count = dictionary.get("First"), dictionary.get("N")
    if dictionary.get("Type") != "ObjStm" or "Extends" in dictionary:
        raise unsure("object_stream")
    if type(first) is not int or type(count) is not int or not 0 <= first <= len(data):
        raise unsure("object_stream", "/First or /N")
    head = data[:first]
    if not 0 <= count <= _MOST_OBJECTS or _HEAD.fullmatch(head + b" ") is None:
        raise unsure("object_stream", "its head")
    words = list(map(int, head.split()))
    numbers, starts = tuple(words[::2]), tuple(first + one for one in words[1::2])
    if len(words) != 2 * count or len(set(numbers)) != count:
        raise unsure("object_stream", "its numbers")
    if any(one >= after for one, after in zip(starts, (*starts[1:], len(data) + 1), strict=True)):
        raise unsure("object_stream", "its offsets")
    return Container(data, numbers, starts)
