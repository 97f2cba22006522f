"""Figures of a consolidated report: sums that add up, charts, and nobody counted twice."""

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdfium2
from hypothesis import given
from hypothesis import strategies as st

from documents.consolidate import build_consolidated, consolidated_workbook
from documents.consolidate_figures import FigureColumn, FigureTable, Punctuality
from documents.wording import number_of, number_text
from tests.documents.papers_samples import sample

TABLE = FigureTable(
    title="Kết quả mở lớp",
    obligation="III.2",
    columns=(
        FigureColumn(title="Số lớp", numeric=True, summed=True),
        FigureColumn(title="Tỷ lệ (%)", numeric=True),
        FigureColumn(title="Ghi chú"),
    ),
    rows=(
        ("Huyện ủy Lạc Dương", ("12", "97,5", "đã xong")),
        ("Thành ủy Đà Lạt", ("1.230", "100", "=1+1")),
    ),
)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(p.get_textpage().get_text_range() for p in document).split())


def test_only_columns_that_are_to_be_summed_are_summed() -> None:
    assert TABLE.sums() == (Decimal(1242), None, None)
    assert TABLE.page_rows()[-1] == ["Tổng cộng", "1.242", "", ""]


def test_a_table_without_sums_has_no_line_of_sums() -> None:
    plain = replace(TABLE, columns=tuple(replace(c, summed=False) for c in TABLE.columns))
    assert len(plain.page_rows()) == len(plain.rows)


@given(st.lists(st.decimals(min_value=-1000, max_value=10**6, places=2), max_size=20))
def test_a_sum_is_the_sum_of_what_is_printed(figures: list[Decimal]) -> None:
    rows = tuple((f"Đơn vị {at}", (number_text(one),)) for at, one in enumerate(figures))
    column = FigureColumn(title="Số", numeric=True, summed=True)
    table = FigureTable(title="Biểu", obligation="R1", columns=(column,), rows=rows)
    printed = [number_of(cells[1]) or Decimal(0) for cells in table.page_rows()]
    assert printed[-1] == sum(printed[:-1], Decimal(0))


def test_the_paper_and_the_workbook_hold_the_table_and_the_bars(fonts: Path) -> None:
    report = replace(
        sample(), figures=(TABLE,), period="quý III năm 2022",
        punctuality=Punctuality(on_time=9, late=2, missing=4, waiting=0),
    )  # fmt: skip
    pdf, xlsx = build_consolidated(report, fonts=fonts)
    text = text_of(pdf)
    for words in ("Kỳ báo cáo: quý III năm 2022", "Kết quả mở lớp", "Tổng cộng", "1.242",
                  "Đúng hạn", "9/15", "Quá hạn, chưa báo cáo"):  # fmt: skip
        assert words in text
    assert "Chưa đến hạn" not in text
    book = openpyxl.load_workbook(io.BytesIO(xlsx))
    rows = list(book["Biểu 1 III.2"].iter_rows(values_only=True))
    assert rows[2] == ("Thành ủy Đà Lạt", 1230, 100, "=1+1")
    assert rows[3][:2] == ("Tổng cộng", 1242)
    assert book["Biểu 1 III.2"]["D3"].data_type == "s"
    assert len(book["Đúng hạn"]._charts) == 1


def test_the_same_report_gives_the_same_workbook_with_its_chart() -> None:
    report = replace(sample(), punctuality=Punctuality(on_time=1))
    assert consolidated_workbook(report) == consolidated_workbook(report)


def test_a_report_without_figures_has_neither_sheet_nor_bars(fonts: Path) -> None:
    pdf, xlsx = build_consolidated(sample(), fonts=fonts)
    assert "Đúng hạn, muộn" not in text_of(pdf)
    assert "Đúng hạn" not in openpyxl.load_workbook(io.BytesIO(xlsx)).sheetnames
