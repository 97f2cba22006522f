"""What the library lets later revisions do, and no honest software does.

Our own judge refuses the same by `signing.judge.changes.rules.REFUSED`. A file that it does not
understand comes here, and whoever makes such a file may make it so that our own judge is unsure.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    IndirectObject,
    PdfObject,
    Reference,
    StreamObject,
)
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import SuspiciousModification

from signing.library.history import children
from signing.library.looks import area, check_frames, check_resources, check_stamp, value

_DEEPEST: Final = 32
_MOST: Final = 200_000
_MOST_OF_PAGE: Final = 0.5
_A4: Final = 595.0 * 842.0


def refuse_what_nobody_does(old: HistoricalResolver, new: HistoricalResolver) -> None:
    """Refuses scripts, unsigned looks and page-sized looks on fields, and unsafe metadata.

    Raises:
        SuspiciousModification: There is one.
    """
    _check_fields(old, new)
    _check_metadata(old, new)
    check_resources(old, new)


def _check_fields(old: HistoricalResolver, new: HistoricalResolver) -> None:
    form, former = _form(new), _form(old)
    if _asks_for_looks(form) and not _asks_for_looks(former):
        raise SuspiciousModification("/NeedAppearances was set")
    before = dict(_fields(value(former, "/Fields"), 0))
    for reference, field in _fields(value(form, "/Fields"), 0):
        was = before.get(reference)
        if was is None:
            _check_new(field)
        if _is_signature(field) and (was is None or "/V" not in was):
            _check_size(new, field)
            check_stamp(field)
        check_frames(was, field)


def _check_new(field: DictionaryObject) -> None:
    if "/A" in field or "/AA" in field:
        raise SuspiciousModification("a new field has an action")
    if _is_signature(field) and "/V" not in field and "/AP" in field and area(field) > 0:
        raise SuspiciousModification("a new field shows something that nobody signed")


def _check_size(new: HistoricalResolver, field: DictionaryObject) -> None:
    """A large look is held against the smallest page: /P may lie."""
    pages = list(_boxes(value(new.root, "/Pages"), _A4, 0, [_MOST]))
    if area(field) > _MOST_OF_PAGE * min(pages, default=_A4):
        raise SuspiciousModification("the look of a signature covers a page")


def _form(resolver: HistoricalResolver) -> DictionaryObject:
    form = value(resolver.root, "/AcroForm")
    empty = DictionaryObject()  # type: ignore[no-untyped-call]  # no types there
    return form if isinstance(form, DictionaryObject) else empty


def _asks_for_looks(form: DictionaryObject) -> bool:
    asked = value(form, "/NeedAppearances")
    return isinstance(asked, BooleanObject) and bool(asked.value)


def _is_signature(field: DictionaryObject) -> bool:
    return bool(value(field, "/FT") == "/Sig")


def _fields(kids: object, depth: int) -> Iterator[tuple[Reference, DictionaryObject]]:
    """All fields and their widgets, with their references."""
    if not isinstance(kids, ArrayObject):
        return
    if depth > _DEEPEST:
        raise SuspiciousModification("fields nest too deep")
    for at in range(len(kids)):
        raw = kids.raw_get(at)
        field = kids[at]
        if isinstance(raw, IndirectObject) and isinstance(field, DictionaryObject):
            yield raw.reference, field
            yield from _fields(value(field, "/Kids"), depth + 1)


def _boxes(node: object, inherited: float, depth: int, left: list[int]) -> Iterator[float]:
    """The area of each page: of the smaller of its boxes."""
    left[0] -= 1
    if not isinstance(node, DictionaryObject) or depth > _DEEPEST or not left[0]:
        raise SuspiciousModification("the page tree is too large")
    areas = [area(node, key) for key in ("/MediaBox", "/CropBox") if key in node]
    own = min((one for one in areas if math.isfinite(one)), default=inherited)
    kids = value(node, "/Kids")
    if not isinstance(kids, ArrayObject):
        yield own
        return
    for at in range(len(kids)):
        yield from _boxes(kids[at], own, depth + 1, left)


def _check_metadata(old: HistoricalResolver, new: HistoricalResolver) -> None:
    """The stream where it differs from the former one; its syntax is the library's to check."""
    value, former = _metadata(new), _metadata(old)
    if value is None or (former is not None and former.encoded_data == value.encoded_data):
        return
    subtype = value.raw_get("/Subtype") if "/Subtype" in value else "/XML"
    if subtype != "/XML" or b"<!DOCTYPE" in _ascii(value.data):
        raise SuspiciousModification("metadata is a drawing or has a document type")
    if _names_catalog(old):
        raise SuspiciousModification("the catalog has another role beside its own")


def _metadata(resolver: HistoricalResolver) -> StreamObject | None:
    """As the reader has it: the library cannot take over every stream into a revision."""
    raw = resolver.root.raw_get("/Metadata") if "/Metadata" in resolver.root else None
    if not isinstance(raw, IndirectObject):
        return None
    read = resolver.reader.get_object
    found = read(raw.reference, resolver.revision)  # type: ignore[no-untyped-call]  # no types there
    return found if isinstance(found, StreamObject) else None


def _ascii(packet: bytes) -> bytes:
    """Without the zero bytes of UTF-16 and UTF-32."""
    return packet.replace(b"\0", b"")


def _names_catalog(old: HistoricalResolver) -> bool:
    """Whether anything but a signature's transform leads to the catalog: a font's glyphs, say."""
    seen: set[Reference] = set()
    waiting: list[PdfObject] = [old.root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if one.reference == old.root_ref:
                return True
            if one.reference not in seen and len(seen) < _MOST:
                seen.add(one.reference)
                waiting.append(old.get_object(one.reference))
        elif isinstance(one, DictionaryObject) and "/TransformMethod" in one:
            waiting += [one.raw_get(key) for key in one if key != "/Data"]
        else:
            waiting += children(one)
    return False
