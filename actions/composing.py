"""From an outbox row to the envelope that a channel takes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.desk import Desk, local_day
from actions.notifying import frame_for
from actions.offices import office_facts
from actions.outbox import ClaimedRow
from actions.wording import as_html, directive_letter
from delivery.envelope import Attachment, Envelope
from delivery.names import ascii_file_name
from models.directive import Directive, Document
from models.dispatch import Consignment, Notice
from models.obligation import Obligation
from models.organisation import Organisation
from models.outbox import OutboxRow

MAIL_CHANNEL = "smtp"
"""Notices are letters: they go by mail, whatever channel the directive itself took."""

_BY_MACHINE = (("Auto-Submitted", "auto-generated"),)
"""Nobody wrote it at this moment; absence notes then do not answer it (RFC 3834 section 5)."""


@dataclass(slots=True)
class FileCache:
    """Files of one batch: the same directive goes to every unit and is read once."""

    desk: Desk
    held: dict[str, bytes] = field(default_factory=dict)

    def get(self, sha256_hex: str) -> bytes:
        """Returns the bytes; raises `archive.errors.ArchiveError` where they cannot be had."""
        if sha256_hex not in self.held:
            self.held[sha256_hex] = self.desk.archive.get(sha256_hex)
        return self.held[sha256_hex]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was read from the database for a letter; files are fetched after the look is over."""

    channel: str
    """The channel that carries it."""
    text: str
    """The text as it goes out at every attempt."""
    envelope: Callable[[], Envelope]
    """Fetches the files and makes the envelope."""


def compose(desk: Desk, row: ClaimedRow, files: FileCache) -> Draft:
    """Reads what a row is about and returns the letter for it. Changes nothing."""
    with desk.database.reading() as session:
        if row.kind == "notice":
            return _notice_draft(session, row)
        return _consignment_draft(desk, session, row, files)


def _notice_draft(session: Session, row: ClaimedRow) -> Draft:
    notice = session.get_one(Notice, UUID(row.reference))
    office = office_facts(session)
    headers: tuple[tuple[str, str], ...] = _BY_MACHINE
    sent = session.scalar(
        select(Consignment.message_id).where(
            Consignment.directive_id == notice.directive_id,
            Consignment.organisation_id == notice.organisation_id,
        )
    )
    if sent is not None:
        # Mail programs then show it below the directive, and an answer carries both ids.
        headers = (*_BY_MACHINE, ("References", sent))
    return Draft(
        channel=MAIL_CHANNEL,
        text=notice.text,
        envelope=partial(
            Envelope,
            key=notice.key, message_id=notice.message_id, sender=office.sender,
            recipient=notice.address, subject=notice.subject, text=notice.text,
            html=as_html(notice.text), at=notice.created_at, headers=headers,
        ),
    )  # fmt: skip


def _consignment_draft(desk: Desk, session: Session, row: ClaimedRow, files: FileCache) -> Draft:
    consignment = session.get_one(Consignment, UUID(row.reference))
    directive = session.get_one(Directive, consignment.directive_id)
    unit = session.get_one(Organisation, consignment.organisation_id)
    name = ascii_file_name(f"{(directive.number_text or 'van-ban').replace('/', '-')}.pdf")
    beside = _attachments(session, directive)
    subject, text = directive_letter(
        frame_for(desk, session, directive, unit, local_day(desk.clock())),
        _obligations(session, consignment), name, len(beside),
    )  # fmt: skip
    # What was said at the first attempt is said again: a repeat is the same message.
    text = session.get_one(OutboxRow, row.id).payload.get("text", text)
    sender = office_facts(session).sender

    def envelope() -> Envelope:
        main = (name, "application/pdf", directive.sealed_sha256 or "")
        return Envelope(
            key=consignment.key, message_id=consignment.message_id, sender=sender,
            recipient=consignment.address, subject=subject, text=text, html=as_html(text),
            at=consignment.planned_at,
            attachments=tuple(
                Attachment(name=shown, media_type=media_type, content=files.get(sha256_hex))
                for shown, media_type, sha256_hex in (main, *beside)
            ),
        )  # fmt: skip

    return Draft(channel=consignment.channel, text=text, envelope=envelope)


def _attachments(session: Session, directive: Directive) -> list[tuple[str, str, str]]:
    """Returns name, kind and digest of what travels beside the main file."""
    rows = session.scalars(
        select(Document)
        .where(
            Document.directive_id == directive.id,
            Document.kind == "attachment",
            Document.revision == directive.revision,
        )
        .order_by(Document.created_at, Document.name)
    )
    return [(row.name, row.media_type, row.sha256) for row in rows]


def _obligations(session: Session, consignment: Consignment) -> list[Obligation]:
    return list(
        session.scalars(
            select(Obligation)
            .where(
                Obligation.directive_id == consignment.directive_id,
                Obligation.organisation_id == consignment.organisation_id,
            )
            .order_by(Obligation.due.is_(None), Obligation.due, Obligation.task_ref)
        )
    )
