"""A report in edXML: a document that answers one of ours (ResponseFor), from the unit itself."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from actions.answers.identifying import directive_meant, sender_of
from actions.answers.moving import current, note
from actions.auditing import MACHINE
from actions.desk import Desk, doing
from actions.errors import ActionRefusedError
from actions.offices import unit_actor
from actions.reports.attachments import NewAttachment
from actions.reports.submitting import submit_report
from actions.settling_messages import settle_on_record
from delivery.edxml.message import BusinessType, DocumentMessage, EdxmlFile
from models.directive import Directive
from models.dispatch import IncomingMessage
from models.lifecycle import DeliveryState
from models.organisation import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    """Who answers what, with which file."""

    unit: Organisation
    directive: Directive
    main: EdxmlFile


def take_reply(desk: Desk, incoming_id: UUID, message: DocumentMessage) -> UUID | None:
    """Takes a document that answers a directive of ours as the unit's report, once.

    The main file is the first PDF, everything else stays beside it. A reply that its unit cannot
    hand in any more (nothing is owed, the directive is over) waits for a person, with the reason.

    Args:
        desk: the tools.
        incoming_id: the message as it was written down, with its authenticated sender.
        message: what it says.

    Returns:
        The report; None where it answers nothing of ours, is not known to be from the unit, holds
        no PDF, or waits for a person.
    """
    with desk.database.reading() as session:
        found = _meant(session, incoming_id, message)
        actor = unit_actor(session, found.unit.id) if found else None
    if found is None or actor is None:
        return None
    try:
        report_id = submit_report(
            desk, actor, organisation_id=found.unit.id, directive_id=found.directive.id,
            file_name=found.main.name, content=found.main.content, via="edxml",
            incoming_id=incoming_id, number_symbol=message.code,
            attachments=_beside(message, found.main),
        )  # fmt: skip
    except ActionRefusedError as refusal:
        _wait(desk, incoming_id, found, refusal)
        return None
    _settle(desk, incoming_id, found, message, report_id)
    return report_id


def _beside(message: DocumentMessage, main: EdxmlFile) -> list[NewAttachment]:
    return [
        NewAttachment(name=one.name, media_type=one.media_type, content=one.content)
        for one in message.files
        if one is not main and one.content
    ]


def _meant(session: Session, incoming_id: UUID, message: DocumentMessage) -> _Reply | None:
    main = next((one for one in message.files if _is_pdf(one)), None)
    if main is None or message.business.type is not BusinessType.NEW:
        return None
    incoming = session.get_one(IncomingMessage, incoming_id)
    unit, _ = sender_of(session, incoming, message.sender.organ_id)
    if unit is None:
        return None
    for about in message.response_for:
        directive, _ = directive_meant(session, unit.id, about)
        if directive is not None:
            return _Reply(unit=unit, directive=directive, main=main)
    return None


def _is_pdf(file: EdxmlFile) -> bool:
    named = file.media_type == "application/pdf" or file.name.lower().endswith(".pdf")
    return named or file.content.startswith(b"%PDF-")


def _wait(desk: Desk, incoming_id: UUID, found: _Reply, refusal: ActionRefusedError) -> None:
    said = f"Báo cáo của {found.unit.name} về {found.directive.number_text}: {refusal.diagnosis()}"
    with doing(desk, MACHINE, "take_reply", kind="incoming", subject=incoming_id) as deed:
        settle_on_record(deed, incoming_id, "unmatched", None, said)


def _settle(
    desk: Desk, incoming_id: UUID, found: _Reply, message: DocumentMessage, report_id: UUID
) -> None:
    """Marks the message; who answers has received, so the unit's consignment learns it, once."""
    words = f"Đơn vị gửi báo cáo {message.code}".rstrip() + " qua edXML"
    with doing(desk, MACHINE, "take_reply", kind="incoming", subject=incoming_id) as deed:
        if not settle_on_record(deed, incoming_id, "matched", f"report:{report_id}", None):
            return
        consignment = current(deed.session, found.directive.id, found.unit.id)
        if consignment is not None:
            note(
                deed, consignment, source="edxml", words=words, to=DeliveryState.ACCEPTED,
                incoming_id=incoming_id,
            )  # fmt: skip
