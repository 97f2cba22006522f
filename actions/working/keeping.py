"""Keeping what somebody writes: begun, saved at every pause, handed in, or thrown away.

A working copy is one person's. A save counts where nobody else saved in between: it names the
version it began from, or comes from the window that saved last and is newer than that save. Saves
leave no audit event; beginning, discarding and handing in do.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from actions.access import may_see, require_person, require_role
from actions.auditing import Actor
from actions.changing import expect_state, get_directive
from actions.desk import Deed, Desk, doing
from actions.draft import NewAttachment
from actions.draft_rows import draft_of
from actions.drafting import revise, start_directive
from actions.errors import (
    AlreadyDoneError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    Problem,
    StaleRevisionError,
)
from actions.offices import office_facts
from actions.pages import attachments_of
from actions.trying import looking, trying
from actions.working.beginning import copied, empty
from actions.working.body import Attached, Body
from actions.working.building import from_draft, to_draft
from actions.working.choices import kinds
from actions.working.faults import faults_of
from models.base import DirectiveId
from models.directive import Directive, Document
from models.lifecycle import DirectiveState
from models.officer import Role
from models.organisation import Organisation
from models.working import WorkingDraft

KIND: Final = "working_draft"
MOST_KEPT: Final = 50
"""Unfinished drafts of one person."""
_WITH_DRAFTER: Final = (DirectiveState.DRAFTING, DirectiveState.RETURNED)
_WHAT: Final = "soạn thảo văn bản"


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """What a window says of itself when it saves."""

    version: int
    """The version that the page showed."""
    window: str = ""
    """A name that the browser window gave itself; empty without scripts."""
    sequence: int = 0
    """Grows with each save of that window."""


def begin(desk: Desk, actor: Actor, doc_type: str) -> uuid.UUID:
    """Begins an empty draft of a kind of paper. Returns its key.

    Raises:
        NotAuthorisedError: the actor is no drafter.
        InvalidInputError: the office writes no such papers, or there are too many drafts.
    """
    with doing(desk, actor, "begin_draft", kind=KIND) as deed:
        office = drafting_office(deed)
        if doc_type not in {one.name for one in kinds(deed.session, office.id, deed.day)}:
            reason = f"Cơ quan không có loại văn bản “{doc_type}”. Chọn lại trong danh sách."
            raise InvalidInputError(Problem(place="Tên loại", reason=reason))
        return add(deed, office, empty(deed.session, office, doc_type, deed.day))


def begin_copy(desk: Desk, actor: Actor, directive_id: DirectiveId) -> uuid.UUID:
    """Begins a new draft with the text of an earlier directive. Returns its key.

    Raises:
        NotAuthorisedError: the actor is no drafter, or may not see that directive.
        NotFoundError: there is no such directive.
    """
    with doing(desk, actor, "begin_draft", kind=KIND) as deed:
        office = drafting_office(deed)
        directive = get_directive(deed.session, directive_id)
        if not may_see(deed.session, actor.id, directive, deed.day):
            raise NotAuthorisedError(actor.name, "xem văn bản này", "cán bộ của cơ quan ban hành")
        deed.detail |= {"copied_from": str(directive_id)}
        body = copied(deed.session, office, draft_of(deed.session, directive), deed.day)
        return add(deed, office, body)


def begin_revision(desk: Desk, actor: Actor, directive_id: DirectiveId) -> uuid.UUID:
    """Takes a directive that lies with its drafter up again. Returns the key of the working copy.

    A copy that was begun before is gone on with, unless the directive has a newer revision.

    Raises:
        NotAuthorisedError: the actor is not its drafter.
        WrongStateError: it does not lie with its drafter.
    """
    with doing(desk, actor, "begin_draft", kind=KIND) as deed:
        directive = get_directive(deed.session, directive_id)
        require_person(deed, directive.drafter_id, "sửa văn bản", "người soạn thảo văn bản này")
        expect_state(directive, *_WITH_DRAFTER)
        found = deed.session.scalars(
            select(WorkingDraft).where(
                WorkingDraft.officer_id == actor.id, WorkingDraft.directive_id == directive_id
            )
        ).first()
        if found is not None and found.base_revision == directive.revision:
            deed.subject_id = str(found.id)
            return found.id
        if found is not None:
            deed.session.delete(found)
            deed.session.flush()
        body = from_draft(draft_of(deed.session, directive))
        body.attachments = [
            Attached(
                name=one.name, media_type=one.media_type, sha256=one.sha256,
                size_bytes=one.size_bytes,
            )
            for one in attachments_of(deed.session, directive)
        ]  # fmt: skip
        office = deed.session.get_one(Organisation, directive.organisation_id)
        return add(deed, office, body, directive)


def drafting_office(deed: Deed) -> Organisation:
    """Returns the office whose drafter the actor is.

    Raises:
        NotAuthorisedError: they are none.
    """
    office_id = office_facts(deed.session).organisation_id
    require_role(deed, Role.DRAFTER, office_id, _WHAT)
    return deed.session.get_one(Organisation, office_id)


def add(
    deed: Deed,
    office: Organisation,
    body: Body,
    directive: Directive | None = None,
    *,
    key: uuid.UUID | None = None,
) -> uuid.UUID:
    """Adds a working copy. Returns its key, a new one where none is given. Does not commit.

    Raises:
        InvalidInputError: the actor has too many already.
    """
    mine = select(WorkingDraft.id).where(WorkingDraft.officer_id == deed.actor.id)
    if len(deed.session.scalars(mine.limit(MOST_KEPT)).all()) >= MOST_KEPT:
        reason = f"Đang có {MOST_KEPT} dự thảo chưa trình. Trình hoặc xoá bớt rồi soạn văn bản mới."
        raise InvalidInputError(Problem(place="Dự thảo", reason=reason))
    row = WorkingDraft(
        id=key or uuid.uuid4(),
        officer_id=deed.actor.id,
        organisation_id=office.id,
        directive_id=directive.id if directive else None,
        base_revision=directive.revision if directive else None,
        body=body.model_dump(mode="json"),
        created_at=deed.at,
        updated_at=deed.at,
    )
    deed.session.add(row)
    deed.subject_id = str(row.id)
    deed.detail |= {"doc_type": body.doc_type, "directive": str(row.directive_id or "")}
    return row.id


def working_draft(session: Session, actor: Actor, key: uuid.UUID) -> WorkingDraft:
    """Returns a working copy of the actor's own.

    Raises:
        NotFoundError: there is none, it was handed in or thrown away, or it is somebody else's.
    """
    row = session.get(WorkingDraft, key)
    if row is None or row.officer_id != actor.id or actor.kind != "officer":
        raise NotFoundError("dự thảo đang soạn", key)
    return row


def body_of(row: WorkingDraft) -> Body:
    """Returns what stands in a working copy."""
    return Body.model_validate(row.body)


def my_drafts(session: Session, officer_id: str) -> list[WorkingDraft]:
    """Returns a person's unfinished drafts, the newest first."""
    return list(
        session.scalars(
            select(WorkingDraft)
            .where(WorkingDraft.officer_id == officer_id)
            .order_by(WorkingDraft.updated_at.desc(), WorkingDraft.id)
        )
    )


def count_drafts(session: Session, officer_id: str) -> int:
    """Returns how many drafts a person has begun and not handed in."""
    mine = select(func.count()).where(WorkingDraft.officer_id == officer_id)
    return session.scalar(mine) or 0


def save(
    desk: Desk,
    actor: Actor,
    key: uuid.UUID,
    change: Callable[[Body], None],
    said: Save,
    *,
    structure: bool = False,
) -> int:
    """Changes what stands in a working copy. Returns the new version.

    Args:
        desk: the tools.
        actor: whose copy it is.
        key: of the copy.
        change: puts what was typed into the body.
        said: of the window that saves.
        structure: parts were added, moved or taken out: it can be taken back.

    Raises:
        NotFoundError: there is no such copy of the actor's.
        StaleRevisionError: another window saved in between.
        InvalidInputError: from `change`.
    """
    at = desk.clock()
    with desk.database.writing() as session:
        row = working_draft(session, actor, key)
        before = row.body
        body = body_of(row)
        change(body)
        values: dict[str, object] = {"body": body.model_dump(mode="json")}
        if structure:
            values["before"] = before
        changed = session.execute(
            update(WorkingDraft)
            .where(WorkingDraft.id == key, WorkingDraft.version == row.version, _counts(said))
            .values(
                version=row.version + 1,
                window=said.window[:64] or None,
                sequence=said.sequence,
                heard_at=at,
                updated_at=at,
                **values,
            )
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            raise StaleRevisionError(str(said.version), str(row.version))
        return row.version + 1


def _counts(said: Save) -> ColumnElement[bool]:
    same = WorkingDraft.version == said.version
    if not said.window:
        return same
    newer = and_(WorkingDraft.window == said.window[:64], WorkingDraft.sequence < said.sequence)
    return or_(same, newer)


def take_back(desk: Desk, actor: Actor, key: uuid.UUID) -> None:
    """Takes the last change of structure back; once more, and it is there again.

    Raises:
        NotFoundError: there is no such copy of the actor's.
        InvalidInputError: there is nothing to take back.
    """
    with desk.database.writing() as session:
        row = working_draft(session, actor, key)
        if not row.before:
            reason = "Chưa có thay đổi nào để hoàn tác."
            raise InvalidInputError(Problem(place="Hoàn tác", reason=reason))
        row.body, row.before = row.before, row.body
        row.version += 1
        row.updated_at = desk.clock()


def discard(desk: Desk, actor: Actor, key: uuid.UUID) -> None:
    """Throws a working copy away; a directive that it revises stays as it is.

    Raises:
        NotFoundError: there is no such copy of the actor's.
    """
    with doing(desk, actor, "discard_draft", kind=KIND, subject=key) as deed:
        row = working_draft(deed.session, actor, key)
        deed.detail |= {"title": body_of(row).title, "directive": str(row.directive_id or "")}
        deed.session.delete(row)


def hand_in(
    desk: Desk, actor: Actor, key: uuid.UUID, *, note: str = "", seen: int | None = None
) -> DirectiveId:
    """Stores a working copy as a directive, or as its next revision; the copy ends with that.

    Both happen in one transaction: a kill leaves the copy, or the revision, never both or none.

    Args:
        desk: the tools.
        actor: whose copy it is.
        key: of the copy.
        note: what a further revision changes.
        seen: the version that was looked at; None for whatever stands now.

    Raises:
        NotFoundError: there is no such copy of the actor's.
        StaleRevisionError: it is not the version that was looked at.
        AlreadyDoneError: another window handed it in or saved meanwhile.
        InvalidInputError: something stops it, by `actions.working.faults`.
        SeparationError, NotEntitledError, NotAuthorisedError, WrongStateError: as
            `actions.drafting.start_directive` and `revise`.
    """
    with looking(desk, actor, "hand_in_draft", subject=key, kind=KIND) as deed:
        row = working_draft(deed.session, actor, key)
        body = body_of(row)
        if seen is not None and seen != row.version:
            raise StaleRevisionError(str(seen), str(row.version))
        if row.directive_id is not None:
            _require_base(deed.session.get_one(Directive, row.directive_id), row)
        # Here, for once it is stored there is no copy any more in which it could be mended.
        wrong = [
            Problem(place=one.place, reason=one.sentence)
            for one in faults_of(deed.session, body, deed.day)
            if one.stops
        ]
        if wrong:
            raise InvalidInputError(*wrong)
        draft = to_draft(deed.session, body)
    with trying(desk, actor, "hand_in_draft", subject=key, kind=KIND):
        files = tuple(
            NewAttachment(
                name=one.name, media_type=one.media_type, content=desk.archive.get(one.sha256)
            )
            for one in body.attachments
        )
    draft = replace(draft, attachments=files)

    def ended(deed: Deed) -> None:
        gone = deed.session.execute(
            delete(WorkingDraft).where(WorkingDraft.id == key, WorkingDraft.version == row.version)
        )
        if gone.rowcount != 1:  # type: ignore[attr-defined]  # a DELETE gives a CursorResult
            raise AlreadyDoneError("Việc trình dự thảo này")
        _keep_source(deed, row)

    if row.directive_id is None:
        return start_directive(desk, actor, draft=draft, also=ended)
    revise(desk, actor, row.directive_id, draft=draft, note=note, also=ended)
    return row.directive_id


def _keep_source(deed: Deed, row: WorkingDraft) -> None:
    """The file that a draft was read from stays with its directive."""
    if row.source_sha256 is None:
        return
    deed.session.add(
        Document(
            directive_id=uuid.UUID(deed.subject_id),
            revision=1,
            kind="source",
            name=row.source_name or "",
            media_type=row.reading["media_type"],
            sha256=row.source_sha256,
            size_bytes=row.reading["size_bytes"],
            created_at=deed.at,
        )
    )


def _require_base(directive: Directive, row: WorkingDraft) -> None:
    if directive.revision != row.base_revision:
        raise StaleRevisionError(str(row.base_revision), str(directive.revision))
