"""The form: fields are appended, flags set. Source: ISO 32000-2, 12.7.3."""

from __future__ import annotations

from typing import Final

from signing.judge.changes.account import Account
from signing.judge.changes.rules import refused, unsure
from signing.judge.changes.sheets import list_pages
from signing.judge.changes.values import differing, same
from signing.judge.file.document import View
from signing.judge.file.fields import list_fields
from signing.judge.file.objects import Obj, Ref, Text

_KEYS: Final = frozenset({"Fields", "NeedAppearances", "SigFlags", "CO", "DR", "DA", "Q"})
"""A form with other keys might be an annotation as well."""

_CHANGING: Final = frozenset({"Fields", "SigFlags", "DA", "DR"})
_FLAGS: Final = 3
_MOST_NEW: Final = 64
_DEEPEST: Final = 32
_RESOURCES: Final = frozenset(
    {"Font", "Encoding", "XObject", "ProcSet", "ExtGState", "ColorSpace", "Pattern", "Shading"}
    | {"Properties"}
)


def check_form(account: Account) -> list[Obj]:
    """The form as a whole; gives its new fields. Their order among the others means nothing.

    Raises:
        RefusedStructure: `looks_regenerated`.
        UnsureStructure: `form_keys`, `form_resources`, `form_fields`, `one_owner`.
    """
    old, new = account.before.root.get("AcroForm"), account.after.root.get("AcroForm")
    if new is None and old is None:
        return []
    before, after = account.before.get(old), account.after.get(new)
    if not isinstance(after, dict) or not isinstance(before, dict | None):
        raise unsure("form_keys")
    before = before or {}
    changed = differing(account.data, before, after)
    if (
        "NeedAppearances" in changed
        and account.after.get(after.get("NeedAppearances")) is not False
    ):
        raise refused("looks_regenerated")
    added = _added(account, before.get("Fields"), after.get("Fields"), new)
    if isinstance(old, Ref | dict) and isinstance(old, Ref) | isinstance(new, Ref) and old != new:
        raise unsure("form_keys", "moved")
    if changed:
        _check_keys(account, before, after, changed)
        account.explain(new)
    return added


def _check_keys(
    account: Account, before: dict[str, Obj], after: dict[str, Obj], changed: set[str]
) -> None:
    others = (set(before) | set(after)) - _KEYS | changed - _CHANGING
    if others:
        raise unsure("form_keys", ", ".join(sorted(others)))
    if "SigFlags" in changed and after.get("SigFlags") != _FLAGS:
        raise unsure("form_keys", "SigFlags")
    if changed & {"DA", "DR"}:
        _check_resources(account, before, after)


def _check_resources(account: Account, before: dict[str, Obj], after: dict[str, Obj]) -> None:
    """Where all fields are for signatures, nothing is drawn from the form's own resources.

    Readers draw a widget of a page also where no field of the form names it.
    """
    fields = list_fields(account.before)
    if any(one.kind != "Sig" for one in fields) or _shows_text(account.before):
        raise unsure("form_resources", "other fields")
    if not _grew(account, before.get("DR"), after.get("DR")):
        raise unsure("form_resources", "DR")
    if not isinstance(after.get("DA", Text()), Text):
        raise unsure("form_resources", "DA")


def _shows_text(view: View) -> bool:
    """Whether a page has an annotation that takes its font from the form."""
    pages = [view.get(Ref(number)) for number in list_pages(view)]
    lists = [view.get(one.get("Annots")) for one in pages if isinstance(one, dict)]
    return any(
        _takes_font(view, view.get(one)) for each in lists if isinstance(each, list) for one in each
    )


def _takes_font(view: View, annotation: Obj) -> bool:
    if not isinstance(annotation, dict) or annotation.get("Subtype") != "Widget":
        return False
    return _kind_of(view, annotation) != "Sig"


def _kind_of(view: View, field: Obj) -> Obj:
    """/FT, its own or inherited."""
    for _ in range(_DEEPEST):
        if not isinstance(field, dict):
            return None
        if "FT" in field:
            return view.get(field["FT"])
        field = view.get(field.get("Parent"))
    return None


def _grew(account: Account, old: Obj, new: Obj) -> bool:
    """Whether resources have only got more: of known kinds, each with what it had."""
    before, after = account.before.get(old), account.after.get(new)
    if before is None and after is None:
        return True
    if not isinstance(before, dict | None) or not isinstance(after, dict):
        return False
    return set(after) <= _RESOURCES and all(
        _holds(account, account.before.get(kind), account.after.get(after.get(name)))
        for name, kind in (before or {}).items()
    )


def _holds(account: Account, old: Obj, new: Obj) -> bool:
    if isinstance(old, dict) and isinstance(new, dict):
        return all(name in new and same(account.data, old[name], new[name]) for name in old)
    return same(account.data, old, new)


def _added(account: Account, old: Obj, new: Obj, form: Obj) -> list[Obj]:
    before, after = account.before.get(old), account.after.get(new)
    before = [] if before is None else before
    after = [] if after is None else after
    if not isinstance(before, list) or not isinstance(after, list):
        raise unsure("form_fields", "no array")
    added = [one for one in after if account.is_new(one)]
    kept = [one for one in after if not account.is_new(one)]
    if not same(account.data, before, kept):
        raise unsure("form_fields", "others than before")
    if len(added) > _MOST_NEW:
        raise unsure("form_fields", "too many new ones")
    if isinstance(new, Ref) and new == old:
        holder = form.number if isinstance(form, Ref) else account.root
        account.explain(new, owner=holder)
    elif isinstance(new, Ref) and not account.is_new(new):
        raise unsure("form_fields", "another array")
    return added
