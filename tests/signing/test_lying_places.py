"""Places that would show something else than the number, and seals that bring something more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from documents.content import Regime
from documents.places import ExpectedDigits
from documents.render import render
from signing.judge.changes.places import are_open_places
from signing.judge.file.document import open_document
from signing.judge.file.fields import list_fields
from signing.judge.own import read_own
from signing.library.reading import read_with_library
from signing.names import DATE_FIELD, NUMBER_FIELD
from signing.policy import INTEGRITY
from signing.trust import TrustStore
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing import makers, numbered
from tests.signing.attacks import lying_fonts, lying_places, sealing_tricks
from tests.signing.attacks.paper import Paper
from tests.signing.office import TODAY

Make = Callable[[], Paper]
HONEST = (*lying_places.HONEST, *sealing_tricks.HONEST)
ATTACKS = (*lying_places.ATTACKS, *lying_fonts.ATTACKS, *sealing_tricks.ATTACKS)


def verdict(pdf: bytes) -> Verdict:
    return verify(pdf, name="x.pdf", policy=INTEGRITY, trust=TrustStore(), at=TODAY).verdict


def library_accepts(pdf: bytes) -> bool:
    reading = read_with_library(pdf, INTEGRITY)
    return all(part.holds for part in reading.parts) and not reading.findings


def doubted(paper: Paper) -> bytes:
    """Behind it a revision that our own judge can read, but leaves to the library."""
    new = paper.next()
    trailer = paper.trailer + b"/Info %d 0 R" % new
    return makers.revise(paper.pdf, {new: b"<</X[1]>>"}, trailer=trailer, streamed=True)


@pytest.mark.parametrize("make", HONEST)
def test_an_honest_directive_passes_both_judges(make: Make) -> None:
    paper = make()
    assert verdict(paper.pdf) is Verdict.PASSED
    assert library_accepts(paper.pdf)
    left = doubted(paper)
    assert read_own(left, INTEGRITY).reading is None
    assert verdict(left) is Verdict.PASSED


@pytest.mark.parametrize("make", ATTACKS)
def test_no_lie_about_the_number_passes_either_judge(make: Make) -> None:
    paper = make()
    assert verdict(paper.pdf) is not Verdict.PASSED
    assert not library_accepts(paper.pdf)


@pytest.mark.parametrize("make", ATTACKS)
def test_none_passes_where_our_own_judge_leaves_it_to_the_library(make: Make) -> None:
    assert verdict(doubted(make())) is not Verdict.PASSED


@pytest.mark.parametrize("regime", list(Regime))
@pytest.mark.parametrize("place", ["Huế", "Thị trấn Phước Mỹ Trung Hạ Lưu"])
@pytest.mark.parametrize(("number", "day"), [(7, date(2026, 1, 5)), (12345, date(2026, 12, 31))])
def test_places_that_we_make_are_open(regime: Regime, place: str, number: int, day: date) -> None:
    content = replace(numbered.content(regime), place=place)
    expected = ExpectedDigits.of(number, day)
    page = render(content, at=numbered.AT, fonts=numbered.FONTS, expected=expected)
    document = open_document(numbered.with_fields(page))
    fields = {one.name: one for one in list_fields(document.newest) if one.kind != "Sig"}
    assert fields.keys() == {NUMBER_FIELD, DATE_FIELD}
    assert are_open_places(document, document.newest, fields)
