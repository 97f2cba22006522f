"""Visits by a personal link: who came, for which directive, and the page they see."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from actions.amending.handing_out import require_handed_out
from actions.auditing import Actor
from actions.errors import ActionRefusedError
from actions.offices import office_facts, unit_actor
from actions.unit_links import LinkStanding, standing_of
from documents.report_forms import FormFault
from models.base import DirectiveId
from models.directive import Directive
from portal.context import Portal
from portal.errors import LinkEndedError, LinkUnknownError, PortalError
from portal.problems import problem_of, sentences_of
from portal.rendering import page
from portal.unit_view import Visit, unit_values


def visit_of(portal: Portal, token: str) -> Visit:
    """Reads a link.

    Raises:
        LinkUnknownError: we did not make it, or the directive was not issued.
        LinkEndedError: its time is over, or an officer ended it; nothing is shown.
    """
    found = portal.office.links.read(token)
    if found is None:
        raise LinkUnknownError
    organisation_id, directive_id, serial = found
    try:
        key = DirectiveId(UUID(directive_id))
    except ValueError as err:
        raise LinkUnknownError from err
    visit = Visit(organisation_id=organisation_id, directive_id=key)
    directive = directive_of(portal, visit)
    if directive.issued_at is None:
        raise LinkUnknownError
    _require_good(portal, directive, organisation_id, serial)
    return visit


def _require_good(portal: Portal, directive: Directive, organisation_id: str, serial: int) -> None:
    with portal.database.reading() as session:
        standing = standing_of(portal.desk, session, directive, organisation_id, serial)
        mailbox = office_facts(session).mailbox
    if standing is LinkStanding.UNKNOWN:
        raise LinkUnknownError
    if standing is not LinkStanding.GOOD:
        raise LinkEndedError(standing.value, mailbox)


def directive_of(portal: Portal, visit: Visit) -> Directive:
    """Returns the directive of a visit."""
    with portal.database.reading() as session:
        directive = session.get(Directive, visit.directive_id)
    if directive is None:
        raise LinkUnknownError
    return directive


def paper_of(portal: Portal, visit: Visit) -> Directive:
    """Returns the directive of a visit, where its file is still handed out to this unit.

    Raises:
        PaperWithdrawnError: it was recalled, replaced, or taken back from this unit.
    """
    directive = directive_of(portal, visit)
    with portal.database.reading() as session:
        require_handed_out(session, directive, visit.organisation_id)
    return directive


def actor_of(portal: Portal, visit: Visit) -> Actor:
    """Returns the unit as who acts."""
    with portal.database.reading() as session:
        return unit_actor(session, visit.organisation_id)


def show(
    request: Request,
    portal: Portal,
    token: str,
    visit: Visit,
    *,
    refusal: ActionRefusedError | PortalError | None = None,
    typed: dict[str, str] | None = None,
    faults: Mapping[str, Sequence[FormFault]] | None = None,
    of_report: bool = False,
) -> Response:
    """Shows the page; after a refusal with its sentence, and with everything that was typed.

    What is wrong with a report is said at its form, where the wrong figures are.
    """
    problem = problem_of(refusal) if refusal else None
    faults_said = sentences_of(refusal) if refusal else []
    values = unit_values(portal, visit, typed or {}, faults or {})
    return page(
        request, "unit.html", status=problem.status if problem else 200, token=token,
        refusal=problem.sentence if problem else "", typed=typed or {}, of_report=of_report,
        refusals=faults_said if len(faults_said) > 1 else [],
        just_reported=request.query_params.get("bao-cao", ""),
        just_asked="gia-han" in request.query_params, limit_mb=portal.desk.size_limit_bytes >> 20,
        limit_bytes=portal.desk.size_limit_bytes, **values,
    )  # fmt: skip
