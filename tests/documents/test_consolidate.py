"""The consolidated report: every line with its source, nobody missing from it, same bytes."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdfium2
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.consolidate import (
    AnswerLine,
    ConsolidatedInput,
    build_consolidated,
    consolidated_workbook,
    totals,
)
from documents.consolidate import summary as sentence
from documents.wording import number_of, number_text, shown, time_text
from documents.workbook import Sheet, workbook
from tests.documents.papers_samples import AS_OF, answer, sample


def bars_of_tasks(report: ConsolidatedInput, fonts: Path) -> list[str]:
    text = text_of(build_consolidated(report, fonts=fonts)[0])
    return re.findall(r"(\d+/\d+) đơn vị đã báo cáo(?! đủ)", text)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    raw = " ".join(page.get_textpage().get_text_range() for page in document)
    return " ".join(raw.split())


def read(data: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {page.title: list(page.iter_rows(values_only=True)) for page in book.worksheets}


def test_the_paper_names_every_unit_answer_source_and_missing_unit(fonts: Path) -> None:
    report = sample()
    text = text_of(build_consolidated(report, fonts=fonts)[0])
    for unit in report.units:
        assert unit.unit in text
        for line in unit.answers:
            assert line.source.name in text
            assert line.source.sha256_hex[-8:] in text
    for missing in report.missing:
        assert f"{missing.unit} {missing.obligation}" in text
    assert "BAN TUYÊN GIÁO" in text
    assert "Đến 17:00, 1/11/2022, 14/18 đơn vị đã báo cáo đủ; còn 4 đơn vị chưa báo cáo." in text
    assert "Trang 1/" in text


def test_a_unit_that_is_missing_stands_there_alone_and_not_among_the_results(fonts: Path) -> None:
    text = text_of(build_consolidated(sample(units=2, missing=1), fonts=fonts)[0])
    silent = sample(units=2, missing=1).missing[0].unit
    assert text.count(silent) == 1
    nobody = text_of(build_consolidated(sample(units=0, missing=1), fonts=fonts)[0])
    assert "Chưa có đơn vị nào báo cáo." in nobody
    assert "Chưa có đơn vị nào báo cáo." not in text


def test_whose_report_was_returned_counts_as_missing_of_its_task(fonts: Path) -> None:
    report = sample(units=2, missing=0)
    first = report.units[0]
    back = replace(sample(missing=1).missing[0], unit=first.unit, obligation=first.obligation)
    together = replace(
        report, units=tuple(replace(one, obligation=first.obligation) for one in report.units)
    )
    assert bars_of_tasks(together, fonts) == ["2/2"]
    assert bars_of_tasks(replace(together, missing=(back,)), fonts) == ["1/2"]


def test_the_same_report_gives_the_same_bytes(fonts: Path) -> None:
    assert build_consolidated(sample(), fonts=fonts) == build_consolidated(sample(), fonts=fonts)


def test_the_workbook_carries_no_time_of_the_machine() -> None:
    archive = zipfile.ZipFile(io.BytesIO(consolidated_workbook(sample())))
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = archive.read("docProps/core.xml").decode()
    assert core.count("2022-11-01T10:00:00Z") == 2


def test_the_workbook_repeats_the_answers_with_their_sources() -> None:
    report = sample()
    sheets = read(consolidated_workbook(report))
    assert list(sheets) == ["Tổng quan", "Kết quả", "Tình trạng", "Chưa báo cáo", "Tổng số liệu"]
    lines = sum(len(unit.answers) for unit in report.units)
    assert len(sheets["Kết quả"]) == lines + 1
    assert sheets["Kết quả"][1][-1] == f"{0:064x}"
    assert len(sheets["Chưa báo cáo"]) == len(report.missing) + 1
    assert sheets["Kết quả"][1][3] == 1


def test_without_sums_there_is_no_sheet_of_sums() -> None:
    sheets = read(consolidated_workbook(replace(sample(), units=())))
    assert list(sheets) == ["Tổng quan", "Kết quả", "Tình trạng", "Chưa báo cáo"]


def test_figures_are_summed_only_where_all_are_figures() -> None:
    report = sample(units=3, missing=0)
    assert [(t.label, t.total, t.units) for t in totals(report)] == [
        ("Số hội nghị đã tổ chức", Decimal(6), 3),
        ("Số người tham dự", Decimal(3003), 3),
    ]
    spoilt = replace(
        report.units[0],
        answers=(replace(report.units[0].answers[0], value="khoảng 5"),),
    )
    mixed = replace(report, units=(spoilt, *report.units[1:]))
    assert "Số hội nghị đã tổ chức" not in {t.label for t in totals(mixed)}


def test_a_report_with_nobody_and_one_with_everybody_are_made(fonts: Path) -> None:
    nobody = sample(units=0, missing=0)
    pdf, xlsx = build_consolidated(nobody, fonts=fonts)
    assert "0/0 đơn vị" in text_of(pdf)
    assert read(xlsx)["Kết quả"]
    assert sentence(sample(units=2, missing=0)).endswith("không còn đơn vị nào chưa báo cáo.")


def test_three_hundred_units_are_set(fonts: Path) -> None:
    pdf, _ = build_consolidated(sample(units=300, missing=30), fonts=fonts)
    text = text_of(pdf)
    assert "Huyện ủy số 299" in text
    assert text.count("Chỉ tiêu Nội dung Nguồn") >= 300


def test_answers_that_no_page_can_show_are_written_as_codes(fonts: Path) -> None:
    unit = answer(1)
    odd = AnswerLine(
        label="Ghi chú", value="Xong 😀 \u202egnod\x01 #panic()", source=unit.answers[0].source
    )
    report = replace(sample(units=1, missing=0), units=(replace(unit, answers=(odd,)),))
    pdf, xlsx = build_consolidated(report, fonts=fonts)
    assert "Xong [U+1F600] [U+202E]gnod[U+0001] #panic()" in text_of(pdf)
    assert "😀" in str(read(xlsx)["Kết quả"][1][3])


STARTS = st.sampled_from(["=", "+", "-", "@", "\t=", "\r", "", "=cmd|' /C calc'!A0"])
TEXTS = st.builds(lambda start, rest: start + rest, STARTS, st.text(max_size=20))


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_no_text_of_a_unit_becomes_a_formula(texts: list[str]) -> None:
    sheet = Sheet(name="A", header=("B",), rows=tuple((text,) for text in texts))
    data = workbook((sheet,), title="=1+1", at=AS_OF)
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    for row in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(min_row=2):
        assert row[0].data_type != "f"


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    sheet = Sheet(name="A", header=("B",), rows=(("a" * 40_000,),))
    value = str(read(workbook((sheet,), title="A", at=AS_OF))["A"][1][0])
    assert len(value) == 32_767
    assert value.endswith("xem tệp gốc)")


def test_numbers_and_times_are_written_as_papers_write_them() -> None:
    assert number_of("1.234,5") == Decimal("1234.5")
    assert number_of("1.23") is None
    assert number_of("12 người") is None
    assert number_text(Decimal("1234.5")) == "1.234,5"
    assert time_text(datetime(2022, 9, 21, 6, 54, 12, tzinfo=UTC)) == "13:54, 21/9/2022"
    assert shown("a\tb\u200b") == "a b[U+200B]"


def test_a_name_without_blanks_is_broken_inside_its_cell_and_gains_no_hidden_sign(
    fonts: Path,
) -> None:
    name = f"<20221031093015.{'abcdef0123' * 5}@phong-ban.trung-tam.example>"
    unit = answer(1)
    line = replace(unit.answers[0], source=replace(unit.answers[0].source, name=name))
    report = replace(sample(units=1, missing=0), units=(replace(unit, answers=(line,)),))
    pdf, _ = build_consolidated(report, fonts=fonts)
    assert name not in text_of(pdf)
    assert name in text_of(pdf).replace(" ", "")
