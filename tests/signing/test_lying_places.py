"""Places that would show something else than the number: no such directive passes."""

from collections.abc import Callable

import pytest

from signing.library.reading import read_with_library
from signing.policy import INTEGRITY
from signing.trust import TrustStore
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing.attacks import lying_places
from tests.signing.attacks.numbering import Paper
from tests.signing.office import TODAY

Make = Callable[[], Paper]


def verdict(pdf: bytes) -> Verdict:
    return verify(pdf, name="x.pdf", policy=INTEGRITY, trust=TrustStore(), at=TODAY).verdict


def library_accepts(pdf: bytes) -> bool:
    reading = read_with_library(pdf, INTEGRITY)
    return all(part.holds for part in reading.parts) and not reading.findings


@pytest.mark.parametrize("make", lying_places.HONEST)
def test_an_honest_page_passes_both_judges(make: Make) -> None:
    pdf = make().pdf
    assert verdict(pdf) is Verdict.PASSED
    assert library_accepts(pdf)


@pytest.mark.parametrize("make", lying_places.ATTACKS)
def test_no_lying_place_passes_either_judge(make: Make) -> None:
    pdf = make().pdf
    assert verdict(pdf) is Verdict.FAILED
    assert not library_accepts(pdf)
