"""Beginning a draft from a file: read in a child, looked at for secrecy, kept with its doubts.

Order: rights, reading (nothing is kept), the mark of secrecy, the archive, the working copy.
"""

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import update

from actions.auditing import Actor
from actions.desk import Desk, doing
from actions.errors import InvalidInputError, Problem
from actions.intake_reading import known_units, read_paper
from actions.trying import looking, trying
from actions.working.keeping import KIND, add, drafting_office, working_draft
from actions.working.reading import MOST_DOUBTS, Doubt, Reading
from actions.working.secrecy import secrecy_of
from actions.working.understanding import understood
from documents.intake.errors import IntakeRefusedError
from documents.intake.files import FileKind, kind_of, read_file
from documents.intake.result import IntakeResult, KnownUnit
from models.working import WorkingDraft

LONGEST_TEXT: Final = 200_000
"""Characters of the source that are shown where it has no pictures."""
LONGEST_NAME: Final = 200
_MEDIA: Final = {
    FileKind.TEXT: "text/plain",
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_IMAGES: Final = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file as it came."""

    name: str
    content: bytes


def begin_from_file(desk: Desk, actor: Actor, source: SourceFile) -> uuid.UUID:
    """Begins a draft from a text, DOCX, PDF or picture of a page. Returns its key.

    Raises:
        NotAuthorisedError: the actor is no drafter.
        InvalidInputError: the file cannot be read, bears a mark of secrecy, or there are too many
            drafts; nothing was kept.
        UnavailableError: the archive does not answer.
    """
    name = "begin_from_file"
    with looking(desk, actor, name, kind=KIND) as deed:
        drafting_office(deed)
        directory, day = known_units(deed.session, deed.day), deed.day
    with trying(desk, actor, name, subject="", kind=KIND):
        kind, text = _read(source, desk.size_limit_bytes)
        mark = secrecy_of(text, source.name)
        if mark:
            raise InvalidInputError(Problem(place="Tệp", reason=_secret(mark)))
        found = _understood_words(text, directory)
        digest = desk.archive.put(source.content)
    with doing(desk, actor, name, kind=KIND) as deed:
        office = drafting_office(deed)
        body, doubts, notes = understood(
            deed.session, office, text, found=found, directory=directory, day=day
        )
        key = add(deed, office, body)
        row = deed.session.get_one(WorkingDraft, key)
        row.source_sha256 = digest
        row.source_name = source.name[-LONGEST_NAME:]
        row.reading = Reading(
            kind=kind.value,
            media_type=_media(kind, source.content),
            size_bytes=len(source.content),
            text=text[:LONGEST_TEXT] if kind in (FileKind.TEXT, FileKind.DOCX) else "",
            notes=notes,
            doubts=doubts[:MOST_DOUBTS],
        ).model_dump(mode="json")
        deed.detail |= {"source_sha256": digest, "doubts": len(doubts)}
        return key


def settle(desk: Desk, actor: Actor, key: uuid.UUID, indices: frozenset[int]) -> list[Doubt]:
    """Marks doubts as settled, others stay. Returns those that are still open.

    Raises:
        NotFoundError: there is no such copy of the actor's.
    """
    with desk.database.writing() as session:
        row = working_draft(session, actor, key)
        reading = reading_of(row)
        if reading is None:
            return []
        for at, one in enumerate(reading.doubts):
            one.settled = one.settled or at in indices
        session.execute(
            update(WorkingDraft)
            .where(WorkingDraft.id == key)
            .values(reading=reading.model_dump(mode="json"))
            .execution_options(synchronize_session=False)
        )
        return reading.open


def reading_of(row: WorkingDraft) -> Reading | None:
    """Returns what was read from the file of a working copy; None where it has none."""
    return Reading.model_validate(row.reading) if row.reading else None


def _read(source: SourceFile, limit_bytes: int) -> tuple[FileKind, str]:
    if not source.content:
        raise InvalidInputError(Problem(place="Tệp", reason="Tệp rỗng. Chọn lại tệp."))
    if len(source.content) > limit_bytes:
        reason = f"Tệp lớn hơn giới hạn {limit_bytes // (1024 * 1024)} MB. Tách hoặc nén lại tệp."
        raise InvalidInputError(Problem(place="Tệp", reason=reason))
    try:
        return kind_of(source.content, source.name), read_file(source.content, source.name)
    except IntakeRefusedError as err:
        raise InvalidInputError(Problem(place="Tệp", reason=err.diagnosis())) from err


def _understood_words(text: str, directory: tuple[KnownUnit, ...]) -> IntakeResult:
    try:
        return read_paper(text, directory)
    except IntakeRefusedError as err:
        raise InvalidInputError(Problem(place="Tệp", reason=err.diagnosis())) from err


def _secret(mark: str) -> str:
    return (
        f"Văn bản có dấu chỉ độ mật “{mark}”: văn bản mật không được soạn, ký và gửi trên hệ thống "
        "này. Tệp không được lưu lại. Chuyển sang quy trình văn bản mật."
    )


def _media(kind: FileKind, content: bytes) -> str:
    if kind in _MEDIA:
        return _MEDIA[kind]
    return next((media for start, media in _IMAGES if content.startswith(start)), "image/tiff")
