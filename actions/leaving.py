"""An officer leaves: what opens doors is closed on the day, what waits is handed over.

One transaction: the last day of service, posts, signing authorities and certificates that end on
it, sessions, tokens and paired machines that end at once where the day has come, and the open work
(`actions.handing_over`), each piece with its record. Repeat it with another officer for what could
not be handed over the first time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from actions.access import ROLE_WORDS, posts_on
from actions.account_rows import officer_of
from actions.accounts import require_administrator
from actions.auditing import Actor, append_event
from actions.certificate_ends import Ended, end_all_of, stop_batches
from actions.desk import Deed
from actions.errors import InvalidInputError, Problem
from actions.far_days import require_near
from actions.handing_over import Leaver, Passed, Piece, hand_over
from actions.last_administrator import require_another
from actions.passing_on import (
    PassedDraft,
    PassedPaper,
    give_back_claims,
    pass_on_drafts,
    pass_on_opinions,
    pass_on_papers,
)
from actions.recording import recording_refusals
from actions.sessions import end_all
from models.agent import AgentDevice
from models.batch import SigningBatch
from models.directive import Directive
from models.lifecycle import OPEN_OBLIGATIONS, DirectiveState
from models.obligation import Obligation
from models.officer import Account, APIToken, Officer, Post, Role, SigningAuthority, in_service
from models.session import Database

_SHARED: Final = (
    Role.REGISTRY_CLERK,
    Role.FOLLOW_UP,
    Role.OPERATOR,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
"""Roles whose work is everybody's who holds them; nobody is named for a piece of it."""

_CLERKS: Final = (DirectiveState.APPROVED, DirectiveState.SIGNED, DirectiveState.SEALED)
_RUNNING: Final = (DirectiveState.ISSUED, DirectiveState.CORRECTED)


_WHAT: Final = "cho cán bộ thôi công tác"
_LOOKING: Final = "Xem trước"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedDuty:
    """A role of the leaver whose work others share."""

    role: Role
    others: tuple[str, ...]
    """Names of those who hold it after the last day; empty: nobody does."""

    waiting: int
    """Directives that wait for somebody with this role now."""

    @property
    def words(self) -> str:
        """One Vietnamese sentence."""
        name = ROLE_WORDS[self.role].capitalize()
        if self.others:
            return f"{name}: {', '.join(self.others)} làm tiếp ({self.waiting} văn bản đang chờ)."
        return (
            f"{name}: không còn ai giữ vai trò này, {self.waiting} văn bản đang chờ. "
            "Thêm chức vụ có vai trò này cho người khác ở trang của người đó trong Quản trị."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What an officer's leaving did."""

    officer: str
    last_day: date
    certificates: tuple[Ended, ...]
    work: tuple[Passed, ...]
    papers: tuple[PassedPaper, ...]
    drafts: tuple[PassedDraft, ...]
    shared: tuple[SharedDuty, ...]
    claims: int
    """Things that they had taken from queues, which wait for everybody again."""

    sessions: int
    tokens: int
    devices: int

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Every piece of open work, directives first."""
        return (*self.work, *self.papers, *self.drafts)

    @property
    def remaining(self) -> tuple[str, ...]:
        """What nobody has now: one sentence each."""
        pieces = [f"{one.title} ({one.subject}): {one.words}" for one in self.pieces
                  if one.outcome == "left"]  # fmt: skip
        return (*pieces, *(one.words for one in self.shared if not one.others))


def leave(
    database: Database,
    officer_id: str,
    *,
    on: date,
    reason: str,
    to: str | None = None,
    at: datetime,
    actor: Actor,
) -> Left:
    """Ends an officer's service after a day and hands the open work over.

    Handing over happens now, also where the last day is still to come.

    Args:
        database: migrated tables.
        officer_id: who leaves.
        on: last day of service.
        reason: for the record.
        to: who takes the open work over; without one it goes back to the drafters.
        at: aware, UTC.
        actor: an administrator or the machine.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: there is no such officer.
        InvalidInputError: no reason, a day that is far away, a later day than one that was said
            before, the other officer is the same or not in service, or nobody else could administer
            the office afterwards.
    """
    with (
        recording_refusals(
            database, actor, "officer_leaves", kind="officer", subject=officer_id, at=at
        ),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, _WHAT)
        deed = Deed(session=session, actor=actor, at=at)
        return _let_go(deed, officer_id, on=on, reason=reason, to=to)


def preview(
    database: Database, officer_id: str, *, on: date, to: str | None, at: datetime, actor: Actor
) -> Left:
    """Returns what `leave` would do now. It is done and thrown away, so that nothing is guessed.

    Raises:
        NotAuthorisedError, NotFoundError, InvalidInputError: as `leave`, but for the reason.
    """
    with database.writing() as session:
        require_administrator(session, actor, at, _WHAT)
        deed = Deed(session=session, actor=actor, at=at)
        left = _let_go(deed, officer_id, on=on, reason=_LOOKING, to=to)
        session.rollback()
    return left


def _let_go(deed: Deed, officer_id: str, *, on: date, reason: str, to: str | None) -> Left:
    leaver = _admitted(deed, officer_id, on=on, reason=reason, to=to)
    shared = tuple(_shared(deed.session, leaver, on))
    leaver.officer.left_on = on
    deed.session.flush()
    work = (*hand_over(deed, leaver), *pass_on_opinions(deed, leaver))
    papers = pass_on_papers(deed, leaver)
    drafts = pass_on_drafts(deed, leaver)
    claims = give_back_claims(deed, officer_id)
    certificates = tuple(end_all_of(deed, officer_id, on=on, reason=reason.strip()))
    _close(deed.session, officer_id, on)
    doors = _shut(deed, officer_id) if on <= deed.day else (0, 0, 0)
    left = Left(
        officer=leaver.officer.name, last_day=on, certificates=certificates, work=work,
        papers=papers, drafts=drafts, shared=shared, claims=claims,
        sessions=doors[0], tokens=doors[1], devices=doors[2],
    )  # fmt: skip
    _note(deed, officer_id, left, reason=reason.strip(), to=to)
    return left


def _admitted(deed: Deed, officer_id: str, *, on: date, reason: str, to: str | None) -> Leaver:
    officer = officer_of(deed.session, officer_id)
    require_near(on, deed.day, "Ngày làm việc cuối cùng")
    day = max(deed.day, on + timedelta(days=1))
    other = officer_of(deed.session, to) if to is not None else None
    problems = []
    if not reason.strip():
        problems.append(Problem(place="Lý do", reason="không được để trống."))
    if officer.left_on is not None and on > officer.left_on:
        said = f"đã ghi thôi công tác từ sau ngày {officer.left_on:%d/%m/%Y}; không lùi lại được."
        problems.append(Problem(place=officer.name, reason=said))
    if other is not None and other.id == officer.id:
        problems.append(Problem(place="Người nhận việc", reason="phải là người khác."))
    if other is not None and other.left_on is not None and other.left_on < day:
        problems.append(
            Problem(place=other.name, reason="cũng không còn công tác; chọn người khác.")
        )
    if problems:
        raise InvalidInputError(*problems)
    require_another(deed.session, officer, day)
    return Leaver(officer=officer, to=other, day=day)


def _shared(session: Session, leaver: Leaver, on: date) -> Iterator[SharedDuty]:
    seen = set()
    for post in posts_on(session, leaver.officer.id, on):
        for role in map(Role, post.roles):
            if role not in _SHARED or (role, post.organisation_id) in seen:
                continue
            seen.add((role, post.organisation_id))
            yield SharedDuty(
                role=role,
                others=_others(session, leaver, role, post.organisation_id),
                waiting=_waiting(session, role, post.organisation_id),
            )


def _others(session: Session, leaver: Leaver, role: Role, organisation_id: str) -> tuple[str, ...]:
    rows = session.execute(
        select(Officer, Post.roles)
        .join(Post, Post.officer_id == Officer.id)
        .where(
            Post.organisation_id == organisation_id,
            Officer.id != leaver.officer.id,
            in_service(leaver.day),
            Post.valid_from <= leaver.day,
            or_(Post.valid_to.is_(None), Post.valid_to >= leaver.day),
        )
        .order_by(Officer.id)
    )
    return tuple(dict.fromkeys(officer.name for officer, roles in rows if role.value in roles))


def _waiting(session: Session, role: Role, organisation_id: str) -> int:
    query = select(func.count()).select_from(Directive).where(
        Directive.organisation_id == organisation_id
    )  # fmt: skip
    if role is Role.REGISTRY_CLERK:
        query = query.where(Directive.state.in_([state.value for state in _CLERKS]))
    elif role is Role.FOLLOW_UP:
        owed = select(Obligation.id).where(
            Obligation.directive_id == Directive.id,
            Obligation.state.in_([state.value for state in OPEN_OBLIGATIONS]),
        )
        query = query.where(Directive.state.in_([state.value for state in _RUNNING]), owed.exists())
    else:
        return 0
    return session.scalars(query).one()


def _close(session: Session, officer_id: str, on: date) -> None:
    """Posts and authorities end with the last day; an earlier end stays."""
    for table in (Post, SigningAuthority):
        session.execute(
            update(table)
            .where(
                table.officer_id == officer_id,
                or_(table.valid_to.is_(None), table.valid_to > on),
            )
            .values(valid_to=on)
            .execution_options(synchronize_session=False)
        )


def _shut(deed: Deed, officer_id: str) -> tuple[int, int, int]:
    """Ends sessions, tokens and paired machines; returns how many of each."""
    session = deed.session
    account = session.get(Account, officer_id)
    if account is not None and account.disabled_at is None:
        account.disabled_at = deed.at
    stop_batches(deed, SigningBatch.officer_id == officer_id)
    counts = []
    for table in (APIToken, AgentDevice):
        ended = session.execute(
            update(table)
            .where(table.officer_id == officer_id, table.ended_at.is_(None))
            .values(ended_at=deed.at)
            .execution_options(synchronize_session=False)
        )
        counts.append(int(ended.rowcount))  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
    return end_all(session, officer_id, deed.at), counts[0], counts[1]


def _note(deed: Deed, officer_id: str, left: Left, *, reason: str, to: str | None) -> None:
    def of(outcome: str) -> Sequence[str]:
        return [str(one.directive_id) for one in left.work if one.outcome == outcome]

    append_event(
        deed.session, actor=deed.actor, deed="officer_leaves", outcome="done",
        subject_kind="officer", subject_id=officer_id, at=deed.at,
        detail={
            "last_day": str(left.last_day), "reason": reason, "to": to,
            "handed": of("handed"), "returned": of("returned"), "left": of("left"),
            "roles": {one.role.value: list(one.others) for one in left.shared},
            "certificates": [one.fingerprint for one in left.certificates],
            "papers": {str(one.paper_id): one.outcome for one in left.papers},
            "drafts": {str(one.draft_id): one.outcome for one in left.drafts},
            "claims": left.claims, "sessions": left.sessions, "tokens": left.tokens,
            "devices": left.devices,
        },
    )  # fmt: skip
