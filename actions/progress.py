"""Where a directive stands: its next step, who has work with it, what happened so far.

Reads only. Flows ask `next_step` what to do or for whom to wait; the portal shows `work_for` and
`timeline`. All words are Vietnamese.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.access import posts_on
from actions.changing import get_directive
from actions.deed_words import deed_words
from actions.errors import STATE_WORDS
from actions.ordering import machine_numbers, signs_first, title_of
from actions.reviewing import DEEDS, STEP_WORDS, person_for, steps_due, was_returned
from actions.signatures import KEYED, living_signature
from models.audit import AuditEvent
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState, ObligationState, ReviewStep
from models.obligation import Obligation
from models.officer import Officer, Role
from signing.request import SignatureKind

PERSON, MACHINE_STEP, DONE = "person", "machine", "done"
"""Kinds of a next step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One thing that a directive waits for."""

    kind: str
    """`person` (a decision), `machine` (a flow's task) or `done` (nothing moves it on its way)."""
    deed: str
    """submit, revise, check_content, check_form, approve, take_number, freeze, sign,
    complete_signature, seal, complete_seal, issue or follow_up; empty when all is over."""
    officers: tuple[str, ...] = ()
    """Identifiers of the officers who were named for it."""
    role: Role | None = None
    """The role whose holders may do it, where nobody was named."""
    words: str
    """One sentence: `Chờ Trần Trung Hiếu ký.`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One row of "Việc của tôi"."""

    directive_id: DirectiveId
    title: str
    """Number, `Chưa cấp số` or `Dự thảo`."""
    subject: str
    doc_type: str
    urgency: str | None
    state: str
    deed: str
    """As in `NextStep.deed`."""
    words: str
    """What is asked: `Chờ ký`, `Trả lại: …`."""
    since: datetime
    """When it last changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened, for people."""

    at: datetime
    actor: str
    """Name and post, as they were then."""
    deed: str
    words: str
    """What was done or tried, in Vietnamese."""
    outcome: str
    """`done` or `refused`."""
    detail: dict[str, Any] = field(default_factory=dict)
    """The audit event's own facts: reason, number, digests."""


def next_step(session: Session, directive: Directive) -> NextStep:
    """Returns what moves the directive on; the first where two decisions are due at once."""
    return next_steps(session, directive)[0]


def next_steps(session: Session, directive: Directive) -> tuple[NextStep, ...]:
    """Returns every step that may be taken now; never empty."""
    return _STEPS[DirectiveState(directive.state)](session, directive)


def _with_drafter(session: Session, directive: Directive) -> tuple[NextStep, ...]:
    returned = directive.state == DirectiveState.RETURNED
    name = _name(session, directive.drafter_id)
    what = "sửa dự thảo bị trả lại" if returned else "hoàn thiện và trình dự thảo"
    reason = f" Lý do trả lại: {directive.return_reason}" if returned else ""
    deed = "revise" if was_returned(session, directive) else "submit"
    return (_person(deed, directive.drafter_id, f"Chờ {name} {what}.{reason}"),)


def _in_review(session: Session, directive: Directive) -> tuple[NextStep, ...]:
    return tuple(
        _person(
            DEEDS[step],
            person_for(directive, step),
            f"Chờ {_name(session, person_for(directive, step))} {STEP_WORDS[step][0]}.",
        )
        for step in sorted(steps_due(session, directive), key=list(ReviewStep).index)
    )


def _approved(session: Session, directive: Directive) -> tuple[NextStep, ...]:
    if signs_first(session, directive):
        return _to_sign(session, directive)
    return _to_number(session)


def _numbered(session: Session, directive: Directive) -> tuple[NextStep, ...]:
    if signs_first(session, directive):
        return _to_seal(session, directive)
    return _to_sign(session, directive)


def _signed(session: Session, directive: Directive) -> tuple[NextStep, ...]:
    if signs_first(session, directive):
        return _to_number(session)
    return _to_seal(session, directive)


def _to_number(session: Session) -> tuple[NextStep, ...]:
    if machine_numbers(session):
        return (_machine("take_number", "Đang cấp số."),)
    return (_clerk("take_number", "Chờ văn thư cấp số."),)


def _to_sign(session: Session, directive: Directive) -> tuple[NextStep, ...]:
    if directive.frozen_sha256 is None:
        return (_machine("freeze", "Đang dựng bản để ký."),)
    if _is_keyed(session, directive, SignatureKind.OFFICER):
        return (_machine("complete_signature", "Đang hoàn tất chữ ký của lãnh đạo."),)
    name = _name(session, directive.signatory_id)
    return (_person("sign", directive.signatory_id, f"Chờ {name} ký."),)


def _to_seal(session: Session, directive: Directive) -> tuple[NextStep, ...]:
    if _is_keyed(session, directive, SignatureKind.SEAL):
        return (_machine("complete_seal", "Đang hoàn tất dấu của cơ quan."),)
    return (_clerk("seal", "Chờ văn thư đóng dấu."),)


def _sealed(_session: Session, _directive: Directive) -> tuple[NextStep, ...]:
    return (_clerk("issue", "Chờ văn thư phát hành."),)


def _issued(_session: Session, _directive: Directive) -> tuple[NextStep, ...]:
    words = "Đã phát hành; đang theo dõi báo cáo của các đơn vị."
    return (NextStep(kind=DONE, deed="follow_up", role=Role.FOLLOW_UP, words=words),)


def _over(_session: Session, directive: Directive) -> tuple[NextStep, ...]:
    reason = f" Lý do: {directive.close_reason}" if directive.close_reason else ""
    return (NextStep(kind=DONE, deed="", words=f"Văn bản {STATE_WORDS[directive.state]}.{reason}"),)


_Steps = Callable[[Session, Directive], tuple[NextStep, ...]]
_STEPS: dict[DirectiveState, _Steps] = {
    DirectiveState.DRAFTING: _with_drafter,
    DirectiveState.RETURNED: _with_drafter,
    DirectiveState.IN_REVIEW: _in_review,
    DirectiveState.APPROVED: _approved,
    DirectiveState.NUMBERED: _numbered,
    DirectiveState.SIGNED: _signed,
    DirectiveState.SEALED: _sealed,
    DirectiveState.ISSUED: _issued,
    DirectiveState.CORRECTED: _issued,
    DirectiveState.CLOSED: _over,
    DirectiveState.CANCELLED: _over,
    DirectiveState.RECALLED: _over,
    DirectiveState.REPLACED: _over,
}


def _is_keyed(session: Session, directive: Directive, kind: SignatureKind) -> bool:
    living = living_signature(session, directive.id, kind)
    return living is not None and living.state == KEYED


def _person(deed: str, officer_id: str | None, words: str) -> NextStep:
    return NextStep(
        kind=PERSON, deed=deed, officers=(officer_id,) if officer_id else (), words=words
    )


def _clerk(deed: str, words: str) -> NextStep:
    return NextStep(kind=PERSON, deed=deed, role=Role.REGISTRY_CLERK, words=words)


def _machine(deed: str, words: str) -> NextStep:
    return NextStep(kind=MACHINE_STEP, deed=deed, words=words)


def _name(session: Session, officer_id: str | None) -> str:
    officer = session.get(Officer, officer_id) if officer_id else None
    return officer.name if officer else "người được phân công"


_OPEN_STATES = (
    DirectiveState.DRAFTING,
    DirectiveState.RETURNED,
    DirectiveState.IN_REVIEW,
    DirectiveState.APPROVED,
    DirectiveState.NUMBERED,
    DirectiveState.SIGNED,
    DirectiveState.SEALED,
)
_ANSWERED = (ObligationState.REPORTED, ObligationState.EXTENSION_REQUESTED)


def work_for(session: Session, officer_id: str, day: date) -> list[WorkItem]:
    """Returns what waits for an officer on a day, longest waiting first.

    A step for which somebody was named is theirs alone; a clerk's step is every clerk's. Follow-up
    shows where units have answered and nobody has decided yet.
    """
    roles = {
        (post.organisation_id, Role(role))
        for post in posts_on(session, officer_id, day)
        for role in post.roles
    }
    waiting = [*_moving(session), *_answered(session)]
    return [
        _item(directive, step)
        for directive in sorted(waiting, key=lambda one: one.updated_at)
        for step in next_steps(session, directive)
        if officer_id in step.officers or (directive.organisation_id, step.role) in roles
    ]


def _moving(session: Session) -> list[Directive]:
    return list(session.scalars(select(Directive).where(Directive.state.in_(_OPEN_STATES))))


def _answered(session: Session) -> list[Directive]:
    return list(
        session.scalars(
            select(Directive).where(
                Directive.state.in_((DirectiveState.ISSUED, DirectiveState.CORRECTED)),
                select(Obligation.id)
                .where(Obligation.directive_id == Directive.id, Obligation.state.in_(_ANSWERED))
                .exists(),
            )
        )
    )


def _item(directive: Directive, step: NextStep) -> WorkItem:
    return WorkItem(
        directive_id=directive.id,
        title=title_of(directive),
        subject=directive.subject,
        doc_type=directive.doc_type,
        urgency=directive.urgency,
        state=directive.state,
        deed=step.deed,
        words=step.words,
        since=directive.updated_at,
    )


def timeline(session: Session, directive_id: DirectiveId) -> list[TimelineEntry]:
    """Returns what happened to a directive, in order, from its audit events.

    Raises:
        NotFoundError: there is no such directive.
    """
    get_directive(session, directive_id)
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_kind == "directive", AuditEvent.subject_id == str(directive_id))
        .order_by(AuditEvent.sequence)
    )
    return [
        TimelineEntry(
            at=event.at,
            actor=event.actor_name,
            deed=event.deed,
            words=deed_words(event.deed, refused=event.outcome == "refused"),
            outcome=event.outcome,
            detail=event.detail,
        )
        for event in events
    ]
