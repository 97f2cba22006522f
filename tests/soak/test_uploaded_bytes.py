"""Bytes that a tool added outside its container, changed one at a time: none is taken."""

import random

import pytest

from signing.judge.file.document import open_document
from signing.judge.file.signatures import list_signatures
from signing.names import OFFICER_FIELD
from signing.uploaded.errors import UploadRefusedError
from signing.uploaded.reading import read_upload
from tests.signing.office import TODAY, Office
from tests.signing.uploaded.bench import Bench

pytestmark = pytest.mark.timeout(3600)
ADDED = 1500
EARLIER = 200


def test_no_single_changed_byte_is_taken(office: Office, chance: random.Random) -> None:
    bench = Bench(office)
    pdf = bench.signed
    _, gap, resumes, _ = list_signatures(open_document(pdf)).filled[-1].byte_range or (0, 0, 0, 0)
    added = [*range(len(bench.frozen), gap), *range(resumes, len(pdf))]
    places = chance.sample(added, min(ADDED, len(added)))
    for at in [*places, *chance.sample(range(len(bench.frozen)), EARLIER)]:
        changed = bytearray(pdf)
        changed[at] ^= chance.randrange(1, 256)
        with pytest.raises(UploadRefusedError):
            read_upload(
                bench.frozen,
                bytes(changed),
                field=OFFICER_FIELD,
                certificate=bench.certificate,
                at=TODAY,
            )
