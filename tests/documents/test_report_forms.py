import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from documents.errors import WorkbookRefusedError
from documents.report_forms import (
    ColumnKind,
    FormColumn,
    TableForm,
    Value,
    definition_faults,
    read_cell,
    read_rows,
    rows_to_json,
    shown,
)
from documents.report_sheets import Heading, form_of_workbook, form_template_xlsx, read_form_xlsx

AT = datetime(2022, 10, 1, 2, 0, tzinfo=UTC)
HEADING = Heading(number="96-HD/BTGTU", unit="Huyện ủy A", deadline="31/10/2022")
COLUMNS = (
    FormColumn(key="ten", title="Tên lớp"),
    FormColumn(key="so_lop", title="Số lớp", kind=ColumnKind.INTEGER, required=True, sum=True),
    FormColumn(key="kinh_phi", title="Kinh phí (triệu đồng)", kind=ColumnKind.DECIMAL, sum=True),
    FormColumn(key="ngay", title="Ngày mở", kind=ColumnKind.DATE),
    FormColumn(key="loai", title="Loại", kind=ColumnKind.CHOICE, choices=("Trực tiếp", "Từ xa")),
)
FREE = TableForm(id="f1", version=2, task_ref="R1", title="Biểu 1. Lớp bồi dưỡng", columns=COLUMNS)
FIXED = TableForm(
    id="f2",
    version=1,
    task_ref="R1",
    title="Biểu 2",
    columns=COLUMNS,
    rows=("Cấp huyện", "=Cấp xã"),
)


def fill(form: TableForm, cells: Mapping[str, Any]) -> bytes:
    """The template, filled as another program does it."""
    book = load_workbook(io.BytesIO(form_template_xlsx(form, HEADING, at=AT)))
    for address, value in cells.items():
        book["Bieu"][address] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_template_says_what_it_is_and_guards_what_is_not_to_be_filled() -> None:
    raw = form_template_xlsx(FIXED, HEADING, at=AT)
    assert raw == form_template_xlsx(FIXED, HEADING, at=AT)
    assert form_of_workbook(raw) == ("f2", 1)
    book = load_workbook(io.BytesIO(raw))
    page = book["Bieu"]
    assert [page["A1"].value, page["A5"].value, page["C5"].value] == [
        "Biểu 2", "Nội dung", "Số lớp (*)",
    ]  # fmt: skip
    assert page["A7"].data_type == "s"
    assert page.protection.sheet
    assert page["A6"].protection.locked
    assert not page["B6"].protection.locked
    assert book["_bieu"].sheet_state == "veryHidden"
    kinds = {rule.type for rule in page.data_validations.dataValidation}
    assert kinds == {"whole", "decimal", "date", "list"}


def test_what_was_filled_is_read_back_exactly() -> None:
    day = datetime(2022, 10, 3)  # noqa: DTZ001 (workbooks know no zones)
    cells = {"A6": "Lớp 1", "B6": 12, "C6": 12.5, "D6": day, "E6": "từ xa"}
    raw = fill(FREE, {**cells, "A8": "=1+1", "B8": "1.250"})
    filled = read_form_xlsx(raw, FREE)
    assert filled.faults == ()
    assert filled.rows[0] == {
        "ten": "Lớp 1", "so_lop": 12, "kinh_phi": Decimal("12.5"), "ngay": date(2022, 10, 3),
        "loai": "Từ xa",
    }  # fmt: skip
    # A formula that nobody computed is nothing; it is never computed here.
    assert filled.rows[1] == {"so_lop": 1250}
    assert rows_to_json(filled.rows)[0]["kinh_phi"] == "12.5"


def test_each_fault_names_its_cell() -> None:
    raw = fill(FIXED, {"C6": "mười", "D6": "1.234", "E6": "31/02/2022", "F6": "khác"})
    said = {fault.sentence() for fault in read_form_xlsx(raw, FIXED).faults}
    assert said == {
        "Ô C6: phải là số nguyên, ví dụ 12 hoặc 1.250.",
        "Ô D6: chưa rõ là hàng nghìn hay phần lẻ; ghi 1234 hoặc 1,234.",
        "Ô E6: phải là ngày dạng dd/mm/yyyy, ví dụ 31/10/2022.",
        "Ô F6: phải là một trong: Trực tiếp; Từ xa.",
        "Ô C7: chưa ghi; ghi 0 nếu không có.",
    }


def test_an_empty_form_and_altered_heads_or_rows_are_faults() -> None:
    assert "chưa có dòng nào" in read_form_xlsx(fill(FREE, {}), FREE).faults[0].reason
    assert (
        "tên các cột" in read_form_xlsx(fill(FREE, {"B5": "Khác", "B6": 1}), FREE).faults[0].reason
    )
    assert "tên các dòng" in read_form_xlsx(fill(FIXED, {"A6": "Khác"}), FIXED).faults[0].reason
    assert "tên các dòng" in read_form_xlsx(fill(FIXED, {"A8": "Thêm"}), FIXED).faults[0].reason


def refused(raw: bytes, form: TableForm = FREE) -> str:
    with pytest.raises(WorkbookRefusedError) as refusal:
        read_form_xlsx(raw, form)
    assert refusal.value.diagnosis().endswith(".")
    return refusal.value.reason


def zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def replaced(raw: bytes, name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        parts = {one: package.read(one) for one in package.namelist()}
    return zipped(parts | {name: content})


def test_hostile_and_foreign_workbooks_are_refused_with_a_reason() -> None:
    good = fill(FREE, {"B6": 1})
    assert refused(b"") == "not_a_workbook"
    assert refused(b"PK\x03\x04 no zip") == "not_a_workbook"
    assert refused(zipped({"word/document.xml": b"<w/>"})) == "not_a_workbook"
    assert refused(replaced(good, "xl/vbaProject.bin", b"x")) == "macros"
    assert refused(replaced(good, "xl/media/bomb", b"\0" * (201 << 20))) == "too_large"
    assert refused(replaced(good, "xl/worksheets/sheet1.xml", b"<x")) == "unreadable"
    assert refused(fill(FIXED, {"C6": 1})) == "other_form"
    old = form_template_xlsx(
        TableForm(id="f1", version=1, task_ref="R1", title="x", columns=COLUMNS), HEADING, at=AT
    )
    assert refused(old) == "old_form"


def test_a_sheet_that_claims_a_billion_rows_ends_at_the_limit() -> None:
    row = b'<row r="%d"><c r="B%d"><v>1</v></c></row>'
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="A1:XFD1048576"/><sheetData>'
        + row % (1, 1) + row % (1_000_000_000, 1_000_000_000) + b"</sheetData></worksheet>"
    )  # fmt: skip
    raw = replaced(fill(FREE, {"B6": 1}), "xl/worksheets/sheet1.xml", sheet)
    assert refused(raw) in {"too_many_rows", "unreadable"}


def test_entities_of_an_xml_bomb_are_not_expanded() -> None:
    levels = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12))
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">' + levels + b"]><x>&l11;</x>"
    raw = replaced(fill(FREE, {"B6": 1}), "xl/worksheets/sheet1.xml", bomb)
    assert refused(raw) in {"unreadable", "too_large"}


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("1.250", 1250), ("1 250 000", 1_250_000), ("-3", -3), ("12,0", 12)],
)
def test_integers_are_read_as_people_write_them(text: str, value: int) -> None:
    assert read_cell(COLUMNS[1], text) == value


@pytest.mark.parametrize("text", ["1.2.3", "1,5", "١٢ a", "nhiều", "1e5", "9" * 16, "NaN"])
def test_what_is_no_integer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        read_cell(COLUMNS[1], text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("12,5", "12.5"), ("1.234,5", "1234.5"), ("12.55", "12.55"), ("1.234.567", "1234567")],
)
def test_decimals_are_read_as_people_write_them(text: str, value: str) -> None:
    assert read_cell(COLUMNS[2], text) == Decimal(value)


def test_a_form_that_nobody_could_fill_is_named_before_it_goes_out() -> None:
    bad = TableForm(
        id="", version=1, task_ref="R1", title=" ",
        columns=(
            FormColumn(key="row", title="A", sum=True),
            FormColumn(key="b", title="A", kind=ColumnKind.CHOICE),
        ),
        rows=("x", "x"),
    )  # fmt: skip
    places = {fault.place for fault in definition_faults(bad)}
    assert places == {"Tên biểu", "Các dòng", "Cột 1", "Cột 2"}
    assert definition_faults(FREE) == definition_faults(FIXED) == []


def test_stored_values_are_shown_as_people_write_them() -> None:
    assert shown(COLUMNS[2], "12.5") == "12,5"
    assert shown(COLUMNS[3], "2022-10-03") == "03/10/2022"
    assert shown(COLUMNS[0], None) == ""


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=40
).filter(lambda text: text.strip() == text and text != "" and not text.startswith("="))
values: dict[ColumnKind, st.SearchStrategy[Value]] = {
    ColumnKind.TEXT: texts,
    ColumnKind.INTEGER: st.integers(-(10**14), 10**14),
    ColumnKind.DECIMAL: st.decimals("-100000", "100000", places=3),
    ColumnKind.DATE: st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    ColumnKind.CHOICE: st.sampled_from(["Trực tiếp", "Từ xa"]),
}
rows = st.fixed_dictionaries(
    {"so_lop": values[ColumnKind.INTEGER]},
    optional={one.key: values[one.kind] for one in COLUMNS if not one.required},
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(rows, min_size=1, max_size=6))
def test_a_template_filled_with_anything_reads_back_equal(filled: list[dict[str, Value]]) -> None:
    cells = {
        f"{'ABCDE'[number]}{at + 6}": row[column.key]
        for at, row in enumerate(filled)
        for number, column in enumerate(COLUMNS)
        if column.key in row
    }
    read = read_form_xlsx(fill(FREE, cells), FREE)
    assert read.faults == ()
    assert [dict(row) for row in read.rows] == filled


@given(st.lists(rows, min_size=1, max_size=6))
def test_what_is_shown_reads_back_equal(filled: list[dict[str, Value]]) -> None:
    """What a page shows in its fields after a refusal is taken when it is sent again."""
    stored = rows_to_json(filled)
    cells = [[shown(one, row.get(one.key)) for one in COLUMNS] for row in stored]
    again = read_rows(FREE, cells, lambda row, column: f"{row},{column}")
    assert again.faults == ()
    assert rows_to_json(again.rows) == stored
