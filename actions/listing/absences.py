"""Planned absences for programs: an administrator sees all, others those they have a part in."""

from uuid import UUID

from sqlalchemy import Select, or_, select

from actions.absence_rows import AbsenceLine, lines_of
from actions.access import roles_on
from actions.errors import NotFoundError
from actions.listing.paging import Order, Page, page_of
from actions.listing.sight import Reader
from actions.offices import office_facts
from models.absence import Absence
from models.officer import Role


def absences(
    reader: Reader, *, officer: str | None, after: str | None, limit: int
) -> Page[AbsenceLine]:
    """Returns absences, the one that begins last first.

    Args:
        reader: who looks.
        officer: who is away or stands in; None for anybody.
        after: as `page_of`.
        limit: as `page_of`.
    """
    query = _seen(reader)
    if officer is not None:
        query = query.where(or_(Absence.officer_id == officer, Absence.deputy_id == officer))
    found = page_of(
        reader.session, query, Order(by=Absence.first_day, key=Absence.id, descending=True),
        after=after, limit=limit, values=lambda one: (one.first_day, one.id),
    )  # fmt: skip
    return Page(items=lines_of(reader.session, reader.day, found.items), next=found.next)


def absence(reader: Reader, key: UUID) -> AbsenceLine:
    """Returns one absence.

    Raises:
        NotFoundError: none, or not the reader's to see.
    """
    found = reader.session.scalars(_seen(reader).where(Absence.id == key)).one_or_none()
    if found is None:
        raise NotFoundError("đợt vắng mặt", key)
    return lines_of(reader.session, reader.day, [found])[0]


def _seen(reader: Reader) -> Select[tuple[Absence]]:
    office = office_facts(reader.session).organisation_id
    if Role.ADMINISTRATOR in roles_on(reader.session, reader.actor.id, office, reader.day):
        return select(Absence)
    me = reader.actor.id
    return select(Absence).where(or_(Absence.officer_id == me, Absence.deputy_id == me))
