"""The code in the margin of a paper: its QR can be read, and nothing of the form moves for it."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import segno
from PIL import Image
from pypdfium2 import PdfDocument

from documents.content import DirectiveContent
from documents.images import page_image
from documents.paper_code import PaperCode
from documents.render import render

AT = datetime(2022, 9, 21, tzinfo=UTC)
CODE = PaperCode(
    address="https://van-ban.example/that/7K2PQ9MXR4", site="van-ban.example/that",
    shown="7K2PQ-9MXR4",
)  # fmt: skip
MM = 72 / 25.4
PPI = 300
DARK = range(128)


def test_nothing_of_the_form_moves_for_it(seed: DirectiveContent, fonts: Path) -> None:
    plain, coded = (render(seed, at=AT, fonts=fonts, code=code) for code in (None, CODE))
    assert (plain.boxes, plain.marks, plain.pages) == (coded.boxes, coded.marks, coded.pages)


def test_the_same_code_gives_the_same_bytes(seed: DirectiveContent, fonts: Path) -> None:
    one, two = (render(seed, at=AT, fonts=fonts, code=CODE).pdf for _ in range(2))
    assert one == two


def test_it_stands_in_the_bottom_margin_of_the_page_with_the_signature(
    seed: DirectiveContent, fonts: Path
) -> None:
    made = render(seed, at=AT, fonts=fonts, code=CODE)
    with PdfDocument(made.pdf) as document:
        pages = [at for at, page in enumerate(document, 1)
                 if CODE.shown in page.get_textpage().get_text_range()]  # fmt: skip
        words = document[made.boxes[0].page - 1].get_textpage()
        found = words.search(CODE.shown).get_next()
        _, bottom, _, top = words.get_charbox(found[0])
    assert pages == [made.boxes[0].page]
    assert 4 * MM < bottom < top < 20 * MM


def test_a_notice_in_the_margin_gives_way_and_stays_readable(
    seed: DirectiveContent, fonts: Path
) -> None:
    content = replace(seed, notice="THỬ NGHIỆM: chứng thư không có giá trị pháp lý.")
    made = render(content, at=AT, fonts=fonts, code=CODE)
    with PdfDocument(made.pdf) as document:
        words = document[made.boxes[0].page - 1].get_textpage()
        ends = [words.get_charbox(words.search(one).get_next()[0] + len(one) - 1)[2]
                for one in (CODE.site, CODE.shown)]  # fmt: skip
        begin = words.get_charbox(words.search("THỬ NGHIỆM").get_next()[0])[0]
    assert max(ends) < begin


def test_every_module_of_the_qr_is_drawn_as_it_should_be(
    seed: DirectiveContent, fonts: Path
) -> None:
    made = render(seed, at=AT, fonts=fonts, code=CODE)
    png = page_image(made.pdf, made.boxes[0].page, ppi=PPI).png
    page = Image.open(io.BytesIO(png)).convert("L")
    wanted = segno.make_qr(CODE.address, error="m", boost_error=False).matrix
    # 12 mm wide, 30 mm from the left and 4 mm from the bottom edge.
    size = 12 / 25.4 * PPI / len(wanted)
    left, top = 30 / 25.4 * PPI, page.height - 16 / 25.4 * PPI
    seen = tuple(
        bytearray(
            page.getpixel((int(left + (x + 0.5) * size), int(top + (y + 0.5) * size))) in DARK
            for x in range(len(wanted))
        )
        for y in range(len(wanted))
    )
    assert seen == wanted
