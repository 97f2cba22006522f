"""What the library lets later revisions do, and no honest software does.

Our own judge refuses the same by `signing.judge.changes.rules.REFUSED`. A file that it does not
understand comes here, and whoever makes such a file may make it so that our own judge is unsure.
"""

from __future__ import annotations

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

_DEEPEST: Final = 32
_MOST: Final = 200_000
_CORNERS: Final = 4
_MOST_OF_PAGE: Final = 0.5
_A4: Final = 595.0 * 842.0


def refuse_what_nobody_does(old: HistoricalResolver, new: HistoricalResolver) -> None:
    """Refuses scripts, unsigned looks and page-sized looks on fields, and unsafe metadata.

    Raises:
        SuspiciousModification: There is one.
    """
    _check_fields(old, new)
    _check_metadata(old, new)


def _check_fields(old: HistoricalResolver, new: HistoricalResolver) -> None:
    form, former = _form(new), _form(old)
    if _asks_for_looks(form) and not _asks_for_looks(former):
        raise SuspiciousModification("/NeedAppearances was set")
    before = dict(_fields(_value(former, "/Fields"), 0))
    for reference, field in _fields(_value(form, "/Fields"), 0):
        was = before.get(reference)
        if was is None:
            _check_new(field)
        if _is_signature(field) and (was is None or "/V" not in was):
            _check_size(new, field)


def _check_new(field: DictionaryObject) -> None:
    if "/A" in field or "/AA" in field:
        raise SuspiciousModification("a new field has an action")
    if _is_signature(field) and "/V" not in field and "/AP" in field and _area(field) > 0:
        raise SuspiciousModification("a new field shows something that nobody signed")


def _check_size(new: HistoricalResolver, field: DictionaryObject) -> None:
    """A large look is held against the smallest page: /P may lie."""
    pages = list(_boxes(_value(new.root, "/Pages"), _A4, 0, [_MOST]))
    if _area(field) > _MOST_OF_PAGE * min(pages, default=_A4):
        raise SuspiciousModification("the look of a signature covers a page")


def _value(holder: DictionaryObject, key: str) -> object:
    """With its reference followed; None where it is absent."""
    return holder[key] if key in holder else None  # noqa: SIM401 (its get does not follow)


def _form(resolver: HistoricalResolver) -> DictionaryObject:
    form = _value(resolver.root, "/AcroForm")
    empty = DictionaryObject()  # type: ignore[no-untyped-call]  # no types there
    return form if isinstance(form, DictionaryObject) else empty


def _asks_for_looks(form: DictionaryObject) -> bool:
    value = _value(form, "/NeedAppearances")
    return isinstance(value, BooleanObject) and bool(value.value)


def _is_signature(field: DictionaryObject) -> bool:
    return bool(_value(field, "/FT") == "/Sig")


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
            yield from _fields(_value(field, "/Kids"), depth + 1)


def _area(holder: DictionaryObject, key: str = "/Rect") -> float:
    """Of a rectangle, in square points; 0 where there is none."""
    corners = holder.get(key)
    if not isinstance(corners, ArrayObject) or len(corners) != _CORNERS:
        return 0.0
    x1, y1, x2, y2 = (float(corners[at]) for at in range(_CORNERS))
    return abs((x2 - x1) * (y2 - y1))


def _boxes(node: object, inherited: float, depth: int, left: list[int]) -> Iterator[float]:
    """The area of each page: of the smaller of its boxes."""
    left[0] -= 1
    if not isinstance(node, DictionaryObject) or depth > _DEEPEST or not left[0]:
        raise SuspiciousModification("the page tree is too large")
    areas = [_area(node, key) for key in ("/MediaBox", "/CropBox") if key in node]
    own = min(areas, default=inherited)
    kids = _value(node, "/Kids")
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
