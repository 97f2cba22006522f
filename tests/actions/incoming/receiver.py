"""An office that receives: its front, messages as another office writes them, what goes back."""

import uuid
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from actions.desk import Desk
from actions.incoming.accepting import accept
from actions.incoming.arriving import arrive
from actions.incoming.assigning import Handler, assign
from delivery.edxml.message import (
    Business,
    BusinessType,
    DocumentMessage,
    EdxmlFile,
    Party,
    StatusMessage,
    SteeringType,
)
from delivery.edxml.payload import from_payload
from models.dispatch import IncomingMessage, Notice
from models.incoming import IncomingAssignment, IncomingDocument, IncomingRequest
from models.numbering import RegisterEntry
from models.organisation import Organisation
from models.session import Database
from tests.actions.back_office import mark_judge, signed_pdf
from tests.support.clock import StoryClock
from tests.support.front import Front, make_front

OURS = "000.00.05.H36"
THEIRS = "000.00.01.H36"
PAPER = EdxmlFile(name="96-HD.pdf", content=signed_pdf("ab" * 32))
MESSAGE = DocumentMessage(
    sender=Party(organ_id=THEIRS, name="Tỉnh ủy Thử nghiệm"),
    receivers=(Party(organ_id=OURS, name="Ban Thử nghiệm Tỉnh ủy"),),
    document_id=f"{THEIRS},2022/09/20,96/HD/TU,1",
    number="96",
    notation="HD/TU",
    promulgation_date=date(2022, 9, 20),
    type_name="Hướng dẫn",
    subject="Tuyên truyền Kế hoạch số 53",
    signer="Trần Văn A",
    steering=SteeringType.DIRECTIVE,
    files=(PAPER,),
)


def message(**changes: Any) -> DocumentMessage:  # noqa: ANN401 (fields of every type)
    return replace(MESSAGE, **changes)


def marked(word: str, name: str = "96-HD.pdf") -> EdxmlFile:
    """A file on which the judge says this word."""
    return EdxmlFile(name=name, content=signed_pdf("ab" * 32, word=word))


def recall(reason: str = "Ban hành nhầm", **changes: Any) -> DocumentMessage:  # noqa: ANN401 (fields)
    return message(
        files=(), business=Business(type=BusinessType.RECALL, reason=reason), **changes
    )  # fmt: skip


@dataclass(slots=True)
class Receiver:
    """The receiving office."""

    front: Front

    @property
    def desk(self) -> Desk:
        return self.front.desk

    def came(self, sender: str = THEIRS) -> uuid.UUID:
        """A message was written down, its bytes in the archive."""
        key = uuid.uuid4()
        row = IncomingMessage(
            id=key, dedupe_key=key.hex, channel="edxml_folder", sender=sender, subject="",
            raw_sha256=self.desk.archive.put(key.bytes), received_at=self.desk.clock(),
        )  # fmt: skip
        self.front.change(lambda session: session.add(row))
        return key

    def arrives(self, sent: DocumentMessage = MESSAGE, sender: str = THEIRS) -> uuid.UUID:
        found = arrive(self.desk, self.came(sender), sent, via="edxml_folder")
        assert found is not None
        return found

    def accepted(self, sent: DocumentMessage = MESSAGE) -> uuid.UUID:
        key = self.arrives(sent)
        accept(self.desk, self.front.clerk, key)
        return key

    def assigned(self, sent: DocumentMessage = MESSAGE) -> uuid.UUID:
        key = self.accepted(sent)
        assign(
            self.desk, self.front.signatory, key, opinion="Tham mưu triển khai",
            lead=Handler(officer_id="drafter", due=date(2022, 10, 20)),
            coordinating=(Handler(officer_id="follow-up", due=date(2022, 10, 10)),),
        )  # fmt: skip
        return key

    def document(self, key: uuid.UUID) -> IncomingDocument:
        with self.desk.database.reading() as session:
            return session.get_one(IncomingDocument, key)

    def parts(self, key: uuid.UUID) -> tuple[IncomingAssignment, ...]:
        """Assignments, the lead first."""
        query = select(IncomingAssignment).where(IncomingAssignment.document_id == key)
        with self.desk.database.reading() as session:
            return tuple(session.scalars(query.order_by(IncomingAssignment.leads.desc())))

    def request(self, key: uuid.UUID) -> IncomingRequest:
        query = select(IncomingRequest).where(IncomingRequest.document_id == key)
        with self.desk.database.reading() as session:
            return session.scalars(query).one()

    def notices(self) -> list[Notice]:
        with self.desk.database.reading() as session:
            return list(session.scalars(select(Notice).order_by(Notice.created_at, Notice.key)))

    def codes(self) -> list[str]:
        """Codes that went back, as their messages say them."""
        said = (
            from_payload(one.payload["edxml"], content_of=self.desk.archive.get)
            for one in self.notices()
            if one.kind == "status"
        )
        return sorted(one.code for one in said if isinstance(one, StatusMessage))

    def line(self, key: uuid.UUID) -> RegisterEntry:
        query = select(RegisterEntry).where(RegisterEntry.incoming_document_id == key)
        with self.desk.database.reading() as session:
            return session.scalars(query).one()


def make_receiver(database: Database, tmp_path: Path, clock: StoryClock) -> Receiver:
    front = make_front(database, tmp_path, clock, judge=mark_judge)

    def ids(session: Any) -> None:  # noqa: ANN401 (a session)
        session.get_one(Organisation, "ban").agency_id = OURS
        sender = session.get_one(Organisation, "tinh-uy")
        sender.agency_id, sender.channel, sender.address = THEIRS, "edxml_folder", "tinh-uy"

    front.change(ids)
    return Receiver(front)
