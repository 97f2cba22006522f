"""Officers, their posts and their authorities to sign, one at a time, each from a day to a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.account_rows import officer_of
from actions.auditing import Actor, append_event
from actions.desk import Deed
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.last_administrator import require_another
from actions.office_file.shapes import AuthorityEntry, OfficeFile, OfficerEntry, PostEntry
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
from models.directive import Directive
from models.officer import Capacity, Post, Role, SigningAuthority
from models.session import Database

OFFICER, POST, AUTHORITY = "save_officer", "save_post", "save_authority"
CAPACITY_WORDS: Final[Mapping[Capacity, str]] = {
    Capacity.HEAD: "người đứng đầu, ký trực tiếp",
    Capacity.TM: "thay mặt tập thể (TM.)",
    Capacity.KT: "ký thay (KT.)",
    Capacity.TL: "thừa lệnh (TL.)",
    Capacity.TUQ: "thừa uỷ quyền (TUQ.)",
    Capacity.Q: "quyền (Q.)",
}
"""How a capacity is called to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerSeen:
    """One officer as the page shows what the office's data has of them."""

    entry: OfficerEntry
    seen: str
    """Names the state of name and address."""
    posts: tuple[tuple[PostEntry, str], ...]
    """With the name of the organisation; the latest first."""
    authorities: tuple[tuple[AuthorityEntry, str], ...]


def officer_seen(session: Session, key: str) -> OfficerSeen:
    """Returns one officer.

    Raises:
        NotFoundError: there is none.
    """
    now = office_now(session)
    entry, names = _officer(now, key), {one.id: one.name for one in now.organisation}
    mine = [one for one in now.authority if one.officer == key]
    return OfficerSeen(
        entry=entry, seen=digest(_person(entry)),
        posts=tuple((one, names.get(one.organisation, "")) for one in reversed(entry.posts)),
        authorities=tuple(
            (one, names.get(one.organisation, ""))
            for one in sorted(mine, key=lambda one: one.valid_from, reverse=True)
        ),
    )  # fmt: skip


def save_officer(
    database: Database,
    key: str | None,
    typed: Mapping[str, Any],
    *,
    seen: str = "",
    at: datetime,
    actor: Actor,
) -> Kept:
    """Enters an officer with a first post, or changes name and address of one.

    Args:
        database: migrated tables.
        key: which officer; None for a new one.
        typed: `name`, `email`; of a new one also the fields of a post, as `add_post` takes them.
        seen: names the state that was seen.
        at: aware, UTC.
        actor: an administrator or the machine.

    Raises:
        NotAuthorisedError: the actor is neither.
        NotFoundError: there is no such officer.
        InvalidInputError: fields are wrong; names each.
        WrongStateError: somebody else has changed it meanwhile.
    """
    with keeping(database, actor, OFFICER, key or str(typed.get("name", ""))[:80], at=at) as deed:
        now = office_now(deed.session)
        old = _officer(now, key) if key is not None else None
        require_seen(_person(old) if old else None, seen, "Cán bộ")
        made = key or free_key(str(typed.get("name", "")), [one.id for one in now.officer])
        person = {name: typed.get(name) for name in ("name", "email")}
        if old is None:
            posts = [entry_of(PostEntry, _post(typed)).model_dump()]
        else:
            posts = [one.model_dump() for one in old.posts]
            person["left_on"] = old.left_on
        entry = entry_of(OfficerEntry, {**person, "id": made, "posts": posts})
        new = now.model_copy(update={"officer": put(now.officer, entry, key)})
        return Kept(key=made, changed=write(deed, new, now, OFFICER, made))


def add_post(
    database: Database, key: str, typed: Mapping[str, Any], *, at: datetime, actor: Actor
) -> Kept:
    """Gives an officer a post with roles: `title`, `organisation`, `roles`, first and last day.

    Raises:
        NotAuthorisedError: the actor is neither an administrator nor the machine.
        NotFoundError: there is no such officer.
        InvalidInputError: fields are wrong, or the officer has left by then; names each.
    """
    with keeping(database, actor, POST, key, at=at) as deed:
        now = office_now(deed.session)
        old = _officer(now, key)
        post = entry_of(PostEntry, _post(typed))
        new = old.model_copy(update={"posts": [*old.posts, post]})
        whole = now.model_copy(update={"officer": put(now.officer, new, key)})
        return Kept(key=key, changed=write(deed, whole, now, POST, key))


def end_post(
    database: Database,
    key: str,
    *,
    organisation_id: str,
    title: str,
    began: date,
    last_day: date,
    at: datetime,
    actor: Actor,
) -> None:
    """Ends a post with a day; one that ends before it began is taken away.

    Raises:
        NotAuthorisedError: the actor is neither an administrator nor the machine.
        NotFoundError: there is no such officer or post.
        InvalidInputError: nobody could administer the office afterwards.
    """
    with keeping(database, actor, POST, key, at=at) as deed:
        officer = officer_of(deed.session, key)
        post = deed.session.scalars(
            select(Post).where(
                Post.officer_id == key, Post.organisation_id == organisation_id,
                Post.title == title, Post.valid_from == began,
            )
        ).first()  # fmt: skip
        if post is None:
            raise NotFoundError("chức vụ", title)
        if Role.ADMINISTRATOR.value in post.roles:
            after = date.fromordinal(last_day.toordinal() + 1)
            require_another(deed.session, officer, max(after, deed.day))
        before = post.valid_to
        if last_day < began:
            deed.session.delete(post)
        else:
            post.valid_to = last_day
        _note_end(deed, POST, key, title, before, last_day if last_day >= began else None)


def add_authority(
    database: Database, key: str, typed: Mapping[str, Any], *, at: datetime, actor: Actor
) -> Kept:
    """Lets an officer sign for the office in a capacity, for some kinds of papers or all.

    Args:
        database: migrated tables.
        key: which officer.
        typed: fields of `AuthorityEntry` but `id`, `officer` and `organisation`.
        at: aware, UTC.
        actor: an administrator or the machine.

    Raises:
        NotAuthorisedError: the actor is neither.
        NotFoundError: there is no such officer.
        InvalidInputError: fields are wrong; names each.
    """
    with keeping(database, actor, AUTHORITY, key, at=at) as deed:
        now = office_now(deed.session)
        _officer(now, key)
        stem = f"ky {key} {typed.get('valid_from') or ''}"
        made = free_key(stem, [one.id for one in now.authority])
        values = {**typed, "id": made, "officer": key, "organisation": now.office.organisation}
        entry = entry_of(AuthorityEntry, values)
        new = now.model_copy(update={"authority": [*now.authority, entry]})
        return Kept(key=made, changed=write(deed, new, now, AUTHORITY, key))


def end_authority(
    database: Database, key: str, authority_id: str, *, last_day: date, at: datetime, actor: Actor
) -> None:
    """Ends an authority with a day; papers that wait for it must find another signatory.

    Raises:
        NotAuthorisedError: the actor is neither an administrator nor the machine.
        NotFoundError: the officer has no such authority.
        InvalidInputError: the day is before it began, and papers name it.
    """
    with keeping(database, actor, AUTHORITY, key, at=at) as deed:
        row = deed.session.get(SigningAuthority, authority_id)
        if row is None or row.officer_id != key:
            raise NotFoundError("quyền ký", authority_id)
        before, gone = row.valid_to, last_day < row.valid_from
        if gone:
            named = select(Directive.id).where(Directive.authority_id == authority_id).limit(1)
            if deed.session.scalars(named).first() is not None:
                said = "đã có văn bản theo quyền ký này; chọn ngày từ ngày bắt đầu trở đi."
                raise InvalidInputError(Problem(place="Đến hết ngày", reason=said))
            deed.session.delete(row)
        else:
            row.valid_to = last_day
        _note_end(deed, AUTHORITY, key, authority_id, before, None if gone else last_day)


def _note_end(  # noqa: PLR0917 (one line of a record)
    deed: Deed, name: str, key: str, what: str, before: date | None, after: date | None
) -> None:
    append_event(
        deed.session, actor=deed.actor, deed=name, outcome="done", subject_kind="office",
        subject_id=key, at=deed.at,
        detail={
            "what": what, "before": str(before) if before else None,
            "after": str(after) if after else None, "taken_away": after is None,
        },
    )  # fmt: skip


def _post(typed: Mapping[str, Any]) -> dict[str, Any]:
    names = ("title", "organisation", "valid_from", "valid_to")
    known = {role.value for role in Role}
    roles: Sequence[str] = typed.get("roles") or ()
    given = {name: typed.get(name) for name in names if typed.get(name) not in ("", None)}
    return {**given, "roles": [one for one in roles if one in known]}


def _person(entry: OfficerEntry) -> OfficerEntry:
    return entry.model_copy(update={"posts": []})


def _officer(now: OfficeFile, key: str) -> OfficerEntry:
    found = next((one for one in now.officer if one.id == key), None)
    if found is None:
        raise NotFoundError("cán bộ", key)
    return found
