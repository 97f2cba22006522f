"""What is owed, as people look at it: as written, as computed, with remarks and changes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import String, cast, select, text
from sqlalchemy.orm import Session

from actions.errors import NotFoundError
from actions.follow_up_words import OBLIGATION_WORDS
from actions.standing import state_words
from actions.telling import place
from deadlines.period_names import words_of
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import ObligationState
from models.obligation import OWED, Obligation, ObligationChange
from models.officer import Officer
from models.organisation import Organisation

_DAYS = frozenset({"due", "last_allowed_day", "event", "period_from", "period_to"})
LEAST = 4
"""Characters of an identifier that must be typed for it."""

FIELD_WORDS = {
    "due": "ngày làm việc cuối cùng", "last_allowed_day": "ngày cuối cùng còn trong hạn",
    "leads": "vai trò", "state": "trạng thái", "opened": "giao cho", "event": "ngày sự kiện",
    "period_key": "kỳ", "period_from": "số liệu từ ngày", "period_to": "ngày chốt số liệu",
    "reports_through_id": "báo cáo qua", "what": "nội dung",
}  # fmt: skip
"""How a changed column is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedRow:
    """One obligation, for a list or a page."""

    obligation: Obligation
    unit: str
    place: str
    """Label with period."""
    state: str
    """In words."""
    through: str | None
    """Name of the unit through which it reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One change, in words."""

    at: datetime
    what: str
    before: str | None
    after: str | None
    reason: str
    who: str


def owed_rows(session: Session, directive_id: DirectiveId, at: datetime) -> list[OwedRow]:
    """Returns everything that was ever owed of a directive, by task, period and unit."""
    names = _names(session)
    rows = session.scalars(
        select(Obligation)
        .where(Obligation.directive_id == directive_id)
        .order_by(Obligation.task_ref, Obligation.period_key, Obligation.organisation_id)
    )
    return [_row(one, names, at) for one in rows]


def owed_row(session: Session, obligation: Obligation, at: datetime) -> OwedRow:
    """Returns one obligation in words."""
    return _row(obligation, _names(session), at)


def _names(session: Session) -> dict[str, str]:
    rows = session.execute(select(Organisation.id, Organisation.name))
    return {key: name for key, name in rows}  # noqa: C416 (rows are no pairs)


def _row(one: Obligation, names: dict[str, str], at: datetime) -> OwedRow:
    through = one.reports_through_id
    return OwedRow(
        obligation=one, unit=names[one.organisation_id], place=place(one),
        state=state_words(one, at), through=names[through] if through else None,
    )  # fmt: skip


def change_rows(session: Session, obligation_id: UUID) -> list[ChangeRow]:
    """Returns the changes of one obligation, the oldest first."""
    rows = session.execute(
        select(ObligationChange, Officer.name)
        .outerjoin(Officer, Officer.id == ObligationChange.officer_id)
        .where(ObligationChange.obligation_id == obligation_id)
        .order_by(ObligationChange.id)
    )
    return [
        ChangeRow(
            at=one.at, what=FIELD_WORDS.get(one.field, one.field),
            before=_words(session, one.field, one.before),
            after=_words(session, one.field, one.after),
            reason=one.reason, who=name or "Hệ thống",
        )
        for one, name in rows
    ]  # fmt: skip


def _words(session: Session, field: str, value: str | None) -> str | None:
    """Returns a stored value as people read it."""
    if not value:
        return None
    if field in {"opened", "reports_through_id"}:
        unit = session.get(Organisation, value)
        return unit.name if unit else value
    if field in _DAYS:
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    say = {"state": _state, "leads": _role, "period_key": words_of}.get(field, str)
    return say(value)


def _state(value: str) -> str:
    return OBLIGATION_WORDS[ObligationState(value)]


def _role(value: str) -> str:
    return "chủ trì" if value == "True" else "phối hợp"


def next_due(session: Session, organisations: Collection[str], day: date) -> date | None:
    """Returns the next day, from `day` on, on which anything is due to one of these offices."""
    return session.scalars(
        select(Obligation.due)
        .join(Directive, Directive.id == Obligation.directive_id)
        .where(
            Directive.organisation_id.in_(organisations),
            text(f"obligation.{OWED}"),
            Obligation.due >= day,
        )
        .order_by(Obligation.due)
        .limit(1)
    ).first()


def find_obligation(session: Session, typed: str) -> Obligation:
    """Returns the obligation meant by its identifier or the beginning of it.

    Raises:
        NotFoundError: none is meant, or several.
    """
    wanted = typed.strip().lower().replace("-", "")
    found: list[Obligation] = []
    if len(wanted) >= LEAST and wanted.isalnum():
        shown = cast(Obligation.id, String)
        pattern = f"{wanted}%" if len(wanted) <= 8 else f"{wanted[:8]}%"  # noqa: PLR2004 (until the first hyphen)
        rows = session.scalars(select(Obligation).where(shown.like(pattern)))
        found = [one for one in rows if one.id.hex.startswith(wanted)]
    if len(found) != 1:
        raise NotFoundError("nhiệm vụ", typed)
    return found[0]
