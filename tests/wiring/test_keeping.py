"""What the office judged can be judged again from its archive."""

from pathlib import Path

import pytest

from archive.errors import NotStoredError
from archive.store import LocalStore
from signing.outcome import VerificationReport
from signing.policy import INTEGRITY
from signing.records.manifest import Inputs
from signing.records.replay import Outcome, replay
from signing.trust import TrustStore
from signing.verdict import Verdict
from signing.words import finding
from signing.worker import Limits
from tests.signing.attacks import letter
from tests.support.clock import START
from wiring.bootstrap import open_office
from wiring.keeping import Keeper, archived_record, archived_records
from wiring.settings import load_settings


def test_a_stored_verdict_is_reached_again_from_the_archive(tmp_path: Path) -> None:
    paper = letter.signed()
    with open_office(load_settings({"TRINHKY_FOLDER": str(tmp_path)})) as office:
        report = office.desk.judge(paper, "bao-cao.pdf", START)
        record = archived_record(office.desk.archive, report.manifest_sha256_hex)
        again = replay(record, paper, office.sandbox.verify)
        changed = replay(record, paper + b" ", office.sandbox.verify)
        assert office.desk.archive.verify([report.manifest_sha256_hex]) == ()
        (only,) = archived_records(tmp_path / "archive")
    assert (only.sha256_hex, only.bound_to) == (report.manifest_sha256_hex,) * 2
    assert report.verdict is Verdict.INDETERMINATE
    assert again.outcome is Outcome.SAME
    assert changed.outcome is Outcome.FILE_CHANGED


def test_a_part_that_is_gone_from_the_archive_is_told(tmp_path: Path) -> None:
    paper = letter.signed()
    with open_office(load_settings({"TRINHKY_FOLDER": str(tmp_path)})) as office:
        report = office.desk.judge(paper, "bao-cao.pdf", START)
        for path in tmp_path.glob("archive/objects/*/*"):
            if not path.read_bytes().startswith(b"{"):
                path.unlink()
        record = archived_record(office.desk.archive, report.manifest_sha256_hex)
        again = replay(record, paper, office.sandbox.verify)
    assert again.outcome is Outcome.RECORD_CHANGED
    assert "thiếu bằng chứng" in again.said[0]


def test_where_the_judge_failed_nothing_is_kept(tmp_path: Path) -> None:
    archive = LocalStore(tmp_path)
    keeper = Keeper(archive, Limits())
    report = VerificationReport(
        name="x",
        sha256_hex="",
        size_bytes=0,
        policy_name=INTEGRITY.name,
        policy_version=INTEGRITY.version,
        at=START,
        findings=(finding("time_limit", seconds=20),),
    )
    kept = keeper.keep(b"", report, Inputs(policy=INTEGRITY, trust=TrustStore()))
    keeper.close()
    assert kept == report
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_manifest_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotStoredError):
        archived_record(LocalStore(tmp_path), "00" * 32)
