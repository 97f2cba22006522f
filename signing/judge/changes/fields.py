"""Signature fields: new ones, and empty ones that are filled. Source: ISO 32000-2, 12.7.5.5."""

from __future__ import annotations

from typing import Final

from signing.judge.changes.account import Account
from signing.judge.changes.looks import check_look, check_size, is_visible
from signing.judge.changes.pages import check_page
from signing.judge.changes.rules import refused, unsure
from signing.judge.changes.shapes import Change, Filled, Kind, Level
from signing.judge.changes.values import differing
from signing.judge.file.objects import Name, Obj, Ref, Text
from signing.judge.file.text import read_text

_NEW_KEYS: Final = frozenset(
    {"FT", "T", "V", "F", "Type", "Subtype", "Rect", "P", "AP", "Ff", "TU", "TM", "H", "Border"}
    | {"BS", "MK", "DA", "DR", "Q", "Lock", "SV", "M", "NM", "StructParent"}
)
_PLAIN: Final = {
    **dict.fromkeys(("T", "TU", "TM", "DA", "M", "NM"), Text),
    **dict.fromkeys(("F", "Ff", "Q", "StructParent"), int),
    "H": Name,
}
"""What their values are."""

_FILLED_KEYS: Final = frozenset({"V", "AP", "F", "Type"})
"""What signing changes in an empty field. In a map of any kind of resources these lead to nothing
that draws: a signature dictionary, one look inside a dictionary, a number, a name."""

_DRAWN: Final = frozenset({"AP", "MK", "BS", "Border"})
"""What a widget draws by."""

_VALUE_KEYS: Final = frozenset(
    {"Type", "Filter", "SubFilter", "Contents", "Cert", "ByteRange", "Reference", "Changes"}
    | {"Name", "M", "Location", "Reason", "ContactInfo", "R", "V"}
    | {"Prop_Build", "Prop_AuthTime", "Prop_AuthType"}
)


def check_new_field(account: Account, value: Obj) -> None:
    """A stranger's field: one signature with one plain widget that leaves the page readable.

    Raises:
        RefusedStructure: `script_added`, `look_without_signature`, `widget_covers_page`,
            `stamp_shows`.
        UnsureStructure: `new_field`, and what its value, look and page raise.
    """
    field = account.after.get(value)
    if not isinstance(value, Ref) or not isinstance(field, dict):
        raise unsure("new_field")
    if field.keys() & {"A", "AA"}:
        raise refused("script_added")
    visible = is_visible(account, field)
    if visible and "V" not in field and "AP" in field:
        raise refused("look_without_signature")
    check_size(account, field)
    if not account.is_new(value):
        raise unsure("new_field", f"{value.number} is no new object")
    _check_plain(field)
    check_page(account, field.get("P"), value.number)
    if "V" not in field:
        _note_empty(account, field, visible=visible)
        return
    _check_value(account, field, value.number)
    _check_stamp(account, field, visible=visible)
    check_look(account, None, field.get("AP"), value.number)
    _note(account, visible=visible, is_new=True)


def _note_empty(account: Account, field: dict[str, Obj], *, visible: bool) -> None:
    """A field for the next signer: it shows nothing, not even a background."""
    if field.keys() & _DRAWN:
        raise unsure("new_field", "an empty one with a look")
    name = read_text(field.get("T"))
    account.changes.append(Change(Kind.FORM, name))
    account.fields.append(Filled(name, is_new=True, visible=visible))
    account.level = max(account.level, Level.FILLING)


def _check_plain(field: dict[str, Obj]) -> None:
    strange = set(field) - _NEW_KEYS
    if strange:
        raise unsure("new_field", ", ".join(sorted(strange)))
    if (
        field.get("FT") != "Sig"
        or field.get("Subtype", "Widget") != "Widget"
        or field.get("Type", "Annot") != "Annot"
        or "T" not in field
    ):
        raise unsure("new_field", "no signature field")
    odd = [key for key, kind in _PLAIN.items() if key in field and type(field[key]) is not kind]
    if odd:
        raise unsure("new_field", ", ".join(odd))


def check_filled_fields(account: Account) -> None:
    """Empty signature fields that this revision signs.

    Raises:
        RefusedStructure: `widget_covers_page`, `stamp_shows`.
        UnsureStructure: `filled_field`, and what its value and look raise.
    """
    signature = account.signature
    if signature is None or signature.field_number not in account.redefined:
        return
    number = signature.field_number
    before, after = account.before.get(Ref(number)), account.after.get(Ref(number))
    if not isinstance(before, dict) or not isinstance(after, dict):
        raise unsure("filled_field")
    check_size(account, after)
    changed = differing(account.data, before, after)
    if changed - _FILLED_KEYS or "V" in before or "AS" in before or before.get("FT") != "Sig":
        raise unsure("filled_field", ", ".join(sorted(changed)))
    if "F" in changed and type(after.get("F")) is not int:
        raise unsure("filled_field", "F")
    if "Type" in changed and after.get("Type") != "Annot":
        raise unsure("filled_field", "Type")
    _check_value(account, after, number)
    _check_stamp(account, after, visible=is_visible(account, after))
    check_look(account, before.get("AP"), after.get("AP"), number)
    account.explain(Ref(number))
    _note(account, visible=is_visible(account, after), is_new=False)


def _check_value(account: Account, field: dict[str, Obj], number: int) -> None:
    """The value is the one signature of this revision; whether it holds, its mathematics says."""
    value, signature = field.get("V"), account.signature
    if not isinstance(value, Ref) or not account.is_new(value) or signature is None:
        raise unsure("field_value")
    if (signature.field_number, signature.value_number) != (number, value.number):
        raise unsure("field_value", "another field's")
    if signature.fault or signature.byte_range is None:
        raise unsure("field_value", signature.fault)
    if not set(signature.dictionary) <= _VALUE_KEYS:
        raise unsure("field_value", ", ".join(sorted(set(signature.dictionary) - _VALUE_KEYS)))


def _check_stamp(account: Account, field: dict[str, Obj], *, visible: bool) -> None:
    """A later document time stamp shows nothing: anybody can get one, and nobody answers for it."""
    signature = account.signature
    if visible and signature and signature.is_document_stamp and field.keys() & _DRAWN:
        raise refused("stamp_shows")


def _note(account: Account, *, visible: bool, is_new: bool) -> None:
    """A document time stamp that shows nothing is evidence; every other signature fills a field."""
    signature = account.signature
    if signature is None:
        return
    stamp = signature.is_document_stamp
    kind = Kind.TIMESTAMP_ADDED if stamp else Kind.SIGNATURE_ADDED
    account.changes.append(Change(kind, signature.name))
    account.fields.append(Filled(signature.name, is_new=is_new, visible=visible))
    level = Level.EVIDENCE if stamp and not visible else Level.FILLING
    account.level = max(account.level, level)
