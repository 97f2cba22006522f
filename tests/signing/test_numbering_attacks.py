"""Number and date come into a signed directive with the seal, once, or its verdict is no pass."""

from collections.abc import Callable

import pytest

from signing.judge.own import read_own
from signing.library.reading import read_with_library
from signing.policy import INTEGRITY
from signing.trust import TrustStore
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing import makers
from tests.signing.attacks import numbering
from tests.signing.attacks.paper import Paper
from tests.signing.office import TODAY

Make = Callable[[], Paper]
MADE: dict[str, bytes] = {}


def made(make: Make) -> bytes:
    if make.__name__ not in MADE:
        MADE[make.__name__] = make().pdf
    return MADE[make.__name__]


def verdict(pdf: bytes) -> Verdict:
    return verify(pdf, name="x.pdf", policy=INTEGRITY, trust=TrustStore(), at=TODAY).verdict


def library_accepts(pdf: bytes) -> bool:
    reading = read_with_library(pdf, INTEGRITY)
    return all(part.holds for part in reading.parts) and not reading.findings


def loosened(paper: Paper) -> bytes:
    """Behind it an empty revision whose table our own reader does not take, and others do."""
    revised = makers.revise(paper.pdf, {}, trailer=paper.trailer)
    at = makers.last_section(revised)
    loose = b"xref\n0  1\n0000000000 65535 f \n"
    return revised[:at] + revised[at:].replace(b"xref\n", loose, 1)


@pytest.mark.parametrize("make", numbering.HONEST)
def test_an_honest_directive_passes_both_judges(make: Make) -> None:
    pdf = made(make)
    own = read_own(pdf, INTEGRITY)
    assert own.unsure == ""
    assert verdict(pdf) is Verdict.PASSED
    assert library_accepts(pdf)


@pytest.mark.parametrize("make", numbering.ATTACKS)
def test_no_attack_on_number_and_date_passes(make: Make) -> None:
    assert verdict(made(make)) is not Verdict.PASSED


@pytest.mark.parametrize("make", numbering.ATTACKS)
def test_the_library_alone_accepts_none_either(make: Make) -> None:
    assert not library_accepts(made(make))


@pytest.mark.parametrize("make", numbering.ATTACKS)
def test_none_passes_where_our_own_reader_cannot_look(make: Make) -> None:
    pdf = loosened(Paper(made(make)))
    assert read_own(pdf, INTEGRITY).reading is None
    assert not library_accepts(pdf)


def test_what_was_filled_is_told_as_allowed() -> None:
    own = read_own(made(numbering.sealed), INTEGRITY)
    assert own.reading is not None
    officer = own.reading.parts[0]
    told = {one.detail: (one.new, one.allowed) for one in officer.changes}
    assert told == {
        "DauCoQuan": ("", True),
        "SoVanBan": ("96", True),
        "NgayVanBan": ("21/9/2022", True),
    }


def test_a_form_of_somebody_else_may_be_filled_as_its_certification_says() -> None:
    """What our own directives may not do others still may."""
    paper = numbering.foreign_form("Note")
    assert verdict(numbering.filled_foreign(paper).pdf) is Verdict.PASSED
    paper = numbering.foreign_form("SoVanBan")
    assert verdict(paper.pdf) is Verdict.PASSED
    assert verdict(numbering.filled_foreign(paper).pdf) is Verdict.FAILED
