"""For whom a directive, an incoming paper or a mail waits, as it stands."""

import uuid
from collections.abc import Iterator
from datetime import date

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from actions.access import BEFORE_SIGNATURE
from actions.incoming.showing import BEING_HANDLED
from actions.notices.kinds import Kind
from actions.offices import office_facts
from actions.progress import PERSON, next_steps
from actions.settling_messages import WAITS
from actions.work.answers import READERS
from actions.work.queues import colleagues
from models.directive import Directive
from models.discussion import OpinionRequest
from models.dispatch import STUCK, Consignment, IncomingMessage
from models.incoming import AT_HAND, IncomingAssignment, IncomingDocument, IncomingRequest
from models.lifecycle import DirectiveState, ObligationState
from models.obligation import ANSWERED, Obligation
from models.officer import Role

_RUNNING = (DirectiveState.ISSUED, DirectiveState.CORRECTED)
_ANSWER_KINDS = {
    ObligationState.REPORTED.value: Kind.REPORT,
    ObligationState.EXTENSION_REQUESTED.value: Kind.EXTENSION,
}


def waiting_on(session: Session, directive: Directive, day: date) -> set[tuple[str, Kind]]:
    """Returns who is waited for, and for what: the same as “Việc của tôi” of everybody shows."""
    if directive.state in _RUNNING:
        return set(_after_issue(session, directive, day))
    return {*_steps(session, directive, day), *_opinions(session, directive, day)}


def waiting_on_paper(session: Session, paper: IncomingDocument, day: date) -> set[tuple[str, Kind]]:
    """Returns who is waited for at an incoming paper, each for what comes first for them.

    The same as “Việc của tôi” of everybody shows (`actions.work.papers`).
    """
    first: dict[str, Kind] = {}
    for who, kind in (*_asked_back(session, paper, day), *_at_step(session, paper, day)):
        first.setdefault(who, kind)
    return set(first.items())


def waiting_on_mail(session: Session, message_id: uuid.UUID, day: date) -> set[tuple[str, Kind]]:
    """Returns who is waited for at a mail that nobody could match.

    The same as “Việc của tôi” of everybody shows (`actions.work.answers`).
    """
    # Deeds mark a mail past the rows of their session: its column is asked for, not its row.
    state = session.scalar(select(IncomingMessage.state).where(IncomingMessage.id == message_id))
    if state not in WAITS:
        return set()
    office = office_facts(session).organisation_id
    return {
        (who, Kind.MAIL) for role in sorted(READERS) for who in holders(session, office, role, day)
    }


def _asked_back(session: Session, paper: IncomingDocument, day: date) -> Iterator[tuple[str, Kind]]:
    asked = exists().where(
        IncomingRequest.document_id == paper.id, IncomingRequest.state == "asked"
    )
    if session.scalar(select(asked)):
        office = office_facts(session).organisation_id
        for who in holders(session, office, Role.REGISTRY_CLERK, day):
            yield who, Kind.PAPER_ANSWER


def _at_step(session: Session, paper: IncomingDocument, day: date) -> Iterator[tuple[str, Kind]]:
    office = office_facts(session).organisation_id
    if paper.state == "arrived":
        for who in holders(session, office, Role.REGISTRY_CLERK, day):
            yield who, Kind.PAPER_ACCEPT
    elif paper.state == "accepted" and paper.presented_to_id:
        yield paper.presented_to_id, Kind.PAPER_ASSIGN
    elif paper.state == "accepted":
        for who in holders(session, office, Role.SIGNATORY, day):
            yield who, Kind.PAPER_ASSIGN
    elif paper.state in BEING_HANDLED:
        for who in _handlers(session, paper, day):
            yield who, Kind.PAPER_HANDLE


def _handlers(session: Session, paper: IncomingDocument, day: date) -> Iterator[str]:
    parts = session.execute(
        select(IncomingAssignment.officer_id, IncomingAssignment.organisation_id).where(
            IncomingAssignment.document_id == paper.id, text(f"incoming_assignment.{AT_HAND}")
        )
    ).all()
    units = sorted({unit for officer, unit in parts if officer is None and unit is not None})
    people = colleagues(session, units, day) if units else {}
    for officer, unit in parts:
        yield from (officer,) if officer else people.get(unit or "", {})


def holders(session: Session, organisation_id: str, role: Role, day: date) -> list[str]:
    """Returns the officers who hold a role at an organisation on a day."""
    people = colleagues(session, [organisation_id], day).get(organisation_id, {})
    return sorted(who for who, held in people.items() if role in held)


def _steps(session: Session, directive: Directive, day: date) -> Iterator[tuple[str, Kind]]:
    for step in next_steps(session, directive):
        if step.kind != PERSON:
            continue
        whose = list(step.officers)
        if step.role is not None:
            whose = holders(session, directive.organisation_id, step.role, day)
        yield from ((officer_id, Kind(step.deed)) for officer_id in whose)


def _opinions(session: Session, directive: Directive, day: date) -> Iterator[tuple[str, Kind]]:
    if directive.signed_sha256 is not None or directive.state not in BEFORE_SIGNATURE:
        return
    asked = session.execute(
        select(OpinionRequest.officer_id, OpinionRequest.organisation_id).where(
            OpinionRequest.directive_id == directive.id,
            OpinionRequest.answered_at.is_(None),
            OpinionRequest.withdrawn_at.is_(None),
        )
    ).all()
    units = sorted({unit for officer, unit in asked if officer is None and unit is not None})
    people = colleagues(session, units, day) if units else {}
    for officer, unit in asked:
        for who in (officer,) if officer else people.get(unit or "", {}):
            yield who, Kind.OPINION


def _after_issue(session: Session, directive: Directive, day: date) -> Iterator[tuple[str, Kind]]:
    states = session.scalars(
        select(Obligation.state)
        .where(Obligation.directive_id == directive.id, text(f"obligation.{ANSWERED}"))
        .distinct()
    ).all()
    is_stuck = session.scalar(
        select(
            exists().where(
                Consignment.directive_id == directive.id,
                text(STUCK.replace("state", "consignment.state", 1)),
            )
        )
    )
    if not states and not is_stuck:
        return
    office = directive.organisation_id
    for who, held in colleagues(session, [office], day).get(office, {}).items():
        if Role.FOLLOW_UP in held:
            yield from ((who, _ANSWER_KINDS[state]) for state in states)
        if Role.REGISTRY_CLERK in held and is_stuck:
            yield who, Kind.DELIVERY
