"""The office itself, for programs: organisations, officers, series, certificates, audit trail."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select

from actions.listing.paging import Order, Page, page_of
from actions.listing.sight import Reader
from models.audit import AuditEvent
from models.numbering import NumberSeries
from models.officer import Officer, Post, RegisteredCertificate, Role
from models.operation import RunRecord
from models.organisation import Organisation, UnitGroup

ADMINISTERS: Final = (Role.ADMINISTRATOR, Role.OPERATOR, Role.AUDITOR)
"""Who looks after keys and numbers."""
OVERSEES: Final = (Role.AUDITOR, Role.ADMINISTRATOR)


def organisations(reader: Reader, *, after: str | None, limit: int) -> Page[Organisation]:
    """Returns every organisation that the office knows, also those that are no more."""
    reader.require_post("xem danh mục đơn vị")
    return page_of(
        reader.session, select(Organisation), Order(key=Organisation.id), after=after, limit=limit,
        values=lambda one: (one.id,),
    )  # fmt: skip


def groups(reader: Reader, *, after: str | None, limit: int) -> Page[UnitGroup]:
    """Returns the groups of units."""
    reader.require_post("xem danh mục nhóm đơn vị")
    return page_of(
        reader.session, select(UnitGroup), Order(key=UnitGroup.id), after=after, limit=limit,
        values=lambda one: (one.id,),
    )  # fmt: skip


def officers(
    reader: Reader, *, after: str | None, limit: int
) -> tuple[Page[Officer], Mapping[str, Sequence[Post]]]:
    """Returns the officers with their posts, past and to come too."""
    reader.require_post("xem danh sách cán bộ")
    page = page_of(
        reader.session, select(Officer), Order(key=Officer.id), after=after, limit=limit,
        values=lambda one: (one.id,),
    )  # fmt: skip
    held: dict[str, list[Post]] = {one.id: [] for one in page.items}
    query = select(Post).where(Post.officer_id.in_(held)).order_by(Post.valid_from, Post.id)
    for post in reader.session.scalars(query):
        held[post.officer_id].append(post)
    return page, held


def series(reader: Reader) -> Sequence[NumberSeries]:
    """Returns the number series."""
    reader.require_post("xem dãy số")
    return reader.session.scalars(select(NumberSeries).order_by(NumberSeries.id)).all()


def certificates(reader: Reader, *, after: str | None, limit: int) -> Page[RegisteredCertificate]:
    """Returns the registered certificates; where their keys lie is told to nobody.

    Raises:
        NotAuthorisedError: the reader does not look after them.
    """
    reader.require_role("xem danh sách chứng thư số", *ADMINISTERS)
    return page_of(
        reader.session, select(RegisteredCertificate), Order(key=RegisteredCertificate.fingerprint),
        after=after, limit=limit, values=lambda one: (one.fingerprint,),
    )  # fmt: skip


def audit_trail(reader: Reader, *, after: str | None, limit: int) -> Page[AuditEvent]:
    """Returns the whole audit trail, oldest first.

    Raises:
        NotAuthorisedError: the reader does not oversee the office.
    """
    reader.require_role("xem nhật ký của cơ quan", *OVERSEES)
    return page_of(
        reader.session, select(AuditEvent), Order(key=AuditEvent.sequence), after=after,
        limit=limit, values=lambda one: (one.sequence,),
    )  # fmt: skip


def runs(reader: Reader, *, after: str | None, limit: int) -> Page[RunRecord]:
    """Returns what the flows did, newest first: whole-office runs and those of any directive.

    Raises:
        NotAuthorisedError: the reader neither operates nor oversees the office.
    """
    reader.require_role("xem các lần chạy của hệ thống", *ADMINISTERS, Role.FOLLOW_UP)
    columns: Any = Order(by=RunRecord.asked_at, key=RunRecord.id, descending=True)
    return page_of(
        reader.session, select(RunRecord), columns, after=after, limit=limit,
        values=lambda one: (one.asked_at, one.id),
    )  # fmt: skip
