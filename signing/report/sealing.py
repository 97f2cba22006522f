"""A PDF report under the office's own signature: who checked, and that nothing was changed since.

The signature certifies the report and permits no change after it. It is invisible: what it proves
is found by checking it, not by looking.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Final

from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from signing.certificates import SigningCertificate, refuse_unfit
from signing.completing import complete_signature
from signing.container import CONTAINER_HEX, make_signed_attributes, placeholder
from signing.keys.key import SigningKey
from signing.mechanism import Mechanism
from signing.request import PreparedSignature
from signing.services import TrustServices
from signing.sign import VIETNAM, fill_signature
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
    prepared = _prepare(pdf, key.certificate, key.mechanism, at)
    raw = key.sign(prepared.signed_attributes)
    if services is not None:
        return complete_signature(prepared, raw, services=services, at=at)
    return fill_signature(prepared, raw)


def _prepare(
    pdf: bytes, certificate: SigningCertificate, mechanism: Mechanism, at: datetime
) -> PreparedSignature:
    meta = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=mechanism.digest.value,
        subfilter=SigSeedSubFilter.PADES,
        reason=_REASON,
        name=certificate.facts.name,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    session = PdfSigner(meta, signer=placeholder(certificate)).init_signing_session(
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
        signed_attributes=make_signed_attributes(placed.document_digest, certificate, mechanism),
        region_start=placed.reserved_region_start,
        region_end=placed.reserved_region_end,
        field=FIELD,
        certificate=certificate,
        mechanism=mechanism,
        at=at,
    )
