"""The empty places for number and date in a document that is signed before it has them.

They are text fields, made with the signature fields before the first signature, and filled in the
very revision that the agency seals. What is drawn, `signing.numbers.filling` says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError

from signing.errors import DocumentUnsignableError
from signing.names import NUMBER_FIELD
from signing.numbers.digits import digit_font, pdf_stream, pdf_value, written
from signing.numbers.filling import DIGIT_WIDTH, FONT_NAME, empty_look, filled_look
from signing.writer import finish, open_writer

_READ_ONLY: Final = 1
_PRINTED_LOCKED: Final = 4 | 128
_ABOVE: Final = 0.75
_BELOW: Final = 0.25
_BESIDE: Final = 0.25
"""Room around the digits in the field's rectangle, in sizes of the font."""

_NO_PLACE: Final = (
    "Tệp chưa có chỗ để điền số và ngày. Việc cần làm: trả văn bản về để dựng lại bản ký."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitGap:
    """One gap in a line of text; points, origin at the top left."""

    x_pt: float
    baseline_pt: float
    digits: int
    """How many it is wide enough for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberPlace:
    """Where a text field lies, and how its digits look."""

    name: str
    page: int
    """From 1."""
    gaps: tuple[DigitGap, ...]
    size_pt: float
    italic: bool
    page_height_pt: float

    def rectangle(self) -> tuple[float, float, float, float]:
        """PDF's rectangle around all gaps: left, bottom, right, top from the bottom left."""
        digit = self.size_pt * DIGIT_WIDTH / 1000
        lines = [gap.baseline_pt for gap in self.gaps]
        beside = _BESIDE * self.size_pt
        return (
            min(gap.x_pt for gap in self.gaps) - beside,
            self.page_height_pt - max(lines) - _BELOW * self.size_pt,
            max(gap.x_pt + gap.digits * digit for gap in self.gaps) + beside,
            self.page_height_pt - min(lines) + _ABOVE * self.size_pt,
        )


def add_places(
    writer: IncrementalPdfFileWriter, places: Sequence[NumberPlace], fonts: Path
) -> None:
    """Adds the empty text fields to a form that this very revision makes.

    Args:
        writer: with the signature fields, not written yet.
        places: where they lie.
        fonts: folder with the Tinos fonts.
    """
    form = writer.root["/AcroForm"]
    named: dict[str, object] = {}
    for place in places:
        font = writer.add_object(digit_font(writer, fonts, italic=place.italic))
        named[_resource(place)] = font
        # No types there.
        page = writer.find_page_for_modification(place.page - 1)[0]  # type: ignore[no-untyped-call]  # same
        field = writer.add_object(_field(writer, place, page, font))
        form["/Fields"].append(field)
        writer.register_annotation(page, field)  # type: ignore[no-untyped-call]  # same
    form[pdf_name("/DR")] = pdf_value({"/Font": named})
    writer.update_container(form["/Fields"])
    writer.update_container(form)


def fill_places(writer: IncrementalPdfFileWriter, fill: Mapping[str, str]) -> None:
    """Fills the empty text fields, in the revision that the writer is about to write.

    Args:
        writer: over a document whose fields are empty.
        fill: name of each field and its value.

    Raises:
        DocumentUnsignableError: no such empty field, or no value of its kind.
    """
    fields = {
        str(raw.get_object().raw_get("/T")): raw
        for raw in (writer.root["/AcroForm"]["/Fields"] if fill else ())
    }
    for name, value in fill.items():
        field = fields[name].get_object() if name in fields else None
        if field is None or "/V" in field or field.get("/FT") != "/Tx":
            raise DocumentUnsignableError(f"no empty field {name}", _NO_PLACE)
        before = field["/AP"]["/N"]
        drawn = filled_look(name, bytes(before.data), value)
        if drawn is None:
            raise DocumentUnsignableError(f"{value!r} cannot stand in {name}", _NO_PLACE)
        field[pdf_name("/V")] = generic.pdf_string(value)
        kept = {key: before.raw_get(key) for key in before if key != "/Length"}
        look = generic.StreamObject(dict_data=kept, stream_data=drawn)
        field[pdf_name("/AP")] = pdf_value({"/N": writer.add_object(look)})
        writer.mark_update(fields[name])


def with_filled_places(pdf: bytes, fill: Mapping[str, str]) -> bytes:
    """The document as it will look once number and date are filled in: to be shown, not kept.

    Raises:
        DocumentUnsignableError: unreadable, no such empty field, or no value of its kind.
    """
    try:
        writer = open_writer(pdf)
        fill_places(writer, fill)
        return finish(writer)
    except (PdfError, ValueError, KeyError) as err:
        raise DocumentUnsignableError(str(err), _NO_PLACE) from err


def _resource(place: NumberPlace) -> str:
    """Name of its font among the form's resources."""
    return "/TinosItalic" if place.italic else "/TinosRegular"


def _field(
    writer: IncrementalPdfFileWriter,
    place: NumberPlace,
    page: generic.IndirectObject,
    font: generic.IndirectObject,
) -> generic.PdfObject:
    left, bottom, right, top = place.rectangle()
    look = writer.add_object(_look(place, left, bottom, (right - left, top - bottom), font))
    size = written(place.size_pt)
    return pdf_value(
        {
            "/Type": "/Annot",
            "/Subtype": "/Widget",
            "/FT": "/Tx",
            "/T": generic.pdf_string(place.name),
            "/Ff": _READ_ONLY,
            "/F": _PRINTED_LOCKED,
            "/Rect": [left, bottom, right, top],
            "/P": page,
            "/DA": generic.pdf_string(f"{_resource(place)} {size} Tf 0 g"),
            "/AP": {"/N": look},
        }
    )


def _look(
    place: NumberPlace,
    left: float,
    bottom: float,
    size: tuple[float, float],
    font: generic.IndirectObject,
) -> generic.StreamObject:
    digit = place.size_pt * DIGIT_WIDTH / 1000
    share = 1.0 if place.name == NUMBER_FIELD else 0.5
    gaps = [
        (
            written(gap.x_pt + share * gap.digits * digit - left),
            written(place.page_height_pt - gap.baseline_pt - bottom),
            gap.digits,
        )
        for gap in place.gaps
    ]
    return pdf_stream(
        {
            "/Type": "/XObject",
            "/Subtype": "/Form",
            "/BBox": [0.0, 0.0, *size],
            "/Resources": {"/Font": {f"/{FONT_NAME}": font}},
        },
        empty_look(place.name, written(place.size_pt), gaps),
    )
