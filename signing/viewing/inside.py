"""What runs in the child: opens the file, draws a page or tells where signatures stand.

See `signing.worker`. The drawing library is built without a script engine, and fetches nothing.
"""

from __future__ import annotations

import ctypes
import io
import pickle
from collections.abc import Iterator

import pypdfium2
from pypdfium2 import raw

from signing.compare.drawing import Pages
from signing.viewing.shapes import MOST_PAGES, MOST_PLACES, Look, Outline, Place, Size
from signing.viewing.transport import dump_outline
from signing.words import finding

_SCALE = 1000
_LONGEST_EDGE = 1_000_000.0
_MOST_MARKS_A_PAGE = 2000
"""Annotations of a page that are looked at."""


class Viewer:
    """Shows one file."""

    def __init__(self, setting: bytes) -> None:
        """Takes nothing from the setting."""

    @staticmethod
    def answer(head: bytes, data: bytes) -> bytes:
        """Looks at one file.

        Args:
            head: A pickled `Look`.
            data: The file as received.

        Returns:
            A page as PNG, nothing where there is no such page, or an outline by
            `signing.viewing.transport`.
        """
        look: Look = pickle.loads(head)  # noqa: S301 (written by our own parent, not by a file)
        try:
            if look.page:
                return _picture(data[: look.length], look.page)
            return dump_outline(_outline(data[: look.length]))
        except pypdfium2.PdfiumError:
            return b"" if look.page else dump_outline(Outline(fault=finding("pages_unreadable")))


def _picture(data: bytes, number: int) -> bytes:
    with Pages(data, b"") as pages:
        if not 1 <= number <= min(len(pages), MOST_PAGES):
            return b""
        out = io.BytesIO()
        pages.draw(number - 1).save(out, format="PNG")
        return out.getvalue()


def _outline(data: bytes) -> Outline:
    document = pypdfium2.PdfDocument(data)
    document.init_forms()  # without it, no field says what it is
    form = document.formenv
    sizes: list[Size] = []
    places: list[Place] = []
    for at in range(min(len(document), MOST_PAGES)):
        try:
            page = document[at]
        except pypdfium2.PdfiumError:
            sizes.append(Size(595, 842))
            continue
        width, height = (max(1, round(min(one, _LONGEST_EDGE))) for one in page.get_size())
        sizes.append(Size(width, height))
        if form is not None and len(places) < MOST_PLACES:
            places += _places(form.raw, page, at + 1)
    return Outline(count=len(document), sizes=tuple(sizes), places=tuple(places[:MOST_PLACES]))


def _places(form: object, page: pypdfium2.PdfPage, number: int) -> Iterator[Place]:
    """The visible signature fields of a page."""
    for at in range(min(raw.FPDFPage_GetAnnotCount(page.raw), _MOST_MARKS_A_PAGE)):
        mark = raw.FPDFPage_GetAnnot(page.raw, at)
        if not mark:
            continue
        try:
            if raw.FPDFAnnot_GetFormFieldType(form, mark) == raw.FPDF_FORMFIELD_SIGNATURE:
                yield from _place(form, page, mark, number)
        finally:
            raw.FPDFPage_CloseAnnot(mark)


def _place(form: object, page: pypdfium2.PdfPage, mark: object, number: int) -> Iterator[Place]:
    """Nothing for a field without an extent on the page: it is invisible."""
    rect = raw.FS_RECTF()
    if not raw.FPDFAnnot_GetRect(mark, ctypes.byref(rect)):
        return
    ends = [_shown(page, *corner) for corner in ((rect.left, rect.top), (rect.right, rect.bottom))]
    (left, right), (top, bottom) = (sorted(one) for one in zip(*ends, strict=True))
    if right > left and bottom > top:
        name = _name(form, mark)
        yield Place(name, number, left, top, right - left, bottom - top)


def _shown(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[int, int]:
    """Thousandths of the page as it is shown, cropped and turned."""
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(
        page.raw, 0, 0, _SCALE, _SCALE, 0, x, y, ctypes.byref(across), ctypes.byref(down)
    )
    return _within(across.value), _within(down.value)


def _within(value: int) -> int:
    return min(_SCALE, max(0, value))


def _name(form: object, mark: object) -> str:
    size = raw.FPDFAnnot_GetFormFieldName(form, mark, None, 0)
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAnnot_GetFormFieldName(
        form, mark, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size
    )
    return buffer.raw.decode("utf-16-le", errors="replace").rstrip("\0")
