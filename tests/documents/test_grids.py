"""Cells of strangers' workbooks: values and nothing else, whatever the file is made to do."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from documents.errors import WorkbookRefusedError
from documents.grids import Grid, read_grid

SEEN = datetime(2022, 9, 21, 10)  # noqa: DTZ001 (a cell has no zone)


def book(*rows: tuple[object, ...], sheet: str = "Sổ") -> bytes:
    made = Workbook()
    page = made.worksheets[0]
    page.title = sheet
    for row in rows:
        page.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def changed(raw: bytes, name: str, content: bytes) -> bytes:
    """The same package with one part more, or another one in its place."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def test_cells_come_as_texts_figures_and_days() -> None:
    raw = book(("Số", "Ngày", None), (" 96-HD/BTGTU ", SEEN, 1.5), (7, "", True))
    assert read_grid(raw) == (
        ("Số", "Ngày", None),
        ("96-HD/BTGTU", date(2022, 9, 21), Decimal("1.5")),
        (7, None, "Có"),
    )


def test_rows_that_are_empty_at_the_end_are_left_out_and_those_between_stay() -> None:
    raw = book(("a",), (None,), ("b",), (None,), ("",))
    assert read_grid(raw) == (("a",), (None,), ("b",))


def test_a_sheet_is_found_by_its_name_and_missed_with_words() -> None:
    assert read_grid(book(("a",), sheet="Biểu"), sheet="Biểu") == (("a",),)
    with pytest.raises(WorkbookRefusedError) as refused:
        read_grid(book(("a",)), sheet="Khác")
    assert "tệp mẫu" in refused.value.diagnosis()


def test_a_formula_is_neither_computed_nor_shown() -> None:
    assert read_grid(book(("=1+1", '=HYPERLINK("http://x.example")', "sau"))) == (
        (None, None, "sau"),
    )  # fmt: skip


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "&a%d;&a%d;&a%d;">' % (n, n - 1, n - 1, n - 1) for n in range(1, 25))
    + b"]><worksheet><sheetData>&a24;</sheetData></worksheet>"
)
BAD = {
    "not_a_workbook": b"%PDF-1.7 nothing",
    "empty": b"",
    "macros": changed(book(("a",)), "xl/vbaProject.bin", b"MZ"),
    "bomb": changed(book(("a",)), "xl/worksheets/sheet1.xml", b" " * (210 << 20)),
    "parts": changed(book(("a",)), "[Content_Types].xml", b"<Types/>"),
    "entities": changed(book(("a",)), "xl/worksheets/sheet1.xml", LAUGHS),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(BAD))
def test_what_is_no_honest_workbook_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(WorkbookRefusedError) as refused:
        read_grid(BAD[name])
    assert refused.value.diagnosis().endswith(".")


def test_too_many_rows_or_columns_are_refused_not_cut() -> None:
    with pytest.raises(WorkbookRefusedError, match="too_many_rows"):
        read_grid(book(*[("x",)] * 30), most_rows=20)
    with pytest.raises(WorkbookRefusedError, match="too_many_columns"):
        read_grid(book(tuple(range(70))))


def test_a_sheet_that_claims_a_million_rows_is_read_by_what_it_holds() -> None:
    raw = book(("a",), ("b",))
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    lie = sheet.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
    assert lie != sheet
    assert read_grid(changed(raw, "xl/worksheets/sheet1.xml", lie)) == (("a",), ("b",))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(min_size=1, max_size=200), st.integers(min_value=0))
def test_a_damaged_workbook_gives_rows_or_a_refusal(noise: bytes, at: int) -> None:
    raw = bytearray(book(("a", 1), ("b", 2)))
    place = at % len(raw)
    raw[place : place + len(noise)] = noise
    try:
        found: Grid | None = read_grid(bytes(raw))
    except WorkbookRefusedError:
        found = None
    assert found is None or isinstance(found, tuple)
