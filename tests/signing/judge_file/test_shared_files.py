"""Our reader over the labelled files: honest ones are read as the library reads them."""

import csv
from pathlib import Path

import pytest

from signing.judge.file.document import open_document
from signing.judge.file.refusals import open_and_refuse
from signing.judge.file.signatures import list_signatures
from tests.signing.judge_file.library import differences, signatures_seen

CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "signed-pdfs"
LABELS = CORPUS / "labels.tsv"
ROWS = (
    [
        (row["file"], row["must_be"])
        for row in csv.DictReader(LABELS.read_text("utf-8").splitlines(), delimiter="\t")
    ]
    if LABELS.exists()
    else []
)
HONEST = [name for name, label in ROWS if label == "OK"]
UNSURE = {"intact/esig-dss__encrypted.pdf": "encrypted"}
"""Honest files that our reader leaves to the library, and the rule."""

BROKEN = {"intact/huynhppp-qlvb-web__CV_4427_0001.signed.pdf": (8,)}
"""A scanner's metadata: its /Length says 1752, and it is empty."""

_MOST_OBJECTS = 600
"""Compared per file and revision; every n-th of more."""

pytestmark = pytest.mark.skipif(not ROWS, reason="../shared/signed-pdfs is absent")


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_is_read_and_refused_by_no_rule(name: str) -> None:
    opened = open_and_refuse((CORPUS / name).read_bytes())
    assert opened.findings == ()
    assert (opened.unsure.rule if opened.unsure else "") == UNSURE.get(name, "")
    if opened.signatures is not None:
        assert opened.signatures.filled
        assert all(one.byte_range is not None for one in opened.signatures.filled)


def test_bad_files_are_refused_by_their_bytes_where_they_can_be() -> None:
    refused = [
        name
        for name, label in ROWS
        if label != "OK" and open_and_refuse((CORPUS / name).read_bytes()).is_refused
    ]
    assert len(refused) >= 25


@pytest.mark.parametrize("name", [one for one in HONEST if one not in UNSURE])
def test_the_library_sees_the_same_objects_in_each_revision(name: str) -> None:
    data = (CORPUS / name).read_bytes()
    compared = differences(open_document(data), data, most=_MOST_OBJECTS, but=BROKEN.get(name, ()))
    assert next(compared, None) is None


@pytest.mark.parametrize("name", [one for one in HONEST if one not in UNSURE])
def test_the_library_sees_the_same_signatures(name: str) -> None:
    data = (CORPUS / name).read_bytes()
    found = list_signatures(open_document(data))
    assert {one.name: one.contents for one in found.filled} == signatures_seen(data)
