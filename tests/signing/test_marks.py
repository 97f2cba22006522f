"""The marks themselves: colour, transparency, measure; and the officer's own handwriting."""

import hashlib
import io
import zlib
from typing import cast

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from signing.errors import HandwritingRefusedError
from signing.marks.appearance import make_mark
from signing.marks.blocks import BlockSize, block_sizes, make_block, time_words
from signing.marks.handwriting import draw_name
from signing.marks.handwritten import MAX_PIXELS, clean_scan
from signing.request import SignatureKind, SignatureRequest
from tests.signing.office import FONTS, SIGNED_AT

W, H = 181, 91
NAMES = ("Lê Ý", "Trần Trung Hiếu", "Đỗ Thị Nghiêng", "H'Wing Niê Kdăm", "X", "")
INK = 40
"""Alpha from which a point is seen."""


def picture(pdf: bytes, scale: float = 2) -> Image.Image:
    """The mark with its transparency."""
    document = pypdfium2.PdfDocument(pdf)
    drawn = document[0].render(scale=scale, fill_color=(0, 0, 0, 0), rev_byteorder=True).to_pil()
    document.close()
    return cast("Image.Image", drawn.convert("RGBA"))


def colours_of(shown: Image.Image, above: int) -> set[tuple[int, int, int]]:
    """Colours of all points that are less transparent than that."""
    found = cast("list[tuple[int, tuple[int, int, int, int]]]", shown.getcolors(1 << 16))
    return {(red, green, blue) for _, (red, green, blue, alpha) in found if alpha > above}


def ink_of(shown: Image.Image) -> tuple[int, int, int, int]:
    found = shown.getchannel("A").point(lambda value: 255 * (value > INK)).getbbox()
    assert found is not None
    return found


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text: str = document[0].get_textpage().get_text_range()
    document.close()
    return text


def assert_nothing_is_cut(shown: Image.Image) -> None:
    """No ink lies on the outermost rows and columns, where what is beyond would be lost."""
    left, top, right, bottom = ink_of(shown)
    assert left >= 0
    assert top > 0
    assert right < shown.width
    assert bottom < shown.height


def officer(**changes: object) -> bytes:
    values = {"kind": SignatureKind.OFFICER, "field": "x", "name": "Trần Trung Hiếu", **changes}
    return make_mark(SignatureRequest(**values), w_pt=W, h_pt=H, fonts=FONTS)  # type: ignore[arg-type] # by name


def handwriting(
    size: tuple[int, int] = (600, 200), colour: tuple[int, int, int] = (20, 40, 160)
) -> Image.Image:
    sheet = Image.new("RGBA", size, (255, 255, 255, 0))
    pen = ImageDraw.Draw(sheet)
    pen.line(
        [(40, 150), (150, 30), (260, 160), (380, 40), (560, 120)], fill=(*colour, 255), width=8
    )
    return sheet


def png(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format="PNG", **options)
    return out.getvalue()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("test_only", [True, False])
def test_the_officers_mark_is_blue_transparent_and_as_wide_as_its_place(
    name: str, *, test_only: bool
) -> None:
    shown = picture(officer(name=name, test_only=test_only))
    left, top, right, bottom = ink_of(shown)
    assert left <= 10
    assert right >= shown.width - 10
    assert 0 < top < bottom < shown.height
    colours = colours_of(shown, 250)
    assert colours
    assert all(blue > red + 60 for red, _, blue in colours)
    corners = [shown.getpixel((x, y)) for x in (0, shown.width - 1) for y in (0, shown.height - 1)]
    assert {corner[3] for corner in corners if isinstance(corner, tuple)} == {0}


@pytest.mark.parametrize("name", NAMES)
def test_no_stroke_is_cut_off_at_the_edge(name: str) -> None:
    shown = picture(officer(name=name), scale=4)
    alpha = shown.getchannel("A")
    edges = [
        alpha.crop((0, 0, shown.width, 1)),
        alpha.crop((0, shown.height - 1, shown.width, shown.height)),
        alpha.crop((0, 0, 1, shown.height)),
        alpha.crop((shown.width - 1, 0, shown.width, shown.height)),
    ]
    assert [edge.getextrema()[1] for edge in edges] == [0, 0, 0, 0]


def test_a_short_name_gets_a_longer_flourish_and_a_long_one_none() -> None:
    width, height = draw_name("Ý", aspect=2.2).size()
    assert width / height == pytest.approx(2.2, rel=0.1)
    assert draw_name("Nghiêng", aspect=1.0) == draw_name("Nghiêng")


def test_the_seal_is_a_red_ring_of_the_whole_place_and_shows_what_is_under_it() -> None:
    request = SignatureRequest(kind=SignatureKind.SEAL, field="x", name="Ban Tuyên giáo Tỉnh ủy")
    shown = picture(make_mark(request, w_pt=102, h_pt=102, fonts=FONTS))
    left, top, right, bottom = ink_of(shown)
    assert (left, top) <= (2, 2)
    assert (right, bottom) >= (shown.width - 2, shown.height - 2)
    see_through = shown.getchannel("A").histogram()[0] / (shown.width * shown.height)
    assert see_through > 0.5
    colours = colours_of(shown, 250)
    assert all(red > blue + 60 and red > green + 60 for red, green, blue in colours)


def test_the_block_is_black_tinos_of_ten_points_whose_text_can_be_read_out() -> None:
    lines = ("SAO Y", "Văn phòng Ủy ban nhân dân tỉnh", time_words(SIGNED_AT))
    size = block_sizes(lines, fonts=FONTS)[0]
    pdf = make_block(lines, w_pt=size.w_pt, h_pt=size.h_pt, fonts=FONTS)
    assert text_of(pdf).split("\r\n") == list(lines)
    assert lines[-1] == "2022-09-21T13:54:00+07:00"
    document = pypdfium2.PdfDocument(pdf)
    sizes, names = set(), set()
    for part in document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
        names.add(part.get_font().get_base_name().partition("+")[2])
        sizes.add(round(part.get_font_size() * part.get_matrix().d, 1))
    document.close()
    assert (names, sizes) == ({"Tinos-Regular"}, {10.0})
    shown = picture(pdf)
    assert colours_of(shown, 0) == {(0, 0, 0)}
    assert_nothing_is_cut(shown)


@pytest.mark.parametrize("first", ["TRÍCH SAO", "SAO LỤC", "Ủy ban ẤẨẪ", "gjpqyỵ"])
def test_no_letter_of_a_block_is_cut_off(first: str) -> None:
    lines = (first, time_words(SIGNED_AT), first)
    size = block_sizes(lines, fonts=FONTS)[0]
    pdf = make_block(lines, w_pt=size.w_pt, h_pt=size.h_pt, fonts=FONTS)
    assert_nothing_is_cut(picture(pdf, scale=4))


def test_a_long_agency_is_broken_into_lines_and_never_cut() -> None:
    name = "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân tỉnh Bà Rịa - Vũng Tàu"
    lines = ("TRÍCH SAO", name, time_words(SIGNED_AT))
    sizes = block_sizes(lines, fonts=FONTS)
    assert [one.w_pt for one in sizes] == sorted(one.w_pt for one in sizes)
    assert sizes[0].h_pt > sizes[-1].h_pt
    for one in sizes:
        pdf = make_block(lines, w_pt=one.w_pt, h_pt=one.h_pt, fonts=FONTS)
        assert " ".join(text_of(pdf).split()) == " ".join(lines)
        assert ink_of(picture(pdf))[3] <= one.h_pt * 2


def test_every_time_fits_where_another_was_measured() -> None:
    size = block_sizes(("SAO Y", "2022-11-11T11:11:11+07:00"), fonts=FONTS)[0]
    assert isinstance(size, BlockSize)
    for n in range(10):
        lines = ("SAO Y", f"20{n}4-0{n}-1{n}T0{n}:1{n}:{n}7+07:00")
        pdf = make_block(lines, w_pt=size.w_pt, h_pt=size.h_pt, fonts=FONTS)
        assert text_of(pdf).split("\r\n") == list(lines)
        assert ink_of(picture(pdf))[2] <= size.w_pt * 2


def test_words_of_a_block_are_never_markup() -> None:
    lines = ("#panic(1)", '*"\\ $x$ //', "]) #{while true {}}")
    size = block_sizes(lines, fonts=FONTS)[0]
    pdf = make_block(lines, w_pt=size.w_pt, h_pt=size.h_pt, fonts=FONTS)
    assert text_of(pdf).split("\r\n") == list(lines)


def test_the_officers_own_handwriting_takes_the_place_of_the_drawn_name() -> None:
    shown = picture(officer(image=png(handwriting())))
    left, _, right, _ = ink_of(shown)
    assert left <= 2
    assert right >= shown.width - 2
    assert officer(image=png(handwriting())) != officer()


def test_of_a_tall_handwriting_too_the_left_third_lies_under_the_seal() -> None:
    sheet = handwriting((600, 900))
    pen = ImageDraw.Draw(sheet)
    pen.line([(300, 20), (280, 880)], fill=(20, 40, 160, 255), width=8)
    shown = picture(officer(image=png(sheet)))
    left, top, right, bottom = ink_of(shown)
    third = left + (right - left) / 3
    assert third == pytest.approx(shown.width / 3, abs=6)
    assert top >= 0
    assert bottom <= shown.height
    assert "THỬ NGHIỆM" in text_of(officer(image=png(sheet), test_only=True))


def test_a_scan_is_trimmed_and_carries_nothing_but_its_ink() -> None:
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415 (here alone)

    notes = PngInfo()
    notes.add_text("Author", "bí mật")
    cleaned = clean_scan(png(handwriting(), pnginfo=notes))
    with Image.open(io.BytesIO(cleaned)) as image:
        assert image.mode == "RGBA"
        assert image.width < 560
        assert not image.info.get("Author")
    assert "bí mật".encode() not in cleaned
    assert clean_scan(cleaned) == clean_scan(clean_scan(cleaned))


def _jpeg() -> bytes:
    out = io.BytesIO()
    handwriting().convert("RGB").save(out, format="JPEG")
    return out.getvalue()


def _bomb() -> bytes:
    """A header that promises a huge picture, over almost no data."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        length, crc = len(body).to_bytes(4, "big"), zlib.crc32(kind + body).to_bytes(4, "big")
        return length + kind + body + crc

    side = (30_000).to_bytes(4, "big")
    assert MAX_PIXELS < 30_000**2
    header = chunk(b"IHDR", side + side + b"\x08\x06\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "unreadable"),
        (b"\x89PNG\r\n\x1a\nrubbish", "unreadable"),
        (_jpeg(), "unreadable"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unreadable"),
        (png(handwriting())[:-200], "unreadable"),
        (_bomb(), "too_large"),
        (png(handwriting()) + b"\0" * (3 << 20), "too_large"),
        (png(Image.new("RGBA", (50, 50), (0, 0, 0, 0))), "empty"),
        (png(handwriting().convert("RGB")), "opaque"),
        (png(handwriting(colour=(10, 10, 10))), "not_blue"),
        (png(handwriting(colour=(200, 20, 30))), "not_blue"),
    ],
    ids=lambda value: value if isinstance(value, str) else hashlib.sha256(value).hexdigest()[:6],
)
def test_a_picture_that_is_no_blue_handwriting_is_refused_with_its_reason(
    data: bytes, reason: str
) -> None:
    with pytest.raises(HandwritingRefusedError, match=reason) as refused:
        clean_scan(data)
    assert "Việc cần làm" in refused.value.diagnosis()


def test_a_refused_picture_makes_no_mark() -> None:
    with pytest.raises(HandwritingRefusedError):
        officer(image=b"no picture")
