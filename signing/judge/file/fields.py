"""The fields of a document's form. Source: ISO 32000-2, 12.7.3, 12.7.4."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from signing.judge.file.document import View
from signing.judge.file.faults import unsure
from signing.judge.file.objects import Obj, Ref, Text
from signing.judge.file.text import read_text

_DEEPEST: Final = 32
_MOST_FIELDS: Final = 50_000


@dataclass(frozen=True, slots=True)
class FormField:
    """One field that has no fields below it, with what it inherits."""

    name: str
    """Fully qualified: the partial names from the top, joined by dots."""

    number: int
    """Of its object."""

    kind: Obj
    """/FT, its own or inherited."""

    value: Obj
    """/V as written, its own or inherited: usually a reference."""

    dictionary: dict[str, Obj]


_TOP: Final = FormField("", 0, None, None, {})


def list_fields(view: View) -> list[FormField]:
    """All terminal fields of a revision's form, in the order of the form.

    Raises:
        UnsureStructure: a field reached twice, two of one name, a direct one, or too many.
    """
    form = view.get(view.root.get("AcroForm"))
    if form is None:
        return []
    if not isinstance(form, dict):
        raise unsure("form")
    seen: set[int] = set()
    found = list(_walk(view, _below(view, form.get("Fields")), _TOP, seen, 0))
    if len({one.name for one in found}) != len(found):
        raise unsure("field_names")
    return found


def _walk(
    view: View, kids: list[Obj], parent: FormField, seen: set[int], depth: int
) -> Iterator[FormField]:
    if depth > _DEEPEST:
        raise unsure("form", "nested too deep")
    for kid in kids:
        if not isinstance(kid, Ref) or kid.number in seen or len(seen) >= _MOST_FIELDS:
            raise unsure("form", "a field that is direct, reached twice, or one too many")
        seen.add(kid.number)
        dictionary = view.get(kid)
        if not isinstance(dictionary, dict):
            raise unsure("form", f"field {kid.number}")
        field = _read(view, kid.number, dictionary, parent)
        below = _below(view, dictionary.get("Kids"))
        if below and any(_is_field(view, one) for one in below):
            yield from _walk(view, below, field, seen, depth + 1)
        else:
            _check_widgets(view, below, field, seen)
            yield field


def _read(view: View, number: int, dictionary: dict[str, Obj], parent: FormField) -> FormField:
    partial = dictionary.get("T")
    if not isinstance(partial, Text):
        raise unsure("field_names", f"field {number} has none")
    own = read_text(partial)
    if not own.isprintable():
        raise unsure("field_names", f"of field {number}")
    return replace(
        parent,
        name=f"{parent.name}.{own}" if parent.name else own,
        number=number,
        kind=view.get(dictionary.get("FT", parent.kind)),
        value=dictionary.get("V", parent.value),
        dictionary=dictionary,
    )


def _is_field(view: View, kid: Obj) -> bool:
    dictionary = view.get(kid)
    return isinstance(dictionary, dict) and "T" in dictionary


def _check_widgets(view: View, kids: list[Obj], field: FormField, seen: set[int]) -> None:
    """Kids without a name are looks of their field: they bear no value of their own."""
    for kid in kids:
        dictionary = view.get(kid)
        if not isinstance(kid, Ref) or kid.number in seen or not isinstance(dictionary, dict):
            raise unsure("form", f"a look of field {field.number}")
        seen.add(kid.number)
        other = view.get(dictionary.get("FT", field.kind)) != field.kind
        if other or "V" in dictionary or "Kids" in dictionary:
            raise unsure("form", f"a look of field {field.number} with a value")


def _below(view: View, value: Obj) -> list[Obj]:
    """An array of fields; empty where there is none."""
    found = view.get(value)
    if found is None:
        return []
    if not isinstance(found, list):
        raise unsure("form", "no array of fields")
    return found
