"""The visible marks: a transparent one-page PDF by Typst becomes the look of the field.

pyHanko's own text is not used: with fonts of 2048 units per em it tears Vietnamese letters apart.
"""

from __future__ import annotations

import io
import json
import uuid
from functools import lru_cache
from pathlib import Path
from typing import Final

import typst
from PIL import Image
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import StaticStampStyle
from typing_extensions import override

from signing.marks.blocks import make_block
from signing.marks.handwriting import Point, draw_name, smooth
from signing.marks.handwritten import clean_scan
from signing.request import SignatureKind, SignatureRequest

BLUE: Final = "#1b3f8f"
RED: Final = "#c8141b"
TEST_WORDS: Final = "THỬ NGHIỆM"

# Tries sizes from large to small until the words fit their box.
_FIT: Final = """
#let fit(words, w, h, weight) = context {
  let size = 15pt
  let made(s) = block(width: w, align(center, text(size: s, weight: weight, words)))
  let long(s) = words.split(" ").map(one => measure(text(size: s, weight: weight, one)).width)
  let wide(s) = calc.max(0pt, ..long(s))
  while size > 3pt and (measure(made(size)).height > h or wide(size) > w) { size -= 0.25pt }
  made(size)
}
"""

_SEAL: Final = """
#let d = {diameter}pt
#place(center + horizon, circle(radius: d / 2 - 1pt, stroke: 1.6pt + ink))
#place(center + horizon, circle(radius: d / 2 - 4pt, stroke: 0.6pt + ink))
#let star(r) = polygon(fill: ink, ..range(10).map(i => {{
  let a = -90deg + i * 36deg
  let s = if calc.rem(i, 2) == 0 {{ r }} else {{ r * 0.42 }}
  (r + s * calc.cos(a), r + s * calc.sin(a))
}}))
#place(center + horizon, dy: -d * 0.31, star(d * 0.085))
#place(center + horizon, dy: d * {drop}, fit("{name}", d * 0.76, d * 0.36, "bold"))
{notice}
"""


# The left third of the picture lies on the left third of the place: there the seal covers it.
_SCAN: Final = """
#let scan = image(bytes(json(bytes(sys.inputs.at("scan")))), format: "png", width: {w:.2f}pt)
#place(top + left, dx: {x:.2f}pt, dy: {y:.2f}pt, scan)
"""
_TEST_LINE: Final = (
    f'#place(bottom + center, dy: -3pt, text(size: 7pt, tracking: 0.6pt, "{TEST_WORDS}"))'
)
_TEST_HEIGHT_PT: Final = 13.0


def make_mark(request: SignatureRequest, *, w_pt: float, h_pt: float, fonts: Path) -> bytes:
    """The mark as a one-page PDF of exactly the field's size, with nothing behind it.

    Raises:
        HandwritingRefusedError: The request's picture cannot be an officer's mark.
    """
    if request.block:
        return make_block(request.block, w_pt=w_pt, h_pt=h_pt, fonts=fonts)
    shown = SignatureRequest(
        kind=request.kind,
        field="",
        name=request.name,
        test_only=request.test_only,
        image=request.image,
    )
    return _picture(shown, w_pt, h_pt, fonts)


@lru_cache(maxsize=64)
def _picture(request: SignatureRequest, w_pt: float, h_pt: float, fonts: Path) -> bytes:
    """A person or agency signs with the same mark all day: it is drawn once."""
    inputs = {}
    officer = request.kind is not SignatureKind.SEAL
    if officer and request.image is not None:
        picture = clean_scan(request.image)
        inputs["scan"] = json.dumps(list(picture))
        body = _scan(picture, w_pt, h_pt, test_only=request.test_only)
    else:
        body = _officer(request, w_pt, h_pt) if officer else _seal(request, min(w_pt, h_pt))
    source = (
        f"#set page(width: {w_pt}pt, height: {h_pt}pt, margin: 0pt, fill: none)\n"
        f'#let ink = rgb("{BLUE if officer else RED}")\n'
        '#set text(font: "Tinos", lang: "vi", fill: ink, hyphenate: false)\n'
        f"#set par(leading: 0.35em)\n{_FIT}{body}"
    )
    page: bytes = typst.compile(
        source.encode(),
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(fonts)]),
        sys_inputs=inputs,
    )
    return page


def _scan(picture: bytes, w_pt: float, h_pt: float, *, test_only: bool) -> str:
    with Image.open(io.BytesIO(picture), formats=("PNG",)) as opened:
        aspect = opened.width / opened.height
    room = h_pt - (_TEST_HEIGHT_PT if test_only else 0)
    width = min(w_pt, room * aspect)
    placed = _SCAN.format(w=width, x=(w_pt - width) / 3, y=(room - width / aspect) / 2)
    return placed + (_TEST_LINE if test_only else "")


def _officer(request: SignatureRequest, w_pt: float, h_pt: float) -> str:
    room = h_pt - (_TEST_HEIGHT_PT if request.test_only else 2)
    drawing = draw_name(request.name, aspect=(w_pt - 6) / (room - 4))
    left, bottom, right, top = drawing.bounds()
    scale = min((w_pt - 6) / (right - left), (room - 4) / (top - bottom))
    x0, y0 = (w_pt - scale * (right - left)) / 2, (room - scale * (top - bottom)) / 2

    def place(point: Point) -> str:
        return f"({x0 + scale * (point[0] - left):.2f}pt, {y0 + scale * (top - point[1]):.2f}pt)"

    width = max(0.8, min(1.7, scale * 0.11))
    curves = []
    for stroke in drawing.strokes:
        pieces = [f"curve.move({place(stroke[0])})"]
        pieces += [f"curve.cubic({', '.join(map(place, piece))})" for piece in smooth(stroke)]
        pen = f'(paint: ink, thickness: {width:.2f}pt, cap: "round", join: "round")'
        curves.append(f"#place(top + left, curve(stroke: {pen}, {', '.join(pieces)}))")
    if request.test_only:
        curves.append(_TEST_LINE)
    return "\n".join(curves)


def _seal(request: SignatureRequest, diameter: float) -> str:
    notice = ""
    if request.test_only:
        size = max(4.0, diameter * 0.075)
        words = f'text(size: {size:.1f}pt, weight: "bold", tracking: 0.4pt, "{TEST_WORDS}")'
        notice = f"#place(center + horizon, dy: d * 0.3, {words})"
    name = " ".join(request.name.upper().split())
    drop = 0.02 if request.test_only else 0.06
    return _SEAL.format(diameter=diameter, name=_quoted(name), notice=notice, drop=drop)


def _quoted(text: str) -> str:
    """Inside a Typst string: nothing in a name is ever read as markup."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


class _PageContent(PdfContent):
    """A page from memory as content (pyHanko's own class reads from a file)."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    @override
    def render(self) -> bytes:
        reader = PdfFileReader(io.BytesIO(self._pdf))
        page = self._ensure_writer.import_page_as_xobject(reader)
        name = f"/Mark{uuid.uuid4().hex}"
        self.resources.xobject[name] = page
        left, bottom, right, top = (float(edge) for edge in page.get_object()["/BBox"])
        self.box = BoxConstraints(width=right - left, height=top - bottom)
        return f"{name} Do".encode()


def stamp_style(mark: bytes) -> StaticStampStyle:
    """The mark as the look of a signature field: opaque ink, no border, no margin."""
    middle = AxisAlignment.ALIGN_MID
    layout = SimpleBoxLayoutRule(x_align=middle, y_align=middle, margins=Margins(0, 0, 0, 0))
    return StaticStampStyle(
        background=_PageContent(mark),
        background_opacity=1.0,
        border_width=0,
        background_layout=layout,
    )
