"""What a unit is sent of an amendment, in the form of its channel: a letter, or edXML."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from actions.answers.document_ids import document_id
from actions.desk import Deed, Desk
from actions.distribution.edxml import directive_message, party
from actions.notifying import NewNotice, frame_for
from actions.offices import mail_address
from actions.unit_links import Serials, link_by, newest_serials
from actions.wording import LetterFrame, cut, directive_line, letter
from delivery.edxml.message import (
    Business,
    BusinessType,
    DocumentMessage,
    EdxmlFile,
    ReceiverChange,
    Replacement,
)
from delivery.edxml.payload import to_payload
from delivery.names import ascii_file_name
from delivery.parcel import FORMS, Form
from models.amendment import Amendment
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment
from models.organisation import Organisation

_PDF = "application/pdf"
ASKS = {
    "recall": "thu hồi văn bản",
    "replace": "thay thế văn bản",
    "update": "rút văn bản khỏi nơi nhận của đơn vị",
}
"""Kind of amendment, to what a unit is asked to agree to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One amendment on its way to the units."""

    amendment: Amendment
    directive: Directive
    """The one that is amended."""
    other: Directive | None = None
    """The one that replaces it."""

    @property
    def asks(self) -> str:
        """What a unit is asked to agree to."""
        return ASKS[self.amendment.kind]

    @property
    def words(self) -> str:
        """Why, for the unit's consignment and in the letter."""
        if self.other is not None:
            said = f"Được thay thế bằng {directive_line(self.other)}"
        else:
            said = {"recall": "Thu hồi", "update": "Đơn vị không còn là nơi nhận"}[
                self.amendment.kind
            ]
        return f"{said}. Lý do: {self.amendment.reason}"


@dataclass(slots=True)
class Telling:
    """Makes the messages of one change; what all units share is read once."""

    desk: Desk
    deed: Deed
    change: Change
    _frame: LetterFrame | None = None
    _serials: Serials | None = None
    _message: DocumentMessage | None = None

    def notice_for(self, consignment: Consignment, unit: Organisation) -> NewNotice | None:
        """Returns the message that asks a unit, by the channel that reached it.

        Returns:
            None for a unit that takes paper only and has no mail address: a person tells it.
        """
        way = _way(consignment, unit)
        if way is None:
            return None
        channel, address = way
        change = self.change
        subject, text = _letter(self._frame_of(unit), change)
        return NewNotice(
            key=f"{change.amendment.kind}:{change.amendment.id}:{unit.id}",
            kind="recall" if change.amendment.kind == "update" else change.amendment.kind,
            directive=change.directive, organisation_id=unit.id, address=address,
            subject=subject, text=text, channel=channel, payload=self._payload(channel, unit),
        )  # fmt: skip

    def _frame_of(self, unit: Organisation) -> LetterFrame:
        desk, session, directive = self.desk, self.deed.session, self.change.directive
        if self._frame is None or self._serials is None:
            self._frame = frame_for(desk, session, directive, unit, self.deed.day, own=False)
            self._serials = newest_serials(session, [directive.id])
        link = link_by(desk, self._serials, unit.id, DirectiveId(directive.id))
        return replace(self._frame, unit_name=unit.name, link=link)

    def _payload(self, channel: str, unit: Organisation) -> Mapping[str, Any]:
        other = self.change.other
        file = _file(other) if other is not None else None
        if FORMS[channel] is not Form.EDXML:
            return {"files": [file]} if file else {}
        if self._message is None:
            about = other or self.change.directive
            self._message = directive_message(self.deed.session, about)
        message = _asking(self.deed.session, self._message, unit, self.change)
        return {"edxml": to_payload(message, digests=[file["sha256"]] if file else [])}


def _way(consignment: Consignment, unit: Organisation) -> tuple[str, str] | None:
    """Returns channel and address: those of the consignment, else where letters reach the unit."""
    if FORMS.get(consignment.channel) in (Form.MAIL, Form.EDXML) and consignment.address:
        return consignment.channel, consignment.address
    mail = mail_address(unit)
    if mail:
        return "smtp", mail
    if FORMS.get(consignment.channel) is Form.JSON and consignment.address:
        return consignment.channel, consignment.address
    return None


def _letter(frame: LetterFrame, change: Change) -> tuple[str, str]:
    """Returns subject and text of the letter that asks a unit."""
    number = change.directive.number_text
    tag = {"recall": "Thu hồi", "replace": "Thay thế", "update": "Thu hồi"}[change.amendment.kind]
    paragraphs = [
        f"Về {directive_line(change.directive)}.",
        f"{frame.office.name} {change.asks} nêu trên. {change.words}",
        (
            f"Đề nghị các {frame.office.form_of_address} ngừng sử dụng, huỷ văn bản trên hệ thống "
            "của đơn vị và cho biết đồng ý hay không đồng ý, kèm lý do."
        ),
    ]
    if change.other is not None:
        paragraphs.append("Văn bản thay thế kèm theo thư này.")
    lines = [f"Trả lời tại trang của đơn vị: {frame.link}"] if frame.link else []
    lines.append(f"Hoặc trả lời bằng văn bản gửi về {frame.office.mailbox}.")
    return cut(f"[{tag}] {number}: {change.directive.subject}"), letter(frame, paragraphs, lines)


def _file(directive: Directive) -> dict[str, str]:
    name = ascii_file_name(f"{(directive.number_text or 'van-ban').replace('/', '-')}.pdf")
    return {"name": name, "media_type": _PDF, "sha256": directive.sealed_sha256 or ""}


def _asking(
    session: Session, about: DocumentMessage, unit: Organisation, change: Change
) -> DocumentMessage:
    """Returns the business message: 1 names the document in its own id, 2 and 3 in the business.

    Source: QCVN 102:2016, samples of BussinessDocType 1 to 3.
    """
    reason, receiver = change.amendment.reason, party(unit)
    old_id = document_id(session, change.directive)
    made = replace(about, receivers=(receiver,))
    if change.other is not None:
        business = Business(
            type=BusinessType.REPLACE, reason=reason,
            replacements=(Replacement(document_id=old_id, organ_ids=(receiver.organ_id,)),),
        )  # fmt: skip
        file = _file(change.other)
        # The bytes are fetched when it is sent; until then the digest stands for them.
        files = (EdxmlFile(name=file["name"], media_type=_PDF, content=b""),)
        return replace(made, business=business, files=files)
    if change.amendment.kind == "update":
        business = Business(
            type=BusinessType.UPDATE, reason=reason, document_id=old_id,
            receivers=(ReceiverChange(organ_id=receiver.organ_id, added=False),),
        )  # fmt: skip
    else:
        business = Business(type=BusinessType.RECALL, reason=reason)
    return replace(made, business=business)
