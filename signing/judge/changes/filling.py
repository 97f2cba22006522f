"""Number and date of an own directive that its officer signed before it had them.

A file that bears the names of our fields is held to the structure of our directives, or no value
of its form may change at all, whatever its certification allows to others:

1. Its first signature stands in `ChuKyLanhDao` and certifies at level 2.
2. The form that it signs has four fields: this one, the seal's, and two empty text fields for
   number and date, all made in one revision, none touched since, as `places` demands.
3. Number and date come once, both, from empty, in the very revision that is signed in `DauCoQuan`.
4. Each value is a number or a day, and the new look is what `signing.numbers.filling` makes of the
   empty one with it: the picture cannot say anything else.

Looks count as values do: who overwrites a picture in place changed the field.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from signing.judge.changes.places import are_open_places, look_of
from signing.judge.changes.values import differing, references, same
from signing.judge.file.document import Document, View
from signing.judge.file.fields import FormField, list_fields
from signing.judge.file.objects import Ref, Stream, Text
from signing.judge.file.signatures import SignatureField, Signatures
from signing.judge.file.text import read_text
from signing.names import DATE_FIELD, NUMBER_FIELD, OFFICER_FIELD, SEAL_FIELD
from signing.numbers.filling import filled_look

_LATER: Final = frozenset({NUMBER_FIELD, DATE_FIELD})
_SIGNED: Final = frozenset({OFFICER_FIELD, SEAL_FIELD})
_FORM_FILLING: Final = 2
_MOST_REACHED: Final = 500
_GROWING: Final = frozenset({"Fields", "SigFlags"})
"""Keys of the form that signing changes."""


class Misfilled(NamedTuple):
    """A revision that changed fields otherwise than an own directive may."""

    revision: int
    end: int
    """Where it ends in the file."""

    fields: tuple[str, ...]


def bears_own_names(names: Iterable[str]) -> bool:
    """Whether fields of a file are named as ours, at any depth of the form."""
    return any(_short(one) in _SIGNED | _LATER for one in names)


def find_misfilled(document: Document, signatures: Signatures) -> tuple[Misfilled, ...]:
    """Every later change of a value or a look that an own directive does not allow.

    Args:
        document: the file.
        signatures: all of its signatures.

    Returns:
        Oldest first; empty where there is none, and of files that bear none of our names.

    Raises:
        UnsureStructure: an object cannot be read.
    """
    if not signatures.filled:
        return ()
    first = signatures.filled[0]
    fields = list_fields(document.at(first.revision))
    inputs = [one for one in fields if one.kind != "Sig"]
    names = [
        *signatures.empty,
        *(one.name for one in signatures.filled),
        *(one.name for one in inputs),
    ]
    if not inputs or not bears_own_names(names):
        return ()
    sealed = _sealing_revision(document, signatures, fields)
    wrong = []
    for at in range(first.revision + 1, len(document.revisions)):
        changed = [one for one in inputs if _is_changed(document, at, one)]
        filled = not changed or (at == sealed and _fills_both(document, at, changed))
        if not filled or (sealed is not None and _is_typed_otherwise(document, at)):
            changed = changed or inputs
            ended = document.revisions[at].end
            wrong.append(Misfilled(at, ended, tuple(sorted(one.name for one in changed))))
    return tuple(wrong)


def _short(name: str) -> str:
    return name.rsplit(".", maxsplit=1)[-1]


def _sealing_revision(
    document: Document, signatures: Signatures, fields: list[FormField]
) -> int | None:
    """The revision that may fill number and date; None where the structure is not ours."""
    first = signatures.filled[0]
    permissions = first.permissions
    by_name = {one.name: one for one in fields}
    seals = [one for one in signatures.filled if one.name == SEAL_FIELD]
    if (
        first.name != OFFICER_FIELD
        or not permissions.certifies
        or permissions.doc_mdp != _FORM_FILLING
        or by_name.keys() != _SIGNED | _LATER
        or len(seals) != 1
    ):
        return None
    view = document.at(first.revision)
    return (
        seals[0].revision
        if _is_empty_seal(by_name[SEAL_FIELD], seals[0])
        and are_open_places(document, view, {name: by_name[name] for name in _LATER})
        and _made_together(document, by_name, first)
        else None
    )


def _is_empty_seal(field: FormField, seal: SignatureField) -> bool:
    """Whether the seal stands in the field that was empty when the officer signed."""
    return (
        field.kind == "Sig"
        and field.value is None
        and field.number == seal.field_number
        and seal.byte_range is not None
        and not seal.is_document_stamp
    )


def _made_together(
    document: Document, fields: dict[str, FormField], officer: SignatureField
) -> bool:
    """Whether one revision made all four fields, and only the officer's was touched till then."""
    made = set()
    for name, field in fields.items():
        history = [one for one in document.history(field.number) if one[0] <= officer.revision]
        # Some writers list in each section all objects, at the places that they have.
        places = dict.fromkeys(entry for _, entry in history)
        if len(places) != (2 if name == OFFICER_FIELD else 1):
            return False
        made.add(history[0][0])
    return len(made) == 1 and fields[OFFICER_FIELD].number == officer.field_number


def _is_changed(document: Document, revision: int, field: FormField) -> bool:
    """Whether a revision changed a field, its widgets, or what they show."""
    before, after = _both(document, revision)
    reached = _reached(before, field.number)
    touched = document.revisions[revision]
    if len(reached) >= _MOST_REACHED:
        return True
    if not any(one in touched.entries or one in touched.freed for one in reached):
        return False
    return reached != _reached(after, field.number) or any(
        not same(document.data, before.get(Ref(one)), after.get(Ref(one))) for one in reached
    )


def _is_typed_otherwise(document: Document, revision: int) -> bool:
    """Whether what readers draw values by, where they do it themselves, is another one now."""
    before, after = (view.get(view.root.get("AcroForm")) for view in _both(document, revision))
    if not isinstance(before, dict) or not isinstance(after, dict):
        return True
    return bool(differing(document.data, before, after) - _GROWING)


def _both(document: Document, revision: int) -> tuple[View, View]:
    return document.at(revision - 1), document.at(revision)


def _reached(view: View, number: int) -> set[int]:
    """Numbers of a field, its widgets and all that they show; not of the pages."""
    reached, waiting = {number}, [number]
    while waiting and len(reached) < _MOST_REACHED:
        found = view.get(Ref(waiting.pop()))
        holder = found.dictionary if isinstance(found, Stream) else found
        if isinstance(holder, dict) and holder.keys() & {"T", "Rect"}:
            holder = {key: value for key, value in holder.items() if key not in {"P", "Parent"}}
        for one in references(holder):
            if one not in reached:
                reached.add(one)
                waiting.append(one)
    return reached


def _fills_both(document: Document, revision: int, changed: list[FormField]) -> bool:
    return {one.name for one in changed} == _LATER and all(
        _fills(document, revision, one) for one in changed
    )


def _fills(document: Document, revision: int, field: FormField) -> bool:
    """Whether a revision gave an empty place its value, and the picture that belongs to it."""
    views = _both(document, revision)
    others = _reached(views[0], field.number) - {field.number}
    if any(views[0].entry(one) != views[1].entry(one) for one in others):
        return False  # the font that the officer signed, say
    before, after = (view.get(Ref(field.number)) for view in views)
    if not isinstance(before, dict) or not isinstance(after, dict):
        return False
    old, new = look_of(views[0], before), look_of(views[1], after)
    value = after.get("V")
    if (
        "V" in before
        or not isinstance(value, Text)
        or not value.isascii()  # spelled otherwise, some readers read something else
        or differing(document.data, before, after) != {"V", "AP"}
        or old is None
        or new is None
        or differing(document.data, old.dictionary, new.dictionary) - {"Length"}
    ):
        return False
    due = filled_look(field.name, document.stream_bytes(old), read_text(value))
    return due is not None and document.stream_bytes(new) == due
