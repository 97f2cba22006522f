"""Open work of an officer who leaves passes to another who is entitled, or back to the drafter.

The same pieces pass on what waits for an officer who is only away: `actions.absences.standing_in`.

Before a directive is signed four people stand on it: drafter, two reviewers, signatory. Whoever
takes over needs the role (or the authority) on that day and may hold no other of the four. Another
signatory means another signature block, so that the paper gets a further revision and all three
decisions are taken anew. What nobody can take over goes back to the drafter with the reason; what
even that does not help is told, never dropped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import or_, select, true
from sqlalchemy.orm import Session

from actions.access import ROLE_WORDS, roles_on
from actions.auditing import Actor, append_event
from actions.changing import amend, move
from actions.desk import Deed
from actions.draft import Draft
from actions.draft_rows import StoredFile, add_revision, draft_of
from actions.reviewing import STEP_WORDS, passed_steps
from actions.signatures import COMPLETED, abandon_planned, is_being_signed, living_signature
from actions.waking import ask_to_wake
from models.base import DirectiveId
from models.directive import Directive, Document
from models.lifecycle import DirectiveState, ReviewStep
from models.officer import Officer, Role, SigningAuthority
from models.review import Review
from signing.request import SignatureKind

_S = DirectiveState
UNSIGNED: Final = (_S.DRAFTING, _S.RETURNED, _S.IN_REVIEW, _S.APPROVED, _S.NUMBERED)
_OPEN: Final = (*UNSIGNED, _S.SIGNED, _S.SEALED)
_WITH_DRAFTER: Final = (_S.DRAFTING, _S.RETURNED)
REVIEWS: Final = {
    ReviewStep.CONTENT: ("content_reviewer_id", Role.CONTENT_REVIEWER),
    ReviewStep.FORM: ("form_reviewer_id", Role.FORM_REVIEWER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaver:
    """Who leaves, and who takes over."""

    officer: Officer
    to: Officer | None
    day: date
    """The day whose roles and authorities count."""

    because: str = "thôi công tác"
    """Why it passes on, after the name: `thôi công tác`, `vắng mặt từ … đến …`."""

    authority_id: str | None = None
    """The authority by which the other signs; any that fits where none is said."""

    absence_id: str | None = None
    """The absence behind it, for the record."""

    def detail(self, passed: "Piece") -> dict[str, Any]:
        """Returns what the record of a piece says."""
        return {
            "from": self.officer.id, "to": self.to.id if self.to else None, "part": passed.what,
            "outcome": passed.outcome, "words": passed.words, "from_name": self.officer.name,
            "to_name": self.to.name if self.to else None, "because": self.because,
            **({"absence": self.absence_id} if self.absence_id else {}),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What became of one piece of open work."""

    title: str
    subject: str
    what: str
    """The leaver's part in it, in Vietnamese: `người soạn thảo`."""

    outcome: str
    """`handed` (to the other officer), `returned` (to the drafter) or `left` (nobody has it)."""

    words: str
    """One Vietnamese sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed(Piece):
    """A piece that belongs to a directive."""

    directive_id: DirectiveId


SIGNATURE: Final = ROLE_WORDS[Role.SIGNATORY]
"""`Piece.what` of a signature."""


def hand_over(deed: Deed, leaver: Leaver) -> tuple[Passed, ...]:
    """Passes on every directive before issue that waits, or may yet wait, for the leaver.

    Does not commit. Each piece has its own audit event. Idempotent: what was handed over no longer
    names the leaver.
    """
    waiting = named_in(deed.session, leaver.officer.id, _OPEN)
    return tuple(one for directive in waiting for one in _pass_on(deed, leaver, directive))


def named_in(
    session: Session, officer_id: str, states: tuple[DirectiveState, ...]
) -> Sequence[Directive]:
    """Returns the directives in some states in which an officer is named for a step."""
    return session.scalars(
        select(Directive)
        .where(
            Directive.state.in_([state.value for state in states]),
            or_(
                Directive.drafter_id == officer_id,
                Directive.content_reviewer_id == officer_id,
                Directive.form_reviewer_id == officer_id,
                Directive.signatory_id == officer_id,
            ),
        )
        .order_by(Directive.created_at, Directive.id)
    ).all()


def _pass_on(deed: Deed, leaver: Leaver, directive: Directive) -> Iterator[Passed]:
    mine, state = leaver.officer.id, DirectiveState(directive.state)
    if directive.drafter_id == mine:
        yield pass_draft(deed, leaver, directive)
    if directive.signatory_id == mine and state in UNSIGNED and not has_signed(deed, directive):
        yield _signatory(deed, leaver, directive)
    done = passed_steps(deed.session, directive)
    for step, (column, role) in REVIEWS.items():
        still_open = DirectiveState(directive.state) in (*_WITH_DRAFTER, _S.IN_REVIEW)
        if getattr(directive, column) == mine and step not in done and still_open:
            yield pass_check(deed, leaver, directive, step, role)


def has_signed(deed: Deed, directive: Directive) -> bool:
    """True from the finished signature on; where the number comes later, before there is one."""
    living = living_signature(deed.session, directive.id, SignatureKind.OFFICER)
    return living is not None and living.state == COMPLETED


def pass_draft(deed: Deed, leaver: Leaver, directive: Directive) -> Passed:
    """Lets another go on with the draft; where nobody may, that is noted."""
    what = ROLE_WORDS[Role.DRAFTER]
    to = leaver.to
    if to is None or not may_take(deed, leaver, directive, Role.DRAFTER):
        words = _nobody(deed, leaver, directive)
        return _noted(deed, leaver, directive, what, "left", words)
    amend(deed, directive, expected=DirectiveState(directive.state), drafter_id=to.id)
    return _noted(deed, leaver, directive, what, "handed", f"{to.name} soạn thảo tiếp.")


def pass_check(
    deed: Deed, leaver: Leaver, directive: Directive, step: ReviewStep, role: Role
) -> Passed:
    """Gives a check to another; where nobody may take it the draft goes back."""
    what, to = ROLE_WORDS[role], leaver.to
    if to is not None and may_take(deed, leaver, directive, role):
        column = {REVIEWS[step][0]: to.id}
        amend(deed, directive, expected=DirectiveState(directive.state), **column)
        words = f"{to.name} {STEP_WORDS[step][0]}."
        return _noted(deed, leaver, directive, what, "handed", words)
    return _back(deed, leaver, directive, what, "cần người kiểm tra khác")


def _signatory(deed: Deed, leaver: Leaver, directive: Directive) -> Passed:
    what = SIGNATURE
    if is_being_signed(deed.session, directive.id):
        words = "Khoá đã ký khi còn công tác; hệ thống đang hoàn tất chữ ký ấy."
        return _noted(deed, leaver, directive, what, "handed", words)
    to, authority = leaver.to, authority_for(deed.session, leaver, directive)
    if to is None or authority is None or not is_apart(deed.session, directive, to.id):
        return _back(deed, leaver, directive, what, "cần người ký khác có thẩm quyền")
    return sign_instead(deed, leaver, directive, to, authority)


def sign_instead(
    deed: Deed, leaver: Leaver, directive: Directive, to: Officer, authority: SigningAuthority
) -> Passed:
    """Makes another the signatory: a further revision with that signature block."""
    _sign_by(deed, leaver, directive, to, authority)
    words = f"{to.name} là người ký; bản {directive.revision} phải được kiểm tra và duyệt lại."
    return _noted(deed, leaver, directive, SIGNATURE, "handed", words)


def authority_for(
    session: Session, leaver: Leaver, directive: Directive
) -> SigningAuthority | None:
    """Returns the authority by which the other officer may sign this kind of paper that day."""
    if leaver.to is None:
        return None
    given = SigningAuthority.id == leaver.authority_id if leaver.authority_id else true()
    rows = session.scalars(
        select(SigningAuthority)
        .where(
            given,
            SigningAuthority.officer_id == leaver.to.id,
            SigningAuthority.organisation_id == directive.organisation_id,
            SigningAuthority.valid_from <= leaver.day,
            or_(SigningAuthority.valid_to.is_(None), SigningAuthority.valid_to >= leaver.day),
        )
        .order_by(SigningAuthority.id)
    )
    wanted = directive.doc_type.casefold()
    return next(
        (
            one
            for one in rows
            if not one.doc_types or wanted in {str(kind).casefold() for kind in one.doc_types}
        ),
        None,
    )


def _sign_by(
    deed: Deed, leaver: Leaver, directive: Directive, to: Officer, authority: SigningAuthority
) -> None:
    """A further revision that differs in its signature block alone; reviewed from the start."""
    files, draft = _files(deed.session, directive), _signed_by(deed, directive, to, authority)
    state = DirectiveState(directive.state)
    abandon_planned(deed, directive.id, f"{leaver.officer.name} {leaver.because}, chưa ký.")
    values = {
        "revision": directive.revision + 1, "signatory_id": to.id, "authority_id": authority.id,
        "frozen_sha256": None,
    }  # fmt: skip
    anew = {"resume_step": None, "return_reason": None, "taken_back_revision": None}
    if state in (_S.APPROVED, _S.NUMBERED):
        move(deed, directive, _S.RETURNED, expected=state)
        move(deed, directive, _S.IN_REVIEW, expected=_S.RETURNED, **values, **anew)
    elif state is _S.IN_REVIEW:
        amend(deed, directive, expected=state, **values, **anew)
    else:
        # With its drafter, who still sees why it came back.
        amend(deed, directive, expected=state, **values)
    note = f"{leaver.officer.name} {leaver.because}; khối chữ ký ghi lại cho {to.name}."
    author = deed.actor if deed.actor.kind == "officer" else _as_actor(to)
    add_revision(replace(deed, actor=author), directive, draft, files, note)
    ask_to_wake(deed, directive.id)


def _as_actor(officer: Officer) -> Actor:
    return Actor(kind="officer", id=officer.id, name=officer.name)


def _signed_by(deed: Deed, directive: Directive, to: Officer, authority: SigningAuthority) -> Draft:
    draft = draft_of(deed.session, directive)
    old = draft.content.signature
    position = authority.position.upper() if old.position.isupper() else authority.position
    block = replace(
        old, capacity_lines=tuple(authority.capacity_lines), position=position, name=to.name
    )
    return replace(
        draft, content=replace(draft.content, signature=block), signatory=to.id,
        authority_id=authority.id,
    )  # fmt: skip


def _files(session: Session, directive: Directive) -> tuple[StoredFile, ...]:
    rows = session.scalars(
        select(Document)
        .where(
            Document.directive_id == directive.id, Document.kind == "attachment",
            Document.revision == directive.revision,
        )
        .order_by(Document.created_at, Document.name)
    )  # fmt: skip
    return tuple(
        StoredFile(
            name=row.name, media_type=row.media_type, sha256_hex=row.sha256,
            size_bytes=row.size_bytes,
        )
        for row in rows
    )  # fmt: skip


def _back(deed: Deed, leaver: Leaver, directive: Directive, what: str, todo: str) -> Passed:
    """Nobody can stay named for it; an administrator may name somebody later."""
    how = "người quản trị giao tiếp ở Quản trị, trang của cán bộ"
    why = f"{leaver.officer.name} ({what}) thôi công tác; {todo} ({how})."
    state = DirectiveState(directive.state)
    values = {
        "resume_step": None, "return_reason": why, "taken_back_revision": None,
        "frozen_sha256": None,
    }  # fmt: skip
    if state is _S.DRAFTING:
        return _noted(deed, leaver, directive, what, "left", f"Dự thảo ở người soạn: {todo}.")
    if state is _S.RETURNED:
        both = " ".join(part for part in (directive.return_reason, why) if part)
        amend(deed, directive, expected=state, return_reason=both)
    else:
        abandon_planned(deed, directive.id, f"{leaver.officer.name} thôi công tác trước khi ký.")
        move(deed, directive, _S.RETURNED, expected=state, **values)
        ask_to_wake(deed, directive.id)
    words = f"Trả về người soạn thảo: {todo}."
    return _noted(deed, leaver, directive, what, "returned", words)


def may_take(deed: Deed, leaver: Leaver, directive: Directive, role: Role) -> bool:
    """Tells whether the other has the role on the day and no other step of the directive."""
    to = leaver.to
    return (
        to is not None
        and role in roles_on(deed.session, to.id, directive.organisation_id, leaver.day)
        and is_apart(deed.session, directive, to.id)
    )


def is_apart(session: Session, directive: Directive, officer_id: str) -> bool:
    """Four steps, four people. Source: NĐ 30/2020 Đ12."""
    named = {
        directive.drafter_id, directive.content_reviewer_id, directive.form_reviewer_id,
        directive.signatory_id,
    }  # fmt: skip
    decided = select(Review.id).where(
        Review.directive_id == directive.id,
        Review.revision == directive.revision,
        Review.officer_id == officer_id,
    )
    return officer_id not in named and session.scalars(decided).first() is None


def _nobody(deed: Deed, leaver: Leaver, directive: Directive) -> str:
    what = ROLE_WORDS[Role.DRAFTER]
    if leaver.to is None:
        return f"Chưa nêu ai nhận việc {what}; nêu người nhận rồi làm lại."
    if Role.DRAFTER in roles_on(deed.session, leaver.to.id, directive.organisation_id, leaver.day):
        return f"{leaver.to.name} đã giữ phần việc khác của văn bản này; nêu người khác."
    return f"{leaver.to.name} không có vai trò {what}; nêu người khác."


def _noted(  # noqa: PLR0917 (one line of a record)
    deed: Deed, leaver: Leaver, directive: Directive, what: str, outcome: str, words: str
) -> Passed:
    passed = Passed(
        directive_id=directive.id, title=directive.number_text or "Dự thảo",
        subject=directive.subject, what=what, outcome=outcome, words=words,
    )  # fmt: skip
    append_event(
        deed.session, actor=deed.actor, deed="hand_over", outcome="done",
        subject_kind="directive", subject_id=str(directive.id), at=deed.at,
        detail={**leaver.detail(passed), "revision": directive.revision},
    )  # fmt: skip
    return passed
