"""A mail as a report: its signed PDF is the report, everything else that came stays by it."""

from uuid import UUID

from actions.answer_checks import door_fault, is_signed_by
from actions.desk import Desk
from actions.errors import NotFoundError
from actions.matching import answer_lines, reports_in
from actions.offices import unit_actor
from actions.reports.attachments import NewAttachment
from actions.reports.submitting import submit_report
from delivery.inbox import IncomingAttachment, IncomingMail
from models.base import DirectiveId

_SIGNED = b"/ByteRange"
"""Stands in every PDF that bears a signature. Source: ISO 32000-1, 12.8.1."""


def hand_in_mail(
    desk: Desk,
    mail: IncomingMail,
    incoming_id: UUID,
    *,
    organisation_id: str,
    directive_id: DirectiveId,
) -> UUID:
    """Takes a mail as the report of a unit. Returns the report's identifier.

    Raises:
        NotFoundError: no PDF in it, or the unit owes nothing.
        WrongStateError, InvalidInputError: as in `submit_report`.
    """
    main = main_file(mail)
    if main is None:
        raise NotFoundError("tệp báo cáo PDF trong thư", mail.subject)
    with desk.database.reading() as session:
        unit = unit_actor(session, organisation_id)
    return submit_report(
        desk, unit, organisation_id=organisation_id, directive_id=directive_id,
        file_name=main.name, content=main.content, via="mail", incoming_id=incoming_id,
        answers=answer_lines(mail),
        attachments=[
            NewAttachment(name=one.name, media_type=one.media_type, content=one.content)
            for one in mail.attachments
            if one is not main and one.content
        ],
    )  # fmt: skip


def is_signed_by_unit(desk: Desk, mail: IncomingMail, organisation_id: str) -> bool:
    """Tells whether the report among the files is signed by the unit itself; judges it."""
    main = main_file(mail)
    if main is None or door_fault(main.content) or len(main.content) > desk.size_limit_bytes:
        return False
    judged = desk.judge(main.content, main.name, desk.clock())
    with desk.database.reading() as session:
        return is_signed_by(session, judged, organisation_id)


def main_file(mail: IncomingMail) -> IncomingAttachment | None:
    """Returns the report among the files: the first PDF with a signature, else the first PDF."""
    found = reports_in(mail)
    signed = (one for one in found if _SIGNED in one.content)
    return next(signed, found[0] if found else None)
