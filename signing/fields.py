"""The fields of a document. All are made, empty, before the first signature.

A visible field that is added after a certifying signature is an illegal change of the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import (
    MDPPerm,
    SeedSignatureType,
    SigFieldSpec,
    SigSeedValueSpec,
    append_signature_field,
    enumerate_sig_fields,
)

from signing.errors import DocumentUnsignableError
from signing.names import OFFICER_FIELD, OWN_FIELDS
from signing.numbers.places import NumberPlace, add_places
from signing.writer import finish, open_writer

UNREADABLE_SENTENCE: Final = (
    "Không đọc được tệp PDF để ký. Việc cần làm: tạo lại văn bản từ bản dự thảo."
)


_CERTIFYING: Final[dict[str, Any]] = {
    "seed_value_dict": SigSeedValueSpec(seed_signature_type=SeedSignatureType(MDPPerm.FILL_FORMS)),
}
"""Tells any tool that the officer certifies, with P=2. Source: ISO 32000-2, table 237 (/MDP)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFieldBox:
    """Where a field lies on its page; points, origin at the top left."""

    name: str
    page: int
    """From 1."""

    x_pt: float
    y_pt: float
    w_pt: float
    h_pt: float
    page_height_pt: float

    def corners(self) -> tuple[int, int, int, int]:
        """PDF's rectangle: left, bottom, right, top from the bottom left."""
        top = self.page_height_pt - self.y_pt
        return (
            round(self.x_pt),
            round(top - self.h_pt),
            round(self.x_pt + self.w_pt),
            round(top),
        )


def add_signature_fields(
    pdf: bytes,
    boxes: Sequence[SignatureFieldBox],
    places: Sequence[NumberPlace] = (),
    *,
    fonts: Path | None = None,
) -> bytes:
    """Adds empty signature fields in one revision; the given bytes stay as they are.

    Args:
        pdf: The document.
        boxes: Where the signature fields lie.
        places: Where number and date are filled in later, if they are.
        fonts: Folder with the Tinos fonts; needed where there are places.

    Raises:
        DocumentUnsignableError: Unreadable, already signed, or a field of that name exists.
    """
    try:
        writer = open_writer(pdf)
        existing = {name: value for name, value, _ in enumerate_sig_fields(writer.prev)}
        if any(value is not None for value in existing.values()):
            raise DocumentUnsignableError(
                "already signed", "Văn bản đã có chữ ký số; không thể thêm ô chữ ký."
            )
        for box in boxes:
            _append(writer, box, existing)
        if places and fonts is not None:
            add_places(writer, places, fonts)
        revised = finish(writer)
    except (PdfError, ValueError, KeyError) as err:
        raise DocumentUnsignableError(str(err), UNREADABLE_SENTENCE) from err
    return revised


def _append(
    writer: IncrementalPdfFileWriter, box: SignatureFieldBox, existing: dict[str, object]
) -> None:
    if box.name in existing:
        raise DocumentUnsignableError(
            f"field {box.name} exists", f"Văn bản đã có ô chữ ký {box.name}."
        )
    # Nothing is drawn while it is empty: the seal's box lies over the officer's hand.
    spec = SigFieldSpec(
        box.name,
        on_page=box.page - 1,
        box=box.corners(),
        **(_CERTIFYING if box.name == OFFICER_FIELD else {}),
    )
    append_signature_field(writer, spec)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldState:
    """A signature field of a document that is to be signed."""

    name: str
    filled: bool
    w_pt: float
    h_pt: float


def read_fields(reader: PdfFileReader) -> dict[str, FieldState]:
    """Every signature field by name, in the document's order."""
    states = {}
    for name, value, holder in enumerate_sig_fields(reader):
        rect = [float(edge) for edge in holder.get_object().get("/Rect", (0, 0, 0, 0))]
        states[name] = FieldState(
            name=name,
            filled=value is not None,
            w_pt=abs(rect[2] - rect[0]),
            h_pt=abs(rect[3] - rect[1]),
        )
    return states


def foreign_fields(reader: PdfFileReader) -> list[str]:
    """Names of the form's fields that are none of our own directives' (dots in names included)."""
    if "/AcroForm" not in reader.root:
        return []
    fields = reader.root["/AcroForm"]["/Fields"]
    named = (str(one.get_object().raw_get("/T")) for one in fields)
    return [name for name in named if name not in OWN_FIELDS]
