"""What another tool signed gets its time stamp and its evidence, and stays the same signature."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from signing.completing import Level
from signing.errors import TimestampUnavailableError
from signing.names import OFFICER_FIELD
from signing.outcome import SignatureReport
from signing.policy import OFFICIAL
from signing.uploaded.finishing import complete_upload, complete_upload_without_timestamp
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing.office import SIGNED_AT, Office, contents_of
from tests.signing.test_outside import pdfsig
from tests.signing.uploaded import tools
from tests.signing.uploaded.bench import Bench
from tests.signing.uploaded.test_reading import _stamped

NOW = SIGNED_AT + timedelta(minutes=5)
ROOM = 24_000


@pytest.fixture(scope="module")
def bench(office: Office) -> Bench:
    return Bench(office)


def complete(bench: Bench, pdf: bytes, **options: Level) -> bytes:
    services = bench.office.services(NOW)
    return complete_upload(pdf, field=OFFICER_FIELD, services=services, at=NOW, **options)


def judged(bench: Bench, pdf: bytes) -> SignatureReport:
    report = verify(pdf, name="", policy=OFFICIAL, trust=bench.office.trust, at=NOW)
    assert report.verdict is Verdict.PASSED, [one.code for one in report.signatures[0].findings]
    return report.signatures[0]


def signed_value(pdf: bytes) -> bytes:
    signer = contents_of(pdf, OFFICER_FIELD)["content"]["signer_infos"][0]
    return bytes(signer["signature"].native)


def test_with_room_in_the_container_it_becomes_b_lt(bench: Bench) -> None:
    uploaded = tools.sign(bench.frozen, bench.officer, room=ROOM)
    completed = complete(bench, uploaded)
    found = judged(bench, completed)
    assert (found.level, found.proven_time) == ("B-LT", NOW)
    assert signed_value(completed) == signed_value(uploaded)


def test_without_room_the_whole_document_is_stamped(bench: Bench) -> None:
    tight = 2 * len(contents_of(bench.signed, OFFICER_FIELD).dump()) + 64
    uploaded = tools.sign(bench.frozen, bench.officer, room=tight)
    completed = complete(bench, uploaded)
    assert completed.startswith(uploaded)
    assert judged(bench, completed).proven_time == NOW


def test_a_time_stamp_of_one_of_our_authorities_is_kept(bench: Bench) -> None:
    uploaded = _stamped(bench, lambda value: hashlib.sha256(value).digest())
    completed = complete(bench, uploaded)
    assert completed.startswith(uploaded)
    assert judged(bench, completed).proven_time == SIGNED_AT


def test_level_b_t_has_a_stamp_and_no_evidence(bench: Bench) -> None:
    uploaded = tools.sign(bench.frozen, bench.officer, room=ROOM)
    completed = complete(bench, uploaded, level=Level.B_T)
    assert len(completed) == len(uploaded)
    assert completed != uploaded
    assert complete(bench, uploaded, level=Level.B_B) == uploaded


def test_without_a_time_stamping_service_the_evidence_is_there_all_the_same(bench: Bench) -> None:
    uploaded = tools.sign(bench.frozen, bench.officer, room=ROOM)
    deaf = replace(bench.office.services(NOW), timestamps=())
    with pytest.raises(TimestampUnavailableError):
        complete_upload(uploaded, field=OFFICER_FIELD, services=deaf, at=NOW)
    bare = complete_upload_without_timestamp(uploaded, services=deaf, at=NOW)
    assert bare.evidenced
    assert bare.pdf.startswith(uploaded)


@pytest.mark.parametrize("room", [ROOM, None])
def test_another_validator_finds_what_was_finished_valid(
    bench: Bench, tmp_path: Path, room: int | None
) -> None:
    completed = complete(bench, tools.sign(bench.frozen, bench.officer, room=room))
    told = pdfsig(tmp_path / "a.pdf", completed)
    assert "Signature is Valid" in told[0]
