"""A name drawn as one running stroke: the officer's mark. Our own letter shapes, no font."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

Point = tuple[float, float]

# Points that the pen passes, in units of the x-height, y upwards, from the left foot of the letter.
_LETTERS: Final[dict[str, tuple[Point, ...]]] = {
    "a": ((0.6, 0.95), (0.15, 0.75), (0.12, 0.2), (0.45, 0.0), (0.75, 0.9), (0.8, 0.1), (1.1, 0.1)),
    "b": ((0.3, 1.2), (0.45, 2.1), (0.2, 1.9), (0.2, 0.2), (0.55, 0.0), (0.75, 0.6), (0.95, 0.7)),
    "c": ((0.65, 0.8), (0.4, 1.0), (0.1, 0.5), (0.35, 0.0), (0.85, 0.2)),
    "d": ((0.6, 0.9), (0.2, 0.8), (0.12, 0.2), (0.5, 0.1), (0.85, 2.1), (0.8, 0.1), (1.1, 0.1)),
    "e": ((0.5, 0.45), (0.6, 0.9), (0.35, 1.0), (0.12, 0.45), (0.4, 0.0), (0.85, 0.2)),
    "f": ((0.4, 1.5), (0.45, 2.1), (0.25, 1.8), (0.2, -1.0), (0.4, -0.6), (0.3, 0.2), (0.8, 0.3)),
    "g": ((0.6, 0.9), (0.2, 0.8), (0.15, 0.2), (0.7, 0.8), (0.6, -1.0), (0.25, -0.9), (1.1, 0.2)),
    "h": ((0.3, 1.2), (0.45, 2.1), (0.2, 1.8), (0.15, 0.0), (0.45, 0.85), (0.75, 0.1), (1.05, 0.1)),
    "i": ((0.2, 0.9), (0.2, 0.1), (0.5, 0.15)),
    "k": ((0.3, 1.2), (0.45, 2.1), (0.15, 0.0), (0.6, 0.95), (0.3, 0.55), (0.7, 0.0), (1.0, 0.2)),
    "l": ((0.3, 1.2), (0.45, 2.1), (0.18, 1.8), (0.2, 0.1), (0.55, 0.15)),
    "m": ((0.2, 0.9), (0.2, 0.05), (0.5, 0.95), (0.55, 0.05), (0.9, 0.95), (0.95, 0.1), (1.2, 0.1)),
    "n": ((0.2, 0.9), (0.2, 0.05), (0.55, 0.95), (0.65, 0.1), (0.95, 0.1)),
    "o": ((0.5, 0.95), (0.15, 0.7), (0.15, 0.15), (0.55, 0.05), (0.65, 0.8), (1.0, 0.75)),
    "p": ((0.2, 0.9), (0.15, -1.1), (0.3, 0.6), (0.65, 0.85), (0.5, 0.05), (0.95, 0.15)),
    "q": ((0.6, 0.9), (0.2, 0.8), (0.15, 0.2), (0.7, 0.8), (0.7, -1.1), (0.95, -0.5), (1.1, 0.2)),
    "r": ((0.2, 0.9), (0.35, 1.05), (0.55, 0.8), (0.5, 0.1), (0.85, 0.15)),
    "s": ((0.4, 1.0), (0.2, 0.7), (0.55, 0.35), (0.3, 0.0), (0.85, 0.2)),
    "t": ((0.3, 1.6), (0.2, 0.2), (0.45, 0.0), (0.75, 0.2)),
    "u": ((0.15, 0.9), (0.2, 0.1), (0.5, 0.1), (0.65, 0.9), (0.7, 0.1), (1.0, 0.1)),
    "v": ((0.15, 0.9), (0.35, 0.05), (0.65, 0.9), (0.95, 0.75)),
    "x": ((0.2, 0.9), (0.45, 0.4), (0.7, 0.0), (0.75, 0.9), (0.3, 0.0), (0.95, 0.15)),
    "y": ((0.15, 0.9), (0.3, 0.2), (0.65, 0.9), (0.55, -1.0), (0.2, -0.9), (1.0, 0.2)),
}
_MARKS: Final[dict[str, tuple[Point, ...]]] = {
    "\u0301": ((0.35, 1.35), (0.7, 1.75)),
    "\u0300": ((0.25, 1.75), (0.6, 1.35)),
    "\u0309": ((0.3, 1.7), (0.6, 1.75), (0.5, 1.45)),
    "\u0303": ((0.2, 1.45), (0.4, 1.65), (0.55, 1.45), (0.8, 1.65)),
    "\u0323": ((0.4, -0.35), (0.48, -0.38)),
    "\u0302": ((0.2, 1.2), (0.45, 1.5), (0.7, 1.2)),
    "\u0306": ((0.2, 1.5), (0.45, 1.25), (0.7, 1.5)),
    "\u031b": ((0.85, 0.85), (1.05, 1.1), (0.95, 1.25)),
}
_CAPITAL: Final = 1.65
_SLANT: Final = 0.32


@dataclass(frozen=True, slots=True)
class Drawing:
    """Strokes in units of the x-height, y upwards."""

    strokes: tuple[tuple[Point, ...], ...]
    spread: float = 0.0
    """By how much the flourish is wider than the name asks for."""

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top of what the pen draws; a curve swings wider than its points."""
        points = [point for stroke in self.strokes for point in _passed(stroke)]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return min(xs), min(ys), max(xs), max(ys)

    def size(self) -> tuple[float, float]:
        """Width and height."""
        left, bottom, right, top = self.bounds()
        return right - left, top - bottom


def draw_name(name: str, *, aspect: float = 0.0) -> Drawing:
    """Draws the last word of a name, as officials sign, with a flourish under it.

    Args:
        name: The whole name.
        aspect: Width over height of the place; the flourish runs out until the drawing is as wide,
            so that a short name takes up its place like a long one.
    """
    drawing = _draw(name, 0.0)
    for _ in range(2):  # a longer flourish slants a little further
        width, height = drawing.size()
        spread = aspect * height - width + drawing.spread
        if spread <= drawing.spread:
            break
        drawing = _draw(name, spread)
    return drawing


def _draw(name: str, spread: float) -> Drawing:
    words = name.split()
    word = unicodedata.normalize("NFD", words[-1] if words else "x").replace("đ", "d")
    pen: list[Point] = [(-0.6, 0.3)]
    marks: list[tuple[Point, ...]] = []
    x = start = 0.0
    for position, letter in enumerate(word):
        if letter in _MARKS:
            scale = _CAPITAL if position == 1 else 1.0
            marks.append(tuple((start + px * scale, py * scale) for px, py in _MARKS[letter]))
            continue
        scale = _CAPITAL if position == 0 else 1.0
        start = x
        shape = _LETTERS.get(letter.lower().replace("đ", "d"), _LETTERS["u"])
        pen.extend((start + px * scale, py * scale) for px, py in shape)
        x = pen[-1][0]
    left, right = -0.4 - spread * 0.45, x + spread * 0.55
    pen.extend([(right + 1.2, 0.5), (right + 1.6, -0.3), ((left + right) / 2, -0.9)])
    pen.extend([(left, -0.75), (right + 0.9, -1.15)])
    return Drawing(tuple(_slant(stroke) for stroke in (tuple(pen), *marks)), spread)


def _slant(stroke: tuple[Point, ...]) -> tuple[Point, ...]:
    return tuple((x + _SLANT * y, y) for x, y in stroke)


def _passed(stroke: tuple[Point, ...]) -> list[Point]:
    """Points of the drawn curve, close enough to measure it by."""
    passed = [stroke[0]]
    here = stroke[0]
    for piece in smooth(stroke):
        passed += [_between(here, piece, step / 6) for step in range(1, 7)]
        here = piece[2]
    return passed


def _between(start: Point, piece: tuple[Point, Point, Point], at: float) -> Point:
    """A point of a cubic piece; `at` runs from 0 to 1."""
    first, second, end = piece
    back = 1 - at
    shares = (back**3, 3 * back**2 * at, 3 * back * at**2, at**3)
    x, y = zip(start, first, second, end, strict=True)
    return (
        sum(share * value for share, value in zip(shares, x, strict=True)),
        sum(share * value for share, value in zip(shares, y, strict=True)),
    )


def smooth(stroke: tuple[Point, ...]) -> list[tuple[Point, Point, Point]]:
    """Cubic pieces (two control points, end) through all points: a Catmull-Rom spline."""
    pieces = []
    last = len(stroke) - 1
    for index in range(last):
        before, here = stroke[max(index - 1, 0)], stroke[index]
        there, after = stroke[index + 1], stroke[min(index + 2, last)]
        first = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        second = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        pieces.append((first, second, there))
    return pieces
