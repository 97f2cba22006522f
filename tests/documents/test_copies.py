"""Files to be copied: room for the block, pages taken over, scans measured; all in a child."""

import io
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import typst
from PIL import Image, ImageDraw

from documents.content import Regime
from documents.copies import (
    BlockBox,
    draw_page,
    extract_pages,
    find_room,
    page_total,
    scan_paper,
)
from documents.errors import CopyRefusedError
from documents.render import render
from tests.documents.conftest import FONTS
from tests.documents.test_render import notice_letter

AT = datetime(2022, 9, 21, 6, 0, tzinfo=UTC)
SIZES = ((120, 36), (240, 25))
A4 = (1654, 2339)
"""Pixels of A4 at 200 dpi."""


def pdf_of(body: str, *, top: str = "25mm", set_up: str = "") -> bytes:
    source = f'#set page(paper: "a4", margin: (top: {top}, rest: 20mm))\n{set_up}'
    source += f'#set text(font: "Tinos", lang: "vi", size: 14pt)\n{body}'
    made = typst.compile(
        source.encode(),
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)]),
    )
    assert isinstance(made, bytes)
    return made


def pages_of(count: int) -> bytes:
    return pdf_of("#pagebreak()".join(f"Đây là trang số {page}." for page in range(1, count + 1)))


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = [page.get_textpage().get_text_bounded().strip() for page in document]
    document.close()
    return found


def darkest(pdf: bytes, box: BlockBox) -> int:
    document = pypdfium2.PdfDocument(pdf)
    picture = document[0].render(scale=2).to_pil().convert("L")
    document.close()
    edges = (box.x_pt, box.y_pt, box.x_pt + box.w_pt, box.y_pt + box.h_pt)
    return int(picture.crop(tuple(round(edge * 2) for edge in edges)).getextrema()[0])


def sheet(size: tuple[int, int] = A4, mode: str = "RGB") -> Image.Image:
    page = Image.new("RGB", size, (250, 249, 245))
    pen = ImageDraw.Draw(page)
    pen.line([(200, 400), (size[0] - 200, 420)], fill=(40, 40, 40), width=6)
    pen.ellipse([300, 600, 700, 1000], outline=(190, 20, 30), width=8)
    return page.convert(mode)


def picture(
    kind: str = "PNG",
    *,
    size: tuple[int, int] = A4,
    mode: str = "RGB",
    **options: Any,  # noqa: ANN401 (the encoder's own)
) -> bytes:
    out = io.BytesIO()
    sheet(size, mode).save(out, format=kind, **options)
    return out.getvalue()


def scanned(kind: str = "PNG", **options: Any) -> bytes:  # noqa: ANN401 (likewise)
    return picture(kind, dpi=(200, 200), **options)


def refused(files: list[bytes]) -> CopyRefusedError:
    with pytest.raises(CopyRefusedError) as refusal:
        scan_paper(files, at=AT)
    assert "Việc cần làm" in refusal.value.diagnosis()
    return refusal.value


# ---- Room -----------------------------------------------------------------------------------


@pytest.mark.parametrize("top", ["16mm", "18mm", "20mm", "25mm", "30mm", "60mm"])
def test_the_block_stands_at_the_top_right_where_nothing_is_printed(top: str) -> None:
    pdf = pdf_of("Ủy ban nhân dân tỉnh kính gửi các đơn vị " * 40, top=top)
    box = find_room(pdf, SIZES)
    assert darkest(pdf, box) == 255
    assert box.x_pt + box.w_pt == pytest.approx(595 - 42, abs=1)
    assert box.y_pt + box.h_pt <= 92


def test_a_flatter_block_is_taken_where_a_slim_one_has_no_room() -> None:
    pdf = pdf_of("Ủy ban nhân dân tỉnh kính gửi các đơn vị " * 40, top="16mm")
    assert find_room(pdf, SIZES).h_pt == 25
    assert find_room(pdf_of("Kính gửi"), SIZES).h_pt == 36


@pytest.mark.parametrize("regime", Regime)
@pytest.mark.parametrize("urgency", [None, "Hỏa tốc"])
def test_every_directive_of_ours_has_room_for_a_block_of_three_lines(
    regime: Regime, urgency: str | None
) -> None:
    content = replace(notice_letter(), regime=regime, urgency=urgency)
    for letter in (content, replace(content, doc_type="Quyết định", addressees=())):
        pdf = render(letter, at=AT, fonts=FONTS).pdf
        box = find_room(pdf, ((160, 48), (333, 36)))
        assert (box.w_pt, box.h_pt) == (333, 36)
        assert darkest(pdf, box) == 255


def test_what_stands_in_the_corner_is_gone_around() -> None:
    number = "#place(top + right, dy: -18mm, text(9pt)[Mẫu số 02])\n"
    pdf = pdf_of(number + "Kính gửi các đơn vị. " * 40, top="30mm")
    box = find_room(pdf, SIZES)
    assert darkest(pdf, box) == 255


def test_without_room_nothing_is_placed() -> None:
    pdf = pdf_of("Ủy ban nhân dân tỉnh kính gửi các đơn vị " * 60, top="4mm")
    with pytest.raises(CopyRefusedError, match="no_room") as refusal:
        find_room(pdf, SIZES)
    assert "lề trên từ 20 mm" in refusal.value.diagnosis()


def test_of_a_page_that_does_not_begin_at_zero_the_file_s_own_measure_is_told() -> None:
    document = pypdfium2.PdfDocument(pdf_of("Kính gửi"))
    document[0].set_mediabox(-50, 100, 545, 942)
    document[0].set_cropbox(-50, 100, 545, 942)
    out = io.BytesIO()
    document.save(out)
    box = find_room(out.getvalue(), SIZES)
    assert box.page_height_pt == pytest.approx(942)
    assert box.x_pt + box.w_pt == pytest.approx(545 - 42, abs=1)


def test_a_rotated_page_is_refused() -> None:
    document = pypdfium2.PdfDocument(pdf_of("Kính gửi"))
    document[0].set_rotation(90)
    out = io.BytesIO()
    document.save(out)
    with pytest.raises(CopyRefusedError, match="rotated"):
        find_room(out.getvalue(), SIZES)


def test_the_grain_of_a_scan_is_no_text_but_a_line_is() -> None:
    grainy = sheet()
    for x, y in ((1250, 60), (1300, 90), (1400, 70), (1500, 120)):
        grainy.putpixel((x, y), (60, 60, 60))
    dust, line = (scan_paper([_saved(one)], at=AT).pdf for one in (grainy, _with_line(grainy)))
    assert find_room(dust, SIZES[:1]).y_pt == 14
    assert find_room(line, SIZES[:1]).y_pt > 14


def _saved(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, format="PNG", dpi=(200, 200))
    return out.getvalue()


def _with_line(image: Image.Image) -> Image.Image:
    lined = image.copy()
    ImageDraw.Draw(lined).line([(900, 90), (1600, 90)], fill=(60, 60, 60), width=4)
    return lined


@pytest.mark.parametrize("mark", ["MẬT", "TỐI MẬT", "Độ mật: Tuyệt mật"])
def test_a_secret_paper_is_not_copied_here(mark: str) -> None:
    with pytest.raises(CopyRefusedError, match="secret"):
        find_room(pdf_of(f"{mark}\n\nKính gửi các đơn vị"), SIZES)
    assert find_room(pdf_of("Bảo vệ bí mật nhà nước\n\nKính gửi"), SIZES).h_pt > 0


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 rubbish", b"\x89PNG", b"%PDF-" + b"\0" * 9999])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(CopyRefusedError, match="unreadable") as refusal:
        find_room(data, SIZES)
    assert "Việc cần làm" in refusal.value.diagnosis()
    with pytest.raises(CopyRefusedError, match="unreadable"):
        extract_pages(data, at=AT)


# ---- Pages ----------------------------------------------------------------------------------


def test_an_extract_holds_the_chosen_pages_with_their_text_and_no_others() -> None:
    made = extract_pages(pages_of(5), (2, 4), at=AT)
    assert texts(made) == ["Đây là trang số 2.", "Đây là trang số 4."]
    assert made.startswith(b"%PDF-1.7")


def test_a_page_that_is_not_there_cannot_be_extracted() -> None:
    with pytest.raises(CopyRefusedError, match="no_such_page") as refusal:
        extract_pages(pages_of(2), (3,), at=AT)
    assert "2 trang" in refusal.value.diagnosis()


def test_a_stranger_s_page_is_drawn_in_the_child() -> None:
    pdf = pages_of(2)
    assert page_total(pdf) == 2
    with Image.open(io.BytesIO(draw_page(pdf, 2, ppi=72))) as drawn:
        assert drawn.size == pytest.approx((595, 842), abs=1)
        assert sum(drawn.convert("L").histogram()[:100]) > 0  # there is ink
    for page in (0, 3):
        with pytest.raises(CopyRefusedError):
            draw_page(pdf, page)
    with pytest.raises(CopyRefusedError, match="page_too_large"):
        draw_page(pdf, 1, ppi=1200)
    with pytest.raises(CopyRefusedError, match="unreadable"):
        page_total(b"rubbish")


def test_an_extract_is_a_part() -> None:
    assert len(texts(extract_pages(pages_of(3), (1, 2), at=AT, part=True))) == 2
    with pytest.raises(CopyRefusedError, match="whole_extract") as refusal:
        extract_pages(pages_of(3), (3, 1, 2), at=AT, part=True)
    assert "toàn bộ 3 trang" in refusal.value.diagnosis()


def test_the_original_goes_along_byte_for_byte() -> None:
    original = pages_of(2)
    made = extract_pages(original, at=AT, attach_as="ban-goc.pdf")
    document = pypdfium2.PdfDocument(made)
    attached = document.get_attachment(0)
    assert (attached.get_name(), bytes(attached.get_data())) == ("ban-goc.pdf", original)
    document.close()


def test_the_time_in_the_file_is_that_of_the_deed() -> None:
    assert b"/CreationDate(D:20220921060000" in extract_pages(pages_of(1), at=AT)


# ---- Scans ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_picture_becomes_a_page_of_its_real_size(kind: str) -> None:
    paper = scan_paper([scanned(kind)], at=AT)
    assert paper.pdf.startswith(b"%PDF-1.7")
    page = paper.pages[0]
    assert (page.dpi, page.colour, page.width_mm, page.height_mm) == (200, True, 210, 297)
    assert paper.warnings == ()
    document = pypdfium2.PdfDocument(paper.pdf)
    assert document[0].get_size() == pytest.approx((595.4, 842.0), abs=0.5)
    document.close()


def test_a_jpeg_goes_into_the_file_as_it_is() -> None:
    data = scanned("JPEG", quality=90)
    assert data in scan_paper([data], at=AT).pdf


def test_a_lying_jpeg_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = (A4[1], A4[0])
    paper = scan_paper([picture("JPEG", size=lying, dpi=(200, 200), exif=exif)], at=AT)
    assert (paper.pages[0].width_mm, paper.pages[0].height_mm) == (210, 297)


def test_all_pages_of_all_files_come_in_their_order() -> None:
    out = io.BytesIO()
    sheet().save(out, format="TIFF", save_all=True, append_images=[sheet(mode="L")], dpi=(200, 200))
    paper = scan_paper([out.getvalue(), scanned("JPEG")], at=AT)
    assert [(page.file, page.colour) for page in paper.pages] == [(1, True), (1, False), (2, True)]
    assert paper.warnings[0].startswith("Trang 2 không có màu")
    again = scan_paper([paper.pdf], at=AT)
    assert [(page.dpi, page.width_mm) for page in again.pages] == [(200, 210)] * 3


def test_too_few_dots_are_refused_and_the_page_is_named() -> None:
    coarse = picture(size=(1240, 1754), dpi=(150, 150))
    refusal = refused([scanned(), coarse])
    assert refusal.reason == "dpi_low"
    assert "trang 2 có 150 dpi" in refusal.diagnosis()
    assert "200 dpi" in refusal.diagnosis()


def test_a_file_that_does_not_tell_its_resolution_is_measured_against_a4() -> None:
    paper = scan_paper([picture()], at=AT)
    assert (paper.pages[0].dpi, paper.pages[0].told) == (200, False)
    assert "đã tính theo khổ A4" in paper.warnings[0]
    assert refused([picture(size=(1240, 1754))]).reason == "dpi_low"
    wide = scan_paper([picture(size=(A4[1], A4[0]))], at=AT).pages[0]
    assert (wide.width_mm, wide.height_mm) == (297, 210)


def test_a_scan_at_half_its_size_is_noticed() -> None:
    paper = scan_paper([picture(dpi=(400, 400))], at=AT)
    assert "105 x 149 mm, khác A4" in paper.warnings[0]
    assert "100 %" in paper.warnings[0]


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "CMYK"])
def test_every_mode_of_a_scanner_can_be_read(mode: str) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    page = scan_paper([scanned(kind, mode=mode)], at=AT).pages[0]
    assert page.colour is (mode not in {"L", "1"})


def _bomb() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + crc

    side = (60_000).to_bytes(4, "big")
    header = chunk(b"IHDR", side + side + b"\x08\x02\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 99))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no_picture"),
        (b"GIF89a" + b"\0" * 50, "no_picture"),
        (scanned()[:4000], "no_picture"),
        (b"<svg/>", "no_picture"),
        (_bomb(), "picture_too_large"),
        (pages_of(1), "no_scan"),
    ],
    ids=["nothing", "another format", "cut off", "drawing", "bomb", "pdf of a program"],
)
def test_what_is_no_scan_is_refused_and_named(data: bytes, reason: str) -> None:
    refusal = refused([scanned("JPEG"), data])
    assert refusal.reason == reason
    assert "số 2" in refusal.diagnosis()


def test_no_file_is_no_copy() -> None:
    assert refused([]).reason == "nothing"


def test_a_child_that_takes_too_much_memory_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("documents.copies_running._MEMORY_BYTES", 60 << 20)
    assert refused([scanned()]).reason == "too_costly"


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    scan_paper([scanned()], at=AT)
    refused([b"rubbish"])
    assert list(tmp_path.iterdir()) == []
