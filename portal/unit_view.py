"""What a unit sees on its page: what came, what it owes, what it has sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.acknowledging import consignment_of
from actions.amending.showing import unit_note
from actions.offices import follow_up_officers, office_facts, working_calendar
from actions.owing import is_owed
from actions.standing import state_words
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import ObligationState
from models.obligation import ExtensionRequest, Obligation
from models.organisation import Organisation
from models.report import Report
from models.signature import Signature
from portal.context import Portal
from portal.errors import LinkUnknownError

_ASKING: Final = (ObligationState.OPEN, ObligationState.RETURNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who came by a link, and for which directive."""

    organisation_id: str
    directive_id: DirectiveId


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One task of the unit."""

    obligation: Obligation
    words: str
    """Where it stands."""
    is_owed: bool
    may_ask: bool
    """Whether more time can be asked for."""
    asked: ExtensionRequest | None
    """The last request for more time."""


def unit_values(portal: Portal, visit: Visit) -> dict[str, Any]:
    """Returns everything that the page shows.

    Raises:
        LinkUnknownError: there is no such unit any more.
    """
    with portal.database.reading() as session:
        directive = session.get_one(Directive, visit.directive_id)
        unit = session.get(Organisation, visit.organisation_id)
        if unit is None:
            raise LinkUnknownError
        obligations = _obligations(session, visit)
        is_open = directive.closed_at is None
        return {
            "directive": directive,
            "unit": unit,
            "issuer": session.get_one(Organisation, directive.organisation_id),
            "consignment": consignment_of(session, directive, unit.id),
            "unit_note": unit_note(session, directive, unit.id),
            "owed": _owed(session, obligations, portal.at(), is_open=is_open),
            "may_report": is_open and any(map(_takes_a_report, obligations)),
            "reports": _reports(session, visit),
            "calendar": working_calendar(session),
            **_contact(session, portal, directive),
            **_document(session, portal, directive),
        }


def _obligations(session: Session, visit: Visit) -> Sequence[Obligation]:
    return session.scalars(
        select(Obligation)
        .where(
            Obligation.directive_id == visit.directive_id,
            Obligation.organisation_id == visit.organisation_id,
            Obligation.state != ObligationState.TRANSFERRED,
        )
        .order_by(Obligation.due.is_(None), Obligation.due, Obligation.task_ref)
    ).all()


def _owed(
    session: Session, obligations: Sequence[Obligation], at: datetime, *, is_open: bool
) -> list[Owed]:
    asked = _extensions(session, [one.id for one in obligations])
    return [
        Owed(
            obligation=one,
            words=state_words(one, at),
            is_owed=is_owed(one),
            may_ask=is_open and one.state in _ASKING,
            asked=asked.get(one.id),
        )
        for one in obligations
    ]


def _extensions(session: Session, keys: Sequence[UUID]) -> dict[UUID, ExtensionRequest]:
    rows = session.scalars(
        select(ExtensionRequest)
        .where(ExtensionRequest.obligation_id.in_(keys))
        .order_by(ExtensionRequest.asked_at)
    )
    return {row.obligation_id: row for row in rows}


def _takes_a_report(obligation: Obligation) -> bool:
    return is_owed(obligation) or obligation.state == ObligationState.REPORTED


def _reports(session: Session, visit: Visit) -> Sequence[Report]:
    return session.scalars(
        select(Report)
        .where(
            Report.directive_id == visit.directive_id,
            Report.organisation_id == visit.organisation_id,
        )
        .order_by(Report.received_at.desc())
    ).all()


def _contact(session: Session, portal: Portal, directive: Directive) -> dict[str, Any]:
    return {
        "mailbox": office_facts(session).mailbox,
        "contacts": follow_up_officers(session, directive.organisation_id, portal.today()),
    }


def _document(session: Session, portal: Portal, directive: Directive) -> dict[str, Any]:
    """The verdict of the day on which it was sealed; the unit can have it judged anew."""
    seal = session.scalars(
        select(Signature).where(
            Signature.directive_id == directive.id,
            Signature.kind == "seal",
            Signature.state == "completed",
        )
    ).first()
    digest = directive.sealed_sha256
    return {
        "verdict": dict((seal.verification if seal else None) or {}),
        "sealed_at": seal.completed_at if seal else None,
        "page_count": portal.pictures.count(digest) if digest else 0,
    }
