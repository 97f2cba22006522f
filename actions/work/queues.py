"""For whom else something waits, and who of them has taken it up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from actions.access import ROLE_WORDS
from actions.work.items import Holder, Subject, Waiting
from models.officer import Officer, Post, Role, in_service
from models.organisation import Organisation
from models.work import Claim

Colleagues = dict[str, dict[str, frozenset[Role]]]
"""By organisation and officer: the roles held on a day."""
_AT_ONCE: Final = 500
_QUEUE_OF: Final = (Role.REGISTRY_CLERK, Role.FOLLOW_UP, Role.SIGNATORY)


def colleagues(session: Session, organisations: Sequence[str], day: date) -> Colleagues:
    """Returns who holds which roles at some organisations on a day."""
    rows = session.execute(
        select(Post.organisation_id, Post.officer_id, Post.roles)
        .join(Officer, Officer.id == Post.officer_id)
        .where(
            Post.organisation_id.in_(organisations),
            Post.valid_from <= day,
            or_(Post.valid_to.is_(None), Post.valid_to >= day),
            in_service(day),
        )
    )
    found: Colleagues = {}
    for where, officer, roles in rows:
        held = found.setdefault(where, {})
        held[officer] = held.get(officer, frozenset()) | {Role(role) for role in roles}
    return found


def with_queues(session: Session, found: Sequence[Waiting], day: date) -> list[Waiting]:
    """Returns the same with the queue that each lies in, and who has taken it up.

    What only one person could do lies in no queue. A claim of somebody who may not do it any more
    counts no more.
    """
    shared = [one for one in found if one.roles]
    if not shared:
        return list(found)
    people = colleagues(session, sorted({one.organisation_id for one in shared}), day)
    named = select(Organisation.id, Organisation.name).where(Organisation.id.in_(people))
    units = {key: name for key, name in session.execute(named)}  # noqa: C416 (rows are no pairs)
    able = [others_of(people, one) for one in found]
    claims = claims_on(session, [one.subject for one in shared])
    made = []
    for one, those in zip(found, able, strict=True):
        holder = claims.get(one.subject)
        made.append(
            replace(
                one,
                queue=_name(one, units) if len(those) > 1 else "",
                holder=holder if holder and holder.officer_id in those else None,
            )
        )
    return made


def others_of(people: Colleagues, one: Waiting) -> frozenset[str]:
    """Returns everybody who could do it; empty where it is one person's."""
    if not one.roles:
        return frozenset()
    return frozenset(
        who for who, held in people.get(one.organisation_id, {}).items() if held & one.roles
    )


def claims_on(session: Session, subjects: Sequence[Subject]) -> dict[Subject, Holder]:
    """Returns who has taken up which of these."""
    key = tuple_(Claim.about, Claim.subject_id)
    wanted = sorted({(one.about, one.id) for one in subjects})
    found = {}
    for first in range(0, len(wanted), _AT_ONCE):
        rows = session.execute(
            select(Claim, Officer.name)
            .join(Officer, Officer.id == Claim.officer_id)
            .where(key.in_(wanted[first : first + _AT_ONCE]))
        )
        for claim, name in rows:
            subject = Subject(
                about=claim.about, id=claim.subject_id, step=claim.step, revision=claim.revision
            )
            found[subject] = Holder(officer_id=claim.officer_id, name=name)
    return found


def _name(one: Waiting, units: dict[str, str]) -> str:
    role = next((role for role in _QUEUE_OF if role in one.roles), None)
    if one.roles == frozenset(Role) or role is None:
        return f"Hàng chờ của {units.get(one.organisation_id, 'đơn vị')}"
    return f"Hàng chờ {ROLE_WORDS[role]}"
