"""Directives that their officer signs before they have a number, by the product's own rooms."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from documents.content import DirectiveContent, Paragraph, Regime, SignatureBlock
from documents.places import ExpectedDigits
from documents.render import RenderedDocument, render
from signing.fields import SignatureFieldBox, add_signature_fields
from signing.names import DATE_FIELD, NUMBER_FIELD
from signing.numbers.filling import date_value, number_value
from signing.numbers.places import DigitGap, NumberPlace

FONTS = Path(__file__).resolve().parents[2] / "node_modules" / "@expo-google-fonts" / "tinos"
AT = datetime(2022, 9, 21, 6, 0, tzinfo=UTC)
NUMBER, DAY = 96, date(2022, 9, 21)


def content(regime: Regime = Regime.PARTY) -> DirectiveContent:
    party = regime is Regime.PARTY
    return DirectiveContent(
        regime=regime,
        doc_type="Hướng dẫn" if party else "Kế hoạch",
        parent_issuer="Tỉnh ủy An Bình" if party else "",
        issuer="Ban Tuyên giáo" if party else "Ủy ban nhân dân tỉnh An Bình",
        symbol="HD/BTGTU" if party else "KH-UBND",
        place="An Bình",
        title="Tuyên truyền, vận động Nhân dân tham gia bảo hiểm y tế",
        opening=(
            Paragraph(text="Thực hiện kế hoạch năm, các đơn vị khẩn trương triển khai. " * 5),
        ),
        signature=SignatureBlock(
            capacity_lines=(), position="TRƯỞNG BAN" if party else "CHỦ TỊCH", name="Trần Văn An"
        ),
    )


def with_fields(page: RenderedDocument) -> bytes:
    """What freezing makes of a page: the signature fields, and the empty places if there are."""
    places = [
        NumberPlace(
            name=place.name,
            page=place.gaps[0].page,
            gaps=tuple(
                DigitGap(x_pt=gap.x_pt, baseline_pt=gap.baseline_pt, digits=gap.digits)
                for gap in place.gaps
            ),
            size_pt=place.size_pt,
            italic=place.italic,
            page_height_pt=place.page_height_pt,
        )
        for place in page.places
    ]
    boxes = [SignatureFieldBox(**asdict(box)) for box in page.boxes]
    return add_signature_fields(page.pdf, boxes, places, fonts=FONTS)


@cache
def open_page(regime: Regime = Regime.PARTY, number: int = NUMBER, day: date = DAY) -> bytes:
    """A directive with empty places, wide enough for what is expected."""
    expected = ExpectedDigits.of(number, day)
    return with_fields(render(content(regime), at=AT, fonts=FONTS, expected=expected))


def fill(number: int = NUMBER, day: date = DAY) -> tuple[tuple[str, str], ...]:
    return ((NUMBER_FIELD, number_value(number)), (DATE_FIELD, date_value(day)))
