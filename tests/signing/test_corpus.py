"""Every file of the labelled corpus is answered, and no bad one passes."""

import csv
from pathlib import Path

import pytest

from signing.policy import INTEGRITY
from signing.sandbox import verify_files
from signing.trust import TrustStore
from signing.verdict import Verdict
from tests.signing.office import TODAY

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "signed-pdfs"
LABELS = CORPUS / "labels.tsv"
ACCEPTED_TODAY = 49
"""Good files that pass; may only grow."""


@pytest.mark.skipif(not LABELS.exists(), reason="../shared/signed-pdfs is absent")
def test_no_bad_file_of_the_corpus_passes_and_none_is_without_an_answer() -> None:
    with LABELS.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    paths = [CORPUS / row["file"] for row in rows]
    reports = list(verify_files(paths, policy=INTEGRITY, trust=TrustStore(), at=TODAY, jobs=2))
    passed = [report.verdict is Verdict.PASSED for report in reports]
    wrong = [
        row["file"] for row, yes in zip(rows, passed, strict=True) if yes and row["must_be"] != "OK"
    ]
    assert len(reports) == len(rows)
    assert wrong == []
    assert sum(passed) >= ACCEPTED_TODAY
