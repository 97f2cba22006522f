"""Beginning a draft from a file: read in a child, looked at for secrecy, kept with its doubts.

Order: reading (`actions.working.sources` holds the file meanwhile), the mark of secrecy, the
archive, the working copy in the transaction that takes the waiting file away.
"""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy import update

from actions.access import officer_actor
from actions.auditing import Actor
from actions.desk import Desk, doing, local_day
from actions.errors import ActionRefusedError, InvalidInputError, Problem, UnavailableError
from actions.intake_reading import known_units, read_paper
from actions.trying import archive_wrapped
from actions.working.keeping import KIND, add, drafting_office, working_draft
from actions.working.reading import MOST_DOUBTS, Doubt, Reading
from actions.working.sources import (
    LEASE_S,
    Held,
    SourceGoneError,
    give_up,
    note_page,
    note_understanding,
    put_back,
    refuse_secret,
    require_held,
    take_away,
)
from actions.working.understanding import understood
from documents.intake.child import DEFAULT_LIMITS, Watching
from documents.intake.errors import IntakeRefusedError
from documents.intake.files import FileKind, kind_of, read_file
from documents.intake.result import IntakeResult, KnownUnit
from models.working import WorkingDraft

LONGEST_TEXT: Final = 200_000
"""Characters of the source that are shown where it has no pictures."""
PATIENCE_S: Final = 200.0
"""For a file with text; a scan has three times as long. Nobody sits and waits for it."""
_MEDIA: Final = {
    FileKind.TEXT: "text/plain",
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_IMAGES: Final = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


class _HaltedError(Exception):
    """The process is to end."""


def read_in(desk: Desk, held: Held, *, halted: Callable[[], bool] = lambda: False) -> None:
    """Reads a file that was claimed to its end: a draft, or the reason why there is none.

    Args:
        desk: the tools.
        held: the file.
        halted: tells that the process is to end; then the file waits for the next one.
    """
    try:
        _begin(desk, held, halted)
    except SourceGoneError:
        return
    except _HaltedError:
        _unless_gone(lambda: put_back(desk, held))
    except UnavailableError as refusal:
        reason = f"Chưa trả lời ({refusal.reason}). Bấm “Đọc lại” sau ít phút."
        missing = InvalidInputError(Problem(place=refusal.service, reason=reason))
        _unless_gone(lambda: give_up(desk, held, missing))
    except ActionRefusedError as refusal:
        because = refusal
        _unless_gone(lambda: give_up(desk, held, because))


def _unless_gone(act: Callable[[], None]) -> None:
    with suppress(SourceGoneError):
        act()


def _begin(desk: Desk, held: Held, halted: Callable[[], bool]) -> None:
    with desk.database.reading() as session:
        day = local_day(desk.clock())
        actor = officer_actor(session, held.officer_id, day)
        directory = known_units(session, day)
    pages = [(0, 0)]
    watching = _watching(desk, held, halted, pages)
    watching(0, 0)
    kind, text = _read(desk, held, watching)
    refuse_secret(text, held.name)
    with _beating(desk, held):
        found = _understood_words(text, directory)
    require_held(desk, held)
    with archive_wrapped():
        digest = desk.archive.put(held.content)
    with doing(desk, actor, "begin_from_file", kind=KIND, subject=held.id) as deed:
        office = drafting_office(deed)
        take_away(deed.session, held)
        body, doubts, notes = understood(
            deed.session, office, text, found=found, directory=directory, day=day
        )
        row = deed.session.get_one(WorkingDraft, add(deed, office, body, key=held.id))
        row.source_sha256 = digest
        row.source_name = held.name
        row.reading = Reading(
            kind=kind.value,
            media_type=_media(kind, held.content),
            size_bytes=len(held.content),
            text=text[:LONGEST_TEXT] if kind in (FileKind.TEXT, FileKind.DOCX) else "",
            notes=[*_cut_short(*pages[-1]), *notes],
            doubts=doubts[:MOST_DOUBTS],
        ).model_dump(mode="json")
        deed.detail |= {"source_sha256": digest, "doubts": len(doubts)}


def _watching(
    desk: Desk, held: Held, halted: Callable[[], bool], seen: list[tuple[int, int]]
) -> Watching:
    """Notes each page and keeps the lease; stops where the process is to end or nobody waits."""
    noted = desk.clock()

    def watch(page: int, pages: int) -> None:
        nonlocal noted
        if halted():
            raise _HaltedError
        if (page, pages) == seen[-1] and desk.clock() - noted < timedelta(seconds=LEASE_S / 4):
            require_held(desk, held)
            return
        note_page(desk, held, page, pages)
        seen.append((page, pages))
        noted = desk.clock()

    return watch


def _cut_short(page: int, pages: int) -> tuple[str, ...]:
    """What a person is told of a file whose last pages were not read."""
    if page >= pages:
        return ()
    return (f"Tệp có {pages} trang, máy chỉ đọc {page} trang đầu. Chép thêm phần còn lại.",)


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


@contextmanager
def _beating(desk: Desk, held: Held) -> Iterator[None]:
    """Keeps the lease while a long text is understood, which tells nothing of how far it is."""
    over = threading.Event()

    def beat() -> None:
        with suppress(SourceGoneError):
            note_understanding(desk, held)
            while not over.wait(LEASE_S / 4):
                note_understanding(desk, held)

    keeper = threading.Thread(target=beat, name="source-lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _read(desk: Desk, held: Held, watching: Watching) -> tuple[FileKind, str]:
    limits = replace(DEFAULT_LIMITS, size_bytes=desk.size_limit_bytes, wall_s=PATIENCE_S)
    try:
        text = read_file(held.content, held.name, limits=limits, watching=watching)
        return kind_of(held.content, held.name), text
    except IntakeRefusedError as err:
        raise InvalidInputError(Problem(place="Tệp", reason=err.diagnosis())) from err


def _understood_words(text: str, directory: tuple[KnownUnit, ...]) -> IntakeResult:
    try:
        return read_paper(text, directory)
    except IntakeRefusedError as err:
        raise InvalidInputError(Problem(place="Tệp", reason=err.diagnosis())) from err


def _media(kind: FileKind, content: bytes) -> str:
    if kind in _MEDIA:
        return _MEDIA[kind]
    return next((media for start, media in _IMAGES if content.startswith(start)), "image/tiff")
