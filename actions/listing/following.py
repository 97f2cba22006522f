"""What went out and what is owed, for programs: consignments, obligations, extensions, reports."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from actions.errors import NotFoundError
from actions.listing.paging import Order, Page, page_of
from actions.listing.sight import Reader
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment, DeliveryEvent
from models.obligation import ExtensionRequest, Obligation, ObligationChange
from models.report import Consolidation, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """By what a list is narrowed down; what is None narrows nothing."""

    directive_id: DirectiveId | None = None
    organisation_id: str | None = None
    """The unit."""
    state: str | None = None
    due_from: date | None = None
    due_until: date | None = None


def consignments(
    reader: Reader,
    directive_id: DirectiveId,
    *,
    state: str | None,
    after: str | None,
    limit: int,
) -> Page[Consignment]:
    """Returns what each unit was sent of a directive; what was rerouted is there twice."""
    directive = reader.directive(directive_id)
    query = select(Consignment).where(Consignment.directive_id == directive.id)
    if state is not None:
        query = query.where(Consignment.state == state)
    return _by_id(reader, query, Consignment, after, limit)


def consignment(reader: Reader, consignment_id: uuid.UUID) -> Consignment:
    """Returns one consignment.

    Raises:
        NotFoundError: none, or of a directive that the reader may not see.
    """
    found: Consignment = _of_a_directive(reader, Consignment, consignment_id, "lượt gửi")
    return found


def delivery_history(reader: Reader, consignment_id: uuid.UUID) -> Sequence[DeliveryEvent]:
    """Returns what became known of a consignment, oldest first."""
    return reader.session.scalars(
        select(DeliveryEvent)
        .where(DeliveryEvent.consignment_id == consignment_id)
        .order_by(DeliveryEvent.id)
    ).all()


def obligations(
    reader: Reader, wanted: Wanted, *, after: str | None, limit: int
) -> Page[Obligation]:
    """Returns what units owe; in no order that means anything, but always the same one."""
    query = _narrowed(reader, Obligation, wanted)
    if wanted.due_from is not None:
        query = query.where(Obligation.due >= wanted.due_from)
    if wanted.due_until is not None:
        query = query.where(Obligation.due <= wanted.due_until)
    return _by_id(reader, query, Obligation, after, limit)


def obligation(reader: Reader, obligation_id: uuid.UUID) -> Obligation:
    """Returns one obligation.

    Raises:
        NotFoundError: none, or of a directive that the reader may not see.
    """
    found: Obligation = _of_a_directive(reader, Obligation, obligation_id, "nhiệm vụ")
    return found


def changes(reader: Reader, obligation_id: uuid.UUID) -> Sequence[ObligationChange]:
    """Returns what changed of an obligation, oldest first."""
    return reader.session.scalars(
        select(ObligationChange)
        .where(ObligationChange.obligation_id == obligation_id)
        .order_by(ObligationChange.id)
    ).all()


def extensions(
    reader: Reader, *, state: str | None, after: str | None, limit: int
) -> Page[ExtensionRequest]:
    """Returns the requests for more time."""
    query = (
        select(ExtensionRequest)
        .join(Obligation, Obligation.id == ExtensionRequest.obligation_id)
        .join(Directive, Directive.id == Obligation.directive_id)
        .where(reader.sees_directives())
    )
    if state is not None:
        query = query.where(ExtensionRequest.state == state)
    return _by_id(reader, query, ExtensionRequest, after, limit)


def extension(reader: Reader, request_id: uuid.UUID) -> ExtensionRequest:
    """Returns one request for more time.

    Raises:
        NotFoundError: none, or of a directive that the reader may not see.
    """
    found = reader.session.get(ExtensionRequest, request_id)
    if found is None:
        raise NotFoundError("đề nghị gia hạn", request_id)
    obligation(reader, found.obligation_id)
    return found


def reports(reader: Reader, wanted: Wanted, *, after: str | None, limit: int) -> Page[Report]:
    """Returns the reports of units, all versions."""
    return _by_id(reader, _narrowed(reader, Report, wanted), Report, after, limit)


def report(reader: Reader, report_id: uuid.UUID) -> Report:
    """Returns one report.

    Raises:
        NotFoundError: none, or of a directive that the reader may not see.
    """
    found: Report = _of_a_directive(reader, Report, report_id, "báo cáo")
    return found


def consolidations(reader: Reader, directive_id: DirectiveId) -> Sequence[Consolidation]:
    """Returns the consolidated reports of a directive, newest first."""
    directive = reader.directive(directive_id)
    return reader.session.scalars(
        select(Consolidation)
        .where(Consolidation.directive_id == directive.id)
        .order_by(Consolidation.at.desc(), Consolidation.id)
    ).all()


def _narrowed(reader: Reader, table: type[Any], wanted: Wanted) -> Select[Any]:
    query = select(table)
    if wanted.directive_id is not None:
        query = query.where(table.directive_id == reader.directive(wanted.directive_id).id)
    else:
        query = query.join(Directive, Directive.id == table.directive_id).where(
            reader.sees_directives()
        )
    if wanted.organisation_id is not None:
        query = query.where(table.organisation_id == wanted.organisation_id)
    if wanted.state is not None:
        query = query.where(table.state == wanted.state)
    return query


def _by_id(
    reader: Reader, query: Select[Any], table: type[Any], after: str | None, limit: int
) -> Page[Any]:
    return page_of(
        reader.session, query, Order(key=table.id), after=after, limit=limit,
        values=lambda one: (one.id,),
    )  # fmt: skip


def _of_a_directive(reader: Reader, table: type[Any], key: uuid.UUID, what: str) -> Any:  # noqa: ANN401 (a row of the table)
    found = reader.session.get(table, key)
    if found is None:
        raise NotFoundError(what, key)
    try:
        reader.directive(found.directive_id)
    except NotFoundError as err:
        raise NotFoundError(what, key) from err
    return found
