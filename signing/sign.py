"""Signing in two halves, so that the person's PIN and the slow network never wait for each other.

1. `prepare_signature`  offline and quick, where the person types the PIN. Store the result.
2. `key.sign(prepared.signed_attributes)`  the only touch of the key. Store the result.
3. `complete_signature`  network; by a worker that may be killed at any instant and start again
   from 1 and 2: the signature is the same one each time. The result is at level B-LT.
4. `add_archive_timestamp`  once, after the seal: level B-LTA.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from asn1crypto import algos, cms, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import ExternalSigner
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.registry import SimpleCertificateStore
from typing_extensions import override

from signing.appearance import make_mark, stamp_style
from signing.certificates import SigningCertificate, load, refuse_unfit
from signing.errors import (
    DocumentChangedError,
    DocumentUnsignableError,
    EvidenceUnavailableError,
    KeyRefusedError,
)
from signing.evidence import append_evidence, validated
from signing.fields import UNREADABLE_SENTENCE, FieldState, read_fields
from signing.keys import check_raw_signature
from signing.request import PreparedSignature, SignatureKind, SignatureRequest
from signing.services import Session, TrustServices, open_session
from signing.writer import open_writer

VIETNAM: Final = timezone(timedelta(hours=7))
DIGEST: Final = "message_digest"
STAMP_FIELD: Final = "DauThoiGian"
"""Archive time stamps lie in fields of this name with a number."""

CONTAINER_HEX: Final = 32_768
"""Hexadecimal digits kept for a signature: 16 KB of DER, as the government's software keeps."""


def prepare_signature(
    pdf: bytes,
    *,
    request: SignatureRequest,
    certificate: SigningCertificate,
    at: datetime,
    fonts: Path,
) -> PreparedSignature:
    """Brings a document into its last state before signing. Asks nobody, touches no key.

    Args:
        pdf: Document whose field `request.field` is empty.
        request: Who signs where.
        certificate: Bound into what is signed; the key must belong to it.
        at: Aware; written as the claimed time, in the zone of Việt Nam.
        fonts: Folder with the Tinos fonts.

    Raises:
        KeyRefusedError: The certificate is expired, not yet valid, or not for signing documents.
        DocumentChangedError: Not the bytes that were approved.
        DocumentUnsignableError: Unreadable, no such empty field, or the wrong order.
    """
    refuse_unfit(certificate.facts, at=at)
    _refuse_changed(pdf, request.approved_sha256_hex)
    try:
        writer = open_writer(pdf)
        field = _field_to_sign(read_fields(writer.prev), request)
        mark = make_mark(request, w_pt=field.w_pt, h_pt=field.h_pt, fonts=fonts)
        placed, out = _write(writer, request, certificate, at, mark)
    except (PdfError, ValueError, KeyError) as err:
        raise DocumentUnsignableError(str(err), UNREADABLE_SENTENCE) from err
    return PreparedSignature(
        pdf=out,
        document_digest=placed.document_digest,
        signed_attributes=make_signed_attributes(placed.document_digest, load(certificate.der)),
        region_start=placed.reserved_region_start,
        region_end=placed.reserved_region_end,
        field=request.field,
        certificate=certificate,
        at=at,
    )


def _refuse_changed(pdf: bytes, approved_hex: str | None) -> None:
    actual = hashlib.sha256(pdf).hexdigest()
    if approved_hex is not None and approved_hex != actual:
        raise DocumentChangedError(approved_hex, actual)


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
    certificate: SigningCertificate,
    at: datetime,
    mark: bytes,
) -> tuple[PreparedByteRangeDigest, bytes]:
    officer = request.kind is SignatureKind.OFFICER
    meta = PdfSignatureMetadata(
        field_name=request.field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=request.reason,
        name=request.name,
        location=request.location or None,
        contact_info=request.contact or None,
        certify=officer,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    signer = PdfSigner(meta, signer=make_shell(certificate, b""), stamp_style=stamp_style(mark))
    session = signer.init_signing_session(writer, existing_fields_only=True)
    # The library takes the machine's clock; the claimed time is the caller's.
    session.system_time = at.astimezone(VIETNAM)
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=CONTAINER_HEX)
    out = io.BytesIO()
    placed, _ = document.digest_tbs_document(output=out)
    return placed, out.getvalue()


def make_shell(certificate: SigningCertificate, signature: bytes) -> ExternalSigner:
    """Packs a signature that was made elsewhere."""
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # no types there
    store.register_multiple([load(issuer) for issuer in certificate.issuers])
    return ExternalSigner(
        signing_cert=load(certificate.der), cert_registry=store, signature_value=signature
    )


def make_signed_attributes(document_digest: bytes, certificate: x509.Certificate) -> bytes:
    """DER of what the key signs: content type, digest, and the certificate's fingerprint.

    Source: ETSI EN 319 142-1, 6.3 (B-B): signing-certificate-v2 required, signing-time forbidden.
    """
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": DIGEST, "values": [document_digest]}),
            cms.CMSAttribute(
                {
                    "type": "signing_certificate_v2",
                    "values": [as_signing_certificate_v2(certificate)],
                }
            ),
            cms.CMSAttribute(
                {"type": "cms_algorithm_protection", "values": [_algorithms(certificate)]}
            ),
        ]
    )
    return bytes(attributes.dump())


def _algorithms(certificate: x509.Certificate) -> cms.CMSAlgorithmProtection:
    """Binds the names of the algorithms into what is signed. Source: RFC 6211."""
    mechanism = "sha256_ecdsa" if certificate.public_key.algorithm == "ec" else "sha256_rsa"
    return cms.CMSAlgorithmProtection(
        {
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": mechanism}),
        }
    )


def complete_signature(
    prepared: PreparedSignature,
    raw_signature: bytes,
    *,
    services: TrustServices,
    at: datetime,
) -> bytes:
    """Fills the container with the signature and its time stamp, then appends the evidence: B-LT.

    Idempotent: the same two inputs give the same signature in the same place each time; only time
    stamp and evidence are new. Nothing is kept between calls. Runs an event loop: not for callers
    inside one.

    Args:
        prepared: As stored before the key was touched.
        raw_signature: What the key gave for `prepared.signed_attributes`.
        services: Time-stamping authority and revocation services.
        at: Aware; evidence must show everything valid at this instant.

    Raises:
        DocumentChangedError: The stored bytes are not those that were prepared.
        SignatureMismatchError: The raw signature is not by the key of the certificate.
        TimestampUnavailableError: No time stamp now; try again later.
        EvidenceUnavailableError: No revocation evidence now; try again later.
        KeyRefusedError: The certificate is revoked, or does not lead to an anchor.
    """
    _refuse_altered(prepared)
    check_raw_signature(
        certificate=prepared.certificate.der,
        signed_attributes=prepared.signed_attributes,
        signature=raw_signature,
    )
    return asyncio.run(_complete(prepared, raw_signature, services, at))


def _refuse_altered(prepared: PreparedSignature) -> None:
    start, end = prepared.region_start, prepared.region_end
    digest = hashlib.sha256(prepared.pdf[:start] + prepared.pdf[end:]).digest()
    attributes = cms.CMSAttributes.load(prepared.signed_attributes)
    signed = [one["values"][0].native for one in attributes if one["type"].native == DIGEST]
    for expected in (prepared.document_digest, *signed):
        if digest != expected:
            raise DocumentChangedError(expected.hex(), digest.hex())


async def _complete(
    prepared: PreparedSignature, raw_signature: bytes, services: TrustServices, at: datetime
) -> bytes:
    async with open_session(services) as session:
        container = await _container(prepared, raw_signature, session)
        token = container["content"]["signer_infos"][0]["unsigned_attrs"][0]["values"][0]
        out = io.BytesIO(prepared.pdf)
        place = PreparedByteRangeDigest(
            prepared.document_digest, prepared.region_start, prepared.region_end
        )
        place.fill_with_cms(out, container)
        structures = [container["content"], token["content"]]
        return await append_evidence(out.getvalue(), structures, session=session, at=at)


async def _container(
    prepared: PreparedSignature, raw_signature: bytes, session: Session
) -> cms.ContentInfo:
    attributes = cms.CMSAttributes.load(prepared.signed_attributes)
    shell = make_shell(prepared.certificate, raw_signature)
    container = await shell.async_sign_prescribed_attributes("sha256", signed_attrs=attributes)
    token = await session.time_stamp(hashlib.sha256(raw_signature).digest())
    stamped = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})
    container["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([stamped])
    return container


class _SessionStamper(TimeStamper):
    """Lets the library's document time stamp ask through our session, once."""

    def __init__(self, session: Session) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # no types there
        self._session = session
        self.token: cms.ContentInfo | None = None

    @override
    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        del md_algorithm  # SHA-256 everywhere
        self.token = await self._session.time_stamp(message_digest)
        return self.token


def add_archive_timestamp(pdf: bytes, *, services: TrustServices, at: datetime) -> bytes:
    """Stamps the whole document, and appends the evidence about that stamp: B-LTA.

    Call it once after the seal, and again before the certificate of the last stamp expires.

    Raises:
        DocumentUnsignableError: Unreadable, or without any signature.
        TimestampUnavailableError: No time stamp now; try again later.
        EvidenceUnavailableError: No revocation evidence now; try again later.
    """
    return asyncio.run(_archive(pdf, services, at))


async def _archive(pdf: bytes, services: TrustServices, at: datetime) -> bytes:
    try:
        writer = open_writer(pdf)
        fields = read_fields(writer.prev)
    except (PdfError, ValueError, KeyError) as err:
        raise DocumentUnsignableError(str(err), UNREADABLE_SENTENCE) from err
    if not any(field.filled for field in fields.values()):
        raise DocumentUnsignableError("nothing signed", "Văn bản chưa có chữ ký nào để lưu trữ.")
    number = 1 + sum(name.startswith(STAMP_FIELD) for name in fields)
    async with open_session(services) as session:
        stamper = _SessionStamper(session)
        out = io.BytesIO()
        await PdfTimeStamper(stamper, field_name=f"{STAMP_FIELD}{number}").async_timestamp_pdf(
            writer, "sha256", bytes_reserved=CONTAINER_HEX, output=out
        )
        structures = [stamper.token["content"]] if stamper.token is not None else []
        return await append_evidence(out.getvalue(), structures, session=session, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateProblem:
    """Why a certificate should not be used now."""

    code: str
    """`expired`, `not_yet_valid`, `wrong_usage`, `revoked`, `untrusted`, `evidence_unavailable`."""

    message: str
    """Vietnamese sentence with what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateCheck:
    """What the services say about a certificate, for the signer to see before the PIN."""

    certificate: SigningCertificate
    at: datetime
    problems: tuple[CertificateProblem, ...]

    @property
    def usable(self) -> bool:
        """Nothing speaks against it."""
        return not self.problems


def check_certificate(
    certificate: SigningCertificate, *, services: TrustServices, at: datetime
) -> CertificateCheck:
    """Asks whether a certificate may sign now: validity, usage, chain, revocation."""
    problems: tuple[CertificateProblem, ...] = ()
    try:
        refuse_unfit(certificate.facts, at=at)
        asyncio.run(_ask(certificate, services, at))
    except KeyRefusedError as err:
        problems = (CertificateProblem(code=err.reason, message=err.diagnosis()),)
    except EvidenceUnavailableError as err:
        problems = (CertificateProblem(code=err.code, message=err.diagnosis()),)
    return CertificateCheck(certificate=certificate, at=at, problems=problems)


async def _ask(certificate: SigningCertificate, services: TrustServices, at: datetime) -> None:
    async with open_session(services) as session:
        validator = CertificateValidator(
            load(certificate.der),
            intermediate_certs=[load(issuer) for issuer in certificate.issuers],
            validation_context=session.context(at=at),
        )
        await validated(validator, frozenset({"non_repudiation"}))
