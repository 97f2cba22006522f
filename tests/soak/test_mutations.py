"""Thousands of changed bytes: none inside a signed range passes, none makes the judge stumble."""

import random

import pytest

from signing.policy import INTEGRITY
from signing.verdict import Verdict
from tests.signing.office import Office
from tests.signing.test_verify import judge

pytestmark = pytest.mark.timeout(3600)
MUTATIONS = 2000


def test_no_mutation_of_the_signed_bytes_passes(office: Office, chance: random.Random) -> None:
    pdf = office.officer_only
    start, end = container(pdf)
    verdicts = dict.fromkeys(Verdict, 0)
    for _ in range(MUTATIONS):
        place = chance.choice([chance.randrange(start), chance.randrange(end, len(pdf) - 2)])
        changed = pdf[:place] + bytes([pdf[place] ^ chance.randrange(1, 256)]) + pdf[place + 1 :]
        report = judge(office, changed, policy=INTEGRITY)
        verdicts[report.verdict] += 1
        assert report.verdict is not Verdict.PASSED, place
    assert verdicts[Verdict.FAILED] > MUTATIONS // 2


def container(pdf: bytes) -> tuple[int, int]:
    """Where the officer's container lies: between the two parts of the first byte range."""
    at = pdf.index(b"/ByteRange")
    first, length, second, _ = map(int, pdf[pdf.index(b"[", at) + 1 : pdf.index(b"]", at)].split())
    assert first == 0
    return length, second
