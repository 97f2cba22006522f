"""The structure tree gets an element for the widget of a new field. Source: ISO 32000-2, 14.7.

Software that signs a tagged document keeps it tagged. Nothing of the tree is drawn.
"""

from __future__ import annotations

from typing import Final

from signing.judge.changes.account import Account
from signing.judge.changes.rules import unsure
from signing.judge.changes.values import differing, same
from signing.judge.file.document import View
from signing.judge.file.objects import Obj, Ref

_TREE_CHANGES: Final = frozenset({"ParentTree", "ParentTreeNextKey"})
_ELEMENT: Final = frozenset({"Type", "S", "P", "Pg", "K"})


def check_structure(account: Account, fields: list[Obj]) -> None:
    """Elements are appended for new fields; everything else of the tree stays.

    Args:
        account: the step's.
        fields: references to the new fields.

    Raises:
        UnsureStructure: `structure`.
    """
    root = account.before.root.get("StructTreeRoot")
    if root is None or not account.redefined:
        return
    for number in sorted(account.redefined):
        before, after = account.before.get(Ref(number)), account.after.get(Ref(number))
        if not isinstance(before, dict) or not isinstance(after, dict):
            continue
        if before.get("Type") == "StructElem":
            _check_element(account, before, after, fields)
            account.explain(Ref(number))
        elif Ref(number) == root:
            _check_tree(account, before, after)
            account.explain(root)


def _check_element(
    account: Account, before: dict[str, Obj], after: dict[str, Obj], fields: list[Obj]
) -> None:
    old, new = before.get("K"), after.get("K")
    if differing(account.data, before, after) != {"K"} or not isinstance(new, list):
        raise unsure("structure", "an element")
    # A transparency group has /K too, for which any array is as good as true.
    if (
        not isinstance(old, list)
        or not same(account.data, old, new[: len(old)])
        or not all(_is_kid(account.before, one) for one in old)
    ):
        raise unsure("structure", "kids of an element")
    for kid in new[len(old) :]:
        element = account.after.get(kid)
        if not account.is_new(kid) or not _is_for(element, fields):
            raise unsure("structure", "a new element")


def _is_kid(view: View, value: Obj) -> bool:
    """An array of such values is no colour space, whoever else names it."""
    found = view.get(value)
    return type(found) is int or isinstance(found, dict)


def _is_for(element: Obj, fields: list[Obj]) -> bool:
    """Whether an element stands for the widget of a new field and says no more."""
    kid = element.get("K") if isinstance(element, dict) else None
    return (
        isinstance(element, dict)
        and set(element) <= _ELEMENT
        and element.get("S") == "Form"
        and isinstance(kid, dict)
        and kid.get("Type") == "OBJR"
        and kid.get("Obj") in fields
    )


def _check_tree(account: Account, before: dict[str, Obj], after: dict[str, Obj]) -> None:
    changed = differing(account.data, before, after)
    if changed - _TREE_CHANGES or type(after.get("ParentTreeNextKey", 0)) is not int:
        raise unsure("structure", ", ".join(sorted(changed)))
    if "ParentTree" in changed:
        old = _numbers(account.before, before.get("ParentTree"))
        new = _numbers(account.after, after.get("ParentTree"))
        kept = all(
            new.get(key) == value
            or same(account.data, account.before.get(value), account.after.get(new.get(key)))
            for key, value in old.items()
        )
        if not kept or not all(account.is_new(new[key]) for key in new.keys() - old.keys()):
            raise unsure("structure", "ParentTree")


def _numbers(view: View, value: Obj) -> dict[Obj, Obj]:
    """A number tree that is one leaf. Source: ISO 32000-2, 7.9.7."""
    tree = view.get(value)
    pairs = view.get(tree.get("Nums")) if isinstance(tree, dict) and set(tree) == {"Nums"} else None
    if not isinstance(pairs, list) or len(pairs) % 2 or any(type(k) is not int for k in pairs[::2]):
        raise unsure("structure", "ParentTree")
    return dict(zip(pairs[::2], pairs[1::2], strict=True))
