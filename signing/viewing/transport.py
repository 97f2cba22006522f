"""An outline as bytes and back: how it leaves the process that opened the file."""

from __future__ import annotations

import json
from typing import Final

from signing.viewing.shapes import MOST_PAGES, MOST_PLACES, Outline, Place, Size
from signing.words import finding

PNG: Final = b"\x89PNG\r\n\x1a\n"
_THOUSAND: Final = 1000
_LONGEST_EDGE: Final = 1_000_000


def dump_outline(one: Outline) -> bytes:
    """All of it; `load_outline` gives it back."""
    state = {
        "count": one.count,
        "sizes": one.sizes,
        "places": one.places,
        "fault": one.fault is not None,
    }
    # Half a character, which no text may hold, becomes a question mark.
    return json.dumps(state, ensure_ascii=False).encode(errors="replace")


def load_outline(answer: bytes) -> Outline:
    """The outline that `dump_outline` wrote.

    Raises:
        ValueError: The bytes are no such outline.
    """
    try:
        state = json.loads(answer)
        sizes = tuple(
            Size(*(_count(each, _LONGEST_EDGE) for each in one)) for one in state["sizes"]
        )
        places = tuple(_place(one, len(sizes)) for one in state["places"])
        count = _count(state["count"], 1 << 31)
        fault = finding("pages_unreadable") if state["fault"] is True else None
    except (TypeError, KeyError, RecursionError) as err:
        raise ValueError(f"no outline: {type(err).__name__}") from err
    if len(sizes) != min(count, MOST_PAGES) or len(places) > MOST_PLACES:
        raise ValueError("numbers of pages or places")
    return Outline(count=count, sizes=sizes, places=places, fault=fault)


def load_picture(answer: bytes) -> bytes:
    """A page as PNG; empty where there is none.

    Raises:
        ValueError: The bytes are no picture.
    """
    if answer and not answer.startswith(PNG):
        raise ValueError("picture")
    return answer


def _place(state: list[object], pages: int) -> Place:
    field, page, *edges = state
    if not isinstance(field, str):
        raise TypeError("name")
    place = Place(field, _count(page, pages), *(_count(one, _THOUSAND) for one in edges))
    inside = place.left + place.width <= _THOUSAND and place.top + place.height <= _THOUSAND
    if place.page < 1 or not inside:
        raise ValueError("place")
    return place


def _count(value: object, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError("number")
    return value
