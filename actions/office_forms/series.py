"""Number series, one at a time. One that has given a number can only be ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from actions.auditing import Actor
from actions.desk import local_day
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.office_file.shapes import OfficeFile, SeriesEntry
from actions.office_forms.keeping import (
    FIELDS,
    Kept,
    digest,
    entry_of,
    free_key,
    keeping,
    office_now,
    put,
    require_seen,
    write,
)
from models.numbering import TakenNumber
from models.organisation import Organisation
from models.session import Database

DEED: Final = "save_series"
_FIXED: Final = ("doc_type", "period_from", "stands_at")
"""What a series keeps once it has given a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesSeen:
    """One series as people read it."""

    entry: SeriesEntry
    seen: str
    """Names this state of it; giving a number changes nothing of it."""
    organisation: str
    taken: int
    """How many numbers it has given to directives; not those left out."""
    is_over: bool


def series_lines(session: Session, day: date) -> list[SeriesSeen]:
    """Returns the series, those of today first."""
    given = func.count(case((TakenNumber.state != "skipped", 1)))
    taken = dict(
        session.execute(select(TakenNumber.series_id, given).group_by(TakenNumber.series_id))
        .tuples()
        .all()
    )
    names = dict(session.execute(select(Organisation.id, Organisation.name)).tuples().all())
    found = [
        SeriesSeen(
            entry=one, seen=digest(_state(one, used=one.id in taken)), taken=taken.get(one.id, 0),
            organisation=names.get(one.organisation, ""),
            is_over=one.period_to is not None and one.period_to < day,
        )
        for one in office_now(session).series
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.is_over, one.entry.doc_type or "", one.entry.id))


def series_seen(session: Session, key: str, day: date) -> SeriesSeen:
    """Returns one series.

    Raises:
        NotFoundError: there is none.
    """
    found = next((one for one in series_lines(session, day) if one.entry.id == key), None)
    if found is None:
        raise NotFoundError("dãy số", key)
    return found


def save_series(
    database: Database,
    key: str | None,
    typed: Mapping[str, Any],
    *,
    seen: str = "",
    at: datetime,
    actor: Actor,
) -> Kept:
    """Enters a series of the office, or changes one.

    Args:
        database: migrated tables.
        key: which series; None for a new one.
        typed: `doc_type` (empty: all kinds), `period_from`, `period_to`, `stands_at`.
        seen: names the state that was seen.
        at: aware, UTC.
        actor: an administrator or the machine.

    Raises:
        NotAuthorisedError: the actor is neither.
        NotFoundError: there is no such series.
        InvalidInputError: fields are wrong, or it has given numbers already; names each.
        WrongStateError: somebody else has changed it meanwhile.
    """
    with keeping(database, actor, DEED, key or str(typed.get("doc_type", ""))[:80], at=at) as deed:
        now = office_now(deed.session)
        old = _series(now, key) if key is not None else None
        last = _last_given(deed.session, key)
        require_seen(_state(old, used=last is not None) if old else None, seen, "Dãy số")
        values = {**typed, **_office(deed.session, now, old)}
        if old is not None and last is not None:
            values = _of_used(old, values, last)
        stem = " ".join((str(typed.get("doc_type") or "chung"), str(typed.get("period_from", ""))))
        made = key or free_key(stem, [one.id for one in now.series])
        entry = entry_of(SeriesEntry, {**values, "id": made})
        new = now.model_copy(update={"series": put(now.series, entry, key)})
        return Kept(key=made, changed=write(deed, new, now, DEED, made))


def _office(session: Session, now: OfficeFile, old: SeriesEntry | None) -> dict[str, Any]:
    if old is not None:
        return {"organisation": old.organisation, "regime": old.regime}
    own = session.get_one(Organisation, now.office.organisation)
    return {"organisation": own.id, "regime": own.regime}


def _last_given(session: Session, key: str | None) -> date | None:
    """Returns the day on which a series gave its last number."""
    given = select(TakenNumber.at).where(TakenNumber.series_id == key)
    last = session.scalars(given.order_by(TakenNumber.at.desc()).limit(1)).first()
    return local_day(last) if last is not None else None


def _of_used(old: SeriesEntry, values: dict[str, Any], last: date) -> dict[str, Any]:
    """What a used series may still change is its last day, and not before its last number."""
    changed = [
        FIELDS[name]
        for name in _FIXED
        if name in values and (values[name] or None) != (getattr(old, name) or None)
    ]
    problems = [
        Problem(place=place, reason="dãy đã cấp số nên không đổi được; chỉ đổi được ngày kết thúc.")
        for place in changed
    ]
    end = values.get("period_to")
    if isinstance(end, date) and end < last:
        said = f"dãy đã cấp số ngày {last:%d/%m/%Y}; chọn từ ngày ấy trở đi."
        problems.append(Problem(place=FIELDS["period_to"], reason=said))
    if problems:
        raise InvalidInputError(*problems)
    return {**values, **{name: getattr(old, name) for name in _FIXED}}


def _state(entry: SeriesEntry, *, used: bool) -> SeriesEntry:
    """What names a state; a used series moves on by giving numbers, which nobody typed here."""
    return entry.model_copy(update={"stands_at": 0}) if used else entry


def _series(now: OfficeFile, key: str) -> SeriesEntry:
    found = next((one for one in now.series if one.id == key), None)
    if found is None:
        raise NotFoundError("dãy số", key)
    return found
