"""Where two drawings of one page differ, as few boxes, and the picture that shows it."""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageChops, ImageDraw

from signing.compare.shapes import Box

_CELL: Final = 16
"""Pixels. Differences in neighbouring cells make one region: a word, not its letters."""

_MOST_BOXES: Final = 60
_MARGIN: Final = 4
_GAP: Final = 24
_RED: Final = (176, 30, 35)
_GROUND: Final = (246, 245, 241)
_PAPER: Final = (255, 255, 255)


def changed_boxes(before: Image.Image, after: Image.Image) -> tuple[Box, ...]:
    """The regions in which two drawings differ by anything at all.

    The same program drew both, so that equal content gives equal pixels. Drawings of different
    size differ as a whole. Beyond 60 regions one box holds them all.
    """
    if before.size != after.size:
        return (Box(0, 0, max(before.width, after.width), max(before.height, after.height)),)
    mask = _mask(before, after)
    cells = _cells(mask)
    boxes = [_tight(mask, group) for group in _groups(cells)]
    if len(boxes) <= _MOST_BOXES:
        return tuple(sorted(boxes, key=lambda one: (one.top, one.left)))
    whole = mask.getbbox()
    return (Box(*whole),) if whole is not None else ()


def _mask(before: Image.Image, after: Image.Image) -> Image.Image:
    """White where the drawings differ in any colour."""
    bands = ImageChops.difference(before, after).split()
    mask = bands[0]
    for band in bands[1:]:
        mask = ImageChops.lighter(mask, band)
    return mask.point([0] + [255] * 255)


def _cells(mask: Image.Image) -> set[tuple[int, int]]:
    """Column and row of each cell with a difference in it."""
    columns, rows = -(-mask.width // _CELL), -(-mask.height // _CELL)
    found = set()
    for row in range(rows):
        # A row without any difference is most often there, and soon passed.
        top, bottom = row * _CELL, min((row + 1) * _CELL, mask.height)
        strip = mask.crop((0, top, mask.width, bottom))
        if strip.getbbox() is None:
            continue
        for column in range(columns):
            left, right = column * _CELL, min((column + 1) * _CELL, mask.width)
            if strip.crop((left, 0, right, strip.height)).getbbox() is not None:
                found.add((column, row))
    return found


def _groups(cells: set[tuple[int, int]]) -> list[set[tuple[int, int]]]:
    """Cells that touch each other, by edge or corner."""
    left, groups = set(cells), []
    while left:
        group, edge = set(), [left.pop()]
        while edge:
            column, row = edge.pop()
            group.add((column, row))
            around = {(column + x, row + y) for x in (-1, 0, 1) for y in (-1, 0, 1)} & left
            left -= around
            edge += around
        groups.append(group)
    return groups


def _tight(mask: Image.Image, group: set[tuple[int, int]]) -> Box:
    columns, rows = [one for one, _ in group], [one for _, one in group]
    left, top = min(columns) * _CELL, min(rows) * _CELL
    right = min((max(columns) + 1) * _CELL, mask.width)
    bottom = min((max(rows) + 1) * _CELL, mask.height)
    inner = mask.crop((left, top, right, bottom)).getbbox() or (0, 0, right - left, bottom - top)
    return Box(left + inner[0], top + inner[1], left + inner[2], top + inner[3])


def side_by_side(
    before: Image.Image | None, after: Image.Image | None, boxes: tuple[Box, ...]
) -> Image.Image:
    """Both drawings in one picture, as signed on the left; a missing page is an empty place."""
    drawn = [one for one in (before, after) if one is not None]
    width, height = max(one.width for one in drawn), max(one.height for one in drawn)
    picture = Image.new("RGB", (2 * width + 3 * _GAP, height + 2 * _GAP), _GROUND)
    for left, page in ((_GAP, before), (2 * _GAP + width, after)):
        if page is None:
            continue
        picture.paste(Image.new("RGB", page.size, _PAPER), (left, _GAP))
        picture.paste(page, (left, _GAP))
        _mark(picture, left, boxes)
    return picture


def _mark(picture: Image.Image, left: int, boxes: tuple[Box, ...]) -> None:
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        frame = (
            left + box.left - _MARGIN,
            _GAP + box.top - _MARGIN,
            left + box.right + _MARGIN,
            _GAP + box.bottom + _MARGIN,
        )
        pen.rectangle(frame, outline=_RED, width=3)
