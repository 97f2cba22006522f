"""A short share of the damage that `make soak` does."""

import random

from signing.verdict import Verdict
from tests.signing.attacks import letter
from tests.signing.mutating import mutate
from tests.signing.office import Office


def test_damaged_files_are_answered_and_none_passes_that_the_library_fails(office: Office) -> None:
    sources = {"archived": office.archived, "sealed": office.sealed, "letter": letter.sealed()}
    verdicts = mutate(sources, 200, random.Random(96))  # noqa: S311 (repeatable, not secret)
    assert verdicts[Verdict.FAILED] > verdicts[Verdict.PASSED]
