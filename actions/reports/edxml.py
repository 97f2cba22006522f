"""A report that comes as a message of QCVN 102, in answer to a directive of ours (ResponseFor)."""

from uuid import UUID

from sqlalchemy import update

from actions.answers.identifying import directive_meant, sender_of
from actions.auditing import MACHINE
from actions.desk import Desk, doing
from actions.offices import unit_actor
from actions.reports.attachments import NewAttachment
from actions.reports.submitting import submit_report
from delivery.edxml.message import DocumentMessage, EdxmlFile
from models.base import DirectiveId
from models.dispatch import IncomingMessage

_PDF, _SIGNED = b"%PDF-", b"/ByteRange"
"""The second stands in every PDF that bears a signature. Source: ISO 32000-1, 12.8.1."""


def take_reply(desk: Desk, incoming_id: UUID, message: DocumentMessage) -> UUID | None:
    """Takes a message as the report of the unit that sent it. Returns the report's identifier.

    None where it answers no directive of ours, brings no PDF, or its sender is not known for sure:
    then it is an incoming paper like any other. Idempotent: the same message makes one report.

    Args:
        desk: the tools.
        incoming_id: the message as it was written down; becomes `matched` here.
        message: what it says.

    Raises:
        NotFoundError: the unit owes nothing of that directive.
        WrongStateError, InvalidInputError: as in `submit_report`.
    """
    main = _main_file(message)
    meant = _meant(desk, incoming_id, message)
    if main is None or meant is None:
        return None
    organisation_id, directive_id = meant
    with desk.database.reading() as session:
        unit = unit_actor(session, organisation_id)
    made = submit_report(
        desk, unit, organisation_id=organisation_id, directive_id=directive_id,
        file_name=main.name or "bao-cao.pdf", content=main.content, via="edxml",
        incoming_id=incoming_id, number_symbol=message.code,
        attachments=[
            NewAttachment(name=one.name, media_type=one.media_type, content=one.content)
            for one in message.files
            if one is not main and one.content
        ],
    )  # fmt: skip
    with doing(desk, MACHINE, "receive_edxml", kind="incoming", subject=incoming_id) as deed:
        deed.session.execute(
            update(IncomingMessage)
            .where(
                IncomingMessage.id == incoming_id, IncomingMessage.state.in_(["new", "unmatched"])
            )
            .values(state="matched", matched_to=f"report:{made}", detail=None)
            .execution_options(synchronize_session=False)
        )
        deed.detail |= {"report": str(made), "organisation": organisation_id}
    return made


def _main_file(message: DocumentMessage) -> EdxmlFile | None:
    """Returns the report among the files: the first PDF with a signature, else the first PDF."""
    found = [one for one in message.files if _PDF in one.content[:1024]]
    signed = (one for one in found if _SIGNED in one.content)
    return next(signed, found[0] if found else None)


def _meant(
    desk: Desk, incoming_id: UUID, message: DocumentMessage
) -> tuple[str, DirectiveId] | None:
    """Returns the unit that answers and the directive that it answers."""
    with desk.database.reading() as session:
        incoming = session.get_one(IncomingMessage, incoming_id)
        unit, _ = sender_of(session, incoming, message.sender.organ_id)
        if unit is None:
            return None
        for about in message.response_for:
            directive, _ = directive_meant(session, unit.id, about)
            if directive is not None:
                return unit.id, directive.id
    return None
