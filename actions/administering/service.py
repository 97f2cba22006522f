"""An officer's service as the administrator sees it: posts, authorities to sign, certificates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from actions.accounts import require_administrator
from actions.auditing import Actor
from actions.certificate_rows import CertificateLine, certificate_lines
from actions.desk import local_day
from models.officer import Officer, Post, Role, SigningAuthority, in_service
from models.organisation import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPost:
    """A post, past, present or to come."""

    title: str
    organisation: str
    roles: tuple[Role, ...]
    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """That somebody may sign, in a capacity, from a day to a day."""

    officer_id: str
    officer: str
    capacity: str
    """As printed above the post: `K/T TRƯỞNG BAN`; empty for the head."""
    position: str
    organisation: str
    kinds: tuple[str, ...]
    """Empty for every kind."""
    basis: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An officer's service."""

    posts: tuple[HeldPost, ...]
    authorities: tuple[Authority, ...]
    deputies: tuple[Authority, ...]
    """Others who may sign for the same organisations today: who stands in while this one is away.
    The record and the paper name the one who signs, with the capacity."""

    certificates: tuple[CertificateLine, ...]
    others: tuple[tuple[str, str], ...]
    """Officers who could take work over: identifier and name."""


def service(session: Session, actor: Actor, officer_id: str, *, at: datetime) -> Service:
    """Returns an officer's service.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
    """
    require_administrator(session, actor, at, "xem hồ sơ của cán bộ")
    day = local_day(at)
    own = _authorities(session, SigningAuthority.officer_id == officer_id)
    return Service(
        posts=_posts(session, officer_id),
        authorities=own,
        deputies=_deputies(session, officer_id, day),
        certificates=tuple(
            one for one in certificate_lines(session, at) if one.officer_id == officer_id
        ),
        others=_others(session, officer_id, day),
    )


def _posts(session: Session, officer_id: str) -> tuple[HeldPost, ...]:
    rows = session.execute(
        select(Post, Organisation.name)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .where(Post.officer_id == officer_id)
        .order_by(Post.valid_from.desc(), Post.id)
    )
    return tuple(
        HeldPost(
            title=post.title, organisation=name, roles=tuple(map(Role, post.roles)),
            since=post.valid_from, until=post.valid_to,
        )
        for post, name in rows
    )  # fmt: skip


def _authorities(session: Session, *which: object) -> tuple[Authority, ...]:
    query = (
        select(SigningAuthority, Officer.name, Organisation.name)
        .join(Officer, Officer.id == SigningAuthority.officer_id)
        .join(Organisation, Organisation.id == SigningAuthority.organisation_id)
        .where(*which)  # type: ignore[arg-type]  # conditions of every kind
        .order_by(SigningAuthority.valid_from.desc(), SigningAuthority.id)
    )
    return tuple(
        Authority(
            officer_id=row.officer_id, officer=name, capacity=", ".join(row.capacity_lines),
            position=row.position, organisation=organisation, kinds=tuple(row.doc_types),
            basis=row.basis or "", since=row.valid_from, until=row.valid_to,
        )
        for row, name, organisation in session.execute(query)
    )  # fmt: skip


def _deputies(session: Session, officer_id: str, day: date) -> tuple[Authority, ...]:
    mine = select(SigningAuthority.organisation_id).where(SigningAuthority.officer_id == officer_id)
    return _authorities(
        session,
        SigningAuthority.officer_id != officer_id,
        SigningAuthority.organisation_id.in_(mine),
        SigningAuthority.valid_from <= day,
        or_(SigningAuthority.valid_to.is_(None), SigningAuthority.valid_to >= day),
        in_service(day),
    )


def _others(session: Session, officer_id: str, day: date) -> tuple[tuple[str, str], ...]:
    found: Sequence[Officer] = session.scalars(
        select(Officer)
        .where(Officer.id != officer_id, in_service(day))
        .order_by(Officer.sort_key, Officer.id)
    ).all()
    return tuple((one.id, one.name) for one in found)
