"""Empty places for number and date: the page looks as if they had been there from the start."""

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from pyhanko.pdf_utils.reader import PdfFileReader

from documents.content import Regime
from documents.images import page_image
from documents.render import render
from signing.archiving import add_archive_timestamp
from signing.errors import DocumentUnsignableError
from signing.fields import read_fields
from signing.names import DATE_FIELD, NUMBER_FIELD, OFFICER_FIELD, SEAL_FIELD
from signing.numbers.filling import date_value, number_value, parts
from signing.numbers.places import with_filled_places
from signing.offered_revision import read_offered_revision
from signing.request import SignatureKind
from signing.verdict import Verdict
from tests.signing import numbered
from tests.signing.judging import codes, judge
from tests.signing.office import ARCHIVED_AT, SEALED_AT, SIGNED_AT, Office

PPI = 96
_INK = 96
"""Difference of grey from which a dot counts as another one."""


def head_of(pdf: bytes) -> Image.Image:
    """The upper part of the first page, where number and date stand."""
    drawn = page_image(pdf, 1, ppi=PPI)
    picture = Image.open(io.BytesIO(drawn.png)).convert("L")
    return picture.crop((0, 0, picture.width, picture.height // 4))


def other_dots(one: bytes, other: bytes) -> int:
    dots = ImageChops.difference(head_of(one), head_of(other)).tobytes()
    return sum(dot > _INK for dot in dots)


def set_whole(regime: Regime, number: int, day: date) -> bytes:
    """The page as it is set where the number is taken first."""
    content = replace(numbered.content(regime), number=number, issue_date=day)
    return render(content, at=numbered.AT, fonts=numbered.FONTS).pdf


CASES = [
    (7, date(2022, 2, 5)),
    (96, date(2022, 9, 21)),
    (111, date(2025, 11, 11)),
    (1204, date(2026, 12, 31)),
]


@pytest.mark.parametrize("regime", list(Regime))
@pytest.mark.parametrize(("number", "day"), CASES)
def test_the_filled_page_looks_like_one_that_was_set_with_its_number(
    regime: Regime, number: int, day: date
) -> None:
    pdf = numbered.open_page(regime, number, day)
    filled = with_filled_places(pdf, dict(numbered.fill(number, day)))
    whole = set_whole(regime, number, day)
    assert other_dots(filled, whole) <= 4
    assert other_dots(pdf, whole) > 100  # before, the places are empty


@pytest.mark.parametrize("regime", list(Regime))
def test_a_number_longer_than_expected_stays_in_its_place(regime: Regime) -> None:
    pdf = numbered.open_page(regime, 99, date(2022, 9, 30))
    filled = with_filled_places(pdf, dict(numbered.fill(100, date(2022, 10, 1))))
    picture, empty = head_of(filled), head_of(pdf)
    added = ImageChops.subtract(empty, picture).getbbox()
    assert added is not None
    # Nothing that stood there is drawn over: every dark dot stays as dark.
    lost = ImageChops.subtract(picture, empty).getextrema()
    assert lost == (0, 0)


def test_a_reader_finds_number_and_date_as_text(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed")
    path = tmp_path / "filled.pdf"
    path.write_bytes(with_filled_places(numbered.open_page(), dict(numbered.fill())))
    command = ["pdftotext", "-layout", str(path), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Số 96-HD/BTGTU" in text
    assert "An Bình, ngày 21 tháng 9 năm 2022" in text


def test_the_fields_are_made_at_once_empty_printed_and_shut() -> None:
    reader = PdfFileReader(io.BytesIO(numbered.open_page()))
    form = reader.root["/AcroForm"]
    fields = {str(one["/T"]): one for one in (raw.get_object() for raw in form["/Fields"])}
    assert list(fields) == [OFFICER_FIELD, SEAL_FIELD, NUMBER_FIELD, DATE_FIELD]
    assert "/NeedAppearances" not in form
    assert list(read_fields(reader)) == [OFFICER_FIELD, SEAL_FIELD]
    for name in (NUMBER_FIELD, DATE_FIELD):
        field = fields[name]
        assert (field["/FT"], field["/Ff"], field["/F"], "/V" in field) == ("/Tx", 1, 132, False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (NUMBER_FIELD, "7"),
        (NUMBER_FIELD, "007"),
        (NUMBER_FIELD, "96-HD"),
        (NUMBER_FIELD, "٩٦"),
        (DATE_FIELD, "21/09/2022"),
        (DATE_FIELD, "1/9/2022"),
        (DATE_FIELD, "31/9/2022"),
        (DATE_FIELD, "21/9/22"),
        ("GhiChu", "96"),
    ],
)
def test_what_is_no_number_and_no_day_is_refused(field: str, value: str) -> None:
    assert parts(field, value) is None
    with pytest.raises(DocumentUnsignableError):
        with_filled_places(numbered.open_page(), {field: value})


def test_values_are_as_the_rules_print_them() -> None:
    assert (number_value(7), number_value(96), number_value(1204)) == ("07", "96", "1204")
    assert date_value(date(2022, 2, 5)) == "05/02/2022"
    assert date_value(date(2022, 9, 21)) == "21/9/2022"


def test_a_place_is_filled_once() -> None:
    filled = with_filled_places(numbered.open_page(), dict(numbered.fill()))
    with pytest.raises(DocumentUnsignableError):
        with_filled_places(filled, dict(numbered.fill(97)))


def test_a_page_without_places_takes_no_number(office: Office) -> None:
    with pytest.raises(DocumentUnsignableError):
        with_filled_places(office.fielded, dict(numbered.fill()))


def test_number_and_date_come_with_the_seal_and_pass_the_official_judgement(
    office: Office,
) -> None:
    prepared = office.prepare(numbered.open_page(), "officer", SignatureKind.OFFICER, SIGNED_AT)
    signed = office.complete(prepared, "officer", SIGNED_AT)
    prepared = office.prepare(signed, "agency", SignatureKind.SEAL, SEALED_AT, fill=numbered.fill())
    assert prepared.pdf.startswith(signed)
    assert prepared.pdf.count(b"startxref") == signed.count(b"startxref") + 1
    sealed = office.complete(prepared, "agency", SEALED_AT)
    services = office.services(ARCHIVED_AT)
    report = judge(office, add_archive_timestamp(sealed, services=services, at=ARCHIVED_AT))
    assert report.verdict is Verdict.PASSED
    assert "permitted_changes" in codes(report, OFFICER_FIELD)
    assert [one.kind for one in report.signatures] == ["signature", "signature", "timestamp"]


def test_a_number_that_cannot_stand_there_leaves_nothing_prepared(office: Office) -> None:
    prepared = office.prepare(numbered.open_page(), "officer", SignatureKind.OFFICER, SIGNED_AT)
    signed = office.complete(prepared, "officer", SIGNED_AT)
    with pytest.raises(DocumentUnsignableError):
        office.prepare(
            signed, "agency", SignatureKind.SEAL, SEALED_AT, fill=((NUMBER_FIELD, "9a"),)
        )


def test_whoever_signs_elsewhere_is_told_what_is_filled_in(office: Office) -> None:
    prepared = office.prepare(numbered.open_page(), "officer", SignatureKind.OFFICER, SIGNED_AT)
    signed = office.complete(prepared, "officer", SIGNED_AT)
    offered = office.prepare(signed, "agency", SignatureKind.SEAL, SEALED_AT, fill=numbered.fill())
    found = read_offered_revision(
        offered.pdf,
        shown_length=len(signed),
        region=(offered.region_start, offered.region_end),
        kind=SignatureKind.SEAL,
        field=SEAL_FIELD,
    )
    assert dict(found.filled) == dict(numbered.fill())
