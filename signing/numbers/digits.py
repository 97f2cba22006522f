"""The ten digits of Tinos as a small font of their own, and other values as the library has them.

Number and date are drawn with this font. It is part of what the officer signs, so nobody can make
a 6 look like a 9 afterwards.
"""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signing.errors import DocumentUnsignableError
from signing.numbers.filling import DIGIT_PROGRAMS, DIGIT_WIDTH

_FLAGS: Final = 2 | 32  # serif; codes mean letters
_ITALIC_FLAGS: Final = _FLAGS | 64
_CAP_HEIGHT: Final = 660
_STEM: Final = 80
_ODD_FONT: Final = (
    "Phông chữ Tinos trên máy chủ khác bản đã định. Việc cần làm: cài lại phông chữ (make setup)."
)


def written(number: float) -> str:
    """At most two decimals, none where they are 0."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def pdf_value(value: object) -> generic.PdfObject:
    """A value as the library has it; a text with a slash before it is a name."""
    if isinstance(value, generic.PdfObject):
        return value
    made: generic.PdfObject
    if isinstance(value, dict):
        made = generic.DictionaryObject(  # type: ignore[no-untyped-call]  # no types there
            {pdf_name(key): pdf_value(one) for key, one in value.items()}
        )
    elif isinstance(value, list):
        made = generic.ArrayObject(map(pdf_value, value))
    elif isinstance(value, int):
        made = generic.NumberObject(value)  # type: ignore[no-untyped-call]  # same
    elif isinstance(value, float):
        made = generic.FloatObject(written(value))  # type: ignore[no-untyped-call]  # same
    else:
        made = pdf_name(str(value))
    return made


def pdf_stream(keys: dict[str, object], data: bytes) -> generic.StreamObject:
    """A stream of these keys and bytes, not packed."""
    entries = {pdf_name(key): pdf_value(value) for key, value in keys.items()}
    return generic.StreamObject(dict_data=entries, stream_data=data)


class _Digits(NamedTuple):
    """The ten digits of a font, as a font of their own."""

    program: bytes
    bounds: tuple[int, int, int, int]
    ascent: int
    descent: int
    angle: float


@lru_cache(maxsize=4)
def _digits(fonts: Path, *, italic: bool) -> _Digits:
    """Cuts the digits out of Tinos; the same bytes each time.

    Raises:
        DocumentUnsignableError: the font is not in the folder, or is another edition.
    """
    # Takes a fifth of a second to import; most offices never need it.
    from fontTools import subset  # noqa: PLC0415
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    style = "Italic" if italic else "Regular"
    for path in sorted(fonts.rglob("*.ttf")):
        font = TTFont(io.BytesIO(path.read_bytes()), lazy=True, recalcTimestamp=False)
        names = font["name"]
        if (names.getDebugName(1), names.getDebugName(2)) == ("Tinos", style):
            break
    else:
        raise DocumentUnsignableError(f"no Tinos {style}", "Thiếu phông chữ Tinos trên máy chủ.")
    options = subset.Options(layout_features=[], hinting=True, notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(text="0123456789")
    cutter.subset(font)
    out = io.BytesIO()
    font.save(out)
    if hashlib.sha256(out.getvalue()).hexdigest() not in DIGIT_PROGRAMS:
        # Signed with them, number and date would not be let in by our own judge.
        raise DocumentUnsignableError("digits that nobody knows", _ODD_FONT)
    head, scale = font["head"], 1000 / font["head"].unitsPerEm
    return _Digits(
        program=out.getvalue(),
        bounds=(
            round(head.xMin * scale),
            round(head.yMin * scale),
            round(head.xMax * scale),
            round(head.yMax * scale),
        ),
        ascent=round(font["hhea"].ascent * scale),
        descent=round(font["hhea"].descent * scale),
        angle=float(font["post"].italicAngle),
    )


def digit_font(writer: IncrementalPdfFileWriter, fonts: Path, *, italic: bool) -> generic.PdfObject:
    """A simple font of ten digits: what a code means needs no table. Source: ISO 32000-2, 9.6.3."""
    digits = _digits(fonts, italic=italic)
    name = "/TRIKYD+Tinos-Italic" if italic else "/TRIKYD+Tinos-Regular"
    program = pdf_stream({"/Length1": len(digits.program)}, digits.program)
    program.compress()  # type: ignore[no-untyped-call]  # no types there
    descriptor = {
        "/Type": "/FontDescriptor",
        "/FontName": name,
        "/Flags": _ITALIC_FLAGS if italic else _FLAGS,
        "/FontBBox": list(digits.bounds),
        "/ItalicAngle": digits.angle,
        "/Ascent": digits.ascent,
        "/Descent": digits.descent,
        "/CapHeight": _CAP_HEIGHT,
        "/StemV": _STEM,
        "/FontFile2": writer.add_object(program),
    }
    return pdf_value(
        {
            "/Type": "/Font",
            "/Subtype": "/TrueType",
            "/BaseFont": name,
            "/FirstChar": ord("0"),
            "/LastChar": ord("9"),
            "/Widths": [DIGIT_WIDTH] * 10,
            "/Encoding": "/WinAnsiEncoding",
            "/FontDescriptor": writer.add_object(pdf_value(descriptor)),
        }
    )
