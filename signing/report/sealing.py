"""A PDF report under the office's own signature: who checked, and that nothing was changed since.

The signature certifies the report and permits no change after it. It is invisible: what it proves
is found by checking it, not by looking.
"""

from __future__ import annotations

import asyncio
import io
from datetime import datetime
from typing import Final

from asn1crypto import cms
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest

from signing.certificates import SigningCertificate, load, refuse_unfit
from signing.keys import SigningKey, check_raw_signature
from signing.request import PreparedSignature
from signing.services import TrustServices
from signing.sign import (
    CONTAINER_HEX,
    VIETNAM,
    complete_signature,
    make_shell,
    make_signed_attributes,
)
from signing.writer import open_writer

FIELD: Final = "ChuKyKetQua"
_REASON: Final = "Xác nhận kết quả kiểm tra chữ ký"


def seal_report(
    pdf: bytes, *, key: SigningKey, at: datetime, services: TrustServices | None = None
) -> bytes:
    """Signs a report.

    Args:
        pdf: Of `to_pdf`.
        key: Of the office; its certificate must be fit for signing documents.
        at: Aware; written as the claimed time.
        services: Time stamps and revocation data, for level B-LT; None for B-B, which asks nobody.

    Raises:
        KeyRefusedError: The certificate is expired, not yet valid, revoked or not for signing.
        TimestampUnavailableError: No time stamp now; of B-LT only.
        EvidenceUnavailableError: No revocation evidence now; of B-LT only.
    """
    refuse_unfit(key.certificate.facts, at=at)
    prepared = _prepare(pdf, key.certificate, at)
    raw = key.sign(prepared.signed_attributes)
    if services is not None:
        return complete_signature(prepared, raw, services=services, at=at)
    check_raw_signature(
        certificate=prepared.certificate.der,
        signed_attributes=prepared.signed_attributes,
        signature=raw,
    )
    return _fill(prepared, raw)


def _prepare(pdf: bytes, certificate: SigningCertificate, at: datetime) -> PreparedSignature:
    meta = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=_REASON,
        name=certificate.facts.name,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    session = PdfSigner(meta, signer=make_shell(certificate, b"")).init_signing_session(
        open_writer(pdf)
    )
    # The library takes the machine's clock; the claimed time is the caller's.
    session.system_time = at.astimezone(VIETNAM)
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=CONTAINER_HEX)
    out = io.BytesIO()
    placed, _ = document.digest_tbs_document(output=out)
    return PreparedSignature(
        pdf=out.getvalue(),
        document_digest=placed.document_digest,
        signed_attributes=make_signed_attributes(placed.document_digest, load(certificate.der)),
        region_start=placed.reserved_region_start,
        region_end=placed.reserved_region_end,
        field=FIELD,
        certificate=certificate,
        at=at,
    )


def _fill(prepared: PreparedSignature, raw: bytes) -> bytes:
    """The report with the bare signature in its container: level B-B."""
    attributes = cms.CMSAttributes.load(prepared.signed_attributes)
    container = asyncio.run(
        make_shell(prepared.certificate, raw).async_sign_prescribed_attributes(
            "sha256", signed_attrs=attributes
        )
    )
    out = io.BytesIO(prepared.pdf)
    PreparedByteRangeDigest(
        prepared.document_digest, prepared.region_start, prepared.region_end
    ).fill_with_cms(out, container)
    return out.getvalue()
