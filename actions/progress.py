"""Where a directive stands: its next step, who has work with it, what happened so far.

Reads only. Flows ask `next_step` what to do or for whom to wait; `work_for` tells what waits for a
person (the portal's list is `actions.work`), the portal shows `timeline`. All words are Vietnamese.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import and_, or_, select, text
from sqlalchemy.orm import Session

from actions.access import posts_on
from actions.auditing import is_about
from actions.changing import get_directive
from actions.deed_words import deed_words
from actions.errors import STATE_WORDS
from actions.ordering import machine_numbers, signs_first, title_of
from actions.reviewing import DEEDS, STEP_WORDS, person_for, steps_due_after
from actions.step_facts import Facts, facts_of
from models.audit import AuditEvent
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState, ReviewStep
from models.obligation import ANSWERED, Obligation
from models.officer import Role
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
    revision: int
    organisation_id: str
    role: Role | None
    """As in `NextStep.role`."""
    return_reason: str | None
    """Why it came back to its drafter, where it did."""
    taken_back: bool
    """Whether that was the drafter's own deed."""


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
    return steps_of(session, [directive])[directive.id]


def steps_of(
    session: Session, directives: Sequence[Directive]
) -> dict[DirectiveId, tuple[NextStep, ...]]:
    """Returns the steps of several directives, in as many statements as for one."""
    facts = facts_of(session, directives)
    return {one.id: _STEPS[DirectiveState(one.state)](facts, one) for one in directives}


def _with_drafter(facts: Facts, directive: Directive) -> tuple[NextStep, ...]:
    returned = directive.state == DirectiveState.RETURNED
    name = facts.name(directive.drafter_id)
    if returned and directive.taken_back_revision:
        # It may come again as it is; but it was taken back to be changed.
        deed = "revise" if directive.taken_back_revision == directive.revision else "submit"
        words = (
            f"Người soạn đã rút lại để sửa; chờ {name} sửa và trình lại. "
            f"Lý do rút lại: {directive.return_reason}"
        )
        return (_person(deed, directive.drafter_id, words),)
    what = "sửa dự thảo bị trả lại" if returned else "hoàn thiện và trình dự thảo"
    reason = f" Lý do trả lại: {directive.return_reason}" if returned else ""
    deed = "revise" if directive.id in facts.returned else "submit"
    return (_person(deed, directive.drafter_id, f"Chờ {name} {what}.{reason}"),)


def _in_review(facts: Facts, directive: Directive) -> tuple[NextStep, ...]:
    due = steps_due_after(directive, facts.passed.get(directive.id, frozenset()))
    return tuple(
        _person(
            DEEDS[step],
            person_for(directive, step),
            f"Chờ {facts.name(person_for(directive, step))} {STEP_WORDS[step][0]}.",
        )
        for step in sorted(due, key=list(ReviewStep).index)
    )


def _approved(facts: Facts, directive: Directive) -> tuple[NextStep, ...]:
    if signs_first(facts.session, directive):
        return _to_sign(facts, directive)
    return _to_number(facts)


def _numbered(facts: Facts, directive: Directive) -> tuple[NextStep, ...]:
    if signs_first(facts.session, directive):
        return _to_seal(facts, directive)
    return _to_sign(facts, directive)


def _signed(facts: Facts, directive: Directive) -> tuple[NextStep, ...]:
    if signs_first(facts.session, directive):
        return _to_number(facts)
    return _to_seal(facts, directive)


def _to_number(facts: Facts) -> tuple[NextStep, ...]:
    if machine_numbers(facts.session):
        return (_machine("take_number", "Đang cấp số."),)
    return (_clerk("take_number", "Chờ văn thư cấp số."),)


def _to_sign(facts: Facts, directive: Directive) -> tuple[NextStep, ...]:
    if directive.frozen_sha256 is None:
        return (_machine("freeze", "Đang dựng bản để ký."),)
    if (directive.id, SignatureKind.OFFICER) in facts.keyed:
        return (_machine("complete_signature", "Đang hoàn tất chữ ký của lãnh đạo."),)
    name = facts.name(directive.signatory_id)
    return (_person("sign", directive.signatory_id, f"Chờ {name} ký."),)


def _to_seal(facts: Facts, directive: Directive) -> tuple[NextStep, ...]:
    if (directive.id, SignatureKind.SEAL) in facts.keyed:
        return (_machine("complete_seal", "Đang hoàn tất dấu của cơ quan."),)
    return (_clerk("seal", "Chờ văn thư đóng dấu."),)


def _sealed(_facts: Facts, _directive: Directive) -> tuple[NextStep, ...]:
    return (_clerk("issue", "Chờ văn thư phát hành."),)


def _issued(_facts: Facts, _directive: Directive) -> tuple[NextStep, ...]:
    words = "Đã phát hành; đang theo dõi báo cáo của các đơn vị."
    return (NextStep(kind=DONE, deed="follow_up", role=Role.FOLLOW_UP, words=words),)


def _over(_facts: Facts, directive: Directive) -> tuple[NextStep, ...]:
    reason = f" Lý do: {directive.close_reason}" if directive.close_reason else ""
    return (NextStep(kind=DONE, deed="", words=f"Văn bản {STATE_WORDS[directive.state]}.{reason}"),)


_Steps = Callable[[Facts, Directive], tuple[NextStep, ...]]
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


def _person(deed: str, officer_id: str | None, words: str) -> NextStep:
    return NextStep(
        kind=PERSON, deed=deed, officers=(officer_id,) if officer_id else (), words=words
    )


def _clerk(deed: str, words: str) -> NextStep:
    return NextStep(kind=PERSON, deed=deed, role=Role.REGISTRY_CLERK, words=words)


def _machine(deed: str, words: str) -> NextStep:
    return NextStep(kind=MACHINE_STEP, deed=deed, words=words)


OPEN_STATES: Final = (
    DirectiveState.DRAFTING,
    DirectiveState.RETURNED,
    DirectiveState.IN_REVIEW,
    DirectiveState.APPROVED,
    DirectiveState.NUMBERED,
    DirectiveState.SIGNED,
    DirectiveState.SEALED,
)
"""Under way; what comes after them is issued, or over."""
MOST: Final = 2000
"""Directives that are looked at for one person, longest waiting first."""


def work_for(session: Session, officer_id: str, day: date) -> list[WorkItem]:
    """Returns what waits for an officer on a day, longest waiting first.

    A step for which somebody was named is theirs alone; a clerk's step is every clerk's. Follow-up
    shows where units have answered and nobody has decided yet.
    """
    roles = _roles(session, officer_id, day)
    waiting = [*_moving(session, officer_id, roles), *_answered(session, roles)]
    return _items(session, officer_id, roles, waiting)


def moving_work_for(session: Session, officer_id: str, day: date) -> list[WorkItem]:
    """Returns the same without follow-up, of which an office may have thousands."""
    roles = _roles(session, officer_id, day)
    return _items(session, officer_id, roles, _moving(session, officer_id, roles))


_Roles = AbstractSet[tuple[str, Role]]


def _roles(session: Session, officer_id: str, day: date) -> _Roles:
    return {
        (post.organisation_id, Role(role))
        for post in posts_on(session, officer_id, day)
        for role in post.roles
    }


def _items(
    session: Session, officer_id: str, roles: _Roles, waiting: Sequence[Directive]
) -> list[WorkItem]:
    steps = steps_of(session, waiting)
    return [
        _item(directive, step)
        for directive in sorted(waiting, key=lambda one: one.updated_at)
        for step in steps[directive.id]
        if officer_id in step.officers or (directive.organisation_id, step.role) in roles
    ]


def _moving(session: Session, officer_id: str, roles: _Roles) -> list[Directive]:
    """Returns what may wait for this officer; `next_steps` decides whether it does."""
    state, D = Directive.state, DirectiveState  # noqa: N806 (as in `models.lifecycle`)
    clerk_at = {where for where, role in roles if role is Role.REGISTRY_CLERK}
    to_sign = (D.IN_REVIEW, D.APPROVED, D.NUMBERED)
    theirs = or_(
        and_(state.in_((D.DRAFTING, D.RETURNED)), Directive.drafter_id == officer_id),
        and_(state == D.IN_REVIEW, Directive.content_reviewer_id == officer_id),
        and_(state == D.IN_REVIEW, Directive.form_reviewer_id == officer_id),
        and_(state.in_(to_sign), Directive.signatory_id == officer_id),
        and_(
            state.in_((D.APPROVED, D.NUMBERED, D.SIGNED, D.SEALED)),
            Directive.organisation_id.in_(clerk_at),
        ),
    )
    return list(
        session.scalars(
            select(Directive)
            .where(state.in_(OPEN_STATES), theirs)
            .order_by(Directive.updated_at)
            .limit(MOST)
        )
    )


def _answered(session: Session, roles: _Roles) -> list[Directive]:
    followed = {where for where, role in roles if role is Role.FOLLOW_UP}
    if not followed:
        return []
    answered = select(Obligation.directive_id).where(text(ANSWERED))
    return list(
        session.scalars(
            select(Directive)
            .where(
                Directive.state.in_((DirectiveState.ISSUED, DirectiveState.CORRECTED)),
                Directive.organisation_id.in_(followed),
                Directive.id.in_(answered),
            )
            .order_by(Directive.updated_at)
            .limit(MOST)
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
        revision=directive.revision,
        organisation_id=directive.organisation_id,
        role=step.role,
        return_reason=directive.return_reason,
        taken_back=directive.taken_back_revision is not None,
    )


def timeline(session: Session, directive_id: DirectiveId) -> list[TimelineEntry]:
    """Returns what happened to a directive, in order, from its audit events.

    Raises:
        NotFoundError: there is no such directive.
    """
    get_directive(session, directive_id)
    events = session.scalars(
        select(AuditEvent).where(is_about("directive", directive_id)).order_by(AuditEvent.sequence)
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
