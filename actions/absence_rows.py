"""Which absences there are, who is away on a day, in whose place somebody signs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from actions.auditing import is_about
from models.absence import Absence
from models.audit import AuditEvent
from models.directive import Directive
from models.officer import Officer, Post, SigningAuthority, in_service
from models.session import once

STATED, ENDED, CANCELLED = "stated", "ended", "cancelled"
NO_SIGNING, OWN, GIVEN = "none", "own", "given"
MOST: Final = 200
"""Absences that are listed, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceLine:
    """An absence as people read it."""

    absence: Absence
    officer: str
    deputy: str
    capacity: tuple[str, ...]
    """As printed above the deputy's name, the post last; empty unless it was given."""
    phase: str
    """`to_come`, `now`, `over`, `ended` or `cancelled`."""


def in_effect(day: date) -> ColumnElement[bool]:
    """The condition on `Absence` under which it holds on a day."""
    return (
        (Absence.state == STATED) & (Absence.first_day <= day) & (Absence.last_day >= day)
    )  # fmt: skip


def away_on(session: Session, day: date) -> dict[str, Absence]:
    """Returns the absences that hold on a day, by the officer who is away."""

    def read() -> dict[str, Absence]:
        return {
            one.officer_id: one for one in session.scalars(select(Absence).where(in_effect(day)))
        }

    return once(session, ("away", day), read)


def lines(session: Session, day: date, *, officer_id: str | None = None) -> list[AbsenceLine]:
    """Returns the absences, newest first; those of one officer where one is named."""
    query = (
        select(Absence).order_by(Absence.first_day.desc(), Absence.made_at.desc()).limit(MOST)
    )  # fmt: skip
    if officer_id is not None:
        query = query.where(
            (Absence.officer_id == officer_id) | (Absence.deputy_id == officer_id)
        )  # fmt: skip
    return lines_of(session, day, session.scalars(query).all())


def ahead(session: Session, day: date, officer_id: str) -> list[AbsenceLine]:
    """Returns the absences that hold or come, in which an officer is away or stands in."""
    query = (
        select(Absence)
        .where(
            (Absence.officer_id == officer_id) | (Absence.deputy_id == officer_id),
            Absence.state == STATED,
            Absence.last_day >= day,
        )
        .order_by(Absence.first_day, Absence.made_at)
    )
    found = session.scalars(query).all()
    return lines_of(session, day, found) if found else []


def lines_of(session: Session, day: date, absences: Sequence[Absence]) -> list[AbsenceLine]:
    """Returns absences as people read them on a day, in their order."""
    people = {key for one in absences for key in (one.officer_id, one.deputy_id)}
    names = dict(
        session.execute(select(Officer.id, Officer.name).where(Officer.id.in_(people)))
        .tuples()
        .all()
    )
    given = {one.authority_id for one in absences if one.authority_id}
    made = session.scalars(select(SigningAuthority).where(SigningAuthority.id.in_(given)))
    authorities = {one.id: one for one in made}
    return [
        AbsenceLine(
            absence=one, officer=names[one.officer_id], deputy=names[one.deputy_id],
            capacity=_printed(authorities.get(one.authority_id or "")), phase=_phase(one, day),
        )
        for one in absences
    ]  # fmt: skip


def _printed(authority: SigningAuthority | None) -> tuple[str, ...]:
    return (*map(str, authority.capacity_lines), authority.position) if authority else ()


def _phase(absence: Absence, day: date) -> str:
    if absence.state != STATED:
        return absence.state
    if absence.first_day > day:
        return "to_come"
    return "now" if absence.last_day >= day else "over"


def named(session: Session, day: date) -> list[tuple[str, str]]:
    """Returns who may be away or stand in: identifier, and name with today's post."""
    held = (
        (Post.officer_id == Officer.id)
        & (Post.valid_from <= day)
        & (Post.valid_to.is_(None) | (Post.valid_to >= day))
    )  # fmt: skip
    rows = session.execute(
        select(Officer.id, Officer.name, func.min(Post.title))
        .join(Post, held)
        .where(in_service(day))
        .group_by(Officer.id, Officer.name)
        .order_by(Officer.sort_key, Officer.id)
    )
    return [(key, f"{name}, {title}") for key, name, title in rows]


def period_words(absence: Absence) -> str:
    """Returns why somebody stands in, after the name: `vắng mặt từ 01/12/2026 đến …`."""
    first, last = f"{absence.first_day:%d/%m/%Y}", f"{absence.last_day:%d/%m/%Y}"
    if absence.basis:
        return f"vắng mặt từ {first} đến {last} ({absence.basis})"
    return f"vắng mặt từ {first} đến {last}"


def is_lent(session: Session, authority_id: str) -> bool:
    """Tells whether an authority was made for an absence."""
    lent = select(Absence.id).where(Absence.authority_id == authority_id)
    return session.scalars(lent).first() is not None


def in_place_of(session: Session, directive: Directive) -> dict[str, Any]:
    """Returns in whose place the signatory of a directive acts, for the record; else nothing.

    By the authority that was made for an absence, or because it was passed on in one.
    """
    given = select(Absence).where(Absence.authority_id == directive.authority_id)
    absence = session.scalars(given).first() if directive.authority_id else None
    absence = absence or _passed_on_in(session, directive)
    if absence is None or absence.deputy_id != directive.signatory_id:
        return {}
    away = session.get_one(Officer, absence.officer_id)
    return {
        "in_place_of": away.name, "in_place_of_id": away.id, "absence": str(absence.id),
        "because": period_words(absence),
    }  # fmt: skip


def _passed_on_in(session: Session, directive: Directive) -> Absence | None:
    passed: Sequence[dict[str, Any]] = session.scalars(
        select(AuditEvent.detail)
        .where(
            is_about("directive", directive.id),
            AuditEvent.deed == "hand_over",
        )
        .order_by(AuditEvent.sequence.desc())
    ).all()
    for detail in passed:
        if detail.get("to") == directive.signatory_id:
            known = detail.get("absence")
            return session.get(Absence, UUID(known)) if known else None
    return None
