"""The page: same bytes everywhere, every word kept, the boxes and marks where they belong."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.content import (
    Annex,
    Block,
    DirectiveContent,
    Paragraph,
    RecipientLine,
    RecipientRole,
    Regime,
    Section,
    SignatureBlock,
    Table,
    to_json,
)
from documents.errors import RenderError
from documents.marking import with_marks
from documents.render import render, render_pages
from tests.documents.conftest import AT, FONTS

LONG = "Tổ chức nghiên cứu, quán triệt và thực hiện Kế hoạch số 53-KH/TU, ngày 29/7/2022. "
ROOT = Path(__file__).resolve().parents[2]


def notice_letter(**changes: object) -> DirectiveContent:
    letter = DirectiveContent(
        regime=Regime.STATE,
        doc_type="Công văn",
        parent_issuer="",
        issuer="Ủy ban nhân dân thành phố Hà Nội",
        symbol="UBND-KT",
        place="Hà Nội",
        title="tăng cường quản lý công tác đấu thầu",
        addressees=("Các sở, ban, ngành thuộc Thành phố", "Ủy ban nhân dân các xã, phường"),
        opening=(Paragraph(text=LONG),),
        recipients=(
            RecipientLine(raw="Như trên", role=RecipientRole.AS_ABOVE, group=False),
            RecipientLine(raw="Lưu: VT, KT", role=RecipientRole.ARCHIVE, group=False),
        ),
        signature=SignatureBlock(
            capacity_lines=("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"),
            position="PHÓ CHỦ TỊCH",
            name="Nguyễn Xuân Lưu",
        ),
    )
    return replace(letter, **changes)  # type: ignore[arg-type] # fields by name, as the tests need them


def words_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(page.get_textpage().get_text_range() for page in document).split()
    finally:
        document.close()


def text_of(pdf: bytes) -> str:
    return " ".join(words_of(pdf))


def test_the_same_input_gives_the_same_bytes_in_another_process_and_folder(
    fonts: Path, at: datetime, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "documents", tmp_path / "elsewhere" / "documents")
    shutil.copytree(fonts, tmp_path / "letters")
    script = (
        "import hashlib, json, sys, datetime, pathlib\n"
        "from documents.content import from_json\n"
        "from documents.render import render\n"
        "made = render(from_json(json.load(sys.stdin)), fonts=pathlib.Path(sys.argv[1]),\n"
        "    at=datetime.datetime.fromisoformat(sys.argv[2]))\n"
        "print(hashlib.sha256(made.pdf).hexdigest(), made.boxes)\n"
    )
    letter = notice_letter()
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "letters"), at.isoformat()],
        input=json.dumps(to_json(letter)),
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path / "elsewhere",
        env={**os.environ, "PYTHONPATH": str(tmp_path / "elsewhere"), "TZ": "America/Lima"},
    )
    here = render(letter, at=at, fonts=fonts)
    assert ran.stdout.strip() == f"{hashlib.sha256(here.pdf).hexdigest()} {here.boxes}"


def test_another_instant_gives_other_bytes(fonts: Path, at: datetime) -> None:
    first = render(notice_letter(), at=at, fonts=fonts)
    second = render(notice_letter(), at=at + timedelta(seconds=1), fonts=fonts)
    assert first.pdf != second.pdf
    assert first.boxes == second.boxes


def test_no_path_of_the_machine_is_in_the_bytes(fonts: Path, at: datetime) -> None:
    made = render(notice_letter(), at=at, fonts=fonts)
    for part in (str(ROOT), str(fonts), ROOT.name):
        assert part.encode() not in made.pdf
        assert part not in str(made.made_with)


def test_every_word_of_the_content_stands_on_the_page(
    seed: DirectiveContent, fonts: Path, at: datetime
) -> None:
    text = text_of(render(seed, at=at, fonts=fonts).pdf)
    assert "TỈNH ỦY LÂM ĐỒNG" in text
    assert "Số 96-HD/BTGTU" in text
    assert "Đà Lạt, ngày 21 tháng 9 năm 2022" in text
    assert "- Lưu VPTU." in text
    body = [*seed.opening, *seed.closing]
    for paragraph in body:
        assert " ".join(paragraph.text.split()) in text


def test_the_officers_box_is_between_position_and_name_and_the_seal_over_its_left_third(
    seed: DirectiveContent, fonts: Path, at: datetime
) -> None:
    made = render(seed, at=at, fonts=fonts)
    officer, seal = made.boxes
    assert (officer.name, seal.name) == ("ChuKyLanhDao", "DauCoQuan")
    assert officer.page == seal.page == made.pages
    page = pypdfium2.PdfDocument(made.pdf)[officer.page - 1]
    texts = page.get_textpage()

    def top_of(words: str) -> float:
        index, _ = texts.search(words).get_next()
        return officer.page_height_pt - float(texts.get_charbox(index)[3])

    assert top_of("PHÓ TRƯỞNG BAN") < officer.y_pt
    assert officer.y_pt + officer.h_pt < top_of("Trần Trung Hiếu")
    covered = seal.x_pt + seal.w_pt - officer.x_pt
    assert covered == pytest.approx(officer.w_pt / 3, abs=1)
    assert seal.x_pt < officer.x_pt


def test_marked_sentences_are_found_on_their_page(
    seed: DirectiveContent, fonts: Path, at: datetime
) -> None:
    marked = with_marks(
        seed,
        {
            "III.2": "Hoàn thành trong tháng 9 năm 2022",
            "R1": "trước ngày 31/10/2022",
            "lost": "không có câu này",
        },
    )
    made = render(marked, at=at, fonts=fonts)
    assert [mark.label for mark in made.marks] == ["III.2", "R1"]
    task, report = made.marks
    assert (task.page, report.page) <= (report.page, made.pages)
    assert task.y_pt < task.end_y_pt or task.page < task.end_page
    assert made.boxes == render(seed, at=at, fonts=fonts).boxes


def test_a_label_on_two_paragraphs_gives_two_marks(fonts: Path, at: datetime) -> None:
    twice = (Paragraph(text=LONG, mark="R1"), Paragraph(text=LONG * 9, mark="R1 R2"))
    marks = render(notice_letter(opening=twice), at=at, fonts=fonts).marks
    assert [mark.label for mark in marks] == ["R1", "R1", "R2"]
    assert marks[0].end_y_pt < marks[1].y_pt < marks[1].end_y_pt


def test_what_made_a_document_is_recorded(fonts: Path, at: datetime) -> None:
    made = render(notice_letter(), at=at, fonts=fonts).made_with
    assert made["pdf_standard"] == "a-2b"
    assert made["regime"] == "state"
    assert len(made["rules"]) == 64
    assert sum(key.startswith("font ") for key in made) == 4
    assert "template directive.typ" in made


def test_the_plan_of_a_province_is_set_under_the_state_form(
    plan: DirectiveContent, fonts: Path, at: datetime
) -> None:
    text = text_of(render(plan, at=at, fonts=fonts).pdf)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "Độc lập - Tự do - Hạnh phúc" in text
    assert "Số: 141/KH-UBND" in text
    assert "- Lưu: VT, NC." in text
    assert "1. 100% đội ngũ cán bộ" in text
    assert "theo quy định./." in text


def test_a_letter_carries_its_subject_under_the_number_and_its_addressees(
    fonts: Path, at: datetime
) -> None:
    text = text_of(render(notice_letter(urgency="Hỏa tốc"), at=at, fonts=fonts).pdf)
    assert "V/v tăng cường quản lý công tác đấu thầu" in text
    assert "- Các sở, ban, ngành thuộc Thành phố; - Ủy ban nhân dân các xã, phường." in text
    assert "HỎA TỐC" in text
    assert "CÔNG VĂN" not in text


def test_the_notice_stands_on_every_page(fonts: Path, at: datetime) -> None:
    notice = "THỬ NGHIỆM: chứng thư không có giá trị pháp lý."
    letter = notice_letter(notice=notice, opening=tuple([Paragraph(text=LONG * 6)] * 9))
    made = render(letter, at=at, fonts=fonts)
    assert made.pages > 1
    assert text_of(made.pdf).count(notice) == made.pages
    assert notice not in text_of(render(notice_letter(), at=at, fonts=fonts).pdf)


@pytest.mark.parametrize("length", range(1, 30, 4))
def test_the_signature_never_stands_alone_on_a_page(fonts: Path, at: datetime, length: int) -> None:
    short = Paragraph(text="Đề nghị các cơ quan, đơn vị thực hiện./.")
    for last in (short, Paragraph(text=LONG * 8 + "./.")):
        letter = notice_letter(opening=(*[Paragraph(text=LONG * 3)] * 6, *[short] * length, last))
        made = render(letter, at=at, fonts=fonts)
        document = pypdfium2.PdfDocument(made.pdf)
        page = document[made.boxes[0].page - 1].get_textpage().get_text_range()
        assert "./." in page
        assert "Nơi nhận" in page
        assert "Nguyễn Xuân Lưu" in page


def test_a_list_longer_than_a_page_runs_on_and_loses_no_line(fonts: Path, at: datetime) -> None:
    lines = tuple(
        RecipientLine(raw=f"Ủy ban nhân dân xã số {n}", role=RecipientRole.ACTION, group=False)
        for n in range(130)
    )
    text = text_of(render(notice_letter(recipients=lines), at=at, fonts=fonts).pdf)
    for n in range(129):
        assert f"- Ủy ban nhân dân xã số {n};" in text
    assert "- Ủy ban nhân dân xã số 129." in text


def test_document_numbers_stay_on_one_line(fonts: Path, at: datetime) -> None:
    for lead in range(30):
        text = "x" * lead + " thực hiện Quyết định số 161/2025/QĐ-UBND và Kế hoạch số 53-KH/TU"
        made = render(notice_letter(opening=(Paragraph(text=text),)), at=at, fonts=fonts)
        raw = pypdfium2.PdfDocument(made.pdf)[0].get_textpage().get_text_range()
        assert "số 161/2025/QĐ-UBND" in raw
        assert "số 53-KH/TU" in raw


def test_texts_are_shown_and_never_run(fonts: Path, at: datetime) -> None:
    hostile = (
        '#panic("x") #read("/etc/passwd") *b* _i_ $x$ // /* }]) #{while true {}} <a> @b \\ = ~'
    )
    letter = notice_letter(
        title=hostile, opening=(Paragraph(text=hostile),), issuer='Ban "#1"', notice=hostile
    )
    text = text_of(render(letter, at=at, fonts=fonts).pdf)
    assert text.count(hostile) >= 2


def test_tables_and_annexes_are_set_with_all_cells(fonts: Path, at: datetime) -> None:
    table = Table(
        header=("TT", "Nhiệm vụ", "Thời hạn"),
        rows=tuple((str(n), f"{LONG} lần {n}", "31/12/2025") for n in range(25)),
        caption="Phân công",
    )
    annex = Annex(
        label="Phụ lục I",
        title="DANH MỤC",
        blocks=(Section(label="I.", title="NHÓM MỘT", blocks=(table,)),),
    )
    made = render(notice_letter(annexes=(annex,)), at=at, fonts=fonts)
    text = text_of(made.pdf)
    assert text.count("Nhiệm vụ") >= 2  # the head is repeated on the next page
    assert all(f"lần {n}" in text for n in range(25))
    assert "(Kèm theo Văn bản số" in text
    assert made.boxes[0].page == 1


def test_a_character_without_a_shape_is_refused_and_named(fonts: Path, at: datetime) -> None:
    with pytest.raises(RenderError) as refusal:
        render(notice_letter(title="Công tác 漢"), at=at, fonts=fonts)
    assert "漢" in refusal.value.diagnosis()


def test_a_folder_without_fonts_is_refused(at: datetime, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="Tinos"):
        render(notice_letter(), at=at, fonts=tmp_path)


def test_page_images_are_made_one_a_page(seed: DirectiveContent, fonts: Path, at: datetime) -> None:
    pages = render_pages(seed, at=at, fonts=fonts, ppi=40)
    assert len(pages) == render(seed, at=at, fonts=fonts).pages
    assert all(page.startswith(b"\x89PNG") for page in pages)


def test_an_instant_without_a_zone_is_refused(fonts: Path, at: datetime) -> None:
    with pytest.raises(RenderError, match="múi giờ"):
        render(notice_letter(), at=at.replace(tzinfo=None), fonts=fonts)


def test_many_pages_set_at_once_are_those_set_one_by_one(fonts: Path, at: datetime) -> None:
    letters = [notice_letter(number=number, issue_date=at.date()) for number in range(1, 17)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda letter: render(letter, at=at, fonts=fonts), letters))
    assert together == [render(letter, at=at, fonts=fonts) for letter in letters]


def many(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3).map(tuple)


WORDS = st.lists(
    st.sampled_from(["Thực", "hiện", "số", "96-HD/BTGTU", "31/10/2022", "x" * 200, '"', "./."]),
    max_size=12,
).map(" ".join)
PARTS: st.SearchStrategy[Block] = st.recursive(
    st.builds(Paragraph, text=WORDS, mark=st.none() | st.just("III.2"))
    | st.builds(Table, header=st.just(()), rows=st.just(()))
    | st.builds(Table, header=st.tuples(WORDS, WORDS), rows=st.just((("", "a"),))),
    lambda inner: st.builds(
        Section, label=st.sampled_from(["", "I.", "1."]), title=WORDS, blocks=many(inner)
    ),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(
    parts=many(st.builds(Section, label=st.just("I."), title=WORDS, blocks=many(PARTS))),
    title=WORDS,
    addressees=many(WORDS),
    capacity=many(WORDS),
    doc_type=st.sampled_from(["Công văn", "Kế hoạch", ""]),
    regime=st.sampled_from(Regime),
    recipients=st.integers(0, 70),
)
def test_content_of_any_shape_is_set_with_both_boxes(
    *,
    parts: tuple[Section, ...],
    title: str,
    addressees: tuple[str, ...],
    capacity: tuple[str, ...],
    doc_type: str,
    regime: Regime,
    recipients: int,
) -> None:
    if not FONTS.is_dir():
        pytest.skip("Tinos is not installed: run npm ci")
    line = RecipientLine(raw="Sở Tư pháp", role=RecipientRole.ACTION, group=False)
    letter = notice_letter(
        regime=regime,
        doc_type=doc_type,
        title=title,
        addressees=addressees,
        sections=parts,
        recipients=(line,) * recipients,
        signature=SignatureBlock(capacity_lines=capacity, position="", name=""),
    )
    made = render(letter, at=AT, fonts=FONTS)
    assert [box.name for box in made.boxes] == ["ChuKyLanhDao", "DauCoQuan"]
    for box in made.boxes:
        assert 1 <= box.page <= made.pages
        assert box.x_pt > 0
        assert 0 < box.y_pt < box.page_height_pt - box.h_pt
