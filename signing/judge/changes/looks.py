"""What a field shows: its rectangle, its look, how much of the page it covers.

Source: ISO 32000-2, 12.5.2 (rectangles), 12.5.5 (appearance streams).
"""

from __future__ import annotations

import math
from typing import Final

from signing.judge.changes.account import Account
from signing.judge.changes.rules import refused, unsure
from signing.judge.file.document import View
from signing.judge.file.objects import Obj, Ref, Stream

_CORNERS: Final = 4
_DEEPEST: Final = 32
_MOST_OF_PAGE: Final = 0.5
"""The part of the page's area that a later signature's look may take at most."""

_SMALL: Final = 50_000.0
"""Square points, a tenth of A4: larger looks are held against every page."""

_MOST_PAGES: Final = 20_000

_A4: Final = 595.0 * 842.0
"""Square points; for pages that state no size, or none that can be read."""

_FARTHEST: Final = 1e6
"""Of a corner; over it numbers run over in some readers. Source: ISO 32000-2, annex C.2."""

_MATRIX: Final = 6
_SMALLEST: Final = 1e-6

_LOOK_KEYS: Final = frozenset(
    {"Type", "Subtype", "FormType", "BBox", "Matrix", "Resources", "Group", "Length", "Filter"}
    | {"DecodeParms", "Name", "LastModified", "PieceInfo", "Metadata"}
)


def area(view: View, rectangle: Obj) -> float:
    """Of a rectangle, in square points; 0 where it is absent, infinite where it is no rectangle."""
    corners = view.get(rectangle)
    if corners is None:
        return 0.0
    found = [view.get(one) for one in corners] if isinstance(corners, list) else []
    numbers = [one for one in found if isinstance(one, int | float) and abs(one) <= _FARTHEST]
    if not len(found) == len(numbers) == _CORNERS:
        return math.inf
    x1, y1, x2, y2 = numbers
    return abs((x2 - x1) * (y2 - y1))


def is_visible(account: Account, field: dict[str, Obj]) -> bool:
    """Whether a widget takes any room on its page."""
    return area(account.after, field.get("Rect")) > 0


def check_size(account: Account, field: dict[str, Obj]) -> None:
    """A later look does not hide a page: not its own one, and if it is large, no page at all.

    /P says where a widget is, and may lie: a large one is held against the smallest page.

    Raises:
        RefusedStructure: `widget_covers_page`.
        UnsureStructure: a page tree too large or too deep to look through (`field_look`).
    """
    size = area(account.after, field.get("Rect"))
    pages = [field.get("P")] if size <= _SMALL else _all_pages(account.before)
    if size > _MOST_OF_PAGE * min(_page_area(account.before, one) for one in pages):
        raise refused("widget_covers_page")


def _page_area(view: View, page: Obj) -> float:
    """Of the smaller of a page's boxes, its own or inherited; of A4 where there is none."""
    boxes: dict[str, float] = {}
    for _ in range(_DEEPEST):
        found = view.get(page)
        if not isinstance(found, dict):
            break
        for key in ("CropBox", "MediaBox"):
            if key in found and key not in boxes:
                size = area(view, found[key])
                boxes[key] = size if math.isfinite(size) else _A4
        page = found.get("Parent")
    return min(boxes.values(), default=_A4)


def _all_pages(view: View) -> list[Obj]:
    """The leaves of the page tree."""
    pages: list[Obj] = []
    seen = 0
    waiting: list[Obj] = [view.root.get("Pages")]
    while waiting:
        one = waiting.pop()
        found = view.get(one)
        kids = view.get(found.get("Kids")) if isinstance(found, dict) else None
        seen += 1
        if seen > _MOST_PAGES:
            raise unsure("field_look", "too many pages")
        if isinstance(kids, list):
            waiting += kids
        else:
            pages.append(one)
    return pages


def check_look(account: Account, old: Obj, new: Obj, field: int) -> None:
    """The look is one form, new or of this field alone.

    An old dictionary of looks, or an old form, may be redefined in place only where nobody else
    names it: a stamp that shares it would change its look too.

    Raises:
        RefusedStructure: `look_unframed`.
        UnsureStructure: `field_look`, `one_owner`.
    """
    if new is None:
        return
    before, after = account.before.get(old), account.after.get(new)
    if not isinstance(after, dict) or set(after) - {"N"}:
        raise unsure("field_look", "not one normal look")
    form = after.get("N")
    former = before.get("N") if isinstance(before, dict) else None
    _check_form(account, former, form)
    in_place = isinstance(form, Ref) and form.number in account.redefined
    if not isinstance(new, Ref):
        account.explain(form, owner=field)
        return
    if new != old and not account.is_new(new):
        raise unsure("field_look", "another object's")
    if in_place or new.number in account.redefined:
        account.own(new.number, field)
    account.explain(new, owner=field)
    account.explain(form, owner=new.number)


def _check_form(account: Account, old: Obj, new: Obj) -> None:
    stream = account.after.get(new)
    if not isinstance(new, Ref) or not isinstance(stream, Stream):
        raise unsure("field_look", "no stream")
    keys = stream.dictionary
    if keys.get("Subtype", "Form") != "Form" or not set(keys) <= _LOOK_KEYS:
        raise unsure("field_look", "no form")
    if new != old and not account.is_new(new):
        raise unsure("field_look", "another object's")
    if new == old and not isinstance(account.before.get(old), Stream):
        raise unsure("field_look", "was no stream")
    if not _is_framed(account.after, keys):
        raise refused("look_unframed")


def _is_framed(view: View, keys: dict[str, Obj]) -> bool:
    """Whether a form says in what frame it draws: without one some readers draw it unclipped.

    Source: ISO 32000-2, table 93 (/BBox is required), 8.3.4 (/Matrix).
    """
    matrix = view.get(keys.get("Matrix"))
    if matrix is not None:
        found = [view.get(one) for one in matrix] if isinstance(matrix, list) else []
        numbers = [
            one for one in found if type(one) in {int, float} and isinstance(one, float | int)
        ]
        if not len(found) == len(numbers) == _MATRIX or _vanishes(*numbers[:4]):
            return False
    box = view.get(keys.get("BBox"))
    return box is not None and math.isfinite(area(view, box))


def _vanishes(a: float, b: float, c: float, d: float) -> bool:
    """Whether a matrix makes a form so small that readers give its frame up, and draw it larger."""
    return 0 < abs(a * d - b * c) < _SMALLEST
