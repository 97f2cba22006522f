"""Where in the text of a TOML file an entry stands; `tomllib` does not tell."""

import re

Place = tuple[str | int, ...]
"""Path to a value, as pydantic gives it: `("organisation", 3, "valid_to")`."""

_NOISE = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|#.*")
_TABLE = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?\s*(?:'')?$")
_PAIR = re.compile(r"\s*([\w-]+)\s*=\s*(.*)$")
_ITEM = re.compile(r"\s*[{'\[\d]")


def _opened(line: str) -> int:
    """How many more brackets and braces a line opens than it closes; texts taken out before."""
    return sum(line.count(mark) for mark in "[{") - sum(line.count(mark) for mark in "]}")


class LineIndex:
    """Lines of tables, keys and items of arrays that span lines, found by one pass.

    A reader for messages only: what it does not find falls back to what contains it.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[Place, int] = {}
        self._counts: dict[Place, int] = {}
        self._table: Place = ()
        self._array: Place = ()
        self._depth = 0
        """Brackets that are open in the array being read; 0 outside of arrays."""
        self._items = 0
        for number, line in enumerate(text.splitlines(), start=1):
            self._read(number, _NOISE.sub("''", line))

    def _read(self, number: int, line: str) -> None:
        if self._depth:
            self._continue(number, line)
        elif table := _TABLE.match(line):
            self._open(table.group(2).split("."), repeated=table.group(1) == "[[")
            self._lines[self._table] = number
        elif pair := _PAIR.match(line):
            self._array, self._items = (*self._table, pair.group(1)), 0
            self._lines[self._array] = number
            self._depth = _opened(pair.group(2))

    def _open(self, names: list[str], *, repeated: bool) -> None:
        place: Place = ()
        for depth, name in enumerate(names):
            place = (*place, name)
            if depth == len(names) - 1 and repeated:
                self._counts[place] = self._counts.get(place, -1) + 1
            if place in self._counts:
                place = (*place, self._counts[place])
        self._table = place

    def _continue(self, number: int, line: str) -> None:
        if self._depth == 1 and _ITEM.match(line):
            self._lines[(*self._array, self._items)] = number
            self._items += 1
        self._depth += _opened(line)

    def line_of(self, place: Place) -> int | None:
        """Returns the line of a value, or of the nearest thing around it that was found."""
        for length in range(len(place), 0, -1):
            if place[:length] in self._lines:
                return self._lines[place[:length]]
        return None


def place_text(place: Place, lines: LineIndex) -> str:
    """Returns a place for people: `organisation[3].valid_to (dòng 57)`; items count from 1."""
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    line = lines.line_of(place)
    return f"{text} (dòng {line})" if line else text or "tệp"
