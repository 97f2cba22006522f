"""Signing in two halves, so that the person's PIN and the slow network never wait for each other.

1. `prepare_signature`  offline and quick, where the person types the PIN. Store the result.
2. `key.sign(prepared.signed_attributes)`  the only touch of the key. Store the result.
3. `signing.completing.complete_signature`  network; by a worker that may be killed at any instant
   and start again from 1 and 2: the signature is the same one each time. Level B-LT.
4. `signing.archiving.add_archive_timestamp`  once, after the seal: level B-LTA.

`sign_document` does 1 and 2 in one go and stops at level B-B.
"""

from __future__ import annotations

import hashlib
import io
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final, cast

from asn1crypto import cms
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest

from signing.certificates import SigningCertificate, refuse_unfit
from signing.container import (
    CONTAINER_HEX,
    DIGEST,
    make_container,
    make_signed_attributes,
    placeholder,
)
from signing.errors import DocumentChangedError, DocumentUnsignableError
from signing.fields import UNREADABLE_SENTENCE, FieldState, foreign_fields, read_fields
from signing.keys.key import SigningKey
from signing.marks.appearance import make_mark, stamp_style
from signing.mechanism import Mechanism, check_raw_signature, mechanism_for
from signing.names import OFFICER_FIELD
from signing.numbers.places import fill_places
from signing.request import PreparedSignature, SignatureKind, SignatureRequest
from signing.writer import open_writer

VIETNAM: Final = timezone(timedelta(hours=7))
HASHED_AT_ONCE: Final = 1 << 20


def prepare_signature(
    pdf: bytes,
    *,
    request: SignatureRequest,
    certificate: SigningCertificate,
    at: datetime,
    fonts: Path,
    mechanism: Mechanism | None = None,
) -> PreparedSignature:
    """Brings a document into its last state before signing. Asks nobody, touches no key.

    Args:
        pdf: Document whose field `request.field` is empty.
        request: Who signs where.
        certificate: Bound into what is signed; the key must belong to it.
        at: Aware; written as the claimed time, in the zone of Việt Nam.
        fonts: Folder with the Tinos fonts.
        mechanism: How the key will sign; by default the usual one of the certificate's key.

    Raises:
        KeyRefusedError: The certificate is expired, not yet valid, or not for signing documents.
        DocumentChangedError: Not the bytes that were approved.
        DocumentUnsignableError: Unreadable, no such empty field, or the wrong order.
    """
    refuse_unfit(certificate.facts, at=at)
    _refuse_changed(pdf, request.approved_sha256_hex)
    how = mechanism or mechanism_for(certificate)
    placed, out = _make_room(pdf, request, certificate, at=at, how=how, fonts=fonts)
    return PreparedSignature(
        pdf=out.getvalue(),
        document_digest=placed.document_digest,
        signed_attributes=make_signed_attributes(placed.document_digest, certificate, how),
        region_start=placed.reserved_region_start,
        region_end=placed.reserved_region_end,
        field=request.field,
        certificate=certificate,
        mechanism=how,
        at=at,
    )


def _make_room(
    pdf: bytes,
    request: SignatureRequest,
    certificate: SigningCertificate,
    *,
    at: datetime,
    how: Mechanism,
    fonts: Path,
) -> tuple[PreparedByteRangeDigest, io.BytesIO]:
    """The document with an empty container, in a buffer of its own, and its digest."""
    try:
        writer = open_writer(pdf)
        field = _field_to_sign(read_fields(writer.prev), request)
        if request.field == OFFICER_FIELD:
            _refuse_foreign(foreign_fields(writer.prev))
        mark = None
        if field.w_pt and field.h_pt:
            mark = make_mark(request, w_pt=field.w_pt, h_pt=field.h_pt, fonts=fonts)
        fill_places(writer, dict(request.fill))
        return _write(writer, request, mark, at=at, how=how, certificate=certificate)
    except (PdfError, ValueError, KeyError) as err:
        raise DocumentUnsignableError(str(err), UNREADABLE_SENTENCE) from err


def _refuse_changed(pdf: bytes, approved_hex: str | None) -> None:
    if approved_hex is None:
        return
    actual = hashlib.sha256(pdf).hexdigest()
    if approved_hex != actual:
        raise DocumentChangedError(approved_hex, actual)


def _refuse_foreign(names: list[str]) -> None:
    """What an officer certifies leaves no other field to be filled afterwards (DocMDP 2)."""
    if names:
        listed = ", ".join(name or "không tên" for name in names)
        raise DocumentUnsignableError(
            f"foreign fields: {listed}",
            f"Văn bản có ô biểu mẫu không phải của hệ thống ({listed}), có thể bị điền sau khi ký. "
            "Việc cần làm: tạo lại văn bản từ bản dự thảo.",
        )


def _field_to_sign(fields: dict[str, FieldState], request: SignatureRequest) -> FieldState:
    field = fields.get(request.field)
    if field is None:
        raise DocumentUnsignableError(
            f"no field {request.field}", f"Văn bản không có ô chữ ký {request.field}."
        )
    if field.filled:
        raise DocumentUnsignableError(
            f"field {request.field} is signed", "Ô chữ ký này đã được ký; không ký lần nữa."
        )
    signed = any(one.filled for one in fields.values())
    if request.kind is SignatureKind.SEAL and not signed:
        raise DocumentUnsignableError(
            "seal before officer",
            "Chưa có chữ ký của lãnh đạo nên chưa đóng dấu được. "
            "Việc cần làm: trình lãnh đạo ký trước.",
        )
    if request.kind is SignatureKind.OFFICER and signed:
        raise DocumentUnsignableError(
            "officer after another signature",
            "Văn bản đã có chữ ký khác; chữ ký của lãnh đạo phải là chữ ký đầu tiên.",
        )
    return field


def _write(
    writer: IncrementalPdfFileWriter,
    request: SignatureRequest,
    mark: bytes | None,
    *,
    at: datetime,
    how: Mechanism,
    certificate: SigningCertificate,
) -> tuple[PreparedByteRangeDigest, io.BytesIO]:
    officer = request.kind is SignatureKind.OFFICER
    meta = PdfSignatureMetadata(
        field_name=request.field,
        md_algorithm=how.digest.value,
        subfilter=SigSeedSubFilter.PADES,
        reason=request.reason,
        name=request.name,
        location=request.location or None,
        contact_info=request.contact or None,
        certify=officer,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    style = stamp_style(mark) if mark is not None else None
    signer = PdfSigner(meta, signer=placeholder(certificate), stamp_style=style)
    session = signer.init_signing_session(writer, existing_fields_only=True)
    # The library takes the machine's clock; the claimed time is the caller's.
    session.system_time = at.astimezone(VIETNAM)
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=CONTAINER_HEX)
    # In the writer's own buffer, hashed in large pieces: a large document is copied once.
    placed, out = document.digest_tbs_document(in_place=True, chunk_size=HASHED_AT_ONCE)
    return placed, cast("io.BytesIO", out)


def sign_document(
    pdf: bytes, *, request: SignatureRequest, key: SigningKey, at: datetime, fonts: Path
) -> bytes:
    """Signs at level B-B with a key that is open; touches no network.

    Raises:
        As `prepare_signature` and `SigningKey.sign`.
    """
    certificate, how = key.certificate, key.mechanism
    refuse_unfit(certificate.facts, at=at)
    _refuse_changed(pdf, request.approved_sha256_hex)
    placed, out = _make_room(pdf, request, certificate, at=at, how=how, fonts=fonts)
    attributes = make_signed_attributes(placed.document_digest, certificate, how)
    raw = key.sign(attributes)
    check_raw_signature(
        certificate=certificate.der, signed_attributes=attributes, signature=raw, mechanism=how
    )
    placed.fill_with_cms(out, make_container(certificate, how, attributes, raw).dump())
    return out.getvalue()


def fill_signature(prepared: PreparedSignature, raw_signature: bytes) -> bytes:
    """Fills the container with the signature alone: B-B.

    Raises:
        DocumentChangedError: The stored bytes are not those that were prepared.
        SignatureMismatchError: The raw signature is not by the key of the certificate.
    """
    check_prepared(prepared, raw_signature)
    container = make_container(
        prepared.certificate, prepared.mechanism, prepared.signed_attributes, raw_signature
    )
    return place_container(prepared, container)


def place_container(prepared: PreparedSignature, container: cms.ContentInfo) -> bytes:
    """The document with the container in the place that was kept for it."""
    out = io.BytesIO(prepared.pdf)
    PreparedByteRangeDigest(
        prepared.document_digest, prepared.region_start, prepared.region_end
    ).fill_with_cms(out, container)
    return out.getvalue()


def check_prepared(prepared: PreparedSignature, raw_signature: bytes) -> None:
    """Checks that stored bytes, stored words and the key's answer belong together.

    Raises:
        DocumentChangedError: The stored bytes are not those that were prepared.
        SignatureMismatchError: The raw signature is not by the key of the certificate.
    """
    start, end = prepared.region_start, prepared.region_end
    hashing = hashlib.new(prepared.mechanism.digest.value, memoryview(prepared.pdf)[:start])
    hashing.update(memoryview(prepared.pdf)[end:])
    digest = hashing.digest()
    attributes = cms.CMSAttributes.load(prepared.signed_attributes)
    signed = [one["values"][0].native for one in attributes if one["type"].native == DIGEST]
    for expected in (prepared.document_digest, *signed):
        if digest != expected:
            raise DocumentChangedError(expected.hex(), digest.hex())
    check_raw_signature(
        certificate=prepared.certificate.der,
        signed_attributes=prepared.signed_attributes,
        signature=raw_signature,
        mechanism=prepared.mechanism,
    )
