"""Number and date that stand in fields: of papers that were signed before they had them.

A PDF library gives the text of a page without what is filled into its fields; here it is put back
where it is seen.
"""

import ctypes
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

NUMBER_FIELD: Final = "SoVanBan"
DATE_FIELD: Final = "NgayVanBan"
_MOST_ANNOTATIONS: Final = 500
_LONGEST: Final = 64
_NUMBER: Final = re.compile(r"\d{2,6}")
_DATE: Final = re.compile(r"(\d{2})/(\d{1,2})/(\d{4})")
_NUMBER_GAP: Final = re.compile(r"([Ss]ố:?)[ \t]*(?=[-/][A-ZĐ])")
_DATE_GAP: Final = re.compile(r"(?i)(ngày)\s+(tháng)\s+(năm)(?!\s*\d)")


def field_values(document: "PdfDocument", page: "PdfPage") -> dict[str, str]:
    """Values of the two fields on a page, as far as they are there.

    Args:
        document: with its forms opened (`init_forms`).
        page: one of its pages.
    """
    from pypdfium2 import raw  # noqa: PLC0415 - after the limits of the child are set

    form, found = document.formenv, dict[str, str]()
    if form is None:
        return found
    for at in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, at)
        name = _read(raw.FPDFAnnot_GetFormFieldName, form, annotation)
        if name in {NUMBER_FIELD, DATE_FIELD}:
            found[name] = _read(raw.FPDFAnnot_GetFormFieldValue, form, annotation)
        raw.FPDFPage_CloseAnnot(annotation)
    return found


def _read(ask: object, form: object, annotation: object) -> str:
    """A text that the library gives as UTF-16; empty where there is none, or it is too long."""
    room = (ctypes.c_ushort * _LONGEST)()
    size = ask(form, annotation, room, ctypes.sizeof(room))  # type: ignore[operator]  # a C function
    if not 2 < size <= ctypes.sizeof(room):  # noqa: PLR2004 - an empty text is its end mark
        return ""
    return bytes(room)[: size - 2].decode("utf-16-le", "replace")


def put_back(text: str, values: dict[str, str]) -> str:
    """The text of a page with number and date in their gaps; unchanged where it has no such gap."""
    number = values.get(NUMBER_FIELD, "")
    date = _DATE.fullmatch(values.get(DATE_FIELD, ""))
    if _NUMBER.fullmatch(number):
        text = _NUMBER_GAP.sub(rf"\1 {number}", text, count=1)
    if date is not None:
        day, month, year = date.groups()
        text = _DATE_GAP.sub(rf"\1 {day} \2 {month} \3 {year}", text, count=1)
    return text
