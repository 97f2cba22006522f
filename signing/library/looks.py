"""What the library lets a field show after signing, and no honest software makes it show.

Our own judge refuses the same (`signing.judge.changes.looks`, `fields`), or leaves it to here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    PdfObject,
    StreamObject,
)
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import SuspiciousModification

_DEEPEST: Final = 32
_CORNERS: Final = 4
_MATRIX: Final = 6
_SMALLEST: Final = 1e-6
_FARTHEST: Final = 1e6
_DRAWN: Final = frozenset({"/AP", "/MK", "/BS", "/Border"})


def value(holder: DictionaryObject, key: str) -> object:
    """With its reference followed; None where it is absent."""
    return holder[key] if key in holder else None  # noqa: SIM401 (its get does not follow)


def area(holder: DictionaryObject, key: str = "/Rect") -> float:
    """Of a rectangle, in square points; 0 where there is none, infinite where it is none."""
    corners = value(holder, key)
    if corners is None:
        return 0.0
    if not isinstance(corners, ArrayObject) or len(corners) != _CORNERS:
        return math.inf
    x1, y1, x2, y2 = (float(corners[at]) for at in range(_CORNERS))
    if max(map(abs, (x1, y1, x2, y2))) > _FARTHEST:
        return math.inf
    return abs((x2 - x1) * (y2 - y1))


def check_stamp(field: DictionaryObject) -> None:
    """A document time stamp made after a signature shows nothing: anybody can get one.

    Raises:
        SuspiciousModification: It does.
    """
    signature = value(field, "/V")
    if not isinstance(signature, DictionaryObject) or not field.keys() & _DRAWN:
        return
    if value(signature, "/SubFilter") == "/ETSI.RFC3161" and area(field) > 0:
        raise SuspiciousModification("a document time stamp shows something")


def check_frames(was: DictionaryObject | None, field: DictionaryObject) -> None:
    """A new or changed look says in what frame it draws: some readers do not clip it else.

    Source: ISO 32000-2, table 93.

    Raises:
        SuspiciousModification: It does not.
    """
    looks = list(_looks(field))
    if all(map(_is_framed, looks)):
        return
    same = was is not None and _spelled(was) == _spelled(field)
    if not same or was is None or list(map(_spelled, _looks(was))) != list(map(_spelled, looks)):
        raise SuspiciousModification("the look of a field has no frame")


def _looks(field: DictionaryObject) -> Iterator[StreamObject]:
    """The streams of /AP, those of each state too."""
    waiting = [value(field, "/AP")]
    for _ in range(_DEEPEST):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, StreamObject):
            yield one
        elif isinstance(one, DictionaryObject):
            waiting += [value(one, key) for key in one]
    raise SuspiciousModification("a field has too many looks")


def _is_framed(look: StreamObject) -> bool:
    matrix = value(look, "/Matrix")
    if matrix is not None:
        if not isinstance(matrix, ArrayObject) or len(matrix) != _MATRIX:
            return False
        a, b, c, d = (float(matrix[at]) for at in range(4))
        if 0 < abs(a * d - b * c) < _SMALLEST:
            return False
    return value(look, "/BBox") is not None and math.isfinite(area(look, "/BBox"))


def check_resources(old: HistoricalResolver, new: HistoricalResolver) -> None:
    """/DA and /DR of the form stay where readers draw a text by them.

    That is: where a widget of a page has no look, or all looks are to be made anew, whether a
    field of the form names the widget or not. Source: ISO 32000-2, 12.7.3, 12.7.4.3.

    Raises:
        SuspiciousModification: A text would look otherwise.
    """
    before, after = value(old.root, "/AcroForm"), value(new.root, "/AcroForm")
    if not isinstance(before, DictionaryObject) or not isinstance(after, DictionaryObject):
        return
    if _resources(before) == _resources(after):
        return
    anew = value(before, "/NeedAppearances")
    everything = isinstance(anew, BooleanObject) and bool(anew.value)
    if any(_takes_font(one) and (everything or "/AP" not in one) for one in _annotations(old)):
        raise SuspiciousModification("a text is drawn by resources that changed")


def _resources(form: DictionaryObject) -> list[bytes]:
    """/DA, and /DR with its dictionaries, as bytes; objects by their numbers."""
    resources = value(form, "/DR")
    found = [_spelled(value(form, "/DA"))]
    if isinstance(resources, DictionaryObject):
        found += [kind.encode() + _spelled(value(resources, kind)) for kind in sorted(resources)]
    return found


def _spelled(one: object) -> bytes:
    out = BytesIO()
    if isinstance(one, DictionaryObject) and not isinstance(one, StreamObject):
        return b"".join(key.encode() + _spelled(one.raw_get(key)) for key in sorted(one))
    if isinstance(one, PdfObject):
        one.write_to_stream(out, None)
    return out.getvalue()


def _takes_font(annotation: DictionaryObject) -> bool:
    if value(annotation, "/Subtype") != "/Widget":
        return False
    holder: object = annotation
    for _ in range(_DEEPEST):
        if not isinstance(holder, DictionaryObject):
            break
        if "/FT" in holder:
            return bool(value(holder, "/FT") != "/Sig")
        holder = value(holder, "/Parent")
    return True


def _annotations(resolver: HistoricalResolver) -> Iterator[DictionaryObject]:
    """Of all pages. The tree is known to be sound: the pages were looked through for their size."""
    waiting = [value(resolver.root, "/Pages")]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, DictionaryObject):
            continue
        kids, annotations = value(node, "/Kids"), value(node, "/Annots")
        if isinstance(kids, ArrayObject):
            waiting += [kids[at] for at in range(len(kids))]
        if isinstance(annotations, ArrayObject):
            every = (annotations[at] for at in range(len(annotations)))
            yield from (one for one in every if isinstance(one, DictionaryObject))
