from pathlib import Path

import pytest
from sqlalchemy import select

from actions.archive_checking import expected_files, verify_archive
from actions.desk import Desk
from actions.receiving import receive
from models.audit import AuditEvent
from models.directive import Directive
from models.session import Database
from tests.actions.back_office import PDF, consignments, issue, mark_judge, task
from tests.actions.test_receiving import mail
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import small_office


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path, clock: StoryClock) -> Desk:
    small_office(sqlite_database)
    made = make_desk(sqlite_database, tmp_path, clock, judge=mark_judge)
    issue(made, tasks=[task()])
    receive(made, mail(reply_to=consignments(made)["huyen-a"].message_id))
    return made


def stored(tmp_path: Path) -> dict[bytes, Path]:
    return {path.read_bytes(): path for path in (tmp_path / "archive" / "objects").glob("*/*")}


def test_a_whole_archive_has_no_findings(desk: Desk) -> None:
    report = verify_archive(desk)
    assert (report.expected, report.findings) == (3, ())  # directive, mail, report
    with desk.database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.deed == "verify_archive")).one()
        assert event.detail == {"expected": 3, "findings": []}


def test_each_missing_damaged_and_strange_file_is_a_finding_with_what_it_was(
    desk: Desk, tmp_path: Path
) -> None:
    files = stored(tmp_path)
    sealed = files.pop(PDF)
    sealed.unlink()
    damaged = next(path for data, path in files.items() if data.startswith(b"%PDF"))
    damaged.chmod(0o644)
    damaged.write_bytes(b"other bytes")
    (tmp_path / "archive" / "objects" / "la.txt").write_text("x")
    found = {one.kind.value: one for one in verify_archive(desk).findings}
    assert set(found) == {"missing", "damaged", "foreign"}
    assert found["missing"].belongs_to == ("bản đã đóng dấu",)
    assert found["damaged"].belongs_to == ("báo cáo của đơn vị",)
    assert found["foreign"].message.startswith("Tệp lạ trong kho lưu trữ la.txt.")
    assert "Thiếu tệp" in found["missing"].message
    assert "bản đã đóng dấu" in found["missing"].message
    with desk.database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.deed == "verify_archive")).one()
        assert len(event.detail["findings"]) == 3


def test_a_file_kept_under_several_names_is_named_once_each(desk: Desk) -> None:
    with desk.database.writing() as session:
        directive = session.scalars(select(Directive)).one()
        directive.signed_sha256 = directive.frozen_sha256 = directive.sealed_sha256
    with desk.database.reading() as session:
        kept = expected_files(session)
    assert ["bản chờ ký", "bản đã ký", "bản đã đóng dấu"] in kept.values()
