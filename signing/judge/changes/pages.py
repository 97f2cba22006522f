"""Pages get the widgets of new fields, and nothing else. Source: ISO 32000-2, 7.7.3.3, 12.5.2."""

from __future__ import annotations

from signing.judge.changes.account import Account
from signing.judge.changes.rules import unsure
from signing.judge.changes.values import differing, same
from signing.judge.file.objects import Obj, Ref


def check_page(account: Account, page: Obj, field: int) -> None:
    """The page of a new field: its annotations are those before, and the new widget.

    Args:
        account: the step's.
        page: /P of the field.
        field: number of the new field.

    Raises:
        UnsureStructure: `page_annotations`, `one_owner`.
    """
    if page is None:
        return
    before, after = account.before.get(page), account.after.get(page)
    if not isinstance(page, Ref) or not isinstance(before, dict) or not isinstance(after, dict):
        raise unsure("page_annotations", "no page")
    changed = differing(account.data, before, after) - {"Annots"}
    respelled = all(_is_respelled(before.get(key), after.get(key)) for key in changed)
    if before.get("Type") != "Page" or not respelled:
        raise unsure("page_annotations", f"page {page.number}")
    if _added(account, page, before.get("Annots"), after.get("Annots")) not in ([], [Ref(field)]):
        raise unsure("page_annotations", f"annotations of page {page.number}")
    account.explain(page)


def _is_respelled(old: Obj, new: Obj) -> bool:
    """Whether two boxes hold the same numbers: 612 and 612.0 are one width."""
    return (
        isinstance(old, list)
        and isinstance(new, list)
        and all(type(one) in {int, float} for one in (*old, *new))
        and old == new
    )


def _added(account: Account, page: Ref, old: Obj, new: Obj) -> list[Obj]:
    before, after = account.before.get(old), account.after.get(new)
    before = [] if before is None else before
    after = [] if after is None else after
    if not isinstance(before, list) or not isinstance(after, list):
        raise unsure("page_annotations", "no array")
    if not same(account.data, before, after[: len(before)]):
        raise unsure("page_annotations", "others than before")
    if isinstance(new, Ref) and new == old:
        account.explain(new, owner=page.number)
    elif isinstance(new, Ref) and not account.is_new(new):
        raise unsure("page_annotations", "another array")
    return after[len(before) :]
