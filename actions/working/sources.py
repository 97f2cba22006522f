"""Files that drafts are to begin with: kept at once, read beside the pages, thrown away on request.

A row is claimed under a lease and a token, as a row of the outbox is: of two processes one reads a
file, and what a killed one was reading is read again. While it is read the lease is renewed. A row
that is gone tells its reader to stop: that is how a person cancels.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from actions.auditing import MACHINE, Actor
from actions.desk import Desk, doing
from actions.errors import (
    ActionRefusedError,
    AlreadyDoneError,
    InvalidInputError,
    NotFoundError,
    Problem,
)
from actions.working.keeping import drafting_office
from actions.working.secrecy import secrecy_of
from documents.intake.errors import IntakeRefusedError
from documents.intake.files import FileKind, decode, kind_of
from models.working import DraftSource

KIND: Final = "draft_source"
WAITING, READING, FAILED, REFUSED = "waiting", "reading", "failed", "refused"
UNDER_WAY: Final = frozenset({WAITING, READING})
LONGEST_NAME: Final = 200
MOST_SOURCES: Final = 10
"""Files of one person that wait, are being read or could not be read."""
LEASE_S: Final = 30
"""How long nothing may be heard of whoever reads a file."""
MOST_TRIES: Final = 3
"""A file at which so many processes ended is not read again by itself."""
_ENDED: Final = (
    "Máy chủ đã dừng nhiều lần khi đang đọc tệp này. Bấm “Đọc lại” để thử lần nữa, hoặc xuất lại "
    "tệp từ phần mềm gốc rồi tải lên."
)


class SourceGoneError(Exception):
    """Its person threw the file away, or another process reads it; nothing more is done with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file as it came."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A file that is being read, held under a lease."""

    id: uuid.UUID
    officer_id: str
    name: str
    content: bytes
    token: str


def keep_source(desk: Desk, actor: Actor, source: SourceFile) -> uuid.UUID:
    """Keeps a file until it is read. Returns its key, which will be that of the draft.

    Raises:
        NotAuthorisedError: the actor is no drafter.
        InvalidInputError: the file is empty, too large or of no kind that is read, its name or
            plain text bears a mark of secrecy, or there are too many files; nothing was kept.
    """
    with doing(desk, actor, "keep_source", kind=KIND) as deed:
        drafting_office(deed)
        _require_readable(source, desk.size_limit_bytes)
        mine = select(DraftSource.id).where(DraftSource.officer_id == actor.id)
        if len(deed.session.scalars(mine.limit(MOST_SOURCES)).all()) >= MOST_SOURCES:
            raise _refused(
                f"Đang có {MOST_SOURCES} tệp chờ đọc hoặc chưa đọc được. Chờ đọc xong, hoặc bỏ bớt "
                "rồi tải lên lại."
            )
        row = DraftSource(
            id=uuid.uuid4(), officer_id=actor.id, name=source.name[-LONGEST_NAME:],
            size_bytes=len(source.content), content=source.content, created_at=deed.at,
        )  # fmt: skip
        deed.session.add(row)
        deed.subject_id = str(row.id)
        deed.detail |= {"size_bytes": row.size_bytes}
        return row.id


def _require_readable(source: SourceFile, limit_bytes: int) -> None:
    if not source.content:
        raise _refused("Tệp rỗng. Chọn lại tệp.")
    if len(source.content) > limit_bytes:
        limit_mb = limit_bytes // (1024 * 1024)
        raise _refused(f"Tệp lớn hơn giới hạn {limit_mb} MB. Tách hoặc nén lại tệp.")
    text = ""
    try:
        if kind_of(source.content, source.name) is FileKind.TEXT:
            text = decode(source.content, source.name)
    except IntakeRefusedError as err:
        raise _refused(err.diagnosis()) from err
    refuse_secret(text, source.name)


class SecretPaperError(InvalidInputError):
    """The file bears a mark of secrecy: it may not be kept."""


def refuse_secret(text: str, name: str) -> None:
    """Refuses a paper that bears a mark of secrecy.

    Raises:
        SecretPaperError: it does.
    """
    mark = secrecy_of(text, name)
    if mark:
        reason = (
            f"Văn bản có dấu chỉ độ mật “{mark}”: văn bản mật không được soạn, ký và gửi trên hệ "
            "thống này. Tệp không được lưu lại. Chuyển sang quy trình văn bản mật."
        )
        raise SecretPaperError(Problem(place="Tệp", reason=reason))


def _refused(reason: str) -> InvalidInputError:
    return InvalidInputError(Problem(place="Tệp", reason=reason))


def source_of(session: Session, actor: Actor, key: uuid.UUID) -> DraftSource:
    """Returns a file of the actor's own, without its content.

    Raises:
        NotFoundError: there is none, it is read by now, or it is somebody else's.
    """
    row = session.get(DraftSource, key)
    if row is None or row.officer_id != actor.id or actor.kind != "officer":
        raise NotFoundError("tệp chờ đọc", key)
    return row


def sources_of(session: Session, officer_id: str) -> list[DraftSource]:
    """Returns a person's files that are not read yet, the oldest first."""
    return list(
        session.scalars(
            select(DraftSource)
            .where(DraftSource.officer_id == officer_id)
            .order_by(DraftSource.created_at, DraftSource.id)
        )
    )


def drop_source(desk: Desk, actor: Actor, key: uuid.UUID) -> None:
    """Throws a file away; whoever reads it stops.

    Raises:
        NotFoundError: there is no such file of the actor's.
    """
    with doing(desk, actor, "drop_source", kind=KIND, subject=key) as deed:
        row = source_of(deed.session, actor, key)
        deed.detail |= {"state": row.state}
        deed.session.delete(row)


def read_again(desk: Desk, actor: Actor, key: uuid.UUID) -> None:
    """Lets a file that could not be read be read once more.

    Raises:
        NotFoundError: there is no such file of the actor's.
        AlreadyDoneError: it waits or is being read already, or it may not be kept.
    """
    with doing(desk, actor, "read_again", kind=KIND, subject=key) as deed:
        source_of(deed.session, actor, key)
        changed = deed.session.execute(
            update(DraftSource)
            .where(DraftSource.id == key, DraftSource.state == FAILED)
            .values(state=WAITING, problem=None, tries=0, page=0, pages=0)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            raise AlreadyDoneError("Việc đọc lại tệp này")


def claim(desk: Desk) -> Held | None:
    """Takes up the file that waits longest; of each person one at a time. None: nothing waits."""
    at = desk.clock()
    with desk.database.reading() as session:
        found = session.execute(
            select(DraftSource.id, DraftSource.tries)
            .where(_is_free(at), ~_is_busy(at))
            .order_by(DraftSource.created_at, DraftSource.id)
            .limit(1)
        ).first()
    if found is None:
        return None
    token = secrets.token_hex(16)
    with desk.database.writing() as session:
        changed = session.execute(
            update(DraftSource)
            .where(DraftSource.id == found.id, _is_free(at))
            .values(
                state=READING, token=token, tries=DraftSource.tries + 1, page=0, pages=0,
                lease_until=at + timedelta(seconds=LEASE_S),
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        if changed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            return claim(desk)  # somebody else took it up, or it was thrown away
        row = session.get_one(DraftSource, found.id)
        held = Held(
            id=row.id, officer_id=row.officer_id, name=row.name, content=row.content or b"",
            token=token,
        )  # fmt: skip
    if found.tries < MOST_TRIES:
        return held
    give_up(desk, held, _refused(_ENDED))
    return claim(desk)


def _is_free(at: datetime) -> ColumnElement[bool]:
    dead = and_(DraftSource.state == READING, DraftSource.lease_until <= at)
    return or_(DraftSource.state == WAITING, dead)


def _is_busy(at: datetime) -> ColumnElement[bool]:
    """Another file of the same person is being read."""
    other = aliased(DraftSource)
    return exists().where(
        other.officer_id == DraftSource.officer_id,
        other.id != DraftSource.id,
        other.state == READING,
        other.lease_until > at,
    )


def note_page(desk: Desk, held: Held, page: int, pages: int) -> None:
    """Notes which page is being read; begins a new lease.

    Raises:
        SourceGoneError: the file is no longer this reader's.
    """
    until = desk.clock() + timedelta(seconds=LEASE_S)
    with desk.database.writing() as session:
        _change(session, held, page=page, pages=pages, lease_until=until)


def note_understanding(desk: Desk, held: Held) -> None:
    """Notes that every page is read and its text is looked through; begins a new lease.

    Raises:
        SourceGoneError: the file is no longer this reader's.
    """
    until = desk.clock() + timedelta(seconds=LEASE_S)
    with desk.database.writing() as session:
        _change(session, held, page=DraftSource.pages + 1, lease_until=until)


def require_held(desk: Desk, held: Held) -> None:
    """Insists that a file is still this reader's.

    Raises:
        SourceGoneError: it is not.
    """
    with desk.database.reading() as session:
        if session.scalar(select(DraftSource.id).where(*_held(held))) is None:
            raise SourceGoneError


def put_back(desk: Desk, held: Held) -> None:
    """Lets another process read a file: this one is to end.

    Raises:
        SourceGoneError: the file is no longer this reader's.
    """
    with desk.database.writing() as session:
        _change(session, held, state=WAITING, token=None, lease_until=None, tries=0)


def give_up(desk: Desk, held: Held, refusal: ActionRefusedError) -> None:
    """Writes down why a file could not be read; it stays for another try, unless it may not.

    Raises:
        SourceGoneError: the file is no longer this reader's.
    """
    with doing(desk, MACHINE, "give_up_reading", kind=KIND, subject=held.id) as deed:
        deed.detail |= {"code": refusal.code, **refusal.facts(), "officer": held.officer_id}
        ends: dict[str, Any] = {"state": FAILED}
        if isinstance(refusal, SecretPaperError):
            ends = {"state": REFUSED, "content": None}
        _change(
            deed.session, held, token=None, lease_until=None, problem=refusal.diagnosis(), **ends
        )


def take_away(session: Session, held: Held) -> None:
    """Takes the row of a file away: it is read. Does not commit.

    Raises:
        SourceGoneError: the file is no longer this reader's.
    """
    gone = session.execute(delete(DraftSource).where(*_held(held)))
    if gone.rowcount != 1:  # type: ignore[attr-defined]  # a DELETE gives a CursorResult
        raise SourceGoneError


def _held(held: Held) -> tuple[ColumnElement[bool], ...]:
    return (DraftSource.id == held.id, DraftSource.token == held.token)


def _change(session: Session, held: Held, **values: Any) -> None:  # noqa: ANN401 (columns of DraftSource)
    changed = session.execute(
        update(DraftSource)
        .where(*_held(held))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise SourceGoneError
