"""Remarks on words of a draft, answers to them, and marking them as done.

Whoever may see a draft may remark on it until it is signed; afterwards nothing is added and nothing
is changed. A remark says what its writer thinks and decides nothing: no step waits for it.
"""

import uuid

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from actions.access import BEFORE_SIGNATURE, may_see
from actions.auditing import Actor
from actions.changing import get_directive
from actions.desk import Deed, Desk, doing
from actions.discussing.looks import is_open_to_change
from actions.discussing.texts import require_text
from actions.discussing.versions import text_of
from actions.errors import (
    AlreadyDoneError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    Problem,
    WrongStateError,
)
from models.base import DirectiveId
from models.directive import Directive
from models.discussion import DraftComment
from models.lifecycle import DirectiveState
from models.organisation import Organisation

MOST_COMMENTS = 1000
"""Remarks and answers on one directive; a page shows them all."""
_EMPTY = "Ghi điều cần góp ý."


def comment(
    desk: Desk,
    actor: Actor,
    directive_id: DirectiveId,
    *,
    revision: int,
    place: str,
    quote: str,
    text: str,
) -> uuid.UUID:
    """Stores a remark on words of a version. Returns its identifier.

    The version may be an older one, where its reader did not know of the next: the remark is
    shown at its words if they are still there.

    Args:
        desk: the tools.
        actor: who remarks.
        directive_id: the directive.
        revision: the version that was looked at.
        place: where in it, as `documents.versions.points` names places.
        quote: the words; empty for the whole point.
        text: the remark.

    Raises:
        NotAuthorisedError: the actor may not see the directive.
        WrongStateError: it is signed.
        NotFoundError: there is no such version.
        InvalidInputError: no such place or words in that version, or no remark.
    """
    with doing(desk, actor, "comment", subject=directive_id) as deed:
        directive = _open(deed, directive_id)
        said = require_text("Góp ý", text, empty=_EMPTY)
        words = _quoted(deed.session, directive, revision, place, quote)
        row = _add(deed, directive, revision=revision, place=place, quote=words, text=said)
        deed.detail |= {"comment": str(row.id), "revision": revision, "place": place}
        return row.id


def answer(desk: Desk, actor: Actor, comment_id: uuid.UUID, *, text: str) -> DirectiveId:
    """Stores an answer to a remark. Returns the directive.

    Raises:
        NotFoundError: there is no such remark.
        NotAuthorisedError, WrongStateError, InvalidInputError: as in `comment`.
    """
    directive_id = directive_of(desk, comment_id)
    with doing(desk, actor, "answer_comment", subject=directive_id) as deed:
        directive = _open(deed, directive_id)
        said = require_text("Trả lời", text, empty="Ghi câu trả lời.")
        _add(deed, directive, revision=directive.revision, answers_id=comment_id, text=said)
        deed.detail |= {"comment": str(comment_id)}
    return directive_id


def finish(desk: Desk, actor: Actor, comment_id: uuid.UUID) -> DirectiveId:
    """Marks a remark as done. Returns the directive.

    Raises:
        NotFoundError: there is no such remark.
        NotAuthorisedError: the actor neither wrote the draft nor the remark, nor signs.
        WrongStateError: the directive is signed.
        AlreadyDoneError: somebody was quicker.
    """
    return _mark(desk, actor, comment_id, done=True)


def reopen(desk: Desk, actor: Actor, comment_id: uuid.UUID) -> DirectiveId:
    """Marks a remark as not done after all; raises as `finish` does."""
    return _mark(desk, actor, comment_id, done=False)


def open_comments(session: Session, directive_id: DirectiveId) -> int:
    """Returns how many remarks are not done."""
    counted = session.scalar(
        select(func.count())
        .select_from(DraftComment)
        .where(
            DraftComment.directive_id == directive_id,
            DraftComment.answers_id.is_(None),
            DraftComment.done_at.is_(None),
        )
    )
    return counted or 0


def may_mark(directive: Directive, row: DraftComment, officer_id: str) -> bool:
    """Tells whether an officer says when a remark is done: its writer, the drafter, who signs."""
    return officer_id in (row.author_id, directive.drafter_id, directive.signatory_id)


def directive_of(desk: Desk, comment_id: uuid.UUID) -> DirectiveId:
    """Returns the directive of a remark.

    Raises:
        NotFoundError: there is no such remark.
    """
    with desk.database.reading() as session:
        row = session.get(DraftComment, comment_id)
    if row is None or row.answers_id is not None:
        raise NotFoundError("góp ý", comment_id)
    return row.directive_id


def _open(deed: Deed, directive_id: DirectiveId) -> Directive:
    directive = get_directive(deed.session, directive_id)
    if deed.actor.kind != "officer" or not may_see(
        deed.session, deed.actor.id, directive, deed.day
    ):
        owner = deed.session.get_one(Organisation, directive.organisation_id)
        raise NotAuthorisedError(deed.actor.name, "góp ý vào văn bản này", f"cán bộ {owner.name}")
    if not is_open_to_change(directive):
        signed = directive.state in BEFORE_SIGNATURE
        actual = DirectiveState.SIGNED if signed else directive.state
        raise WrongStateError("Văn bản", expected=BEFORE_SIGNATURE, actual=actual)
    return directive


def _quoted(session: Session, directive: Directive, revision: int, place: str, quote: str) -> str:
    points = {point.place: point for point in text_of(session, directive, revision)}
    found = points.get(place)
    if found is None:
        reason = "Không có đoạn này trong bản đang xem. Tải lại trang rồi chọn lại đoạn."
        raise InvalidInputError(Problem(place="Đoạn được góp ý", reason=reason))
    words = " ".join(quote.split())
    if not words:
        return found.text
    if words not in " ".join(found.text.split()):
        reason = "Những chữ này không có trong đoạn. Chép đúng câu trong đoạn, hoặc để trống."
        raise InvalidInputError(Problem(place="Câu được góp ý", reason=reason))
    return words


def _add(
    deed: Deed,
    directive: Directive,
    *,
    revision: int,
    text: str,
    place: str = "",
    quote: str = "",
    answers_id: uuid.UUID | None = None,
) -> DraftComment:
    counted = deed.session.scalar(
        select(func.count())
        .select_from(DraftComment)
        .where(DraftComment.directive_id == directive.id)
    )
    if (counted or 0) >= MOST_COMMENTS:
        reason = f"Văn bản đã có {MOST_COMMENTS} góp ý. Đề nghị trao đổi trực tiếp."
        raise InvalidInputError(Problem(place="Góp ý", reason=reason))
    row = DraftComment(
        id=uuid.uuid4(), directive_id=directive.id, answers_id=answers_id, revision=revision,
        place=place, quote=quote, text=text, author_id=deed.actor.id, at=deed.at,
    )  # fmt: skip
    deed.session.add(row)
    return row


def _mark(desk: Desk, actor: Actor, comment_id: uuid.UUID, *, done: bool) -> DirectiveId:
    directive_id = directive_of(desk, comment_id)
    name = "finish_comment" if done else "reopen_comment"
    with doing(desk, actor, name, subject=directive_id) as deed:
        directive = _open(deed, directive_id)
        row = deed.session.get_one(DraftComment, comment_id)
        if not may_mark(directive, row, actor.id):
            who = "người góp ý, người soạn thảo hoặc người ký"
            raise NotAuthorisedError(actor.name, "đánh dấu góp ý này", who)
        stands = DraftComment.done_at.is_(None) if done else DraftComment.done_at.is_not(None)
        changed = deed.session.execute(
            update(DraftComment)
            .where(DraftComment.id == comment_id, stands)
            .values(done_at=deed.at if done else None, done_by=actor.id if done else None)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            raise AlreadyDoneError("Việc đánh dấu góp ý")
        deed.detail |= {"comment": str(comment_id)}
    return directive_id
