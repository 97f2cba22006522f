"""The empty places for number and date, as an officer signs them in an own directive.

What comes into them is seen by nobody when the officer signs. So they are held to what ours are:

1. A plain read-only text field with one look, drawn by digits of the very fonts that we embed, of
   a size that is read, in gaps that follow each other, in a frame that fits closely around them.
2. Where a reader draws the value itself, it has the same font, size and colour to draw with.
3. The fields lie alone on their page, and nothing in the document runs (`alone`).

Source: ISO 32000-2, 12.5.5, 12.7.4.3.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Final

from signing.judge.changes.alone import corners_of, lie_alone, runs_something
from signing.judge.file.document import Document, View
from signing.judge.file.fields import FormField
from signing.judge.file.objects import Obj, Ref, Stream, Text
from signing.numbers.filling import DIGIT_PROGRAMS, has_room, size_of

_FIELD: Final[dict[str, Obj]] = {"Ff": 1, "F": 132}
_FIELD_NAMES: Final = {"Type": "Annot", "Subtype": "Widget", "FT": "Tx"}
_FIELD_KEYS: Final = frozenset({*_FIELD, *_FIELD_NAMES, "T", "Rect", "P", "DA", "AP"})
_LOOK_KEYS: Final = frozenset({"Type", "Subtype", "BBox", "Resources", "Length"})
_FONT: Final[dict[str, Obj]] = {"FirstChar": 48, "LastChar": 57, "Widths": [500] * 10}
_FONT_NAMES: Final = {"Type": "Font", "Subtype": "TrueType", "Encoding": "WinAnsiEncoding"}
_FONT_KEYS: Final = frozenset({*_FONT, *_FONT_NAMES, "BaseFont", "FontDescriptor"})
_DESCRIPTOR_KEYS: Final = frozenset(
    {"Type", "FontName", "Flags", "FontBBox", "ItalicAngle", "Ascent", "Descent", "CapHeight"}
    | {"StemV", "FontFile2"}
)
_PROGRAM_KEYS: Final = frozenset({"Length", "Length1", "Filter"})
_FLAGS: Final = frozenset({34, 98})
"""Serif, codes mean letters; and italic. Source: ISO 32000-2, table 121."""

_FORM_KEYS: Final = frozenset({"Fields", "SigFlags", "DR", "DA", "NeedAppearances"})
_TYPED: Final = re.compile(rb"/([A-Za-z0-9]++) (\d{1,4}(?:\.\d{1,2})?) Tf 0 g")
_HAIR: Final = 0.1
"""Points by which a rectangle may differ from its look's frame: both are rounded."""


def are_open_places(document: Document, view: View, places: Mapping[str, FormField]) -> bool:
    """Whether all of these fields are empty places as ours are, in a document as ours is.

    Args:
        document: the file.
        view: it, as the officer signed it.
        places: the fields by their names.

    Raises:
        UnsureStructure: an object cannot be read.
    """
    form = view.get(view.root.get("AcroForm"))
    return (
        isinstance(form, dict)
        and set(form) <= _FORM_KEYS
        and view.get(form.get("NeedAppearances", False)) is False
        and all(_is_open_place(document, view, form, one) for one in places.values())
        and lie_alone(view, places)
        and not runs_something(view)
    )


def look_of(view: View, field: dict[str, Obj]) -> Stream | None:
    """The one normal look of a field, by reference."""
    looks = field.get("AP")
    if not isinstance(looks, dict) or set(looks) != {"N"} or not isinstance(looks["N"], Ref):
        return None
    found = view.get(looks["N"])
    return found if isinstance(found, Stream) else None


# 1. The field and its look.


def _is_open_place(document: Document, view: View, form: dict[str, Obj], field: FormField) -> bool:
    own = field.dictionary
    look = look_of(view, own)
    if (
        set(own) != _FIELD_KEYS
        or not _has(own, _FIELD, _FIELD_NAMES)
        or look is None
        or set(look.dictionary) != _LOOK_KEYS
        or look.dictionary.get("Subtype") != "Form"
    ):
        return False
    frame, rectangle = corners_of(look.dictionary.get("BBox")), corners_of(own.get("Rect"))
    if frame is None or rectangle is None or frame[:2] != [0, 0]:
        return False
    wide, high = rectangle[2] - rectangle[0], rectangle[3] - rectangle[1]
    drawn = document.stream_bytes(look)
    font = _digits(view, look.dictionary.get("Resources"))
    return (
        abs(wide - frame[2]) < _HAIR
        and abs(high - frame[3]) < _HAIR
        and has_room(field.name, drawn, frame[2], frame[3])
        and font is not None
        and _is_ours(document, view, font)
        and _types_alike(form, own, font, size_of(drawn))
    )


def _has(found: dict[str, Obj], values: dict[str, Obj], names: dict[str, str]) -> bool:
    return all(found.get(key) == value for key, value in values.items()) and all(
        found.get(key) == name for key, name in names.items()
    )


def _digits(view: View, resources: Obj) -> Ref | None:
    """The one font of a look, by reference; None where there is anything else."""
    fonts = resources.get("Font") if isinstance(resources, dict) else None
    if not isinstance(resources, dict) or set(resources) != {"Font"}:
        return None
    if not isinstance(fonts, dict) or set(fonts) != {"Digits"}:
        return None
    found = fonts["Digits"]
    return found if isinstance(found, Ref) and isinstance(view.get(found), dict) else None


def _is_ours(document: Document, view: View, reference: Ref) -> bool:
    """Whether a font has ten digits whose codes mean, and whose glyphs show, what they say."""
    font = view.get(reference)
    if not isinstance(font, dict) or set(font) != _FONT_KEYS:
        return False
    descriptor = view.get(font["FontDescriptor"])
    if not isinstance(descriptor, dict) or set(descriptor) != _DESCRIPTOR_KEYS:
        return False
    program = view.get(descriptor["FontFile2"])
    if not isinstance(program, Stream) or set(program.dictionary) - _PROGRAM_KEYS:
        return False
    glyphs = document.stream_bytes(program)
    return (
        _has(font, _FONT, _FONT_NAMES)
        and descriptor["Flags"] in _FLAGS
        and program.dictionary.get("Length1") == len(glyphs)
        and hashlib.sha256(glyphs).hexdigest() in DIGIT_PROGRAMS
    )


# 2. Where a reader draws the value itself.


def _types_alike(form: dict[str, Obj], field: dict[str, Obj], font: Ref, size: float) -> bool:
    typed = field.get("DA")
    found = _TYPED.fullmatch(typed) if isinstance(typed, Text) else None
    resources = form.get("DR")
    fonts = resources.get("Font") if isinstance(resources, dict) else None
    return (
        found is not None
        and float(found[2]) == size
        and isinstance(fonts, dict)
        and fonts.get(found[1].decode()) == font
    )
