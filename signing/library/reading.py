"""A whole file as the library reads it, in the neutral shape that the steps work with."""

from __future__ import annotations

from asn1crypto import cms, tsp
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError

from signing.judge.part import FileEvidence, FileReading, SignedMessage, SignedPart
from signing.library.fillings import Fillings, read_fillings
from signing.library.integrity import Integrity, is_document_stamp, judge_integrity
from signing.library.inventory import Listed, take_inventory
from signing.library.leaks import LEAKS
from signing.policy import VerificationPolicy
from signing.words import finding


def read_with_library(
    data: bytes, policy: VerificationPolicy, *, password: bytes = b""
) -> FileReading:
    """Judges every signature of a file by the bytes alone. Never raises for what the file holds.

    Args:
        data: The file.
        policy: For the broken hashes.
        password: Of an encrypted file; many are encrypted with the empty one.
    """
    inventory = take_inventory(data, password=password)
    if inventory.reader is None:
        return FileReading(findings=inventory.findings)
    fillings = read_fillings(data)
    return FileReading(
        parts=tuple(_part(one, inventory.fields, policy, fillings) for one in inventory.listed),
        evidence=read_evidence(inventory.reader),
        findings=inventory.findings,
    )


def read_evidence(reader: PdfFileReader) -> FileEvidence:
    """The document security store; empty where there is none or it cannot be read.

    It is evidence, not content: a damaged store counts as none, and is then missed.
    """
    try:
        store = DocumentSecurityStore.read_dss(reader)
        return FileEvidence(
            certificates=tuple(one.dump() for one in store.load_certs()),
            ocsps=tuple(bytes(one.get_object().data) for one in store.ocsps),
            crls=tuple(bytes(one.get_object().data) for one in store.crls),
        )
    except NoDSSFoundError:
        return FileEvidence()
    except LEAKS:
        return FileEvidence()


def _part(
    listed: Listed, fields: frozenset[str], policy: VerificationPolicy, fillings: Fillings
) -> SignedPart:
    signature = listed.signature
    if signature is None:
        return SignedPart(field=listed.field, findings=listed.findings)
    integrity = judge_integrity(signature, fields=fields, policy=policy, fillings=fillings)
    try:
        return _described(listed, signature, integrity)
    except LEAKS as err:
        unread = finding("signature_unreadable", detail=type(err).__name__)
        return SignedPart(
            field=listed.field,
            kind=_kind(signature),
            covers=integrity.covers,
            findings=(*listed.findings, *integrity.findings, unread),
        )


def _described(listed: Listed, signature: EmbeddedPdfSignature, integrity: Integrity) -> SignedPart:
    reason = signature.sig_object.get("/Reason")
    return SignedPart(
        field=listed.field,
        kind=_kind(signature),
        subfilter=str(signature.sig_object.get("/SubFilter", "")).removeprefix("/"),
        revision=int(signature.signed_revision),
        message=_message(signature),
        tokens=tuple(token_message(one) for one in integrity.tokens),
        covers=integrity.covers,
        certifies=_certifies(signature),
        claimed_time=signature.self_reported_timestamp,
        reason="" if reason is None else str(reason),
        signed_length=_signed_length(signature, integrity),
        findings=(*listed.findings, *integrity.findings),
    )


def _signed_length(signature: EmbeddedPdfSignature, integrity: Integrity) -> int | None:
    if integrity.covers == "partial":
        return None
    _, _, resumes, rest = (int(one) for one in signature.byte_range)
    return resumes + rest


def _kind(signature: EmbeddedPdfSignature) -> str:
    return "timestamp" if is_document_stamp(signature) else "signature"


def _message(signature: EmbeddedPdfSignature) -> SignedMessage:
    if is_document_stamp(signature):
        return token_message(signature.signed_data)
    return SignedMessage(
        certificate=signature.signer_cert.dump(),
        certificates=tuple(one.dump() for one in signature.other_embedded_certs),
        hash_name=str(signature.md_algorithm),
        der=_whole(signature.signed_data),
    )


def token_message(structure: cms.SignedData) -> SignedMessage:
    """The facts of a time-stamp token. Source: RFC 3161, 2.4.2."""
    info: tsp.TSTInfo = structure["encap_content_info"]["content"].parsed
    certificates = extract_certificate_info(structure)
    return SignedMessage(
        certificate=certificates.signer_cert.dump(),
        certificates=tuple(one.dump() for one in certificates.other_certs),
        hash_name=str(info["message_imprint"]["hash_algorithm"]["algorithm"].native),
        stamped_at=info["gen_time"].native,
        der=_whole(structure),
    )


def _whole(structure: cms.SignedData) -> bytes:
    """The ContentInfo around it. Source: RFC 5652, 3."""
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": structure}).dump())


def _certifies(signature: EmbeddedPdfSignature) -> bool:
    permissions = signature.reader.root.get("/Perms")
    if permissions is None:
        return False
    certifying = permissions.get_object().get("/DocMDP")
    return certifying is not None and certifying.get_object() == signature.sig_object
