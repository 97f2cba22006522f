"""What a unit sees on its page: what came, what it owes, what it has sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from actions.acknowledging import consignment_of
from actions.amending.showing import unit_note
from actions.closing import RUNNING
from actions.consolidating import spoken_period
from actions.desk import local_day
from actions.offices import follow_up_officers, office_facts, working_calendar
from actions.owing import is_owed
from actions.reports.forms import forms_of
from actions.reports.versions import periods_open
from actions.standing import state_words
from documents.report_forms import FormFault, TableForm
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DeliveryState, ObligationState, may_move_delivery
from models.obligation import ExtensionRequest, Obligation
from models.organisation import Organisation
from models.report import Report, ReportedObligation
from models.signature import Signature
from portal.context import Portal
from portal.errors import LinkUnknownError
from portal.i18n.catalogue import noted
from portal.report_view import ShownTable, shown_tables
from portal.unit_forms import form_view

_ASKING: Final = (ObligationState.OPEN, ObligationState.RETURNED)
_ENDED: Final = noted("không chờ báo cáo nữa")
"""What is said of a task that was open when the follow-up ended."""


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
    period: str
    """The period in words; empty where it is owed once."""
    through: str
    """Name of the unit through which it is reported; empty where it is not."""
    returned: Report | None
    """The report that was sent back, where another one is owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One report of the unit."""

    report: Report
    sentence: str
    """The verdict on its signatures in words."""
    period: str
    tables: tuple[ShownTable, ...]


def unit_values(
    portal: Portal,
    visit: Visit,
    typed: Mapping[str, str],
    faults: Mapping[str, Sequence[FormFault]],
) -> dict[str, Any]:
    """Returns everything that the page shows.

    Args:
        portal: the portal.
        visit: who came.
        typed: what was typed before a refusal.
        faults: what is wrong with it, by form.

    Raises:
        LinkUnknownError: there is no such unit any more.
    """
    with portal.database.reading() as session:
        directive = session.get_one(Directive, visit.directive_id)
        unit = session.get(Organisation, visit.organisation_id)
        if unit is None:
            raise LinkUnknownError
        obligations = _obligations(session, visit)
        is_open = directive.state in RUNNING
        answerable = _answerable(session, visit) if is_open else []
        reports = _reports(session, visit)
        return {
            "directive": directive,
            "unit": unit,
            "issuer": session.get_one(Organisation, directive.organisation_id),
            "consignment": consignment_of(session, directive, unit.id),
            "unit_note": unit_note(session, directive, unit.id),
            "owed": _owed(session, obligations, portal.at(), is_open=is_open),
            "may_report": bool(answerable),
            "may_refuse": not reports and _may_refuse(session, directive, unit),
            "periods": [(key, spoken(key)) for key in periods_open(answerable)],
            "others": _others(session, visit),
            "forms": [
                form_view(form, typed, faults.get(form.id, ()))
                for form in _forms(session, visit, answerable)
            ],
            "reports": reports,
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
    keys = {one.reports_through_id for one in obligations} - {None}
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(keys))
    )
    names = {row.id: row.name for row in rows}
    returned = _returned(session, obligations) if is_open else {}
    return [
        Owed(
            obligation=one,
            words=state_words(one, at) if is_open or not is_owed(one) else _ENDED,
            is_owed=is_open and is_owed(one),
            period=spoken_period(one.period_key) if one.period_key else "",
            through=names.get(one.reports_through_id or "", ""),
            may_ask=is_open and one.state in _ASKING and not _is_over(one, at),
            asked=asked.get(one.id),
            returned=returned.get(one.id),
        )
        for one in obligations
    ]


def _returned(session: Session, obligations: Sequence[Obligation]) -> dict[UUID, Report]:
    """The last report sent back of each obligation for which another one is awaited."""
    keys = [one.id for one in obligations if one.state == ObligationState.RETURNED]
    rows = session.execute(
        select(ReportedObligation.obligation_id, Report)
        .join(Report, Report.id == ReportedObligation.report_id)
        .where(ReportedObligation.obligation_id.in_(keys), Report.state == "returned")
        .order_by(Report.received_at)
    )
    return {row.obligation_id: row.Report for row in rows}


def _is_over(obligation: Obligation, at: datetime) -> bool:
    """Tells whether its last day has passed: more time is asked for before."""
    last = obligation.last_allowed_day or obligation.due
    return last is not None and local_day(at) > last


def _extensions(session: Session, keys: Sequence[UUID]) -> dict[UUID, ExtensionRequest]:
    rows = session.scalars(
        select(ExtensionRequest)
        .where(ExtensionRequest.obligation_id.in_(keys))
        .order_by(ExtensionRequest.asked_at)
    )
    return {row.obligation_id: row for row in rows}


def forms_to_fill(session: Session, visit: Visit, period_key: str | None) -> list[TableForm]:
    """Returns the tables that a report on a period needs; of the oldest period owed where None."""
    found = _answerable(session, visit)
    chosen = period_key if period_key is not None else next(iter(periods_open(found)), "")
    return _forms(session, visit, [one for one in found if one.period_key == chosen])


def _forms(session: Session, visit: Visit, answered: Sequence[Obligation]) -> list[TableForm]:
    return forms_of(session, visit.directive_id, {one.task_ref for one in answered})


def _answerable(session: Session, visit: Visit) -> list[Obligation]:
    """What a report can be about now; a look without the locks of `actions.reports.versions`."""
    unit = visit.organisation_id
    rows = session.scalars(
        select(Obligation).where(
            Obligation.directive_id == visit.directive_id,
            or_(
                and_(
                    Obligation.organisation_id == unit,
                    or_(
                        Obligation.reports_through_id.is_(None),
                        Obligation.reports_through_id == unit,
                    ),
                ),
                Obligation.reports_through_id == unit,
            ),
        )
    )
    return [one for one in rows if is_owed(one) or one.state == ObligationState.REPORTED]


def _others(session: Session, visit: Visit) -> list[str]:
    """Names of units for which this one hands in."""
    found = select(Obligation.organisation_id).where(
        Obligation.directive_id == visit.directive_id,
        Obligation.reports_through_id == visit.organisation_id,
        Obligation.organisation_id != visit.organisation_id,
    )
    names = select(Organisation.name).where(Organisation.id.in_(found))
    return list(session.scalars(names.order_by(Organisation.sort_key)))


def _may_refuse(session: Session, directive: Directive, unit: Organisation) -> bool:
    one = consignment_of(session, directive, unit.id)
    return (
        directive.state in RUNNING
        and one is not None
        and one.acknowledged_at is None
        and may_move_delivery(DeliveryState(one.state), DeliveryState.REFUSED)
    )


def spoken(period_key: str) -> str:
    """Returns a period in words; `""` is what is owed once."""
    return spoken_period(period_key) if period_key else "báo cáo một lần"


def _reports(session: Session, visit: Visit) -> list[Sent]:
    """The newest first."""
    forms = forms_of(session, visit.directive_id)
    rows = session.scalars(
        select(Report)
        .where(
            Report.directive_id == visit.directive_id,
            Report.organisation_id == visit.organisation_id,
        )
        .order_by(Report.received_at.desc(), Report.version.desc())
    )
    return [
        Sent(
            report=one,
            sentence=str(one.verification.get("sentence", "")),
            period=spoken_period(one.period_key) if one.period_key else "",
            tables=tuple(shown_tables(one, forms)),
        )
        for one in rows
    ]


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
