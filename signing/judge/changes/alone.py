"""Whether fields lie alone on their page, and nothing in the document runs.

What lies on a field, or takes its value to another place, would show something else once the field
is filled in than its look says. Source: ISO 32000-2, 7.7.3.3, 12.5.2, 12.6.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from signing.judge.changes.sheets import list_pages
from signing.judge.file.document import View
from signing.judge.file.fields import FormField, list_fields
from signing.judge.file.objects import Obj, Ref

_LEADS: Final = ("URI", "GoTo", "GoToR")
"""Actions that lead somewhere and do no more."""

_CORNERS: Final = 4
_DEEPEST: Final = 32


class _Box(NamedTuple):
    """A rectangle whose corners are in order."""

    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: _Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )

    def holds(self, other: _Box) -> bool:
        return (
            self.left <= other.left
            and self.bottom <= other.bottom
            and self.right >= other.right
            and self.top >= other.top
        )


def lie_alone(view: View, places: Mapping[str, FormField]) -> bool:
    """Whether each field is one widget of one page, with nothing over it, before and after.

    It lies on the page that it names; no other annotation lies on it, and none takes its value.

    Raises:
        UnsureStructure: an object cannot be read.
    """
    own = {one.number: one for one in places.values()}
    known = {one.number for one in list_fields(view)}
    listed: list[int] = []
    for number, page, listing in _pages(view):
        here = [one for one in listing if isinstance(one, Ref) and one.number in own]
        listed += [one.number for one in here]
        others = [one for one in listing if one not in here]
        boxes = [_box(view, own[one.number].dictionary.get("Rect")) for one in here]
        sheet = _sheet(view, page)
        if any(own[one.number].dictionary.get("P") != Ref(number, 0) for one in here):
            return False
        if any(box is None or sheet is None or not sheet.holds(box) for box in boxes):
            return False
        if any(_is_stray(view, other, known, set(own)) for other in others):
            return False
        if boxes and any(_covers(view, other, boxes) for other in others):
            return False
        if len(boxes) > 1 and any(_meet(one, other) for one, other in _pairs(boxes)):
            return False
    return sorted(listed) == sorted(own)


def _pairs(boxes: list[_Box | None]) -> Iterator[tuple[_Box | None, _Box | None]]:
    return ((one, other) for at, one in enumerate(boxes) for other in boxes[at + 1 :])


def _meet(one: _Box | None, other: _Box | None) -> bool:
    return one is None or other is None or one.overlaps(other)


def _is_stray(view: View, other: Obj, known: set[int], own: set[int]) -> bool:
    """Whether an annotation takes its value from a place: as its parent, or by the same name.

    Some readers take every widget for a field, whether the form names it or not.
    """
    found = view.get(other)
    if not isinstance(found, dict):
        return found is not None
    parent = found.get("Parent")
    if isinstance(parent, Ref) and parent.number in own:
        return True
    listed = isinstance(other, Ref) and other.number in known
    return found.get("Subtype") == "Widget" and not listed


def _covers(view: View, other: Obj, boxes: list[_Box | None]) -> bool:
    found = view.get(other)
    rectangle = found.get("Rect") if isinstance(found, dict) else None
    return found is not None and any(_meet(one, _box(view, rectangle)) for one in boxes)


def _pages(view: View) -> Iterator[tuple[int, dict[str, Obj], list[Obj]]]:
    """Number, page and annotations of each page."""
    for number in list_pages(view):
        page = view.get(Ref(number, 0))
        if isinstance(page, dict):
            annotations = view.get(page.get("Annots"))
            yield number, page, annotations if isinstance(annotations, list) else []


def _sheet(view: View, page: dict[str, Obj]) -> _Box | None:
    """What is seen of a page; its boxes may be inherited. Source: ISO 32000-2, table 31."""
    boxes: dict[str, _Box | None] = {}
    node: Obj = page
    for _ in range(_DEEPEST):
        if not isinstance(node, dict):
            break
        for key in ("CropBox", "MediaBox"):
            if key in node:
                boxes.setdefault(key, _box(view, node[key]))
        node = view.get(node.get("Parent"))
    return boxes.get("CropBox", boxes.get("MediaBox"))


def _box(view: View, value: Obj) -> _Box | None:
    corners = view.get(value)
    found = corners_of([view.get(one) for one in corners] if isinstance(corners, list) else None)
    if found is None:
        return None
    x1, y1, x2, y2 = found
    return _Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def corners_of(value: Obj) -> list[float] | None:
    """The four numbers of a rectangle, as they are written; None where it is none."""
    if not isinstance(value, list) or len(value) != _CORNERS:
        return None
    found = [one for one in value if type(one) in {int, float} and isinstance(one, int | float)]
    return [float(one) for one in found] if len(found) == _CORNERS else None


def runs_something(view: View) -> bool:
    """Whether the document, a page or an annotation does more than lead somewhere.

    A script could show one thing before the seal, and another one after it.
    """
    root = view.root
    names = view.get(root.get("Names"))
    scripts = isinstance(names, dict) and "JavaScript" in names
    if scripts or "AA" in root or _does(view, root.get("OpenAction")):
        return True
    for _, page, listing in _pages(view):
        holders = [page, *(view.get(one) for one in listing)]
        if any(isinstance(one, dict) and _acts(view, one) for one in holders):
            return True
    return False


def _acts(view: View, holder: dict[str, Obj]) -> bool:
    return "AA" in holder or _does(view, holder.get("A"))


def _does(view: View, action: Obj) -> bool:
    """Whether an action does more than lead somewhere; a destination does not."""
    found = view.get(action)
    return isinstance(found, dict) and (found.get("S") not in _LEADS or "Next" in found)
