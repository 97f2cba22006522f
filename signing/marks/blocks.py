"""The block of text that a copy or an annex bears at the top right of page 1.

Times New Roman 10 pt, regular, black; Tinos has its measures. Its last line is the time of signing.
Source: NĐ 30/2020 PL I II.8.b (annex: number and symbol, time) and phần II, I.3 (copy: form,
agency, time).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Final

import typst

_VIETNAM: Final = timezone(timedelta(hours=7))
_WIDEST_PT: Final = (150.0, 200.0, 260.0, 340.0, 470.0)
"""Widths at which the lines are broken, in the order of trying: a slim block goes before a flat
one. The last is the text's whole width on A4."""

_SOURCE: Final = """
#let d = json(bytes(sys.inputs.at("doc")))
#set page(width: if d.w == 0 { auto } else { d.w * 1pt }, height: auto, margin: 0pt, fill: none)
#set page(height: d.h * 1pt) if d.h > 0
#set text(font: "Tinos", size: 10pt, lang: "vi", fill: black, hyphenate: false, fallback: false)
// Lines are as high as their letters with all marks: nothing is cut off at the field's edge.
#set text(top-edge: 0.92em, bottom-edge: -0.22em)
#set par(leading: 0pt, spacing: 0pt, justify: false)
#let lines = pad(top: 1.6pt, d.lines.map(line => par(line)).join())
#if d.w > 0 { lines } else {
  context {
    for widest in d.widest {
      let natural = calc.max(..d.lines.map(line => measure(text(line)).width))
      let w = calc.min(natural + 3pt, widest * 1pt)
      let h = measure(block(width: w, lines)).height
      [#metadata((w: w.pt(), h: h.pt())) <size>]
    }
  }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSize:
    """How much room a block takes when its lines are broken at a width."""

    w_pt: float
    h_pt: float


def time_words(at: datetime) -> str:
    """An instant (aware) as ISO 8601 in the zone of Việt Nam: `2022-09-21T14:56:28+07:00`."""
    return at.astimezone(_VIETNAM).isoformat(timespec="seconds")


def block_sizes(lines: Sequence[str], *, fonts: Path) -> tuple[BlockSize, ...]:
    """The sizes in which these lines can be set, slim ones first; none twice.

    A line has three points to spare: digits have one width, but the letters' kerning makes a time
    a little longer or shorter than the one that was measured.
    """
    query = _compiler(fonts, lines).query("<size>", field="value")
    sizes = (BlockSize(w_pt=_up(one["w"]), h_pt=_up(one["h"])) for one in json.loads(query))
    return tuple(dict.fromkeys(sizes))


def make_block(lines: Sequence[str], *, w_pt: float, h_pt: float, fonts: Path) -> bytes:
    """The block as a one-page PDF of exactly the field's size, with nothing behind it."""
    page = _compiler(fonts, lines, w_pt=w_pt, h_pt=h_pt).compile(format="pdf")
    if not isinstance(page, bytes):
        raise TypeError("one page was asked for")
    return page


def _compiler(
    fonts: Path, lines: Sequence[str], *, w_pt: float = 0.0, h_pt: float = 0.0
) -> typst.Compiler:
    data = {"lines": list(lines), "w": w_pt, "h": h_pt, "widest": _WIDEST_PT}
    return typst.Compiler(
        _SOURCE.encode(),
        font_paths=_fonts(fonts),
        sys_inputs={"doc": json.dumps(data, ensure_ascii=False)},
    )


@lru_cache(maxsize=4)
def _fonts(folder: Path) -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)]
    )


def _up(length_pt: float) -> float:
    """Whole points, as fields have them."""
    return float(-(-length_pt // 1))
