"""Groups that recipient lists name, one at a time: names, and members from a day to a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from actions.auditing import Actor, append_event
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.office_file.shapes import GroupEntry, OfficeFile
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
from models.alphabet import sort_key
from models.organisation import GroupMembership, Organisation, UnitGroup
from models.session import Database

DEED: Final = "save_group"
_MEMBERS: Final = "Thành viên"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """One group of the list."""

    id: str
    name: str
    aliases: tuple[str, ...]
    count: int
    """Members of today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A membership."""

    organisation_id: str
    name: str
    since: date
    until: date | None
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSeen:
    """One group as its page shows it."""

    entry: GroupEntry
    seen: str
    """Names this state of it."""
    members: tuple[Member, ...]
    """Those of today and to come by name, then those that are no more."""


def group_lines(session: Session, day: date) -> list[GroupLine]:
    """Returns the groups by name, with how many members each has on a day."""
    held = (
        select(GroupMembership.group_id, func.count().label("count"))
        .where(
            GroupMembership.valid_from <= day,
            or_(GroupMembership.valid_to.is_(None), GroupMembership.valid_to >= day),
        )
        .group_by(GroupMembership.group_id)
        .subquery()
    )
    rows = session.execute(
        select(UnitGroup, held.c.count).outerjoin(held, held.c.group_id == UnitGroup.id)
    ).all()
    return [
        GroupLine(id=one.id, name=one.name, aliases=tuple(one.aliases), count=count or 0)
        for one, count in sorted(rows, key=lambda row: sort_key(row[0].name))
    ]


def group_seen(session: Session, key: str, day: date) -> GroupSeen:
    """Returns one group.

    Raises:
        NotFoundError: there is none.
    """
    entry = _group(office_now(session), key)
    rows = session.execute(
        select(GroupMembership, Organisation.name)
        .join(Organisation, Organisation.id == GroupMembership.organisation_id)
        .where(GroupMembership.group_id == key)
        .order_by(Organisation.sort_key, GroupMembership.valid_from)
    )
    members = [
        Member(
            organisation_id=one.organisation_id, name=name, since=one.valid_from,
            until=one.valid_to, is_over=one.valid_to is not None and one.valid_to < day,
        )
        for one, name in rows
    ]  # fmt: skip
    return GroupSeen(
        entry=entry, seen=digest(entry),
        members=tuple(sorted(members, key=lambda one: one.is_over)),
    )  # fmt: skip


def save_group(
    database: Database,
    key: str | None,
    typed: Mapping[str, Any],
    *,
    seen: str = "",
    at: datetime,
    actor: Actor,
) -> Kept:
    """Enters a group by `name` and `aliases`, or changes those of one.

    Raises:
        NotAuthorisedError: the actor is neither an administrator nor the machine.
        NotFoundError: there is no such group.
        InvalidInputError: fields are wrong; names each.
        WrongStateError: somebody else has changed it meanwhile.
    """
    with keeping(database, actor, DEED, key or str(typed.get("name", ""))[:80], at=at) as deed:
        now = office_now(deed.session)
        old = _group(now, key) if key is not None else None
        require_seen(old, seen, "Nhóm")
        made = key or free_key(str(typed.get("name", "")), [one.id for one in now.group])
        members = [one.model_dump() for one in old.members] if old else []
        entry = entry_of(GroupEntry, {**typed, "id": made, "members": members})
        new = now.model_copy(update={"group": put(now.group, entry, key)})
        return Kept(key=made, changed=write(deed, new, now, DEED, made))


def add_members(
    database: Database,
    key: str,
    organisations: Sequence[str],
    *,
    since: date,
    at: datetime,
    actor: Actor,
) -> Kept:
    """Lets units belong to a group from a day on.

    Raises:
        NotAuthorisedError: the actor is neither an administrator nor the machine.
        NotFoundError: there is no such group.
        InvalidInputError: none was chosen, or one belongs to it already.
    """
    with keeping(database, actor, DEED, key, at=at) as deed:
        now = office_now(deed.session)
        old = _group(now, key)
        if not organisations:
            said = "chưa chọn đơn vị nào; chọn một hoặc nhiều đơn vị."
            raise InvalidInputError(Problem(place=_MEMBERS, reason=said))
        members = [one.model_dump() for one in old.members]
        members.append({"organisations": list(dict.fromkeys(organisations)), "valid_from": since})
        values = {**old.model_dump(), "members": members}
        entry = entry_of(GroupEntry, values)
        new = now.model_copy(update={"group": put(now.group, entry, key)})
        return Kept(key=key, changed=write(deed, new, now, DEED, key))


def end_membership(
    database: Database,
    key: str,
    organisation_id: str,
    *,
    began: date,
    last_day: date,
    at: datetime,
    actor: Actor,
) -> None:
    """Ends a membership with a day; one that ends before it began is taken away.

    Raises:
        NotAuthorisedError: the actor is neither an administrator nor the machine.
        NotFoundError: there is no such membership.
    """
    with keeping(database, actor, DEED, key, at=at) as deed:
        row = deed.session.get(GroupMembership, (key, organisation_id, began))
        if row is None:
            raise NotFoundError("thành viên của nhóm", organisation_id)
        before, gone = row.valid_to, last_day < began
        if gone:
            deed.session.execute(
                delete(GroupMembership).where(
                    GroupMembership.group_id == key,
                    GroupMembership.organisation_id == organisation_id,
                    GroupMembership.valid_from == began,
                )
            )
        else:
            _require_apart(deed.session, row, last_day)
            row.valid_to = last_day
        append_event(
            deed.session, actor=deed.actor, deed=DEED, outcome="done", subject_kind="office",
            subject_id=key, at=deed.at,
            detail={
                "member": organisation_id, "valid_from": str(began),
                "before": str(before) if before else None, "after": None if gone else str(last_day),
                "taken_away": gone,
            },
        )  # fmt: skip


def _require_apart(session: Session, row: GroupMembership, last_day: date) -> None:
    following = session.scalars(
        select(GroupMembership.valid_from)
        .where(
            GroupMembership.group_id == row.group_id,
            GroupMembership.organisation_id == row.organisation_id,
            GroupMembership.valid_from > row.valid_from,
        )
        .order_by(GroupMembership.valid_from)
    ).first()
    if following is not None and last_day >= following:
        latest = following - timedelta(days=1)
        said = f"đơn vị lại là thành viên từ {following:%d/%m/%Y}; chọn đến {latest:%d/%m/%Y}."
        raise InvalidInputError(Problem(place="Đến hết ngày", reason=said))


def _group(now: OfficeFile, key: str) -> GroupEntry:
    found = next((one for one in now.group if one.id == key), None)
    if found is None:
        raise NotFoundError("nhóm", key)
    return found
