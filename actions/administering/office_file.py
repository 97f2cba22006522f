"""An office file that an administrator sends: looked at in every row, then taken."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from actions.accounts import require_administrator
from actions.auditing import Actor
from actions.desk import VIETNAM, local_day
from actions.errors import InvalidInputError, Problem
from actions.last_administrator import administrators
from actions.office_file.errors import OfficeFileRefusedError
from actions.office_file.standing import as_file, standing
from actions.office_file.writing import Change
from actions.office_loading import LoadSummary, entries_of, note_written, summary_of, write_entries
from actions.recording import recording_refusals
from models.session import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What an office file changes, row by row."""

    summary: LoadSummary
    changes: tuple[Change, ...]
    certificates: int
    """Certificates that it names, which were passed over."""


def office_as_it_stands(session: Session, *, at: datetime, actor: Actor) -> bytes:
    """Returns the office file of now; taken in again it changes nothing.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
    """
    require_administrator(session, actor, at, "tải dữ liệu cơ quan")
    return as_file(standing(session), at.astimezone(VIETNAM))


def look_at_office(
    database: Database, name: str, data: bytes, *, at: datetime, actor: Actor
) -> Brought:
    """Returns what `bring_office` would change now: it is done and taken back.

    Raises:
        NotAuthorisedError, OfficeFileRefusedError, InvalidInputError: as `bring_office`.
    """
    with database.writing() as session:
        brought = _bring(session, name, data, at=at, actor=actor)
        session.rollback()
    return brought


def bring_office(
    database: Database, name: str, data: bytes, *, at: datetime, actor: Actor
) -> Brought:
    """Takes an office file that an administrator sends, as `load_office` does at the server.

    Certificates that it names are passed over: their files lie at the server.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        OfficeFileRefusedError: the file is wrong somewhere; names every place with its reason.
        InvalidInputError: nobody could administer the office afterwards.
    """
    with (
        recording_refusals(database, actor, "load_office", kind="office", subject=name, at=at),
        database.writing() as session,
    ):
        return _bring(session, name, data, at=at, actor=actor)


def _bring(session: Session, name: str, data: bytes, *, at: datetime, actor: Actor) -> Brought:
    require_administrator(session, actor, at, "nạp dữ liệu cơ quan")
    entries, _, problems = entries_of(name, data)
    if problems:
        raise OfficeFileRefusedError(name, *problems)
    day = local_day(at)
    could = administrators(session, day)
    written = write_entries(session, entries, [])
    session.flush()
    if could and not administrators(session, day):
        said = "sau khi nạp tệp này không còn ai quản trị được; giữ vai trò quản trị cho một người."
        raise InvalidInputError(Problem(place="Người quản trị", reason=said))
    written.missing = [one for one in written.missing if not one.startswith("certificate:")]
    note_written(session, written, name, data, actor=actor, at=at)
    return Brought(
        summary=summary_of(name, data, written), changes=tuple(written.changed),
        certificates=len(entries.certificate),
    )  # fmt: skip
