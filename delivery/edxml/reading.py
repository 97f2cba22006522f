"""Reads messages of QCVN 102:2016, whoever wrote them.

Elements are found by their local names: systems differ in prefixes, order, and in what they leave
out. What is missing is empty; what cannot be read is a typed error, never a crash. Attachments are
opened within limits: an entry's name and ending count for nothing, the bytes do.
"""

import base64
import binascii
import io
import struct
import zipfile
import zlib
from typing import Final, TypeVar

from delivery.edxml.errors import EdxmlUnreadableError
from delivery.edxml.message import (
    NAMESPACE,
    Business,
    BusinessType,
    DocumentMessage,
    EdxmlFile,
    EdxmlMessage,
    Party,
    Priority,
    ReceiverChange,
    Replacement,
    ResponseFor,
    Staff,
    StatusMessage,
    SteeringType,
)
from delivery.edxml.names import read_day, read_time
from delivery.edxml.tree import Node, parse

SIZE_LIMIT_BYTES: Final = 50 * 1024 * 1024
MOST_FILES: Final = 100
MOST_RATIO: Final = 1100
"""Deflate packs no more than about 1:1032; what says more is made to harm."""
_ZIP: Final = b"PK\x03\x04"
_END_OF_ZIP: Final = b"PK\x05\x06"
_END: Final = struct.Struct("<4s4HLLH")
"""End of central directory. Source: APPNOTE.TXT 4.3.16."""
_LARGEST_ENTRY: Final = 46 + 3 * 65_535
"""Of a central directory: its head, name, extra field and comment."""
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_PDF: Final = b"%PDF-"
_PACKED: Final = frozenset({"", "application/zip", "application/x-zip-compressed"})
"""Types that say how a file travelled, not what it is."""
_BY_ENDING: Final = {
    "pdf": "application/pdf", "doc": "application/msword", "xls": "application/vnd.ms-excel",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain", "xml": "application/xml", "png": "image/png", "jpg": "image/jpeg",
}  # fmt: skip
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, OSError, RuntimeError, ValueError, NotImplementedError,
    EOFError, IndexError, KeyError, struct.error,
)  # fmt: skip
"""What a damaged or encrypted ZIP raises."""
_NULL: Final = frozenset({"null", "none"})
_Word = TypeVar("_Word", Priority, SteeringType)


def read_edxml(raw: bytes, *, size_limit_bytes: int = SIZE_LIMIT_BYTES) -> EdxmlMessage:
    """Return the message.

    Args:
        raw: the bytes as they came.
        size_limit_bytes: of each file, and of all of them together thrice that.

    Raises:
        EdxmlUnreadableError: no XML, another format, a part too large, an attachment missing.
    """
    if len(raw) > 6 * size_limit_bytes:
        raise EdxmlUnreadableError("too_large")
    root = parse(raw)
    if root.name != "edXML" or root.namespace not in {NAMESPACE, ""}:
        raise EdxmlUnreadableError("not_edxml")
    header = root.first("edXMLEnvelope", "edXMLHeader")
    message = header.first("MessageHeader") if header is not None else None
    if header is None or message is None:
        raise EdxmlUnreadableError("not_edxml")
    sender = _party(message.first("From"))
    if not (sender.organ_id or sender.name):
        raise EdxmlUnreadableError("no_sender")
    if message.first("StatusCode") is not None:
        return _status(message, sender)
    return _document(root, header, message, sender, size_limit_bytes)


def _status(message: Node, sender: Party) -> StatusMessage:
    about = message.first("ResponseFor")
    if about is None:
        raise EdxmlUnreadableError("no_document")
    return StatusMessage(
        sender=sender,
        response_for=_response_for(about),
        code=message.said("StatusCode"),
        description=message.said("Description"),
        at=read_time(message.said("Timestamp")),
        staff=_staff(message.first("StaffInfo")),
    )


def _document(
    root: Node, header: Node, message: Node, sender: Party, size_limit_bytes: int
) -> DocumentMessage:
    traces = header.first("TraceHeaderList") or Node("TraceHeaderList")
    other = message.first("OtherInfo") or Node("OtherInfo")
    return DocumentMessage(
        sender=sender,
        receivers=tuple(_party(one) for one in message.every("To")),
        document_id=message.said("DocumentId"),
        number=message.said("Code", "CodeNumber"),
        notation=message.said("Code", "CodeNotation"),
        place=message.said("PromulgationInfo", "Place"),
        promulgation_date=read_day(message.said("PromulgationInfo", "PromulgationDate")),
        type=message.said("DocumentType", "Type"),
        type_detail=message.said("DocumentType", "TypeDetail"),
        type_name=message.said("DocumentType", "TypeName"),
        subject=message.said("Subject"),
        content=message.said("Content"),
        competence=message.said("SignerInfo", "Competence"),
        position=message.said("SignerInfo", "Position"),
        signer=message.said("SignerInfo", "FullName"),
        due=read_day(message.said("DueDate")),
        to_places=_texts(message.first("ToPlaces"), "Place"),
        priority=_word(other.said("Priority"), Priority.NORMAL),
        steering=_word(message.said("SteeringType"), SteeringType.NONE),
        pages=_count(other.said("PageAmount")),
        copies=_count(other.said("PromulgationAmount")),
        appendixes=_texts(other.first("Appendixes"), "Appendix"),
        response_for=tuple(_response_for(one) for one in message.every("ResponseFor")),
        business=_business(traces.first("Bussiness") or Node("Bussiness")),
        traces=tuple(
            (_organ(one.said("OrganId")), read_time(one.said("Timestamp")))
            for one in traces.every("TraceHeader")
        ),
        files=_files(root, size_limit_bytes),
        weak_signature=any(one.name == "SignatureValue" for one in header.walk()),
    )


def _business(node: Node) -> Business:
    info = node.first("BussinessDocumentInfo", "ReceiverList") or Node("ReceiverList")
    replaced = node.first("ReplacementInfoList") or Node("ReplacementInfoList")
    return Business(
        type=_business_type(node.said("BussinessDocType")),
        reason=node.said("BussinessDocReason"),
        document_id=node.said("DocumentId"),
        paper=node.said("Paper") == "1",
        staff=_staff(node.first("StaffInfo")),
        receivers=tuple(
            ReceiverChange(
                organ_id=_organ(one.said("OrganId")), added=one.said("ReceiverType") == "1"
            )
            for one in info.every("Receiver")
        ),
        replacements=tuple(
            Replacement(
                document_id=one.said("DocumentId"),
                organ_ids=_texts(one.first("OrganIdList"), "OrganId"),
            )
            for one in replaced.every("ReplacementInfo")
        ),
    )


def _party(node: Node | None) -> Party:
    one = node or Node("From")
    return Party(
        organ_id=_organ(one.said("OrganId")),
        name=one.said("OrganName"),
        in_charge=one.said("OrganizationInCharge"),
        address=one.said("OrganAdd"),
        email=one.said("Email"),
        telephone=one.said("Telephone"),
        fax=one.said("Fax"),
        website=one.said("Website"),
    )


def _response_for(node: Node) -> ResponseFor:
    """Its code is one string; a few systems write it apart, as in a document."""
    code = node.first("Code")
    joined = code.text if code is not None else ""
    if code is not None and not joined:
        joined = "/".join(
            part for part in (code.said("CodeNumber"), code.said("CodeNotation")) if part
        )
    return ResponseFor(
        organ_id=_organ(node.said("OrganId")),
        code=joined,
        document_id=node.said("DocumentId"),
        promulgation_date=read_day(node.said("PromulgationDate")),
    )


def _staff(node: Node | None) -> Staff:
    one = node or Node("StaffInfo")
    return Staff(
        department=one.said("Department"),
        staff=one.said("Staff"),
        mobile=one.said("Mobile"),
        email=one.said("Email"),
    )


def _organ(text: str) -> str:
    """Some systems write the word `null` for nobody."""
    return "" if text.casefold() in _NULL else text


def _texts(node: Node | None, name: str) -> tuple[str, ...]:
    return tuple(one.text for one in node.every(name) if one.text) if node is not None else ()


def _word(text: str, default: _Word) -> _Word:
    """Returns the word of a digit; one that we do not know counts as the default."""
    try:
        return type(default)(int(text))
    except ValueError:
        return default


def _business_type(text: str) -> BusinessType:
    """Nothing said is a new document; a business that we do not know is never taken for one."""
    try:
        return BusinessType(int(text)) if text else BusinessType.NEW
    except ValueError as err:
        raise EdxmlUnreadableError("unknown_business", text[:20]) from err


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000") else None


def _files(root: Node, size_limit_bytes: int) -> tuple[EdxmlFile, ...]:
    """Joins manifest and attachments by their identifiers, in the order of the attachments."""
    manifest = root.first("edXMLEnvelope", "edXMLBody", "edXMLManifest") or Node("edXMLManifest")
    named = {one.said("ContentId"): one for one in manifest.every("Reference")}
    named.pop("", None)
    packed = [one for part in root.every("AttachmentEncoded") for one in part.every("Attachment")]
    if len(packed) > MOST_FILES or len(named) > MOST_FILES:
        raise EdxmlUnreadableError("too_large", "AttachmentEncoded")
    files, left = [], 3 * size_limit_bytes
    for one in packed:
        file = _file(one, named.pop(one.said("ContentId"), None), min(size_limit_bytes, left))
        left -= len(file.content)
        files.append(file)
    if named:
        raise EdxmlUnreadableError("attachment_missing", next(iter(named)))
    return tuple(files)


def _file(one: Node, reference: Node | None, limit: int) -> EdxmlFile:
    about = reference or Node("Reference")
    encoded = one.said("ContentTransferEncoded")
    try:
        raw = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError) as err:
        raise EdxmlUnreadableError("bad_attachment", one.said("AttachmentName")) from err
    name = one.said("AttachmentName") or about.said("AttachmentName")
    content = _unpacked(raw, limit, name)
    return EdxmlFile(
        name=name,
        media_type=_media_type(about.said("ContentType"), one.said("ContentType"), name, content),
        content=content,
        description=one.said("Description") or about.said("Description"),
        content_id=one.said("ContentId"),
    )


def _media_type(listed: str, attached: str, name: str, content: bytes) -> str:
    """What the file is: by its first bytes, by what manifest or attachment says, by its ending."""
    if content.startswith(_PDF):
        return "application/pdf"
    stated = listed if listed not in _PACKED else attached
    if stated not in _PACKED:
        return stated
    by_ending = _BY_ENDING.get(name.rpartition(".")[2].lower())
    return by_ending or stated or "application/octet-stream"


def _unpacked(raw: bytes, limit: int, name: str) -> bytes:
    """The file itself: out of a ZIP with one entry, or as it is.

    A ZIP with several entries is itself the file that was sent.
    """
    if len(raw) > limit:
        raise EdxmlUnreadableError("too_large", name)
    if not raw.startswith(_ZIP):
        return raw
    try:
        if not _has_one_entry(raw):
            return raw
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            entry = package.infolist()[0]
            if entry.compress_type not in _METHODS:
                raise EdxmlUnreadableError("bad_attachment", name)
            if entry.is_dir():
                return raw
            with package.open(entry) as stream:
                content = stream.read(limit + 1)
    except _BROKEN as err:
        raise EdxmlUnreadableError("bad_attachment", name) from err
    if len(content) > limit or len(content) > MOST_RATIO * len(raw):
        raise EdxmlUnreadableError("too_large", name)
    return content


def _has_one_entry(raw: bytes) -> bool:
    """Looks at the end of the directory alone: one of a million entries would fill the memory.

    Raises:
        ValueError: there is no such end, or its directory is larger than one entry can be.
    """
    at = raw.rfind(_END_OF_ZIP, -(_END.size + 65_535))
    if at < 0 or len(raw) - at < _END.size:
        raise ValueError("no end of central directory")
    _, _, _, _, entries, size, _, _ = _END.unpack_from(raw, at)
    if entries == 1 and size > _LARGEST_ENTRY:
        raise ValueError("directory too large for one entry")
    return bool(entries == 1)
