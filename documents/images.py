"""Page images of any PDF, for the portal and the phone.

Files from outside are hostile until proven otherwise: only the pages asked for are drawn, and no
image is larger than a limit.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pypdfium2

from documents.errors import PageImageError

MAX_PIXELS = 16_000_000
"""Largest image drawn; A4 at 300 dpi has 8.7 million."""
_POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """One page as a picture."""

    page: int
    """From 1."""
    png: bytes
    width_px: int
    height_px: int
    width_pt: float
    """Width of the page, so that boxes in points can be laid over the picture."""
    height_pt: float


def page_count(pdf: bytes) -> int:
    """Number of pages.

    Raises:
        PageImageError: the file cannot be read as a PDF.
    """
    with _opened(pdf) as document:
        return len(document)


def page_image(pdf: bytes, page: int, *, ppi: float = 110) -> PageImage:
    """Draws one page (from 1) with its form fields and signature marks.

    Raises:
        PageImageError: the file cannot be read, the page does not exist or would be too large.
    """
    with _opened(pdf) as document:
        if not 1 <= page <= len(document):
            raise PageImageError(f"không có trang {page}, tệp có {len(document)} trang")
        return _drawn(document, page, ppi)


def page_images(pdf: bytes, *, ppi: float = 110, limit: int = 200) -> tuple[PageImage, ...]:
    """Draws the first pages, `limit` of them at most.

    Raises:
        PageImageError: the file cannot be read, or a page would be too large.
    """
    with _opened(pdf) as document:
        last = min(len(document), limit)
        return tuple(_drawn(document, page, ppi) for page in range(1, last + 1))


@contextmanager
def _opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    try:
        document = pypdfium2.PdfDocument(pdf)
        document.init_forms()  # without it, fields and signature marks are not drawn
    except pypdfium2.PdfiumError as err:
        raise PageImageError(str(err)) from err
    try:
        yield document
    finally:
        document.close()


def _drawn(document: pypdfium2.PdfDocument, number: int, ppi: float) -> PageImage:
    try:
        page = document[number - 1]
        width, height = page.get_size()
        scale = ppi / _POINTS_PER_INCH
        if width * height * scale**2 > MAX_PIXELS:
            raise PageImageError(f"trang {number} quá lớn")
        picture = page.render(scale=scale, may_draw_forms=True).to_pil()
    except pypdfium2.PdfiumError as err:
        raise PageImageError(f"trang {number}: {err}") from err
    out = io.BytesIO()
    picture.save(out, format="PNG")
    return PageImage(
        page=number,
        png=out.getvalue(),
        width_px=picture.width,
        height_px=picture.height,
        width_pt=float(width),
        height_pt=float(height),
    )
