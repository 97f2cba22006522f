"""Thousands of changed bytes: none inside a signed range passes, none makes the judge stumble."""

import random

import pytest

from signing.policy import INTEGRITY
from signing.verdict import Verdict
from tests.signing.attacks import letter
from tests.signing.judging import judge
from tests.signing.mutating import mutate
from tests.signing.office import Office

pytestmark = pytest.mark.timeout(3600)
MUTATIONS = 2000
DAMAGES = 10_000


def test_no_mutation_of_the_signed_bytes_passes(office: Office, chance: random.Random) -> None:
    pdf = office.officer_only
    start, resumes, end = signed_bytes(pdf)
    verdicts = dict.fromkeys(Verdict, 0)
    for _ in range(MUTATIONS):
        place = chance.choice([chance.randrange(start), chance.randrange(resumes, end)])
        changed = pdf[:place] + bytes([pdf[place] ^ chance.randrange(1, 256)]) + pdf[place + 1 :]
        report = judge(office, changed, policy=INTEGRITY)
        verdicts[report.verdict] += 1
        assert report.verdict is not Verdict.PASSED, place
    assert verdicts[Verdict.FAILED] > MUTATIONS // 2


def test_ten_thousand_damaged_files_are_answered_and_none_passes_that_the_library_fails(
    office: Office, chance: random.Random
) -> None:
    sources = {
        "officer": office.officer_only,
        "sealed": office.sealed,
        "archived": office.archived,
        "letter": letter.sealed(),
        "certified": letter.certified(),
    }
    verdicts = mutate(sources, DAMAGES, chance)
    assert verdicts[Verdict.FAILED] > verdicts[Verdict.PASSED]


def signed_bytes(pdf: bytes) -> tuple[int, int, int]:
    """Where the officer's container begins and ends, and where the signed bytes end."""
    at = pdf.index(b"/ByteRange")
    first, length, second, rest = map(
        int, pdf[pdf.index(b"[", at) + 1 : pdf.index(b"]", at)].split()
    )
    assert first == 0
    return length, second, second + rest
