"""Text fields, buttons and choices: their values. Source: ISO 32000-2, 12.7.5.2 to 12.7.5.4."""

from __future__ import annotations

from typing import Final

from signing.judge.changes.account import Account
from signing.judge.changes.looks import check_look
from signing.judge.changes.rules import unsure
from signing.judge.changes.shapes import Change, Kind, Level
from signing.judge.changes.values import as_text, differing
from signing.judge.file.fields import list_fields
from signing.judge.file.objects import Name, Obj, Ref, Text

_KINDS: Final = ("Tx", "Btn", "Ch")
_CHANGING: Final = frozenset({"V", "AP", "AS"})


def check_inputs(account: Account) -> None:
    """Redefined fields that are not for signatures: value and look, with the field's name.

    Raises:
        UnsureStructure: `input`, and what the look raises.
    """
    if not account.redefined:
        return
    for field in list_fields(account.before):
        if field.kind in _KINDS and field.number in account.redefined:
            _check_input(account, field.name, field.number)


def _check_input(account: Account, name: str, number: int) -> None:
    before, after = account.before.get(Ref(number)), account.after.get(Ref(number))
    if not isinstance(before, dict) or not isinstance(after, dict):
        raise unsure("input", name)
    changed = differing(account.data, before, after)
    if changed - _CHANGING or not isinstance(before.get("T"), Text):
        raise unsure("input", ", ".join(sorted(changed)))
    old, new = before.get("V"), after.get("V")
    if not _is_plain(new) or not isinstance(after.get("AS", Name()), Name):
        raise unsure("input", "V")
    if "AP" in after:
        check_look(account, before.get("AP"), after["AP"], number)
    account.explain(Ref(number))
    kind = Kind.FIELD_FILLED if not as_text(old) else Kind.VALUE_CHANGED
    change = Change(kind, name, as_text(old), as_text(new))
    account.changes.append(change)
    account.values.append(change)
    account.level = max(account.level, Level.FILLING)


def _is_plain(value: Obj) -> bool:
    return isinstance(value, Text | Name) or (
        isinstance(value, list) and all(isinstance(one, Text) for one in value)
    )
