"""Writing a directive: a new draft, a new revision of it, handing it in for review.

Source: NĐ 30/2020 Đ10.
"""

import uuid
from collections.abc import Callable
from typing import Any

from actions.access import require_person, require_role
from actions.admitting import admit
from actions.auditing import Actor
from actions.changing import amend, expect_state, get_directive, move
from actions.desk import Deed, Desk, doing
from actions.draft import Draft, LineReading, NewAttachment, TaskReading
from actions.draft_problems import form_problems
from actions.draft_rows import StoredFile, add_revision, draft_of
from actions.errors import InvalidInputError, Problem
from actions.offices import office_facts
from actions.reviewing import was_returned
from actions.trying import looking, trying
from actions.waking import ask_to_wake
from delivery.names import safe_media_type
from documents.content import DirectiveContent
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.officer import Role

__all__ = [
    "Draft",
    "LineReading",
    "NewAttachment",
    "TaskReading",
    "revise",
    "start_directive",
    "submit",
]

_WITH_DRAFTER = (DirectiveState.DRAFTING, DirectiveState.RETURNED)
_WHO = "người soạn thảo văn bản này"


def _nothing(_deed: Deed) -> None:
    """Nothing belongs into the same transaction."""


def start_directive(
    desk: Desk, actor: Actor, *, draft: Draft, also: Callable[[Deed], None] = _nothing
) -> DirectiveId:
    """Stores the first revision of a new directive. Returns its identifier.

    Args:
        desk: the tools.
        actor: the drafter.
        draft: the revision.
        also: done in the same transaction, after everything else; what it raises undoes all.

    Raises:
        NotAuthorisedError: the actor is no drafter, or a named reviewer is none.
        InvalidInputError, SeparationError, NotEntitledError: as in `actions.admitting.admit`.
        NotFoundError: the installation has no office yet.
    """
    name = "start_directive"
    with looking(desk, actor, name) as deed:
        _admit_new(deed, draft, desk.size_limit_bytes)
    with trying(desk, actor, name, subject=""):
        files = _put_attachments(desk, draft)
    with doing(desk, actor, name) as deed:
        organisation_id = _admit_new(deed, draft, desk.size_limit_bytes)
        directive = Directive(
            id=DirectiveId(uuid.uuid4()),
            organisation_id=organisation_id,
            drafter_id=actor.id,
            revision=1,
            created_at=deed.at,
            updated_at=deed.at,
            **_columns(draft),
        )
        deed.session.add(directive)
        deed.session.flush()
        deed.subject_id = str(directive.id)
        _store_revision(deed, directive, draft, files, None)
        ask_to_wake(deed, directive.id)
        also(deed)
    return directive.id


def revise(
    desk: Desk,
    actor: Actor,
    directive_id: DirectiveId,
    *,
    draft: Draft,
    note: str,
    also: Callable[[Deed], None] = _nothing,
) -> int:
    """Stores a further revision, in place of the one that was returned. Returns its ordinal.

    Decisions on the revisions before it count no more; a number that was taken stays. `also` as
    for `start_directive`.

    Raises:
        NotAuthorisedError: the actor is not this directive's drafter, or a named reviewer is none.
        WrongStateError: the directive is not with its drafter.
        InvalidInputError, SeparationError, NotEntitledError: as in `actions.admitting.admit`;
            also no note, or another kind of paper than the one that has its number.
    """
    name = "revise"
    with looking(desk, actor, name, subject=directive_id) as deed:
        _admit_revision(deed, directive_id, draft, note, desk.size_limit_bytes)
    with trying(desk, actor, name, subject=directive_id):
        files = _put_attachments(desk, draft)
    with doing(desk, actor, name, subject=directive_id) as deed:
        directive = _admit_revision(deed, directive_id, draft, note, desk.size_limit_bytes)
        state = DirectiveState(directive.state)
        values = {**_columns(draft), "revision": directive.revision + 1}
        amend(deed, directive, expected=state, **values)
        _store_revision(deed, directive, draft, files, note)
        also(deed)
    return directive.revision


def submit(desk: Desk, actor: Actor, directive_id: DirectiveId) -> None:
    """Hands the current revision in for review.

    A draft that was returned must have been revised since: the same text cannot come back. What the
    drafter took back may.

    Raises:
        NotAuthorisedError: the actor is not this directive's drafter.
        WrongStateError: the directive is not with its drafter.
        InvalidInputError, SeparationError, NotEntitledError: the draft would not be let in today.
    """
    with doing(desk, actor, "submit", subject=directive_id) as deed:
        directive = get_directive(deed.session, directive_id)
        require_person(deed, directive.drafter_id, "trình văn bản", _WHO)
        expect_state(directive, *_WITH_DRAFTER)
        if was_returned(deed.session, directive):
            raise InvalidInputError(
                Problem(place="Dự thảo", reason="Chưa sửa sau khi bị trả lại. Sửa rồi trình lại.")
            )
        draft = draft_of(deed.session, directive)
        problems = tuple(form_problems(draft.content, at=deed.day))
        if problems:
            raise InvalidInputError(*problems)
        admit(
            deed,
            draft,
            organisation_id=directive.organisation_id,
            drafter_id=directive.drafter_id,
            size_limit_bytes=desk.size_limit_bytes,
        )
        move(deed, directive, DirectiveState.IN_REVIEW, expected=DirectiveState(directive.state))
        deed.detail |= {"revision": directive.revision}
        ask_to_wake(deed, directive_id)


def _admit_new(deed: Deed, draft: Draft, size_limit_bytes: int) -> str:
    organisation_id = office_facts(deed.session).organisation_id
    require_role(deed, Role.DRAFTER, organisation_id, "soạn thảo văn bản")
    admit(
        deed,
        draft,
        organisation_id=organisation_id,
        drafter_id=deed.actor.id,
        size_limit_bytes=size_limit_bytes,
    )
    return organisation_id


def _admit_revision(
    deed: Deed, directive_id: DirectiveId, draft: Draft, note: str, size_limit_bytes: int
) -> Directive:
    directive = get_directive(deed.session, directive_id)
    require_person(deed, directive.drafter_id, "sửa văn bản", _WHO)
    expect_state(directive, *_WITH_DRAFTER)
    if not note.strip():
        reason = "ghi ngắn gọn, cho người kiểm tra biết chỗ phải xem lại."
        raise InvalidInputError(Problem(place="Đã sửa những gì", reason=reason))
    _require_same_series(directive, draft.content)
    admit(
        deed,
        draft,
        organisation_id=directive.organisation_id,
        drafter_id=directive.drafter_id,
        size_limit_bytes=size_limit_bytes,
    )
    return directive


def _require_same_series(directive: Directive, content: DirectiveContent) -> None:
    """A number belongs to its series: with it, kind and symbol can change no more."""
    old = (directive.regime, directive.doc_type, directive.symbol)
    if directive.number is not None and old != (content.regime, content.doc_type, content.symbol):
        reason = (
            f"Văn bản đã được cấp số {directive.number_text}; không đổi được thể thức, tên loại và "
            "ký hiệu. Giữ nguyên, hoặc huỷ văn bản và soạn văn bản mới."
        )
        raise InvalidInputError(Problem(place="Tên loại, ký hiệu", reason=reason))


def _columns(draft: Draft) -> dict[str, Any]:
    content = draft.content
    return {
        "regime": str(content.regime),
        "doc_type": content.doc_type,
        "subject": content.title,
        "symbol": content.symbol,
        "urgency": content.urgency,
        "content_reviewer_id": draft.content_reviewer,
        "form_reviewer_id": draft.form_reviewer,
        "signatory_id": draft.signatory,
        "authority_id": draft.authority_id,
    }


def _put_attachments(desk: Desk, draft: Draft) -> tuple[StoredFile, ...]:
    """Outside any transaction: the archive may lie behind a network."""
    return tuple(
        StoredFile(
            name=file.name,
            media_type=safe_media_type(file.media_type),
            sha256_hex=desk.archive.put(file.content),
            size_bytes=len(file.content),
        )
        for file in draft.attachments
    )


def _store_revision(
    deed: Deed, directive: Directive, draft: Draft, files: tuple[StoredFile, ...], note: str | None
) -> None:
    digest = add_revision(deed, directive, draft, files, note)
    deed.detail |= {"revision": directive.revision, "content_sha256": digest, "note": note}
