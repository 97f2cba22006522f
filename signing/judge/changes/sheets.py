"""Pages of two revisions beside each other: which of them show something else, for people.

Source: ISO 32000-2, 7.7.3 (page tree), 12.5 (annotations).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from signing.judge.changes.account import Account
from signing.judge.changes.shapes import Change, Kind
from signing.judge.changes.values import references
from signing.judge.file.document import View
from signing.judge.file.objects import Obj, Ref, Text
from signing.judge.file.text import read_text

_FEW: Final = 200
_MOST_NODES: Final = 20_000
_APART: Final = frozenset({"Annots", "Parent", "AA", "B", "StructParents", "Tabs", "PieceInfo"})
"""Keys of a page that are told elsewhere, or show nothing."""

_SHOWN: Final = ("AP", "A", "AA", "Popup", "FS")
_LEADS: Final = ("URI", "GoTo", "GoToR")


def list_pages(view: View) -> list[int]:
    """Object numbers of the pages in their order; the tree is cut where it is out of all bounds."""
    pages: list[int] = []
    seen: set[int] = set()
    waiting: list[Obj] = [view.root.get("Pages")]
    while waiting and len(seen) < _MOST_NODES:
        one = waiting.pop()
        if not isinstance(one, Ref) or one.number in seen:
            continue
        seen.add(one.number)
        node = view.get(one)
        kids = view.get(node.get("Kids")) if isinstance(node, dict) else None
        if isinstance(kids, list):
            waiting += reversed(kids)
        else:
            pages.append(one.number)
    return pages


def tell_pages(account: Account, touched: set[int]) -> Iterator[Change]:
    """Pages that came, went or show something else, and their annotations.

    Args:
        account: the step's.
        touched: numbers of all objects that were redefined or freed.
    """
    before, after = list_pages(account.before), list_pages(account.after)
    former, kept = set(before), set(after)
    clean: set[int] = set()
    for place, number in enumerate(after, 1):
        if number not in former:
            yield Change(Kind.PAGE_CONTENT, "added", page=place)
        else:
            yield from _tell_page(account, number, place, touched, clean)
    for place, number in enumerate(before, 1):
        if number not in kept:
            yield Change(Kind.PAGE_CONTENT, "removed", page=place)


def _tell_page(
    account: Account, number: int, place: int, touched: set[int], clean: set[int]
) -> Iterator[Change]:
    old, new = account.before.get(Ref(number)), account.after.get(Ref(number))
    if not isinstance(old, dict) or not isinstance(new, dict):
        yield Change(Kind.PAGE_CONTENT, "removed", page=place)
        return
    if any(
        old.get(key) != new.get(key) or _reaches(account.after, new.get(key), touched, clean)
        for key in (old.keys() | new.keys()) - _APART
    ):
        yield Change(Kind.PAGE_CONTENT, page=place)
    if old.get("AA") != new.get("AA"):
        yield Change(Kind.SCRIPT, "AA", page=place)
    yield from _tell_annotations(account, old, new, place, touched)


def _reaches(view: View, value: Obj, touched: set[int], clean: set[int]) -> bool:
    """Whether a touched object is found from a value. What was found clean is not walked again."""
    seen: set[int] = set()
    waiting = list(references(value))
    while waiting:
        number = waiting.pop()
        if number in touched:
            return True
        if number not in seen and number not in clean:
            seen.add(number)
            found = view.get(Ref(number))
            if not (isinstance(found, dict) and found.get("Type") in {"Page", "Pages"}):
                waiting += references(found)
    clean |= seen
    return False


def _tell_annotations(
    account: Account, old: dict[str, Obj], new: dict[str, Obj], place: int, touched: set[int]
) -> Iterator[Change]:
    before = _items(account.before, old.get("Annots"))
    after = _items(account.after, new.get("Annots"))
    former = {one.number for one in before if isinstance(one, Ref)}
    told = set() if account.signature is None else {account.signature.field_number}
    for one in after:
        found = account.after.get(one)
        is_told = isinstance(one, Ref) and one.number in told
        is_new = not isinstance(one, Ref) or one.number not in former
        if (is_new and one not in before[:_FEW]) or (
            not is_told and _is_touched(account, one, found, touched)
        ):
            yield from _tell_annotation(account.after, found, place, is_told=is_told)
    kept = [one for one in after if isinstance(one, Ref) and one.number in former]
    if kept != [one for one in before if isinstance(one, Ref)]:
        yield Change(Kind.ANNOTATION, "removed", page=place)


def _items(view: View, value: Obj) -> list[Obj]:
    found = view.get(value)
    return found if isinstance(found, list) else []


def _is_touched(account: Account, one: Obj, found: Obj, touched: set[int]) -> bool:
    """Whether an annotation, or what it shows or does, is another one now."""
    if isinstance(one, Ref) and one.number in touched:
        return True
    shown = [found.get(key) for key in _SHOWN] if isinstance(found, dict) else []
    return _reaches(account.after, shown, touched, set())


def _tell_annotation(view: View, annotation: Obj, place: int, *, is_told: bool) -> Iterator[Change]:
    if not isinstance(annotation, dict):
        yield Change(Kind.ANNOTATION, "removed", page=place)
        return
    subtype = str(annotation.get("Subtype", ""))
    if _runs(view, annotation):
        yield Change(Kind.SCRIPT, subtype, page=place)
    if subtype == "FileAttachment":
        yield Change(Kind.ATTACHMENT, subtype, page=place)
    elif not is_told:
        contents = annotation.get("Contents")
        text = read_text(contents) if isinstance(contents, Text) else ""
        yield Change(Kind.ANNOTATION, subtype, new=text, page=place)


def _runs(view: View, annotation: dict[str, Obj]) -> bool:
    """Whether it does more than lead somewhere. Source: ISO 32000-2, 12.6.4."""
    action = view.get(annotation.get("A"))
    return "AA" in annotation or (isinstance(action, dict) and action.get("S") not in _LEADS)
