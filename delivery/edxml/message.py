"""What a message of QCVN 102:2016 says: a document with its business, or a status of one.

Texts are as the other side wrote them, trimmed; what is missing is empty or None, never guessed.
Source: the samples of QCVN 102:2016/BTTTT (the standard itself was not at hand).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
"""The one namespace of all elements."""


class Priority(IntEnum):
    """Độ khẩn."""

    NORMAL = 0
    URGENT = 1
    """Khẩn."""
    VERY_URGENT = 2
    """Thượng khẩn."""
    EXPRESS = 3
    """Hoả tốc."""
    EXPRESS_TIMED = 4
    """Hoả tốc hẹn giờ."""


class SteeringType(IntEnum):
    """Whether a document directs others."""

    NONE = 1
    DIRECTIVE = 2
    """Văn bản chỉ đạo."""
    REPORT = 3
    """Báo cáo thực hiện văn bản chỉ đạo."""


class BusinessType(IntEnum):
    """What is to be done with the document (`BussinessDocType`)."""

    NEW = 0
    RECALL = 1
    UPDATE = 2
    REPLACE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A sending or receiving organisation."""

    organ_id: str
    """Mã định danh; usually 13 characters, compared as it is."""
    name: str = ""
    in_charge: str = ""
    """OrganizationInCharge: the body above it."""
    address: str = ""
    email: str = ""
    telephone: str = ""
    fax: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who at the sending side can be asked."""

    department: str = ""
    staff: str = ""
    mobile: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFor:
    """Which document a message answers."""

    organ_id: str
    code: str
    """Number and symbol in one: `7816/VPCP-TTĐT`."""
    document_id: str = ""
    """Opaque: compared, never parsed."""
    promulgation_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EdxmlFile:
    """One attached file."""

    name: str
    """As the other side named it; shown, never a path."""
    media_type: str = "application/pdf"
    content: bytes = field(repr=False)
    description: str = ""
    content_id: str = ""
    """`cid:…`; made by the writer where empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A document that is replaced, at these organisations (all where none is named)."""

    document_id: str
    organ_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverChange:
    """That an update removes or adds a receiver."""

    organ_id: str
    added: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """What is to be done, why, and by whose word."""

    type: BusinessType = BusinessType.NEW
    reason: str = ""
    document_id: str = ""
    """The document meant: of an update. A recall names it in the message's own DocumentId."""
    paper: bool = False
    """True where paper follows."""
    staff: Staff = Staff()
    receivers: tuple[ReceiverChange, ...] = ()
    replacements: tuple[Replacement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMessage:
    """A document, or a recall, update or replacement of one."""

    sender: Party
    receivers: tuple[Party, ...]
    document_id: str
    """Opaque; ours is `OrganId,yyyy/MM/dd,number/symbol,` and the directive's identifier."""
    number: str
    """CodeNumber; may be no number at all."""
    notation: str
    """CodeNotation: `HD/BTGTU`."""
    place: str = ""
    promulgation_date: date | None = None
    type: str = ""
    """DocumentType/Type: `1` legal-normative, `2` administrative, as the other side has it."""
    type_detail: str = ""
    type_name: str = ""
    """`Hướng dẫn`."""
    subject: str
    content: str = ""
    competence: str = ""
    """SignerInfo/Competence: `KT. BỘ TRƯỞNG`."""
    position: str = ""
    signer: str = ""
    due: date | None = None
    to_places: tuple[str, ...] = ()
    priority: Priority = Priority.NORMAL
    steering: SteeringType = SteeringType.NONE
    pages: int | None = None
    copies: int | None = None
    appendixes: tuple[str, ...] = ()
    response_for: tuple[ResponseFor, ...] = ()
    business: Business = Business()
    traces: tuple[tuple[str, datetime | None], ...] = ()
    """OrganId and instant (aware, UTC) of each system it passed."""
    files: tuple[EdxmlFile, ...] = ()
    weak_signature: bool = False
    """Read only: it bears an XML signature (rsa-sha1), which proves nothing here."""

    @property
    def code(self) -> str:
        """Number and symbol in one: `7816/VPCP-TTĐT`, `96-HD/BTGTU` for the Party's."""
        if not (self.number and self.notation):
            return self.number or self.notation
        # The Party joins them by a hyphen, the State by a slash: the symbol tells which one it is.
        party = "/" in self.notation
        return f"{self.number}{'-' if party else '/'}{self.notation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusMessage:
    """What became of a document at its receiver (or that its sender takes it back: 13)."""

    sender: Party
    response_for: ResponseFor
    code: str
    """`01` … `16`, or one that we do not know; kept as it is."""
    description: str = ""
    at: datetime | None = None
    """Aware, UTC; the other side's own time."""
    staff: Staff = Staff()


EdxmlMessage = DocumentMessage | StatusMessage
"""Either of both."""
