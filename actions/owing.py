"""The guarded change of an obligation with its record, and who stands where with what is owed."""

from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from actions.desk import Deed
from actions.errors import NotAuthorisedError, NotFoundError, WrongStateError
from actions.follow_up_words import OBLIGATION_WORDS
from models.base import DirectiveId
from models.lifecycle import OPEN_OBLIGATIONS, ObligationState, may_move_obligation
from models.obligation import Obligation, ObligationChange


def get_obligation(session: Session, obligation_id: UUID) -> Obligation:
    """Returns the obligation.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(Obligation, obligation_id)
    if found is None:
        raise NotFoundError("nhiệm vụ", obligation_id)
    return found


def obligations_of(
    session: Session, directive_id: DirectiveId, organisation_id: str
) -> list[Obligation]:
    """Returns what a unit owes or owed of a directive, the most pressing first.

    Inside a transaction on PostgreSQL the rows are locked: two deeds about one unit follow each
    other, and the second sees what the first one did.
    """
    return list(
        session.scalars(
            select(Obligation)
            .where(
                Obligation.directive_id == directive_id,
                Obligation.organisation_id == organisation_id,
            )
            .order_by(Obligation.due.is_(None), Obligation.due, Obligation.task_ref)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def is_owed(obligation: Obligation) -> bool:
    """Tells whether the unit still owes an answer."""
    return ObligationState(obligation.state) in OPEN_OBLIGATIONS


def move_obligation(
    deed: Deed,
    obligation: Obligation,
    new: ObligationState,
    **values: Any,  # noqa: ANN401 (columns of Obligation, of every type)
) -> None:
    """Moves an obligation on from the state it was read in, or refuses. Does not commit.

    Raises:
        WrongStateError: the move is not allowed, or somebody moved it in between.
    """
    old = ObligationState(obligation.state)
    moved = False
    if may_move_obligation(old, new):
        changed = deed.session.execute(
            update(Obligation)
            .where(Obligation.id == obligation.id, Obligation.state == old.value)
            .values(state=new.value, **values)
            .execution_options(synchronize_session=False)
        )
        moved = changed.rowcount == 1  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
    deed.session.refresh(obligation)
    if not moved:
        raise WrongStateError(
            "Nhiệm vụ", expected=_before(new),
            actual=OBLIGATION_WORDS[ObligationState(obligation.state)],
        )  # fmt: skip


DAY_SET = "day_set"
"""Code of the flag that a person set the day; the calendar does not move it then."""


_OF_THE_DAY = frozenset(
    {DAY_SET, "on_rest_day", "short_notice", "report_before_task_ends", "no_date", "before_issue"}
)
"""Codes of flags that speak of a day, and are looked at anew where it changes."""


def with_day_set(
    session: Session, obligation: Obligation, last: date, due: date, *, today: date
) -> list[dict[str, str]]:
    """Returns the flags of an obligation whose last day a person sets today."""
    flags = [flag for flag in obligation.flags if flag["code"] not in _OF_THE_DAY]
    said = f"Thời hạn do cơ quan giao nhiệm vụ ấn định ngày {today:%d/%m/%Y}."
    flags.append({"code": DAY_SET, "message": said})
    if due != last:
        said = "Ngày cuối của thời hạn rơi vào ngày nghỉ."
        flags.append({"code": "on_rest_day", "message": said})
    ends = _work_ends(session, obligation) if obligation.is_report else None
    if ends is not None and ends > last:
        said = (
            f"Báo cáo phải gửi chậm nhất ngày {last:%d/%m/%Y}, trước khi nhiệm vụ của văn bản kết "
            f"thúc (ngày {ends:%d/%m/%Y}). Đề nghị xác nhận lại thời hạn."
        )
        flags.append({"code": "report_before_task_ends", "message": said})
    return flags


def _work_ends(session: Session, obligation: Obligation) -> date | None:
    """Returns the last day of the work that a report is about."""
    return session.scalar(
        select(func.max(Obligation.last_allowed_day)).where(
            Obligation.directive_id == obligation.directive_id,
            Obligation.is_report.is_(False),
            Obligation.state.in_([state.value for state in OPEN_OBLIGATIONS]),
        )
    )


_UNRECORDED = frozenset({"computed", "flags", "successor_id", "reported_at", "accepted_at"})
"""Columns that follow from others, or have a record of their own."""


def alter(
    deed: Deed,
    obligation: Obligation,
    *,
    reason: str,
    amendment_id: UUID | None = None,
    officer_id: str | None = None,
    **values: Any,  # noqa: ANN401 (columns of Obligation, of every type)
) -> list[ObligationChange]:
    """Changes columns of what is owed, with one record a column. Does not commit.

    The state is changed by the rules of `move_obligation`. What stays as it was leaves no record.

    Raises:
        WrongStateError: it is owed no more, the move is not allowed, or somebody moved it.
    """
    before = {name: getattr(obligation, name) for name in values if name != "state"}
    old = ObligationState(obligation.state)
    asked = values.pop("state", None)
    new = ObligationState(asked or old)
    if asked is not None:
        move_obligation(deed, obligation, new, **values)
    else:
        _set_columns(deed, obligation, values)
    changed = {"state": (old, new), **{name: (was, values[name]) for name, was in before.items()}}
    rows = [
        ObligationChange(
            obligation_id=obligation.id, field=name, before=_shown(was), after=_shown(now),
            reason=reason, amendment_id=amendment_id, officer_id=officer_id or _officer(deed),
            at=deed.at,
        )
        for name, (was, now) in changed.items()
        if was != now and name not in _UNRECORDED
    ]  # fmt: skip
    deed.session.add_all(rows)
    deed.session.flush()
    return rows


def _set_columns(deed: Deed, obligation: Obligation, values: dict[str, Any]) -> None:
    """Sets columns of an obligation that is still owed, in the state in which it was read."""
    changed = deed.session.execute(
        update(Obligation)
        .where(
            Obligation.id == obligation.id,
            Obligation.state == obligation.state,
            Obligation.state.in_([state.value for state in OPEN_OBLIGATIONS]),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    deed.session.refresh(obligation)
    if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise WrongStateError(
            "Nhiệm vụ", expected=tuple(OBLIGATION_WORDS[state] for state in OPEN_OBLIGATIONS),
            actual=OBLIGATION_WORDS[ObligationState(obligation.state)],
        )  # fmt: skip


def note_opened(
    deed: Deed, obligation: Obligation, *, reason: str, amendment_id: UUID | None = None
) -> None:
    """Records that something is owed that was not owed when the directive was issued."""
    deed.session.add(
        ObligationChange(
            obligation_id=obligation.id, field="opened", before=None,
            after=obligation.organisation_id, reason=reason, amendment_id=amendment_id,
            officer_id=_officer(deed), at=deed.at,
        )
    )  # fmt: skip


def _officer(deed: Deed) -> str | None:
    return deed.actor.id if deed.actor.kind == "officer" else None


def _shown(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, Enum):
        return str(value.value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _before(new: ObligationState) -> tuple[str, ...]:
    return tuple(OBLIGATION_WORDS[old] for old in ObligationState if may_move_obligation(old, new))


def require_unit(deed: Deed, organisation_id: str, what: str) -> None:
    """Insists that the actor is the unit itself.

    Raises:
        NotAuthorisedError: it is somebody else.
    """
    if deed.actor.kind != "unit" or deed.actor.id != organisation_id:
        raise NotAuthorisedError(deed.actor.name, what, "chính đơn vị được giao")
