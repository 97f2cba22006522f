"""Scanned pages become a PDF, point for point; runs in the child (`documents.copies_child`) alone.

Source: NĐ 30/2020 PL I (số hóa văn bản): PDF 1.4 or later, colour, at least 200 dpi, scale 100 %.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pypdfium2
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError
from pypdfium2 import raw

_FORMATS: Final = ("PNG", "JPEG", "TIFF")
_MOST_PIXELS: Final = 80_000_000
"""A3 at 600 dpi has 70 million."""
_A4_INCH: Final = (210 / 25.4, 297 / 25.4)
_POINTS: Final = 72
_QUALITY: Final = 92
_COLOURS: Final = 3
_GREY_SPREAD: Final = 12
"""Channels that differ by less than this everywhere show no colour."""
_UPRIGHT: Final = 1
_DPI: Final = (72, 2400)
"""Programs write 72 where they know nothing; no scanner has more than the other."""
_ORIENTATION: Final = 0x0112


class Refusal(Exception):  # noqa: N818 (an answer, not a fault)
    """The task cannot be done; the parent says it to people."""

    def __init__(self, reason: str, place: str = "") -> None:
        self.reason = reason
        self.place = place
        super().__init__(f"{reason} {place}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """How one page was scanned."""

    file: int
    """From 1."""
    dpi: int
    """The lower of both directions."""
    colour: bool
    width_mm: int
    height_mm: int
    told: bool
    """Whether the file says its resolution; else the sheet is taken for A4."""


def make_scan(
    paths: Sequence[Path], most_pages: int
) -> tuple[pypdfium2.PdfDocument, list[dict[str, Any]]]:
    """Makes a PDF of pictures and PDFs of pictures, in the order given.

    Raises:
        Refusal: a file is none of these, or too large.
    """
    made = pypdfium2.PdfDocument.new()
    facts: list[_Page] = []
    for number, path in enumerate(paths, start=1):
        data = path.read_bytes()
        pages = _from_pdf(made, data, number) if b"%PDF-" in data[:1024] else None
        for page in pages if pages is not None else _from_picture(made, data, number):
            facts.append(page)
            if len(facts) > most_pages:
                raise Refusal("too_many_pages", str(number))
    return made, [asdict(page) for page in facts]


# ---- Pictures -------------------------------------------------------------------------------


def _from_picture(made: pypdfium2.PdfDocument, data: bytes, number: int) -> Iterator[_Page]:
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS // 2  # the library refuses from twice as many
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            for frame in ImageSequence.Iterator(opened):
                if frame.width * frame.height > _MOST_PIXELS:
                    raise Refusal("picture_too_large", str(number))
                yield _picture(made, frame, data if _is_ready(opened) else b"", number)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as err:
        raise Refusal("picture_too_large", str(number)) from err
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as err:
        raise Refusal("no_picture", str(number)) from err


def _is_ready(opened: Image.Image) -> bool:
    """Whether a JPEG can go into the PDF as it is, without a second loss."""
    turned = opened.getexif().get(_ORIENTATION, _UPRIGHT) != _UPRIGHT
    return opened.format == "JPEG" and opened.mode in {"RGB", "L"} and not turned


def _picture(made: pypdfium2.PdfDocument, frame: Image.Image, ready: bytes, number: int) -> _Page:
    told = _told_dpi(frame)
    upright = ImageOps.exif_transpose(frame)
    upright.load()  # a picture that is cut short shows itself here
    flat = _flat(upright)
    if not ready:
        out = io.BytesIO()
        flat.save(out, format="JPEG", quality=_QUALITY, subsampling=0)
        ready = out.getvalue()
    dpi_x, dpi_y = told or _dpi_of_a4(flat)
    width, height = flat.width / dpi_x * _POINTS, flat.height / dpi_y * _POINTS
    _add_page(made, ready, width, height)
    return _Page(
        file=number,
        dpi=round(min(dpi_x, dpi_y)),
        colour=_has_colour(flat),
        width_mm=round(width / _POINTS * 25.4),
        height_mm=round(height / _POINTS * 25.4),
        told=told is not None,
    )


def _told_dpi(frame: Image.Image) -> tuple[float, float] | None:
    """What the file says of its resolution; values that no scanner has are not believed."""
    said = frame.info.get("dpi")
    try:
        across, down = (float(value) for value in said or ())
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if min(across, down) > _DPI[0] and max(across, down) <= _DPI[1] else None


def _dpi_of_a4(picture: Image.Image) -> tuple[float, float]:
    short, long = _A4_INCH
    lying = picture.width > picture.height
    across, down = (long, short) if lying else (short, long)
    # One resolution for both directions: the sheet keeps its shape.
    dpi = min(picture.width / across, picture.height / down)
    return dpi, dpi


def _flat(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGB", "L"}:
        return picture
    if picture.mode in {"1", "I;16", "I", "F"}:
        return picture.convert("L")
    if "A" in picture.mode or "transparency" in picture.info:
        full = picture.convert("RGBA")
        sheet = Image.new("RGBA", full.size, (255, 255, 255, 255))
        return Image.alpha_composite(sheet, full).convert("RGB")
    return picture.convert("RGB")


def _has_colour(picture: Image.Image) -> bool:
    if len(picture.getbands()) < _COLOURS:
        return False
    small = picture.resize((min(picture.width, 300), min(picture.height, 400)))
    points = zip(*(band.tobytes() for band in small.convert("RGB").split()), strict=True)
    return any(max(point) - min(point) > _GREY_SPREAD for point in points)


def _add_page(made: pypdfium2.PdfDocument, jpeg: bytes, width: float, height: float) -> None:
    image = pypdfium2.PdfImage.new(made)
    image.load_jpeg(io.BytesIO(jpeg), inline=True)
    image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
    page = made.new_page(width, height)
    page.insert_obj(image)
    page.gen_content()
    page.close()


# ---- PDFs of pictures -----------------------------------------------------------------------


def _from_pdf(made: pypdfium2.PdfDocument, data: bytes, number: int) -> list[_Page]:
    try:
        document = pypdfium2.PdfDocument(data)
        pages = [_scanned(document[index], number) for index in range(len(document))]
        made.import_pages(document)
    except pypdfium2.PdfiumError as err:
        raise Refusal("no_picture", str(number)) from err
    return pages


def _scanned(page: pypdfium2.PdfPage, number: int) -> _Page:
    """How a page of a PDF was scanned: by the picture that fills it."""
    width, height = page.get_size()
    found = [
        (one.get_metadata(), one.get_bounds())
        for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE])
    ]
    if not found:
        raise Refusal("no_scan", str(number))
    facts, (left, bottom, right, top) = max(found, key=lambda one: one[0].width * one[0].height)
    across, down = (right - left) / _POINTS, (top - bottom) / _POINTS
    if (right - left) * (top - bottom) < 0.5 * width * height or min(across, down) <= 0:
        raise Refusal("no_scan", str(number))
    pixels = facts.width / across, facts.height / down
    return _Page(
        file=number,
        dpi=round(min(pixels)),
        colour=bool(_has_colour(page.render(scale=0.5).to_pil().convert("RGB"))),
        width_mm=round(width / _POINTS * 25.4),
        height_mm=round(height / _POINTS * 25.4),
        told=True,
    )
