"""An officer's own handwriting: a picture that an administrator sets or takes away, with a record.

The pictures lie in the office's folder `handwriting`, one file each. As with trust anchors, the
folder is changed last, inside the transaction of the audit event.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from actions.accounts import require_administrator
from actions.auditing import Actor, append_event
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.recording import recording_refusals
from models.officer import Officer
from models.session import Database
from signing.errors import HandwritingRefusedError
from signing.marks.handwritten import clean_scan

_SET: Final = "set_handwriting"
_REMOVE: Final = "remove_handwriting"
_PLAIN: Final = re.compile(r"[\w-][\w.-]*")
"""What an identifier must look like to be a file's name."""


def picture_file(folder: Path, officer_id: str) -> Path | None:
    """Returns where an officer's picture lies, if there is one; None for no file's name."""
    return folder / f"{officer_id}.png" if _PLAIN.fullmatch(officer_id) else None


def set_handwriting(
    database: Database, folder: Path, officer_id: str, picture: bytes, *, at: datetime, actor: Actor
) -> None:
    """Keeps a picture of an officer's handwriting, in place of an earlier one.

    What is kept is its ink alone, as `signing.marks.handwritten` writes it anew.

    Args:
        database: migrated tables.
        folder: the office's folder of handwriting.
        officer_id: whose it is.
        picture: a transparent PNG with blue ink.
        at: aware, UTC.
        actor: an administrator or the machine.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: there is no such officer.
        InvalidInputError: it is no such picture, or the folder cannot be written.
    """
    with _deciding(database, actor, _SET, officer_id, at=at) as session:
        require_administrator(session, actor, at, "đặt ảnh chữ ký tay")
        file = _picture_of(session, folder, officer_id)
        try:
            kept = clean_scan(picture)
        except HandwritingRefusedError as err:
            raise InvalidInputError(Problem(place="Tệp", reason=err.diagnosis())) from err
        _note(session, actor, _SET, officer_id, {**_before(file), "sha256": _digest(kept)}, at=at)
        folder.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_bytes(kept)
        part.replace(file)


def remove_handwriting(
    database: Database, folder: Path, officer_id: str, reason: str, *, at: datetime, actor: Actor
) -> None:
    """Takes a picture away: the name is drawn again. What was signed stays as it is.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: there is no such officer, or no picture.
        InvalidInputError: there is no reason, or the folder cannot be written.
    """
    with _deciding(database, actor, _REMOVE, officer_id, at=at) as session:
        require_administrator(session, actor, at, "bỏ ảnh chữ ký tay")
        file = _picture_of(session, folder, officer_id)
        if not reason.strip():
            raise InvalidInputError(Problem(place="Lý do", reason="không được để trống."))
        if not file.is_file():
            raise NotFoundError("ảnh chữ ký tay", officer_id)
        detail = {**_before(file), "reason": reason.strip()}
        _note(session, actor, _REMOVE, officer_id, detail, at=at)
        file.unlink()


@contextmanager
def _deciding(
    database: Database, actor: Actor, deed: str, officer_id: str, *, at: datetime
) -> Iterator[Session]:
    with recording_refusals(database, actor, deed, kind="officer", subject=officer_id, at=at):
        try:
            with database.writing() as session:
                yield session
        except OSError as err:
            said = "máy chủ không ghi được vào thư mục này; báo người vận hành sửa quyền ghi."
            raise InvalidInputError(Problem(place="Thư mục chữ ký tay", reason=said)) from err


def _picture_of(session: Session, folder: Path, officer_id: str) -> Path:
    file = picture_file(folder, officer_id)
    if file is None or session.get(Officer, officer_id) is None:
        raise NotFoundError("cán bộ", officer_id)
    return file


def _before(file: Path) -> dict[str, str | None]:
    return {"before": _digest(file.read_bytes()) if file.is_file() else None}


def _digest(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()


def _note(
    session: Session, actor: Actor, deed: str, officer_id: str, detail: dict[str, str | None], *,
    at: datetime,
) -> None:  # fmt: skip
    append_event(
        session, actor=actor, deed=deed, outcome="done", subject_kind="officer",
        subject_id=officer_id, detail=detail, at=at,
    )  # fmt: skip
