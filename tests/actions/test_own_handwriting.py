"""An officer's picture is set and taken away; what is no picture changes nothing."""

from pathlib import Path

import pytest
from sqlalchemy import select

from actions.auditing import MACHINE, Actor
from actions.errors import InvalidInputError, NotAuthorisedError, NotFoundError
from actions.own_handwriting import remove_handwriting, set_handwriting
from models.audit import AuditEvent
from models.session import Database
from signing.marks.handwritten import clean_scan
from tests.actions.test_changing_anchors import AT, DRAFTER
from tests.actions.test_handwriting import handwriting
from tests.support.factories import small_office
from wiring.handwriting import read_handwriting

OFFICER = "signatory"


@pytest.fixture
def folder(tmp_path: Path, database: Database) -> Path:
    small_office(database)
    return tmp_path / "handwriting"


def events(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence)).all()
    return [(row.deed, row.outcome) for row in rows if "handwriting" in row.deed]


def puts(database: Database, folder: Path, picture: bytes, actor: Actor = MACHINE) -> None:
    set_handwriting(database, folder, OFFICER, picture, at=AT, actor=actor)


def test_a_picture_is_kept_as_its_ink_alone_and_taken_away_with_a_reason(
    database: Database, folder: Path
) -> None:
    puts(database, folder, handwriting())
    assert read_handwriting(folder, OFFICER) == clean_scan(handwriting())
    with pytest.raises(InvalidInputError, match="Lý do"):
        remove_handwriting(database, folder, OFFICER, " ", at=AT, actor=MACHINE)
    remove_handwriting(database, folder, OFFICER, "ký tên mới", at=AT, actor=MACHINE)
    assert list(folder.iterdir()) == []
    with pytest.raises(NotFoundError):
        remove_handwriting(database, folder, OFFICER, "nữa", at=AT, actor=MACHINE)
    assert events(database) == [
        ("set_handwriting", "done"), ("remove_handwriting", "refused"),
        ("remove_handwriting", "done"), ("remove_handwriting", "refused"),
    ]  # fmt: skip


def test_what_would_stop_a_signature_or_is_nobody_s_is_refused(
    database: Database, folder: Path
) -> None:
    puts(database, folder, handwriting())
    before = read_handwriting(folder, OFFICER)
    for wrong in (b"", b"no picture at all", handwriting()[:200]):
        with pytest.raises(InvalidInputError, match="Ảnh chữ ký tay không dùng được"):
            puts(database, folder, wrong)
    with pytest.raises(NotAuthorisedError):
        puts(database, folder, handwriting(), DRAFTER)
    with pytest.raises(NotAuthorisedError):
        remove_handwriting(database, folder, OFFICER, "x", at=AT, actor=DRAFTER)
    for nobody in ("khong-co", "../signatory", ""):
        with pytest.raises(NotFoundError):
            set_handwriting(database, folder, nobody, handwriting(), at=AT, actor=MACHINE)
    assert read_handwriting(folder, OFFICER) == before
    assert [one.name for one in folder.iterdir()] == [f"{OFFICER}.png"]
    assert [outcome for _, outcome in events(database)] == ["done", *["refused"] * 8]


def test_a_folder_that_cannot_be_written_is_said_so_and_nothing_is_recorded_as_done(
    database: Database, folder: Path
) -> None:
    folder.write_bytes(b"in the way")
    with pytest.raises(InvalidInputError, match="không ghi được"):
        puts(database, folder, handwriting())
    assert events(database) == [("set_handwriting", "refused")]
