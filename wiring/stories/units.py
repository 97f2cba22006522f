"""Simulated units: they read their own mail and answer, well or badly, under their own keys."""

import email
import email.policy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select

from actions import extending, reporting
from actions.amending.answering import agree_to_recall, refuse_recall
from actions.auditing import Actor
from actions.desk import local_day
from actions.offices import mail_address
from delivery.envelope import Attachment, Envelope, message_id_for
from documents.content import (
    DirectiveContent,
    Paragraph,
    RecipientLine,
    RecipientRole,
    Regime,
    Section,
    SignatureBlock,
    Table,
)
from documents.render import render
from models.base import DirectiveId
from models.directive import Directive
from models.obligation import Obligation
from models.organisation import Office as OfficeRow
from models.organisation import Organisation
from signing.completing import complete_signature
from signing.fields import SignatureFieldBox, add_signature_fields
from signing.keys.software import open_pkcs12
from signing.names import OFFICER_FIELD
from signing.request import SignatureKind, SignatureRequest
from signing.sign import prepare_signature
from wiring.stories import edxml_units
from wiring.stories.errors import StoryError
from wiring.stories.script import Answer, AnswerLine, Consent, Extension
from wiring.stories.stage import Stage

DOMAIN: Final = "donvi.example"
UNIT_FIELD: Final = "ChuKyDonVi"
"""The field of a unit's signature in its own report."""
_NOT_A_PDF: Final = b"PK\x03\x04 bao cao.docx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit that answers."""

    id: str
    name: str
    address: str
    place: str


def unit_of(stage: Stage, unit: str) -> Unit:
    """Returns the unit.

    Raises:
        StoryError: the office knows no such unit.
    """
    with stage.office.database.reading() as session:
        found = session.get(Organisation, unit)
        if found is None:
            raise StoryError(unit, "không có đơn vị này trong tệp cơ quan.")
        address = mail_address(found) or f"{unit}@{DOMAIN}"
        return Unit(id=unit, name=found.name, address=address, place=found.place or "…")


def _issuer(stage: Stage) -> Organisation:
    with stage.office.database.reading() as session:
        office = session.scalars(select(OfficeRow)).one()
        return session.get_one(Organisation, office.organisation_id)


def answer(stage: Stage, directive_id: DirectiveId, given: Answer) -> None:
    """Lets a unit report by mail, by upload or through its own document system.

    Raises:
        StoryError: the unit never got the directive, so that it cannot answer the mail.
    """
    unit = unit_of(stage, given.unit)
    content = _file(stage, directive_id, unit, given)
    if given.via == "upload":
        reporting.submit_report(
            stage.office.desk,
            Actor(kind="unit", id=unit.id, name=unit.name),
            organisation_id=unit.id,
            directive_id=directive_id,
            file_name=f"Bao cao {unit.id}.pdf",
            content=content,
            via="upload",
            answers=_uploaded(given.lines),
        )
        return
    if given.via == "edxml":
        edxml_units.send_report(stage, given, content, f"Bao cao {unit.id}.pdf")
        return
    envelope = _mail(stage, unit, given, content)
    with stage.office.desk.channels["smtp"]() as channel:
        channel.send(envelope)


def ask_for_extension(stage: Stage, directive_id: DirectiveId, asked: Extension) -> None:
    """Lets a unit ask for more time, as it would on its page."""
    unit = unit_of(stage, asked.unit)
    with stage.office.database.reading() as session:
        # Of a periodic task the period whose day comes first.
        obligation = session.scalars(
            select(Obligation)
            .where(
                Obligation.directive_id == directive_id,
                Obligation.organisation_id == unit.id,
                Obligation.task_ref == asked.task,
            )
            .order_by(Obligation.state.not_in(["open", "returned"]), Obligation.due)
            .limit(1)
        ).one_or_none()
    if obligation is None:
        raise StoryError(asked.unit, f"đơn vị không có nhiệm vụ {asked.task}.")
    extending.request_extension(
        stage.office.desk,
        Actor(kind="unit", id=unit.id, name=unit.name),
        obligation.id,
        asked_until=asked.until,
        reason=asked.reason,
    )


def answer_recall(stage: Stage, directive_id: DirectiveId, said: Consent) -> None:
    """Lets a unit agree to a recall or refuse it, as it would on its page."""
    unit = unit_of(stage, said.unit)
    actor = Actor(kind="unit", id=unit.id, name=unit.name)
    if said.agrees:
        agree_to_recall(
            stage.office.desk, actor, directive_id, organisation_id=unit.id, words=said.reason
        )
    else:
        refuse_recall(
            stage.office.desk, actor, directive_id, organisation_id=unit.id, reason=said.reason
        )


def _uploaded(lines: Sequence[AnswerLine]) -> list[Mapping[str, str]]:
    return [
        {"label": one.label, "value": one.value, "source": "nhập trên trang của đơn vị"}
        for one in lines
    ]


def _mail(stage: Stage, unit: Unit, given: Answer, content: bytes) -> Envelope:
    answered, subject = _received(stage.mail / "sent", unit)
    lines = "\n".join(f"{one.label}: {one.value}" for one in given.lines)
    key = f"{unit.id}:{given.at.isoformat()}"
    return Envelope(
        key=key,
        message_id=message_id_for(key, DOMAIN),
        sender=f"{unit.name} <{unit.address}>",
        recipient=stage.mailbox,
        subject=f"Báo cáo: {subject}"[:150],
        text=f"Kính gửi cơ quan,\n\n{unit.name} gửi báo cáo kèm theo.\n\n{lines}\n",
        at=given.at,
        attachments=(
            Attachment(
                name=f"Bao cao {unit.id}.pdf", media_type="application/pdf", content=content
            ),
        ),
        headers=(("In-Reply-To", answered), ("References", answered)),
    )


def _received(sent: Path, unit: Unit) -> tuple[str, str]:
    """Finds the directive's message in the unit's own mail: its Message-ID and subject."""
    for path in sorted(sent.glob("*.eml")):
        with path.open("rb") as file:
            message = email.message_from_binary_file(file, policy=email.policy.compat32)
        has_file = any(part.get_content_type() == "application/pdf" for part in message.walk())
        if has_file and unit.address in str(message["To"]):
            subject = str(email.header.make_header(email.header.decode_header(message["Subject"])))
            return str(message["Message-ID"]), subject
    raise StoryError(unit.id, "đơn vị chưa nhận được văn bản nên không trả lời thư được.")


def _file(stage: Stage, directive_id: DirectiveId, unit: Unit, given: Answer) -> bytes:
    if given.given == "empty":
        return b""
    if given.given == "not_a_pdf":
        return _NOT_A_PDF
    page, boxes = _page(stage, directive_id, unit, given)
    if given.given == "unsigned":
        return page
    key = _issuer(stage).id if given.given == "somebody_else" else unit.id
    signed = _signed(stage, add_signature_fields(page, boxes), unit, key, given.at)
    return _with_a_changed_byte(signed) if given.given == "broken" else signed


def _with_a_changed_byte(pdf: bytes) -> bytes:
    """Changes one byte inside the signed range: in the compressed text of the first page."""
    place = pdf.index(b"stream", len(pdf) // 20) + 40
    return pdf[:place] + bytes([pdf[place] ^ 0x01]) + pdf[place + 1 :]


def _page(
    stage: Stage, directive_id: DirectiveId, unit: Unit, given: Answer
) -> tuple[bytes, list[SignatureFieldBox]]:
    with stage.office.database.reading() as session:
        directive = session.get_one(Directive, directive_id)
        number, subject = directive.number_text or "", directive.subject
    issuer = _issuer(stage).name
    content = _report_content(
        unit,
        (issuer, number, subject),
        given.lines,
        local_day(given.at),
    )
    made = render(content, at=given.at, fonts=stage.office.desk.fonts)
    boxes = [
        SignatureFieldBox(
            name=UNIT_FIELD,
            page=box.page,
            x_pt=box.x_pt,
            y_pt=box.y_pt,
            w_pt=box.w_pt,
            h_pt=box.h_pt,
            page_height_pt=box.page_height_pt,
        )
        for box in made.boxes
        if box.name == OFFICER_FIELD
    ]
    return made.pdf, boxes


def _report_content(
    unit: Unit, answered: tuple[str, str, str], lines: Sequence[AnswerLine], day: date
) -> DirectiveContent:
    issuer, number, subject = answered
    rows = tuple((one.label, one.value) for one in lines) or (("Kết quả", "đã thực hiện"),)
    table = Table(header=("Nội dung", "Kết quả"), rows=rows)
    return DirectiveContent(
        regime=Regime.PARTY,
        doc_type="Báo cáo",
        parent_issuer="",
        issuer=unit.name,
        symbol="BC",
        number=None,
        place=unit.place,
        issue_date=day,
        title=f"Kết quả thực hiện {number}",
        opening=(
            Paragraph(text=f"Thực hiện {number} ({subject}), {unit.name} báo cáo kết quả như sau:"),
        ),
        sections=(Section(label="1.", title="Kết quả", blocks=(table,)),),
        recipients=(RecipientLine(raw=issuer, role=RecipientRole.REPORT, group=False),),
        signature=SignatureBlock(
            capacity_lines=(), position="THỦ TRƯỞNG ĐƠN VỊ", name="(đã ký số)"
        ),
        notice="THỬ NGHIỆM: chứng thư không có giá trị pháp lý.",
    )


def _signed(stage: Stage, pdf: bytes, unit: Unit, key_of: str, at: datetime) -> bytes:
    key = open_pkcs12(stage.pki.key(key_of), stage.pki.pin(key_of))
    prepared = prepare_signature(
        pdf,
        request=SignatureRequest(
            kind=SignatureKind.OFFICER,
            field=UNIT_FIELD,
            name=unit.name,
            organisation=unit.name,
            contact=unit.address,
            test_only=True,
        ),
        certificate=key.certificate,
        at=at,
        fonts=stage.office.desk.fonts,
    )
    raw = key.sign(prepared.signed_attributes)
    return complete_signature(prepared, raw, services=stage.office.desk.services, at=at)
