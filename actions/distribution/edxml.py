"""A directive as a message of QCVN 102:2016 to one unit."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from actions.answers.document_ids import document_id
from actions.draft_rows import lines_of
from delivery.edxml.message import DocumentMessage, Party, Priority, SteeringType
from documents.content import from_json
from models.directive import Directive, Revision
from models.organisation import Office, Organisation

ADMINISTRATIVE: Final = "2"
"""DocumentType/Type of what is no legal-normative document, as in the samples."""

PRIORITIES: Final = {
    "khẩn": Priority.URGENT,
    "thượng khẩn": Priority.VERY_URGENT,
    "hỏa tốc": Priority.EXPRESS,
    "hoả tốc": Priority.EXPRESS,
    "hỏa tốc hẹn giờ": Priority.EXPRESS_TIMED,
    "hoả tốc hẹn giờ": Priority.EXPRESS_TIMED,
}
"""Words of urgency, in small letters, to those of the message."""


def party(organisation: Organisation, *, email: str = "") -> Party:
    """Returns an organisation as it stands in a message; without a code it goes by our own key."""
    return Party(
        organ_id=organisation.agency_id or organisation.id,
        name=organisation.name,
        email=email or organisation.email or "",
    )


def directive_message(session: Session, directive: Directive) -> DocumentMessage:
    """Returns what all receivers get alike; receivers, day and files are put in by `addressed`.

    Raises:
        NotFoundError: no office was loaded.
    """
    issuer = session.get_one(Organisation, directive.organisation_id)
    office = session.get(Office, 1)
    competence, position, signer = _signer(session, directive)
    return DocumentMessage(
        sender=party(issuer, email=office.mailbox if office else ""),
        receivers=(),
        document_id=document_id(session, directive),
        number=str(directive.number or ""),
        notation=directive.symbol,
        place=issuer.place or "",
        promulgation_date=directive.issue_date,
        type=ADMINISTRATIVE,
        type_name=directive.doc_type,
        subject=directive.subject,
        competence=competence,
        position=position,
        signer=signer,
        to_places=tuple(line.raw for line in lines_of(session, directive)),
        priority=priority_of(directive.urgency),
        steering=SteeringType.DIRECTIVE,
        traces=((issuer.agency_id or issuer.id, directive.issued_at),),
    )


def priority_of(urgency: str | None) -> Priority:
    """Returns the priority of a word of urgency; a word that we do not know is urgent."""
    if not urgency:
        return Priority.NORMAL
    return PRIORITIES.get(urgency.strip().casefold(), Priority.URGENT)


def first_due(days: Sequence[date | None]) -> date | None:
    """Returns the earliest day of what a unit owes: a message holds only one."""
    return min((day for day in days if day is not None), default=None)


def _signer(session: Session, directive: Directive) -> tuple[str, str, str]:
    """Returns capacity as printed, position and name; empty where the revision has no content."""
    revision = session.get(Revision, (directive.id, directive.revision))
    if revision is None:
        return "", "", ""
    block = from_json(revision.content).signature
    return " ".join(block.capacity_lines), block.position, block.name
