"""From rows of the outbox to the parcels that channels take, each in its channel's form."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.desk import Desk, local_day
from actions.distribution.edxml import directive_message, first_due, party
from actions.notifying import frame_for
from actions.offices import OfficeFacts, mail_address, office_facts
from actions.outbox import ClaimedRow
from actions.unit_links import Serials, link_by, newest_serials
from actions.wording import LetterFrame, as_html, directive_letter
from delivery.edxml.message import DocumentMessage, EdxmlFile
from delivery.edxml.parcel import EdxmlParcel
from delivery.edxml.payload import from_payload
from delivery.envelope import Attachment, Envelope
from delivery.errors import EnvelopeError
from delivery.names import ascii_file_name
from delivery.parcel import FORMS, Form, Parcel
from delivery.webhook_parcel import JSONParcel
from models.directive import Directive, Document
from models.dispatch import Consignment, Notice
from models.obligation import Obligation
from models.organisation import Organisation

_BY_MACHINE = (("Auto-Submitted", "auto-generated"),)
"""Nobody wrote it at this moment; absence notes then do not answer it (RFC 3834 section 5)."""

NamedFile = tuple[str, str, str]
"""Name, media type, SHA-256 in hex."""


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

    def attach(self, files: Iterable[NamedFile]) -> tuple[Attachment, ...]:
        """Returns files with their bytes."""
        return tuple(
            Attachment(name=name, media_type=media_type, content=self.get(digest))
            for name, media_type, digest in files
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was read from the database for a message; files are fetched after the look is over."""

    channel: str
    """The channel that carries it."""
    text: str
    """The text as it goes out at every attempt."""
    parcel: Callable[[], Parcel]
    """Fetches the files and makes the parcel.

    Raises `EnvelopeError` for what cannot be written, `ArchiveError` where a file is not to be had.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """What all consignments of a directive have in common."""

    directive: Directive
    frame: LetterFrame
    """Of no unit yet."""
    files: tuple[NamedFile, ...]
    """The sealed document first."""
    issuer: Organisation
    message: DocumentMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What was read for all rows of one look."""

    office: OfficeFacts
    owed: Mapping[tuple[UUID, str], Sequence[Obligation]]
    """By directive and unit."""
    serials: Serials


@dataclass(slots=True)
class Composer:
    """Makes the messages of one batch; what units share is read once."""

    desk: Desk
    files: FileCache
    shared: dict[UUID, _Shared] = field(default_factory=dict)

    def compose(self, rows: Sequence[ClaimedRow]) -> list[Draft]:
        """Returns the message of each row, in order. Changes nothing."""
        with self.desk.database.reading() as session:
            office = office_facts(session)
            ours, units = _units_of(session, rows)
            known = _Known(
                office=office, owed=_owed(session, ours),
                serials=newest_serials(session, {one.directive_id for one in ours}),
            )  # fmt: skip
            drafts = []
            for row in rows:
                if row.kind == "notice":
                    notice = session.get_one(Notice, UUID(row.reference))
                    drafts.append(self._notice(session, office, notice))
                else:
                    one = session.get_one(Consignment, UUID(row.reference))
                    drafts.append(self._consignment(session, known, row, one))
            del ours, units
            return drafts

    def _consignment(
        self, session: Session, known: "_Known", row: ClaimedRow, one: Consignment
    ) -> Draft:
        office = known.office
        shared = self._shared(session, one.directive_id)
        unit = session.get_one(Organisation, one.organisation_id)
        obligations = known.owed.get((one.directive_id, one.organisation_id), ())
        link = link_by(self.desk, known.serials, unit.id, one.directive_id)
        subject, text = directive_letter(
            replace(shared.frame, unit_name=unit.name, link=link),
            obligations, shared.files[0][0], len(shared.files) - 1,
        )  # fmt: skip
        # What was said at the first attempt is said again: a repeat is the same message.
        text = row.said or text
        form = FORMS.get(one.channel, Form.MAIL)
        if form is Form.EDXML:
            message = replace(
                shared.message, receivers=(party(unit),),
                due=first_due([owing.due for owing in obligations]),
            )  # fmt: skip
            make = partial(self._edxml, one, message, shared.files)
        elif form is Form.JSON:
            make = partial(self._json, shared, one, subject, text, link)
        else:
            letter = _Letter(
                key=one.key, message_id=one.message_id, subject=subject, text=text,
                at=one.planned_at,
            )  # fmt: skip
            make = partial(
                self._mail,
                office,
                _to(one.channel, one.address, unit, office),
                letter,
                shared.files,
            )
        return Draft(channel=one.channel, text=text, parcel=make)

    def _notice(self, session: Session, office: OfficeFacts, one: Notice) -> Draft:
        files = tuple(
            (file["name"], file["media_type"], file["sha256"])
            for file in one.payload.get("files", ())
        )
        form = FORMS.get(one.channel, Form.MAIL)
        unit = session.get(Organisation, one.organisation_id) if one.organisation_id else None
        if form is Form.EDXML:
            make = partial(self._edxml_notice, one)
        elif form is Form.JSON:
            make = partial(self._json_notice, office, one, files)
        else:
            letter = _Letter(
                key=one.key, message_id=one.message_id, subject=one.subject, text=one.text,
                at=one.created_at, headers=_thread(session, one),
            )  # fmt: skip
            make = partial(
                self._mail, office, _to(one.channel, one.address, unit, office), letter, files
            )
        return Draft(channel=one.channel, text=one.text, parcel=make)

    def _mail(
        self,
        office: OfficeFacts,
        to: "_To",
        letter: "_Letter",
        files: tuple[NamedFile, ...],
    ) -> Parcel:
        return Envelope(
            key=letter.key, message_id=letter.message_id, sender=office.sender,
            recipient=to.recipient, route=to.route, subject=letter.subject, text=letter.text,
            html=as_html(letter.text), at=letter.at, headers=letter.headers,
            attachments=self.files.attach(files),
        )  # fmt: skip

    def _edxml(
        self, one: Consignment, message: DocumentMessage, files: tuple[NamedFile, ...]
    ) -> Parcel:
        held = tuple(
            EdxmlFile(name=file.name, media_type=file.media_type, content=file.content)
            for file in self.files.attach(files)
        )
        return EdxmlParcel(
            key=one.key, message_id=one.message_id, recipient_address=one.address,
            at=one.planned_at,
            message=replace(message, files=held),
        )  # fmt: skip

    def _edxml_notice(self, one: Notice) -> Parcel:
        if "edxml" not in one.payload:
            raise EnvelopeError("payload", "no message of QCVN 102")
        return EdxmlParcel(
            key=one.key, message_id=one.message_id, recipient_address=one.address,
            at=one.created_at,
            message=from_payload(one.payload["edxml"], content_of=self.files.get),
        )  # fmt: skip

    def _json(
        self, shared: _Shared, one: Consignment, subject: str, text: str, link: str
    ) -> Parcel:
        directive, message = shared.directive, shared.message
        return JSONParcel(
            key=one.key, message_id=one.message_id, recipient_address=one.address,
            at=one.planned_at, kind="directive", office=shared.issuer.name,
            office_id=shared.issuer.agency_id or "", number=directive.number_text or "",
            symbol=directive.symbol, issued=directive.issue_date, document_type=directive.doc_type,
            subject=directive.subject or subject, urgency=directive.urgency or "",
            signer=message.signer, text=text, link=link, files=self.files.attach(shared.files),
        )  # fmt: skip

    def _json_notice(
        self, office: OfficeFacts, one: Notice, files: tuple[NamedFile, ...]
    ) -> Parcel:
        return JSONParcel(
            key=one.key, message_id=one.message_id, recipient_address=one.address,
            at=one.created_at, kind=one.kind, office=office.name, subject=one.subject,
            text=one.text, files=self.files.attach(files),
        )  # fmt: skip

    def _shared(self, session: Session, directive_id: UUID) -> _Shared:
        if directive_id not in self.shared:
            directive = session.get_one(Directive, directive_id)
            issuer = session.get_one(Organisation, directive.organisation_id)
            self.shared[directive_id] = _Shared(
                directive=directive,
                frame=frame_for(
                    self.desk, session, directive, issuer, local_day(self.desk.clock()), own=False
                ),
                files=(_main(directive), *_attachments(session, directive)),
                issuer=issuer,
                message=directive_message(session, directive),
            )
        return self.shared[directive_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """What a letter says, and under which names."""

    key: str
    message_id: str
    subject: str
    text: str
    at: datetime
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _To:
    """To whom a letter speaks, and where the channel takes it."""

    recipient: str
    route: str


def _to(channel: str, address: str, unit: Organisation | None, office: OfficeFacts) -> _To:
    """A folder's name is no mail address: the letter speaks to the unit's own one, or to ours."""
    if channel == "smtp" or "@" in address:
        return _To(recipient=address, route="")
    known = mail_address(unit) if unit is not None else None
    return _To(recipient=known or office.mailbox, route=address)


def _main(directive: Directive) -> NamedFile:
    name = ascii_file_name(f"{(directive.number_text or 'van-ban').replace('/', '-')}.pdf")
    return name, "application/pdf", directive.sealed_sha256 or ""


def _attachments(session: Session, directive: Directive) -> list[NamedFile]:
    """Returns what travels beside the main file."""
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


def _thread(session: Session, notice: Notice) -> tuple[tuple[str, str], ...]:
    """Mail programs then show it below the directive, and an answer carries both ids."""
    sent = session.scalar(
        select(Consignment.message_id).where(
            Consignment.directive_id == notice.directive_id,
            Consignment.organisation_id == notice.organisation_id,
            Consignment.rerouted_to_id.is_(None),
        )
    )
    return (*_BY_MACHINE, ("References", sent)) if sent is not None else _BY_MACHINE


def _units_of(
    session: Session, rows: Sequence[ClaimedRow]
) -> tuple[Sequence[Consignment], Sequence[Organisation]]:
    """Returns consignments and units of all rows; while they are held the session knows them."""
    keys = [UUID(row.reference) for row in rows if row.kind == "consignment"]
    ours = session.scalars(select(Consignment).where(Consignment.id.in_(keys))).all()
    names = {one.organisation_id for one in ours}
    units = session.scalars(select(Organisation).where(Organisation.id.in_(names))).all()
    return ours, units


def _owed(
    session: Session, ours: Sequence[Consignment]
) -> dict[tuple[UUID, str], list[Obligation]]:
    """Returns what each unit owes of its directive, the nearest day first."""
    found: dict[tuple[UUID, str], list[Obligation]] = {}
    rows = session.scalars(
        select(Obligation)
        .where(
            Obligation.directive_id.in_({one.directive_id for one in ours}),
            Obligation.organisation_id.in_({one.organisation_id for one in ours}),
        )
        .order_by(Obligation.due.is_(None), Obligation.due, Obligation.task_ref)
    )
    for one in rows:
        found.setdefault((one.directive_id, one.organisation_id), []).append(one)
    return found
