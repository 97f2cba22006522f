"""Units, one at a time: what a page shows of each, and how one is entered or changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from actions.auditing import Actor
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.office_file.shapes import OfficeFile, OrganisationEntry, SuccessorEntry
from actions.office_forms.keeping import (
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
from actions.ways import CHANNEL_WORDS
from models.organisation import Organisation
from models.search import folded
from models.session import Database

DEED: Final = "save_unit"
REGIME_WORDS: Final = {"party": "cơ quan Đảng", "state": "cơ quan Nhà nước"}
"""Kinds of units, by the form of their papers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """One unit of the list."""

    id: str
    name: str
    abbreviation: str
    parent: str
    regime: str
    channel: str
    address: str
    since: date
    until: date | None
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSeen:
    """One unit as its page shows it."""

    entry: OrganisationEntry
    seen: str
    """Names this state of it."""
    successors: tuple[tuple[str, SuccessorEntry], ...]
    """With their names."""
    further: tuple[str, ...]
    """Channels after the first, in words."""


def unit_lines(
    session: Session, day: date, *, named: str = "", over: bool = False
) -> list[UnitLine]:
    """Returns the units that exist, or those that are no more, by name."""
    ended = Organisation.valid_to < day
    which = ended if over else or_(Organisation.valid_to.is_(None), Organisation.valid_to >= day)
    rows = session.scalars(select(Organisation).where(which).order_by(Organisation.sort_key)).all()
    names = dict(session.execute(select(Organisation.id, Organisation.name)).tuples().all())
    wanted = folded(named)
    return [
        UnitLine(
            id=one.id, name=one.name, abbreviation=one.abbreviation or "",
            parent=names.get(one.parent_id or "", ""), regime=REGIME_WORDS[one.regime],
            channel=CHANNEL_WORDS.get(one.channel, one.channel), address=one.address or "",
            since=one.valid_from, until=one.valid_to, is_over=over,
        )
        for one in rows
        if wanted in folded(" ".join((one.name, one.abbreviation or "", *map(str, one.aliases))))
    ]  # fmt: skip


def unit_seen(session: Session, key: str) -> UnitSeen:
    """Returns one unit.

    Raises:
        NotFoundError: there is none.
    """
    now = office_now(session)
    entry, names = _unit(now, key), {one.id: one.name for one in now.organisation}
    return UnitSeen(
        entry=entry, seen=digest(entry),
        successors=tuple((names.get(one.organisation, ""), one) for one in entry.successors),
        further=tuple(
            f"{CHANNEL_WORDS.get(one.channel, one.channel)} {one.address or ''}".strip()
            for one in entry.channels
        ),
    )  # fmt: skip


def unit_names(session: Session) -> list[tuple[str, str]]:
    """Returns the identifier and name of every unit, by name."""
    return list(
        session.execute(select(Organisation.id, Organisation.name).order_by(Organisation.sort_key))
        .tuples()
        .all()
    )


def save_unit(
    database: Database,
    key: str | None,
    typed: Mapping[str, Any],
    *,
    seen: str = "",
    at: datetime,
    actor: Actor,
) -> Kept:
    """Enters a unit, or changes one. What the page does not ask for stays as it is.

    Args:
        database: migrated tables.
        key: which unit; None for a new one.
        typed: fields of `OrganisationEntry` but `id`, `channels` and `successors`; and `successor`,
            `successor_basis` where one more takes over.
        seen: names the state that was seen.
        at: aware, UTC.
        actor: an administrator or the machine.

    Raises:
        NotAuthorisedError: the actor is neither.
        NotFoundError: there is no such unit.
        InvalidInputError: fields are wrong; names each.
        WrongStateError: somebody else has changed it meanwhile.
    """
    with keeping(database, actor, DEED, key or str(typed.get("name", ""))[:80], at=at) as deed:
        now = office_now(deed.session)
        old = _unit(now, key) if key is not None else None
        require_seen(old, seen, "Đơn vị")
        values = {name: value for name, value in typed.items() if not name.startswith("successor")}
        made = key or free_key(str(typed.get("name", "")), [one.id for one in now.organisation])
        values |= {
            "id": made, "channels": [*(one.model_dump() for one in old.channels)] if old else [],
            "invented": old.invented if old else False,
        }  # fmt: skip
        values["successors"] = _successors(old, typed)
        entry = entry_of(OrganisationEntry, values)
        new = now.model_copy(update={"organisation": put(now.organisation, entry, key)})
        return Kept(key=made, changed=write(deed, new, now, DEED, made))


def _successors(old: OrganisationEntry | None, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    kept = [one.model_dump() for one in old.successors] if old else []
    heir = typed.get("successor", "")
    if heir:
        last = typed.get("valid_to")
        if not isinstance(last, date):
            said = "ghi ngày kết thúc; đơn vị kế thừa tiếp nhận từ ngày sau."
            raise InvalidInputError(Problem(place="Đến hết ngày", reason=said))
        if last == date.max:
            said = "quá xa; xem lại năm."
            raise InvalidInputError(Problem(place="Đến hết ngày", reason=said))
        since = last + timedelta(days=1)
        one = {"organisation": heir, "since": since, "basis": typed.get("successor_basis") or None}
        kept = [*(known for known in kept if known["organisation"] != heir), one]
    return kept


def _unit(now: OfficeFile, key: str) -> OrganisationEntry:
    found = next((one for one in now.organisation if one.id == key), None)
    if found is None:
        raise NotFoundError("đơn vị", key)
    return found
