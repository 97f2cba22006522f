"""What is done to strangers' files for copies; runs in the child (`documents.copies_child`) alone.

Each task takes its folder and its options, and gives what goes into `answer.json`; a PDF that it
makes lies in `made`. A refusal is an answer too: {"refused": reason, "place": which file}.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pypdfium2
from PIL import Image, ImageFilter
from pypdfium2 import raw

from documents.copies_scans import Refusal, make_scan

Answer = dict[str, Any]

_SCALE: Final = 2
_INK_STEP: Final = 40
"""By how many of 255 levels a point must be darker than the sheet to be printed on."""
_SPECKS: Final = 12
"""Square points of a place that may be dark all the same: dust on a scan, less than a digit."""
_CLEAR_PT: Final = 2
"""Kept free around a block."""
_EDGES_PT: Final = (42, 28, 17)
"""Distances from the right edge that are tried: the text's margin (15 mm) first."""
_HIGHEST_PT: Final = 14
_LOWEST_PT: Final = 92
"""The block lies above this line: it is part of the page's top, no matter what stands there."""
_POINTS: Final = 72
_MOST_PIXELS: Final = 16_000_000
"""Of a drawn page; A4 at 300 dpi has 8.7 million."""
_HEAD_PT: Final = 300
MOST_PAGES: Final = 2000
_LARGEST_PT2: Final = 4_000_000
"""A2 has 2 million square points."""
_DATE: Final = re.compile(rb"(/CreationDate ?\(D:)\d{14}")


def place(folder: Path, task: Mapping[str, Any]) -> Answer:
    """Looks for room for a block at the top right of page 1, of one of the sizes given."""
    document = _opened(folder / task["files"][0])
    page = document[0]
    if page.get_rotation():
        raise Refusal("rotated")
    left, _, _, top = page.get_cropbox()
    width = page.get_width()
    ink = _ink(page)
    for w, h in task["sizes"]:
        for edge in _EDGES_PT:
            x = round(width) - edge - w
            for y in range(_HIGHEST_PT, max(_LOWEST_PT - h, _HIGHEST_PT) + 1):
                if x > 0 and _is_free(ink, (x, y, w, h)):
                    box = {"x_pt": x + left, "y_pt": y, "w_pt": w, "h_pt": h}
                    return {"box": box | {"page_height_pt": top}, "head": _head(page)}
    raise Refusal("no_room")


def _head(page: pypdfium2.PdfPage) -> list[str]:
    """The lines at the page's top: there stands how secret it is."""
    _, _, _, top = page.get_cropbox()
    text = page.get_textpage().get_text_bounded(bottom=top - _HEAD_PT)
    return [line.strip() for line in text.splitlines() if line.strip()][:60]


def _ink(page: pypdfium2.PdfPage) -> Image.Image:
    """The page's top, a pixel for each point: white where something is printed."""
    width, height = page.get_size()
    if width * height > _LARGEST_PT2:
        raise Refusal("page_too_large")
    drawn: Image.Image = page.render(scale=_SCALE, may_draw_forms=True).to_pil().convert("L")
    strip = drawn.crop((0, 0, drawn.width, min(drawn.height, 200 * _SCALE)))
    # Over the whole page, so that a dark header does not pass for the sheet.
    sheet = _median(drawn)
    darkest = strip.filter(ImageFilter.MinFilter(3))
    small = darkest.resize(
        (strip.width // _SCALE, strip.height // _SCALE), Image.Resampling.NEAREST
    )
    mask: Image.Image = small.point(lambda level: 255 if level < sheet - _INK_STEP else 0)
    return mask


def _median(picture: Image.Image) -> int:
    levels = picture.histogram()
    half, seen = sum(levels) // 2, 0
    for level, count in enumerate(levels):
        seen += count
        if seen > half:
            return level
    return 255


def _is_free(ink: Image.Image, box: tuple[int, int, int, int]) -> bool:
    x, y, w, h = box
    edges = (x - _CLEAR_PT, y - _CLEAR_PT, x + w + _CLEAR_PT, y + h + _CLEAR_PT)
    if edges[0] < 0 or edges[3] > ink.height:
        return False
    return ink.crop(edges).histogram()[255] <= _SPECKS


def extract(folder: Path, task: Mapping[str, Any]) -> Answer:
    """Makes a new PDF of some pages, with what is seen on them and nothing that acts.

    Signatures, fields and annotations become part of the picture of the page: a copy bears no
    signature but that of the agency that copies. The original can be put into the file as an
    attachment, so that its own signatures can still be judged.
    """
    document = _opened(folder / task["files"][0])
    pages = task["pages"] or list(range(1, len(document) + 1))
    if any(not 1 <= page <= len(document) for page in pages):
        raise Refusal("no_such_page", str(len(document)))
    if task["part"] and len(set(pages)) == len(document):
        raise Refusal("whole_extract", str(len(document)))
    document.init_forms()
    for number in set(pages):
        page = document[number - 1]
        if raw.FPDFPage_Flatten(page.raw, raw.FLAT_PRINT) == raw.FLATTEN_FAIL:
            raise Refusal("unreadable", str(number))
        page.close()
    made = pypdfium2.PdfDocument.new()
    made.import_pages(document, [page - 1 for page in pages])
    if task["attach"]:
        attached = made.new_attachment(task["attach"])
        attached.set_data((folder / task["files"][0]).read_bytes())
    _save(made, folder, task)
    return {"pages": len(pages), "of": len(document)}


def look(folder: Path, task: Mapping[str, Any]) -> Answer:
    """Draws one page as a PNG, and tells how many there are; page 0 draws none."""
    document = _opened(folder / task["files"][0])
    number, total = int(task["page"]), len(document)
    if not 0 <= number <= total:
        raise Refusal("no_such_page", str(total))
    if number:
        document.init_forms()  # without it, marks of signatures are not drawn
        page = document[number - 1]
        width, height = page.get_size()
        scale = float(task["ppi"]) / _POINTS
        if width * height * scale**2 > _MOST_PIXELS:
            raise Refusal("page_too_large")
        picture = page.render(scale=scale, may_draw_forms=True).to_pil()
        picture.save(folder / "made", format="PNG")
    return {"pages": total}


def scan(folder: Path, task: Mapping[str, Any]) -> Answer:
    """Makes a PDF of scanned pages, and says of each how it was scanned."""
    made, facts = make_scan([folder / name for name in task["files"]], MOST_PAGES)
    _save(made, folder, task)
    return {"pages": facts}


def _opened(path: Path) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as err:
        raise Refusal("unreadable") from err
    if not 0 < len(document) <= MOST_PAGES:
        raise Refusal("unreadable")
    return document


def _save(made: pypdfium2.PdfDocument, folder: Path, task: Mapping[str, Any]) -> None:
    path = folder / "made"
    made.save(str(path), version=17)
    # The library writes the machine's clock; the time is that of the deed.
    at = datetime.fromisoformat(task["at"])
    path.write_bytes(_DATE.sub(rb"\g<1>" + f"{at:%Y%m%d%H%M%S}".encode(), path.read_bytes()))


def _answering(
    work: Callable[[Path, Mapping[str, Any]], Answer],
) -> Callable[[Path, Mapping[str, Any]], Answer]:
    def answer(folder: Path, task: Mapping[str, Any]) -> Answer:
        try:
            return work(folder, task)
        except Refusal as refusal:
            return {"refused": refusal.reason, "place": refusal.place}
        except pypdfium2.PdfiumError as err:
            return {"refused": "unreadable", "place": str(err)[:100]}

    return answer


TASKS: Final = {
    "place": _answering(place),
    "extract": _answering(extract),
    "scan": _answering(scan),
    "look": _answering(look),
}
