"""Writes messages of QCVN 102:2016, element by element as the samples have them.

No XML signature is written: that of the samples (rsa-sha1) proves nothing, the PDF's own do.
"""

import base64
import io
import re
import uuid
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape

from delivery.edxml.message import (
    NAMESPACE,
    Business,
    BusinessType,
    DocumentMessage,
    EdxmlFile,
    EdxmlMessage,
    Party,
    ResponseFor,
    Staff,
    StatusMessage,
)
from delivery.edxml.names import day_text, time_text
from delivery.errors import EnvelopeError

_PREFIX: Final = "edXML"
_REASONS: Final = {
    BusinessType.NEW: "Văn bản điện tử mới",
    BusinessType.RECALL: "Thu hồi văn bản điện tử",
    BusinessType.UPDATE: "Cập nhật văn bản điện tử",
    BusinessType.REPLACE: "Văn bản thay thế",
}
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
_SPACE: Final = uuid.UUID("6f1d3a58-7f0b-5f0e-9b35-8d9a1c1f6d10")
"""Names of entries in attachments are made from the key under it."""
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_KEPT: Final = {"\r": "&#13;"}
"""What a parser would make another character of. Source: XML 1.0 section 2.11."""

Lines = Iterator[str]


def write_edxml(message: EdxmlMessage, *, at: datetime, key: str) -> bytes:
    """Return the message as XML: UTF-8, the same bytes for the same message, instant and key.

    Args:
        message: the document or status.
        at: the instant of sending (trace header), aware.
        key: the consignment key; identifiers of parts are made from it.

    Raises:
        EnvelopeError: a text cannot stand in XML.
    """
    body = (
        _status(message, at) if isinstance(message, StatusMessage) else _document(message, at, key)
    )
    lines = ('<?xml version="1.0" encoding="UTF-8"?>', f'<edXML xmlns="{NAMESPACE}">', *body,
             "</edXML>", "")  # fmt: skip
    return "\n".join(lines).encode()


def _status(message: StatusMessage, at: datetime) -> Lines:
    yield from _wrapped("edXMLEnvelope", _wrapped("edXMLHeader", _wrapped(
        "MessageHeader", _status_header(message, at))), declared=True)  # fmt: skip


def _status_header(message: StatusMessage, at: datetime) -> Lines:
    yield from _party("From", message.sender)
    yield from _response_for(message.response_for)
    yield from _staff(message.staff)
    yield _leaf("StatusCode", message.code)
    yield _leaf("Description", message.description)
    yield _leaf("Timestamp", time_text(message.at or at))


def _document(message: DocumentMessage, at: datetime, key: str) -> Lines:
    files = [
        (file.content_id or f"cid:{uuid.uuid5(_SPACE, f'{key}:{number}').hex}", file)
        for number, file in enumerate(message.files)
    ]
    yield from _wrapped("edXMLEnvelope", _envelope(message, at, files), declared=True)
    if files:
        yield from _wrapped("AttachmentEncoded", _attachments(files, key), declared=True)


def _envelope(message: DocumentMessage, at: datetime, files: list[tuple[str, EdxmlFile]]) -> Lines:
    yield from _wrapped("edXMLHeader", _header(message, at))
    yield from _wrapped("edXMLBody", _wrapped("edXMLManifest", _manifest(files)))


def _header(message: DocumentMessage, at: datetime) -> Lines:
    yield from _wrapped("MessageHeader", _message_header(message))
    yield from _wrapped("TraceHeaderList", _traces(message, at))


def _message_header(message: DocumentMessage) -> Lines:
    yield from _party("From", message.sender)
    for receiver in message.receivers:
        yield from _party("To", receiver)
    yield _leaf("DocumentId", message.document_id)
    yield from _group("Code", ("CodeNumber", message.number), ("CodeNotation", message.notation))
    yield from _group(
        "PromulgationInfo", ("Place", message.place),
        ("PromulgationDate", day_text(message.promulgation_date)),
    )  # fmt: skip
    yield from _group(
        "DocumentType", ("Type", message.type), ("TypeDetail", message.type_detail),
        ("TypeName", message.type_name),
    )  # fmt: skip
    yield _leaf("Subject", message.subject)
    yield _leaf("Content", message.content)
    yield from _group(
        "SignerInfo", ("Competence", message.competence), ("Position", message.position),
        ("FullName", message.signer),
    )  # fmt: skip
    yield _leaf("DueDate", day_text(message.due))
    yield from _wrapped("OtherInfo", _other(message))
    for one in message.response_for:
        yield from _response_for(one)
    yield _leaf("SteeringType", str(int(message.steering)))
    yield from _group("ToPlaces", *(("Place", place) for place in message.to_places))


def _other(message: DocumentMessage) -> Lines:
    yield _leaf("Priority", str(int(message.priority)))
    yield _leaf("PromulgationAmount", _count(message.copies))
    yield _leaf("PageAmount", _count(message.pages))
    yield from _group("Appendixes", *(("Appendix", one) for one in message.appendixes))


def _traces(message: DocumentMessage, at: datetime) -> Lines:
    traces = message.traces or ((message.sender.organ_id, at),)
    for organ_id, seen in traces:
        yield from _group(
            "TraceHeader", ("OrganId", organ_id), ("Timestamp", time_text(seen) if seen else "")
        )
    yield from _wrapped("Bussiness", _business(message.business))


def _business(business: Business) -> Lines:
    if business.document_id:
        yield _leaf("DocumentId", business.document_id)
    yield _leaf("BussinessDocType", str(int(business.type)))
    yield _leaf("BussinessDocReason", business.reason or _REASONS[business.type])
    yield _leaf("Paper", str(int(business.paper)))
    if business.receivers:
        yield from _wrapped("BussinessDocumentInfo", _changes(business))
    if business.replacements:
        yield from _wrapped("ReplacementInfoList", _replacements(business))
    yield from _staff(business.staff)


def _changes(business: Business) -> Lines:
    yield _leaf("DocumentInfo", "0")
    yield _leaf("DocumentReceiver", "1")
    yield from _wrapped("ReceiverList", (
        line
        for one in business.receivers
        for line in _group(
            "Receiver", ("OrganId", one.organ_id), ("ReceiverType", str(int(one.added)))
        )
    ))  # fmt: skip


def _replacements(business: Business) -> Lines:
    for one in business.replacements:
        organs = _group("OrganIdList", *(("OrganId", organ) for organ in one.organ_ids))
        yield from _wrapped(
            "ReplacementInfo", iter([_leaf("DocumentId", one.document_id), *organs])
        )


def _manifest(files: list[tuple[str, EdxmlFile]]) -> Lines:
    for content_id, file in files:
        yield from _group(
            "Reference", ("ContentId", content_id), ("ContentType", file.media_type),
            ("AttachmentName", file.name), ("Description", file.description),
        )  # fmt: skip


def _attachments(files: list[tuple[str, EdxmlFile]], key: str) -> Lines:
    for content_id, file in files:
        yield from _group(
            "Attachment", ("ContentId", content_id), ("AttachmentName", file.name),
            ("Description", file.description), ("ContentType", file.media_type),
            ("ContentTransferEncoded", _packed(file, f"{key}:{content_id}")),
        )  # fmt: skip


def _packed(file: EdxmlFile, key: str) -> str:
    """A ZIP with one entry under an opaque name, in base64, as all systems seen so far have it."""
    entry = zipfile.ZipInfo(f"{uuid.uuid5(_SPACE, key)}.edxml", date_time=_ZIP_TIME)
    # Stored: what deflate makes differs with the version of zlib, and a repeat must be the same
    # bytes after an upgrade too. A PDF is packed already.
    entry.compress_type = zipfile.ZIP_STORED
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(entry, file.content)
    return base64.b64encode(out.getvalue()).decode("ascii")


def _party(name: str, party: Party) -> Lines:
    yield from _group(
        name, ("OrganId", party.organ_id), ("OrganizationInCharge", party.in_charge),
        ("OrganName", party.name), ("OrganAdd", party.address), ("Email", party.email),
        ("Telephone", party.telephone), ("Fax", party.fax), ("Website", party.website),
    )  # fmt: skip


def _response_for(one: ResponseFor) -> Lines:
    yield from _group(
        "ResponseFor", ("OrganId", one.organ_id), ("Code", one.code),
        ("PromulgationDate", day_text(one.promulgation_date)), ("DocumentId", one.document_id),
    )  # fmt: skip


def _staff(staff: Staff) -> Lines:
    yield from _group(
        "StaffInfo", ("Department", staff.department), ("Staff", staff.staff),
        ("Mobile", staff.mobile), ("Email", staff.email),
    )  # fmt: skip


def _group(name: str, *leaves: tuple[str, str]) -> Lines:
    yield from _wrapped(name, (_leaf(leaf, text) for leaf, text in leaves))


def _wrapped(name: str, inner: Lines, *, declared: bool = False) -> Lines:
    space = f' xmlns:{_PREFIX}="{NAMESPACE}"' if declared else ""
    yield f"<{_PREFIX}:{name}{space}>"
    yield from inner
    yield f"</{_PREFIX}:{name}>"


def _leaf(name: str, text: str) -> str:
    if _UNFIT.search(text):
        raise EnvelopeError(name, "control characters or lone surrogates")
    return f"<{_PREFIX}:{name}>{escape(text, _KEPT)}</{_PREFIX}:{name}>"


def _count(number: int | None) -> str:
    return "" if number is None else str(number)
