"""Messages that came in and that nobody could match: read as text, matched or set aside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from actions.errors import (
    ActionRefusedError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    Problem,
)
from actions.follow_up_words import INCOMING_WORDS
from actions.offices import office_facts
from actions.receiving import match, set_aside
from actions.settling_messages import WAITS
from actions.waiting_mail import (
    MEANING_WORDS,
    Meaning,
    match_to_delivery,
    read_message,
    waiting,
)
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment, IncomingMessage
from models.officer import Role
from models.organisation import Organisation
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson
from portal.problems import problem_of
from portal.rendering import page

PREFIX: Final = "/thu-den"
_READERS: Final = (Role.FOLLOW_UP, Role.REGISTRY_CLERK, Role.OPERATOR, Role.AUDITOR)
_MOST: Final = 100
"""Directives among which the one that a message is about can be chosen."""

router = APIRouter(prefix=PREFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChoice:
    """A unit that a directive went to."""

    consignment_id: UUID
    organisation_id: str
    name: str


@router.get("")
def tray(request: Request, portal: ThePortal, person: SignedInPerson) -> Response:
    """Shows what waits, the oldest first."""
    with portal.database.reading() as session:
        _require_reader(session, person)
        rows = waiting(session)
    return page(request, "tray.html", person=person, rows=rows)


@router.get("/{message_id}")
def message(
    *,
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    message_id: UUID,
) -> Response:
    """Shows one message as text, with what may be done."""
    chosen = request.query_params.get("van-ban", "")
    return _show(request, portal, person, message_id, chosen=chosen)


@router.post("/{message_id}/bao-cao")
def take_as_report(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    message_id: UUID,
    directive: Annotated[UUID, Form()],
    unit: Annotated[str, Form()] = "",
) -> Response:
    """Takes the PDF in a mail as the report of a unit."""
    key = DirectiveId(directive)

    def deed() -> None:
        match(portal.desk, person.actor, message_id, organisation_id=unit, directive_id=key)

    return _do(request, portal, person, message_id, chosen=str(directive), typed={}, deed=deed)


@router.post("/{message_id}/luot-gui")
def take_as_word(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    message_id: UUID,
    directive: Annotated[str, Form()] = "",
    consignment: Annotated[UUID, Form()],
    meaning: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Matches the message to a delivery, with what it means."""

    def deed() -> None:
        if meaning not in set(Meaning):
            said = "Chọn thư này có nghĩa gì đối với lượt gửi."
            raise InvalidInputError(Problem(place="Ý nghĩa", reason=said))
        match_to_delivery(
            portal.desk, person.actor, message_id, consignment_id=consignment,
            meaning=Meaning(meaning), reason=reason,
        )  # fmt: skip

    typed = {"form": "luot-gui", "reason": reason}
    return _do(request, portal, person, message_id, chosen=directive, typed=typed, deed=deed)


@router.post("/{message_id}/xep-rieng")
def put_aside(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    message_id: UUID,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Sets the message aside with a reason; it stays in the archive."""
    typed = {"form": "xep-rieng", "reason": reason}
    return _do(
        request, portal, person, message_id, chosen="", typed=typed,
        deed=lambda: set_aside(portal.desk, person.actor, message_id, reason=reason),
    )  # fmt: skip


def _do(
    request: Request,
    portal: Portal,
    person: Person,
    message_id: UUID,
    *,
    chosen: str,
    typed: dict[str, str],
    deed: Callable[[], None],
) -> Response:
    try:
        deed()
    except ActionRefusedError as refusal:
        if isinstance(refusal, NotAuthorisedError):
            raise
        return _show(
            request, portal, person, message_id, chosen=chosen, refusal=refusal, typed=typed
        )
    return RedirectResponse(PREFIX, status_code=303)


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    message_id: UUID,
    *,
    chosen: str,
    refusal: ActionRefusedError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    with portal.database.reading() as session:
        _require_reader(session, person)
        incoming = session.get(IncomingMessage, message_id)
        if incoming is None:
            raise NotFoundError("thư đến", message_id)
        office = office_facts(session).organisation_id
        directives = _directives(session, office)
        about = _about(directives, incoming, chosen)
        units = _units(session, about) if about else ()
    problem = problem_of(refusal) if refusal else None
    return page(
        request, "tray_message.html", person=person, status=problem.status if problem else 200,
        incoming=incoming, read=read_message(portal.desk, incoming), directives=directives,
        about=about, units=units, meanings=MEANING_WORDS, typed=typed or {},
        refusal=problem.sentence if problem else "", waits=incoming.state in WAITS,
        state_words=INCOMING_WORDS[incoming.state],
        may=person.has(office, Role.FOLLOW_UP, Role.REGISTRY_CLERK),
        may_report=person.has(office, Role.FOLLOW_UP),
        may_register=person.has(office, Role.REGISTRY_CLERK),
    )  # fmt: skip


def _require_reader(session: Session, person: Person) -> None:
    """A mail may hold what is not for everybody in the office.

    Raises:
        NotAuthorisedError: the person has none of the roles that deal with it.
    """
    if not person.has(office_facts(session).organisation_id, *_READERS):
        who = "người theo dõi hoặc văn thư"
        raise NotAuthorisedError(person.actor.name, "xem thư đến cần xử lý", who)


def _directives(session: Session, organisation_id: str) -> Sequence[Directive]:
    return session.scalars(
        select(Directive)
        .where(Directive.organisation_id == organisation_id, Directive.issued_at.is_not(None))
        .order_by(Directive.issued_at.desc())
        .limit(_MOST)
    ).all()


def _about(
    directives: Sequence[Directive], incoming: IncomingMessage, chosen: str
) -> Directive | None:
    """Returns the directive that was chosen; else the one whose number the subject names."""
    for one in directives:
        if str(one.id) == chosen:
            return one
    named = [one for one in directives if one.number_text and one.number_text in incoming.subject]
    return named[0] if len(named) == 1 else None


def _units(session: Session, directive: Directive) -> Sequence[UnitChoice]:
    rows = session.execute(
        select(Consignment.id, Organisation.id, Organisation.name)
        .join(Organisation, Organisation.id == Consignment.organisation_id)
        .where(Consignment.directive_id == directive.id, Consignment.rerouted_to_id.is_(None))
        .order_by(Organisation.sort_key)
    )
    return [
        UnitChoice(consignment_id=key, organisation_id=unit, name=name) for key, unit, name in rows
    ]
