"""Places that would show something else than the number, and seals that bring something more."""

from collections.abc import Callable

import pytest

from signing.judge.own import read_own
from signing.library.reading import read_with_library
from signing.policy import INTEGRITY
from signing.trust import TrustStore
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing import makers
from tests.signing.attacks import lying_places, sealing_tricks
from tests.signing.attacks.numbering import Paper
from tests.signing.office import TODAY

Make = Callable[[], Paper]
HONEST = (*lying_places.HONEST, *sealing_tricks.HONEST)
ATTACKS = (*lying_places.ATTACKS, *sealing_tricks.ATTACKS)


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
