"""What a field shows: its rectangle, its look, how much of the page it covers.

Source: ISO 32000-2, 12.5.2 (rectangles), 12.5.5 (appearance streams).
"""

from __future__ import annotations

from typing import Final

from signing.judge.changes.account import Account
from signing.judge.changes.rules import refused, unsure
from signing.judge.file.document import View
from signing.judge.file.objects import Obj, Ref, Stream

_CORNERS: Final = 4
_DEEPEST: Final = 32
_MOST_OF_PAGE: Final = 0.5
"""The part of the page's area that a later signature's look may take at most."""

_A4: Final = 595.0 * 842.0
"""Square points; for pages that state no size."""

_LOOK_KEYS: Final = frozenset(
    {"Type", "Subtype", "FormType", "BBox", "Matrix", "Resources", "Group", "Length", "Filter"}
    | {"DecodeParms", "Name", "LastModified", "PieceInfo", "Metadata"}
)


def area(view: View, rectangle: Obj) -> float:
    """Of a rectangle, in square points; infinite where it is none."""
    corners = view.get(rectangle)
    if corners is None:
        return 0.0
    numbers = [view.get(one) for one in corners] if isinstance(corners, list) else []
    x1, y1, x2, y2 = (
        [float(one) for one in numbers if type(one) in {int, float}]  # type: ignore[arg-type]  # checked
        if len(numbers) == _CORNERS
        else []
    ) or (0.0, 0.0, float("inf"), float("inf"))
    return abs((x2 - x1) * (y2 - y1))


def is_visible(account: Account, field: dict[str, Obj]) -> bool:
    """Whether a widget takes any room on its page."""
    return area(account.after, field.get("Rect")) > 0


def check_size(account: Account, field: dict[str, Obj]) -> None:
    """A later look does not hide the page.

    Raises:
        RefusedStructure: `widget_covers_page`.
    """
    if area(account.after, field.get("Rect")) > _MOST_OF_PAGE * _page_area(account, field.get("P")):
        raise refused("widget_covers_page")


def _page_area(account: Account, page: Obj) -> float:
    """Of the page's box, its own or inherited; of A4 where there is none."""
    for _ in range(_DEEPEST):
        found = account.before.get(page)
        if not isinstance(found, dict):
            break
        for key in ("CropBox", "MediaBox"):
            if key in found:
                return area(account.before, found[key])
        page = found.get("Parent")
    return _A4


def check_look(account: Account, old: Obj, new: Obj, field: int) -> None:
    """The look is one form, new or of this field alone.

    An old dictionary of looks, or an old form, may be redefined in place only where nobody else
    names it: a stamp that shares it would change its look too.

    Raises:
        UnsureStructure: `field_look`, `one_owner`.
    """
    if new is None:
        return
    found = account.after.get(new)
    if not isinstance(found, dict) or set(found) - {"N"}:
        raise unsure("field_look", "not one normal look")
    holder = field
    if isinstance(new, Ref):
        if new == old:
            account.explain(new, owner=field)
        elif not account.is_new(new):
            raise unsure("field_look", "another object's")
        holder = new.number
    before = account.before.get(old)
    former = before.get("N") if isinstance(before, dict) else None
    _check_form(account, former, found.get("N"), holder)


def _check_form(account: Account, old: Obj, new: Obj, holder: int) -> None:
    stream = account.after.get(new)
    if not isinstance(new, Ref) or not isinstance(stream, Stream):
        raise unsure("field_look", "no stream")
    if (
        stream.dictionary.get("Subtype", "Form") != "Form"
        or not set(stream.dictionary) <= _LOOK_KEYS
    ):
        raise unsure("field_look", "no form")
    if new == old:
        account.explain(new, owner=holder)
        if new.number in account.owners and isinstance(holder, int):
            _check_former(account, old)
    elif not account.is_new(new):
        raise unsure("field_look", "another object's")


def _check_former(account: Account, old: Obj) -> None:
    if not isinstance(account.before.get(old), Stream):
        raise unsure("field_look", "was no stream")
