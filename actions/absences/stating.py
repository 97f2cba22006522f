"""An absence is said, ended early, cancelled; what it does at once is done in the same transaction.

An administrator may do all of it. Officers say their own absence, end and cancel it, but give no
rights that the deputy does not have: who signs and who decides is the office's to say.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.absence_rows import CANCELLED, ENDED, GIVEN, NO_SIGNING, OWN, STATED
from actions.absences.granting import (
    SIGN,
    Grant,
    authorities_over,
    grant,
    office_of,
    shorten,
    withdraw,
)
from actions.absences.turning import begin, settle
from actions.account_rows import officer_of
from actions.accounts import require_administrator
from actions.auditing import Actor, append_event
from actions.desk import Deed
from actions.errors import InvalidInputError, NotFoundError, Problem, WrongStateError
from actions.handing_over import Passed, Piece
from actions.recording import recording_refusals
from actions.signatures import usable_certificate
from models.absence import Absence
from models.officer import Officer, SigningAuthority
from models.organisation import Office
from models.session import Database

LONGEST_DAYS: Final = 366
_WHAT: Final = "ghi vắng mặt của cán bộ"
_DAYS: Final = "Từ ngày, đến ngày"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """An absence as it is said."""

    officer_id: str
    deputy_id: str
    first_day: date
    last_day: date
    reason: str
    basis: str = ""
    signs: bool = False
    """Whether the deputy signs what waits for the absent officer's signature."""
    given: Grant = field(default_factory=Grant)
    """What the deputy gets for it; without a capacity the deputy signs by authority held anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What saying an absence did, or would do."""

    absence_id: uuid.UUID
    officer: str
    deputy: str
    printed: tuple[str, ...]
    """The signature block of the deputy: capacity lines, post; empty where none was made."""
    work: tuple[Piece, ...]
    """What passed to the deputy today, and what waits on; empty while it has not begun."""
    warnings: tuple[str, ...]
    """What an administrator should know."""


def state_absence(
    database: Database, statement: Statement, *, at: datetime, actor: Actor
) -> Stated:
    """Says that an officer will be away, and who stands in.

    Raises:
        NotAuthorisedError: the actor is neither an administrator nor this officer, or the officer
            would give rights.
        NotFoundError: there is no such officer.
        InvalidInputError: days, people or what is given cannot be so; names each reason.
    """
    with (
        recording_refusals(
            database, actor, "state_absence", kind="officer", subject=statement.officer_id, at=at
        ),
        database.writing() as session,
    ):
        return _state(Deed(session=session, actor=actor, at=at), statement)


def preview_absence(
    database: Database, statement: Statement, *, at: datetime, actor: Actor
) -> Stated:
    """Returns what `state_absence` would do now: it is done and taken back.

    Raises:
        NotAuthorisedError, NotFoundError, InvalidInputError: as `state_absence`.
    """
    with database.writing() as session:
        stated = _state(Deed(session=session, actor=actor, at=at), statement)
        session.rollback()
    return stated


def end_absence(
    database: Database, absence_id: uuid.UUID, *, version: int, at: datetime, actor: Actor
) -> tuple[Passed, ...]:
    """Ends an absence that has begun: the officer is back. Returns what went back.

    The deputy's rights last until the end of today, so that what was signed today holds.

    Raises:
        NotAuthorisedError: the actor is neither an administrator nor the absent officer.
        NotFoundError: there is no such absence.
        WrongStateError: it does not hold today, or somebody else has changed it.
    """
    with (
        recording_refusals(
            database, actor, "end_absence", kind="absence", subject=str(absence_id), at=at
        ),
        database.writing() as session,
    ):
        deed = Deed(session=session, actor=actor, at=at)
        absence = _opened(deed, absence_id, version)
        if not absence.first_day <= deed.day <= absence.last_day:
            raise WrongStateError(
                "Đợt vắng mặt", expected=("đang trong thời gian vắng",),
                actual="chưa bắt đầu hoặc đã qua",
            )  # fmt: skip
        before = absence.last_day
        absence.state, absence.last_day = ENDED, deed.day
        shorten(session, absence, deed.day)
        session.flush()
        work = settle(deed, absence)
        _note(
            deed, absence, "end_absence",
            last_day_before=str(before), returned=[str(one.directive_id) for one in work],
        )  # fmt: skip
        return work


def cancel_absence(
    database: Database, absence_id: uuid.UUID, *, version: int, at: datetime, actor: Actor
) -> None:
    """Takes an absence back before it has begun, with what the deputy was to get.

    Raises:
        NotAuthorisedError: the actor is neither an administrator nor the absent officer.
        NotFoundError: there is no such absence.
        WrongStateError: it has begun, or somebody else has changed it.
    """
    with (
        recording_refusals(
            database, actor, "cancel_absence", kind="absence", subject=str(absence_id), at=at
        ),
        database.writing() as session,
    ):
        deed = Deed(session=session, actor=actor, at=at)
        absence = _opened(deed, absence_id, version)
        if absence.first_day <= deed.day:
            raise WrongStateError(
                "Đợt vắng mặt", expected=("chưa bắt đầu",), actual="đã bắt đầu; hãy kết thúc sớm"
            )
        absence.state, absence.settled = CANCELLED, True
        _note(deed, absence, "cancel_absence")
        withdraw(session, absence)


def _state(deed: Deed, statement: Statement) -> Stated:
    session, given = deed.session, statement.given
    if deed.actor.id != statement.officer_id or given.capacity is not None or given.roles:
        require_administrator(session, deed.actor, deed.at, _WHAT)
    absent, deputy = officer_of(session, statement.officer_id), _deputy(session, statement)
    session.execute(select(Office.id).with_for_update())  # two who say it at once
    problems = [
        *_of_days(statement, deed.day),
        *_of_people(statement, absent, deputy),
        *_overlapping(session, statement, absent, deputy),
        *_of_signing(session, statement, deputy),
    ]
    if problems:
        raise InvalidInputError(*problems)
    signing = (GIVEN if given.capacity is not None else OWN) if statement.signs else NO_SIGNING
    absence = Absence(
        id=uuid.uuid4(), officer_id=absent.id, deputy_id=deputy.id,
        first_day=statement.first_day, last_day=statement.last_day,
        reason=statement.reason.strip(), basis=statement.basis.strip() or None, signing=signing,
        state=STATED, settled=signing != GIVEN, version=1,
        made_by=deed.actor.id if deed.actor.kind == "officer" else None, made_at=deed.at,
    )  # fmt: skip
    session.add(absence)
    session.flush()
    grant(session, absence, given, absent)
    _note(deed, absence, "state_absence", name=absent.name, deputy_name=deputy.name)
    return Stated(
        absence_id=absence.id, officer=absent.name, deputy=deputy.name,
        printed=_printed(session, absence), work=begin(deed, absence),
        warnings=tuple(_warnings(deed, absence, deputy)),
    )  # fmt: skip


def _deputy(session: Session, statement: Statement) -> Officer:
    if not statement.deputy_id:
        raise InvalidInputError(Problem(place="Người thay", reason="chưa chọn ai; chọn một người."))
    return officer_of(session, statement.deputy_id)


def _of_days(statement: Statement, today: date) -> Iterator[Problem]:
    first, last = statement.first_day, statement.last_day
    if last < first:
        yield Problem(place=_DAYS, reason="ngày cuối phải từ ngày đầu trở đi.")
    elif last < today:
        yield Problem(place=_DAYS, reason="đợt này đã qua; ghi đợt từ hôm nay trở đi.")
    elif first < today:
        yield Problem(place=_DAYS, reason="ngày đầu đã qua; ghi từ hôm nay trở đi.")
    elif (last - first).days >= LONGEST_DAYS:
        yield Problem(place=_DAYS, reason="dài hơn một năm; ghi đợt ngắn hơn, hoặc giao hẳn việc.")


def _of_people(statement: Statement, absent: Officer, deputy: Officer) -> Iterator[Problem]:
    if not statement.reason.strip():
        yield Problem(place="Lý do", reason="không được để trống.")
    if deputy.id == absent.id:
        yield Problem(place="Người thay", reason="phải là người khác.")
    for one in (absent, deputy):
        if one.left_on is not None and one.left_on < statement.last_day:
            said = f"thôi công tác sau ngày {one.left_on:%d/%m/%Y}, trước khi hết đợt này."
            yield Problem(place=one.name, reason=said)


def _of_signing(session: Session, statement: Statement, deputy: Officer) -> Iterator[Problem]:
    if not statement.signs or statement.given.capacity is not None:
        return
    days = statement.first_day, statement.last_day
    if not authorities_over(session, deputy.id, office_of(session).id, *days):
        said = (
            f"{deputy.name} không có sẵn quyền ký suốt những ngày này; không giao ký, "
            "hoặc để quản trị chọn dạng ký mà giao."
        )
        yield Problem(place=SIGN, reason=said)


def _overlapping(
    session: Session, statement: Statement, absent: Officer, deputy: Officer
) -> Iterator[Problem]:
    names = {absent.id: absent.name, deputy.id: deputy.name}
    rows = session.scalars(
        select(Absence).where(
            Absence.state == STATED,
            Absence.first_day <= statement.last_day,
            Absence.last_day >= statement.first_day,
            Absence.officer_id.in_(names) | (Absence.deputy_id == absent.id),
        )
    )
    for one in rows:
        days = f"{one.first_day:%d/%m/%Y} đến {one.last_day:%d/%m/%Y}"
        if one.officer_id in names:
            yield Problem(place=names[one.officer_id], reason=f"đã ghi vắng mặt từ {days}.")
        else:
            other = session.get_one(Officer, one.officer_id).name
            said = f"đang là người thay của {other} từ {days}; chọn người khác thay {other} trước."
            yield Problem(place=absent.name, reason=said)


def _printed(session: Session, absence: Absence) -> tuple[str, ...]:
    if absence.authority_id is None:
        return ()
    made = session.get_one(SigningAuthority, absence.authority_id)
    return (*map(str, made.capacity_lines), made.position)


def _warnings(deed: Deed, absence: Absence, deputy: Officer) -> Iterator[str]:
    if absence.signing != NO_SIGNING:
        day = max(deed.day, absence.first_day)
        if usable_certificate(deed.session, day, officer_id=deputy.id) is None:
            yield (
                f"{deputy.name} chưa có chứng thư dùng được nên chưa ký số được; đăng ký chứng "
                "thư trước ngày đầu."
            )


def _opened(deed: Deed, absence_id: uuid.UUID, version: int) -> Absence:
    """Returns an absence that may still be changed, and takes its next version."""
    absence = deed.session.get(Absence, absence_id, with_for_update=True)
    if absence is None:
        raise NotFoundError("đợt vắng mặt", absence_id)
    if deed.actor.id != absence.officer_id:
        require_administrator(deed.session, deed.actor, deed.at, _WHAT)
    if absence.state != STATED or absence.version != version:
        raise WrongStateError(
            "Đợt vắng mặt", expected=("chưa ai thay đổi",), actual="đã được người khác thay đổi"
        )
    absence.version += 1
    return absence


def _note(deed: Deed, absence: Absence, deed_name: str, **detail: object) -> None:
    append_event(
        deed.session, actor=deed.actor, deed=deed_name, outcome="done", subject_kind="officer",
        subject_id=absence.officer_id, at=deed.at,
        detail={
            "absence": str(absence.id), "deputy": absence.deputy_id,
            "first_day": str(absence.first_day), "last_day": str(absence.last_day),
            "reason": absence.reason, "basis": absence.basis, "signing": absence.signing,
            "authority": absence.authority_id, "post": absence.post_id, **detail,
        },
    )  # fmt: skip
