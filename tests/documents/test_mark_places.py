"""The places of the marks on the rendered page: nothing that is printed lies under them."""

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.content import (
    DirectiveContent,
    Paragraph,
    RecipientLine,
    RecipientRole,
    Regime,
    SignatureBlock,
)
from documents.layout import OFFICER_FIELD, SEAL_FIELD
from documents.render import FieldBox, RenderedDocument, render
from tests.documents.conftest import AT, FONTS
from tests.documents.test_render import notice_letter

MM = 72 / 25.4
SCALE = 2
SENTENCE = "Các đơn vị tổ chức nghiên cứu, quán triệt và thực hiện nghiêm túc nội dung nêu trên. "
NAMES = ("Lê Ý", "Trần Trung Hiếu", "Công Tằng Tôn Nữ Nguyễn Thị Hoàng Phương Uyên Nghiêng")
POSITIONS = (
    "CHỦ TỊCH",
    "PHÓ TRƯỞNG BAN THƯỜNG TRỰC",
    "PHÓ TRƯỞNG BAN THƯỜNG TRỰC BAN CHỈ ĐẠO CÔNG NGHỆ THÔNG TIN VÀ CHUYỂN ĐỔI SỐ TỈNH",
)
CAPACITIES = (
    (),
    ("K/T TRƯỞNG BAN",),
    ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"),
    ("TM. ỦY BAN NHÂN DÂN THÀNH PHỐ", "TUQ. CHỦ TỊCH", "KT. GIÁM ĐỐC SỞ KHOA HỌC VÀ CÔNG NGHỆ"),
)


def paper(  # noqa: PLR0917 (each is one thing that shapes the page)
    regime: Regime, capacity: tuple[str, ...], position: str, name: str, lines: int, units: int
) -> DirectiveContent:
    block = SignatureBlock(capacity_lines=capacity, position=position, name=name)
    recipients = [
        RecipientLine(raw=f"Sở, ban, ngành số {n}", role=RecipientRole.ACTION, group=False)
        for n in range(units)
    ]
    archive = RecipientLine(raw="Lưu: VT", role=RecipientRole.ARCHIVE, group=False)
    return replace(
        notice_letter(),
        regime=regime,
        opening=tuple(Paragraph(text=SENTENCE * 2) for _ in range(lines)),
        recipients=(*recipients, archive),
        signature=block,
    )


def box_of(made: RenderedDocument, name: str) -> FieldBox:
    return next(box for box in made.boxes if box.name == name)


def darkest_under(made: RenderedDocument, box: FieldBox) -> int:
    """The darkest point of the page inside a box: 255 where nothing is printed."""
    document = pypdfium2.PdfDocument(made.pdf)
    try:
        picture = document[box.page - 1].render(scale=SCALE).to_pil().convert("L")
    finally:
        document.close()
    edges = (box.x_pt, box.y_pt, box.x_pt + box.w_pt, box.y_pt + box.h_pt)
    return int(picture.crop(tuple(round(edge * SCALE) for edge in edges)).getextrema()[0])


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    regime=st.sampled_from(Regime),
    capacity=st.sampled_from(CAPACITIES),
    position=st.sampled_from(POSITIONS),
    name=st.sampled_from(NAMES),
    lines=st.integers(1, 45),
    units=st.integers(0, 40),
)
def test_nothing_is_printed_where_a_mark_will_be(  # noqa: PLR0917 (by hypothesis)
    regime: Regime, capacity: tuple[str, ...], position: str, name: str, lines: int, units: int
) -> None:
    made = render(paper(regime, capacity, position, name, lines, units), at=AT, fonts=FONTS)
    for box in made.boxes:
        assert darkest_under(made, box) == 255, box


@pytest.mark.parametrize("lines", range(8, 24))
def test_the_marks_stay_with_the_name_where_the_page_ends(fonts: Path, lines: int) -> None:
    content = paper(Regime.STATE, CAPACITIES[2], POSITIONS[0], NAMES[1], lines, 3)
    made = render(content, at=AT, fonts=fonts)
    officer, seal = box_of(made, OFFICER_FIELD), box_of(made, SEAL_FIELD)
    assert officer.page == seal.page
    document = pypdfium2.PdfDocument(made.pdf)
    text = (
        document[officer.page - 1]
        .get_textpage()
        .get_text_bounded(
            left=officer.x_pt,
            bottom=841.89 - officer.y_pt - officer.h_pt - 24,
            right=officer.x_pt + officer.w_pt,
            top=841.89 - officer.y_pt + 24,
        )
    )
    document.close()
    assert "CHỦ TỊCH" in text
    assert NAMES[1] in text
    assert {darkest_under(made, officer), darkest_under(made, seal)} == {255}


@pytest.mark.parametrize("regime", Regime)
def test_the_seal_has_its_real_size_and_covers_the_left_third(fonts: Path, regime: Regime) -> None:
    content = paper(regime, CAPACITIES[1], POSITIONS[1], NAMES[1], 3, 3)
    made = render(content, at=AT, fonts=fonts)
    officer, seal = box_of(made, OFFICER_FIELD), box_of(made, SEAL_FIELD)
    assert (seal.w_pt, seal.h_pt) == pytest.approx((36 * MM, 36 * MM), abs=0.1)
    covered = seal.x_pt + seal.w_pt - officer.x_pt
    assert covered == pytest.approx(officer.w_pt / 3, abs=0.1)
    assert seal.x_pt < officer.x_pt
    assert seal.y_pt < officer.y_pt
    assert seal.y_pt + seal.h_pt > officer.y_pt + officer.h_pt


def test_what_is_printed_under_a_place_would_be_seen(fonts: Path) -> None:
    made = render(notice_letter(), at=AT, fonts=fonts)
    officer = box_of(made, OFFICER_FIELD)
    lower = replace(officer, y_pt=officer.y_pt + 20)
    assert darkest_under(made, lower) < 128
