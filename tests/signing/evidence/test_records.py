"""What a judgement rested on, kept and replayed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import pytest

from signing.certificates import CertificateFacts
from signing.judge.part import FileEvidence
from signing.outcome import VerificationReport
from signing.policy import INTEGRITY, OFFICIAL, VerificationPolicy
from signing.records import replay as replaying
from signing.records.folder import MANIFEST, records_in, write_record
from signing.records.gathering import Gathering
from signing.records.manifest import Inputs, Record, make_record
from signing.records.parts import Part, dump_parts, load_parts
from signing.records.plain import from_plain, sha256_hex, to_plain
from signing.records.replay import Outcome, Replay, StoredRecord, replay
from signing.sandbox import Sandbox
from signing.trust import TrustStore
from signing.verdict import Verdict
from tests.signing.office import ARCHIVED_AT, Office

JUDGED_AT = ARCHIVED_AT + timedelta(hours=1)


@dataclass(frozen=True)
class Desk:
    """An office with its judging processes."""

    office: Office
    sandbox: Sandbox
    gathering: Gathering

    def judge(
        self, data: bytes, policy: VerificationPolicy = OFFICIAL, at: datetime = JUDGED_AT
    ) -> tuple[VerificationReport, Record]:
        trust = self.office.registered("officer", "agency")
        report = self.sandbox.verify(data, name="96-HD.pdf", policy=policy, trust=trust, at=at)
        gathered = self.gathering.gather(data, policy=policy)
        return report, make_record(report, Inputs(policy=policy, trust=trust), gathered)

    def replay(self, record: StoredRecord, data: bytes) -> Replay:
        return replay(record, data, self.sandbox.verify)


@pytest.fixture(scope="module")
def desk(office: Office) -> Iterator[Desk]:
    with Sandbox() as sandbox, Gathering() as gathering:
        yield Desk(office, sandbox, gathering)


def stored(record: Record, **state: object) -> StoredRecord:
    """A record as found, with what somebody wrote into its manifest."""
    manifest = json.loads(record.manifest) | state
    return StoredRecord(
        place="x", manifest=json.dumps(manifest).encode(), part=record.parts.__getitem__
    )


def test_a_verdict_is_reached_again_long_after_by_what_was_kept(desk: Desk, tmp_path: Path) -> None:
    report, record = desk.judge(desk.office.archived)
    assert report.verdict is Verdict.PASSED
    write_record(tmp_path, "96-HD.pdf", record)
    (found,) = records_in(tmp_path)
    again = desk.replay(found, desk.office.archived)
    assert again.outcome is Outcome.SAME
    assert again.now is not None
    assert replace(again.now, milliseconds=0) == replace(report, milliseconds=0)
    assert again.said[0].startswith("Phát lại cho cùng kết quả: hợp lệ")
    assert record.sha256_hex in again.said[-2]
    assert again.said[-1] == replaying.NO_PROOF


def test_a_record_holds_the_evidence_the_anchors_the_policy_and_the_versions(desk: Desk) -> None:
    _, record = desk.judge(desk.office.archived)
    state = json.loads(record.manifest)
    assert {"signature", "token", "certificate", "ocsp"} <= set(state["evidence"]["file"])
    assert len(state["evidence"]["file"]["signature"]) == 2
    (anchor,) = state["trust"]["anchors"]
    assert record.parts[anchor["der"]] == desk.office.root
    assert set(state["trust"]["registered"])
    assert state["policy"]["name"] == "official"
    assert {"trinh-ky", "pyhanko", "cryptography", "rules"} <= set(state["versions"])
    assert set(state["parts"]) == set(record.parts)
    assert all(sha256_hex(der) == digest for digest, der in record.parts.items())
    assert datetime.fromisoformat(state["renew_by"]) > JUDGED_AT


def test_the_same_judgement_gives_the_same_record(desk: Desk, tmp_path: Path) -> None:
    _, one = desk.judge(desk.office.sealed)
    _, other = desk.judge(desk.office.sealed)
    assert one.manifest == other.manifest
    assert write_record(tmp_path, "a.pdf", one) == write_record(tmp_path, "a.pdf", other)
    assert len(list(tmp_path.iterdir())) == 1


def test_files_of_one_name_get_records_of_their_own(desk: Desk, tmp_path: Path) -> None:
    places = {
        write_record(tmp_path, name, desk.judge(data, INTEGRITY)[1])
        for data in (desk.office.sealed, desk.office.archived)
        for name in ("../../a b/../x.pdf", "x.pdf")
    }
    assert len(places) == 2
    assert {one.parent for one in places} == {tmp_path}


def test_a_changed_file_is_told_and_not_judged(desk: Desk) -> None:
    _, record = desk.judge(desk.office.sealed)
    again = desk.replay(stored(record), desk.office.sealed + b" ")
    assert again.outcome is Outcome.FILE_CHANGED
    assert again.now is None
    assert sha256_hex(desk.office.sealed) in again.said[0]


def test_a_changed_or_missing_part_is_told(desk: Desk, tmp_path: Path) -> None:
    _, record = desk.judge(desk.office.sealed)
    place = write_record(tmp_path, "x.pdf", record)
    part = next(iter(place.glob("*.der")))
    part.write_bytes(part.read_bytes() + b"\0")
    (found,) = records_in(tmp_path)
    again = desk.replay(found, desk.office.sealed)
    assert (again.outcome, again.now) == (Outcome.RECORD_CHANGED, None)
    assert f"bằng chứng {part.stem} đã bị sửa" in again.said[0]
    part.unlink()
    assert "thiếu bằng chứng" in desk.replay(found, desk.office.sealed).said[0]


def test_a_manifest_that_was_written_into_no_longer_fits_its_name(
    desk: Desk, tmp_path: Path
) -> None:
    _, record = desk.judge(desk.office.sealed)
    manifest = write_record(tmp_path, "x.pdf", record) / MANIFEST
    manifest.write_bytes(manifest.read_bytes().replace(b'"official"', b'"integrity"'))
    (found,) = records_in(tmp_path)
    again = desk.replay(found, desk.office.sealed)
    assert again.outcome is Outcome.RECORD_CHANGED
    assert "bản kê đã bị sửa" in again.said[0]


def test_a_better_verdict_written_into_a_manifest_comes_out_different(desk: Desk) -> None:
    broken = bytearray(desk.office.sealed)
    broken[broken.index(b"/MediaBox") + 12] ^= 1
    report, record = desk.judge(bytes(broken))
    assert report.verdict is Verdict.FAILED
    result = json.loads(record.manifest)["result"] | {"verdict": "passed"}
    again = desk.replay(stored(record, result=result), bytes(broken))
    assert again.outcome is Outcome.DIFFERS
    assert "Kết luận đã lưu: hợp lệ; nay: không hợp lệ." in again.said


def test_another_version_that_judges_otherwise_is_named(desk: Desk) -> None:
    _, record = desk.judge(desk.office.sealed)
    state = json.loads(record.manifest)
    state["result"]["signatures"][0]["findings"][0]["code"] = "gone_since"
    versions = state["versions"] | {"trinh-ky": "0.0.1"}
    again = desk.replay(
        stored(record, result=state["result"], versions=versions), desk.office.sealed
    )
    assert again.outcome is Outcome.DIFFERS
    assert any("gone_since" in said for said in again.said)
    assert any("Phiên bản trinh-ky khác: lúc lưu 0.0.1" in said for said in again.said)


def test_a_lenient_policy_under_the_products_own_name_is_told(desk: Desk) -> None:
    lenient = replace(OFFICIAL, key_usage=frozenset({"digital_signature"}))
    _, record = desk.judge(desk.office.sealed, lenient)
    again = desk.replay(stored(record), desk.office.sealed)
    assert any("có giá trị khác với chính sách cùng tên" in said for said in again.said)


@pytest.mark.parametrize(
    "state",
    [
        {"format": "another/9"},
        {"parts": ["x"]},
        {"parts": {"../../etc/passwd": 3}},
        {"policy": {}},
        {"policy": {"name": "official", "version": "1", "trust": True, "backdoor": True}},
        {"trust": {"anchors": [{"der": "00" * 32}]}},
        {"at": "2026-01-01T00:00:00"},
        {"at": 5},
        {"evidence": None},
        {"file": []},
        {"result": {"verdict": "fine"}},
        {"result": {"verdict": "passed", "findings": [], "signatures": [5]}},
    ],
    ids=str,
)
def test_a_manifest_of_another_shape_is_told_and_nothing_is_judged(
    desk: Desk, state: dict[str, object]
) -> None:
    _, record = desk.judge(desk.office.sealed)
    again = desk.replay(stored(record, **state), desk.office.sealed)
    assert (again.outcome, again.now) == (Outcome.RECORD_CHANGED, None)


@pytest.mark.parametrize("manifest", [b"", b"{", b"[]", b"[" * 100_000, b"\xff", b"5"])
def test_a_manifest_that_is_no_json_is_told(desk: Desk, manifest: bytes) -> None:
    found = StoredRecord(place="x", manifest=manifest, part=lambda _: b"")
    assert found.names() == ("", "")
    assert desk.replay(found, b"").outcome is Outcome.RECORD_CHANGED


def test_what_was_judged_survives_its_way_through_json() -> None:
    kept: dict[str, bytes] = {}

    def put(der: bytes) -> str:
        kept[sha256_hex(der)] = der
        return sha256_hex(der)

    for hint, value in (
        (VerificationPolicy, OFFICIAL),
        (FileEvidence, FileEvidence(crls=(b"a", b"b"))),
        (FileEvidence | None, None),
        (TrustStore, TrustStore(intermediates=(b"c",))),
        (datetime, datetime(2026, 1, 1, tzinfo=UTC)),
    ):
        text = json.dumps(to_plain(value, put))
        assert from_plain(hint, json.loads(text), kept.__getitem__) == value


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Older:
    name: str = ""


@dataclass(frozen=True)
class Everything:
    day: date | None
    instant: datetime
    span: timedelta
    colours: frozenset[Colour]
    words: tuple[str, ...]
    inner: tuple[Older, ...]
    names: Mapping[str, Older]
    share: float
    sure: bool
    name: str = "default"


def test_every_kind_of_value_that_a_shape_may_get_later_comes_back() -> None:
    one = Everything(
        day=date(2026, 1, 2),
        instant=datetime(2026, 1, 2, tzinfo=UTC),
        span=timedelta(minutes=5),
        colours=frozenset(Colour),
        words=("a",),
        inner=(Older("b"),),
        names={"c": Older("d")},
        share=0.5,
        sure=True,
    )
    state = json.loads(json.dumps(to_plain(one, sha256_hex)))
    assert from_plain(Everything, state, dict[str, bytes]().__getitem__) == one
    for name, wrong in {"day": 5, "sure": 1, "colours": ["green"], "words": "a", "more": 1}.items():
        with pytest.raises(ValueError, match=r".*"):
            from_plain(Everything, state | {name: wrong}, dict[str, bytes]().__getitem__)


def test_an_older_record_without_a_later_field_is_read_with_its_default() -> None:
    assert from_plain(Older, {}, dict[str, bytes]().__getitem__) == Older()


def test_what_json_cannot_say_is_refused_when_it_is_written() -> None:
    with pytest.raises(TypeError):
        to_plain({1, 2}, sha256_hex)


def test_evidence_comes_out_of_the_child_as_it_went_in_and_lies_are_refused() -> None:
    parts = (Part("ocsp", b"abc"), Part("crl", b"de"))
    assert load_parts(dump_parts(parts)) == parts
    for lie in (
        b"",
        b"[]x",
        b'[["ocsp",5]]\nab',
        b'[["script",1]]\na',
        b'[["crl",-1]]\n',
        b"{}\n1",
    ):
        with pytest.raises(ValueError, match=r".*"):
            load_parts(lie)


def test_a_file_that_brings_the_gathering_process_down_gives_no_parts() -> None:
    with Gathering(entry="tests.signing.taken_over:TakenOver") as gathering:
        assert gathering.gather(b"kill", policy=INTEGRITY) == ()
        assert gathering.gather(b"no-json", policy=INTEGRITY) == ()


def test_the_day_of_renewal_is_the_first_end_of_what_the_verdict_rests_on(desk: Desk) -> None:
    archived, _ = desk.judge(desk.office.archived)
    stamp = archived.signatures[-1]
    assert stamp.kind == "timestamp"
    assert archived.renew_by == min(map(_end, stamp.chain[1:]))
    sealed, _ = desk.judge(desk.office.sealed)
    ends = [_end(one) for part in sealed.signatures for one in part.chain[1:]]
    assert sealed.renew_by == min(ends)
    unjudged, _ = desk.judge(desk.office.sealed, INTEGRITY)
    assert unjudged.renew_by is None


def _end(one: CertificateFacts) -> datetime:
    """Its own end, or the last day for keys of its size."""
    short = one.key == "rsa" and one.key_bits < 3072
    return min(one.not_after, datetime(2030, 12, 31, tzinfo=UTC)) if short else one.not_after
