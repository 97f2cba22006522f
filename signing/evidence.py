"""Gathers what later readers need to judge a signature without asking anybody, and appends it.

The evidence (certificates, OCSP answers, CRLs) goes into the document security store, in a
revision of its own after the signature: PAdES B-LT.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from asn1crypto import cms
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator import errors as faults
from pyhanko_certvalidator.path import ValidationPath

from signing.errors import EvidenceUnavailableError, KeyRefusedError
from signing.services import Session
from signing.writer import finish, open_writer


async def append_evidence(
    pdf: bytes, structures: Iterable[cms.SignedData], *, session: Session, at: datetime
) -> bytes:
    """Appends one revision with the evidence for all given signatures and time stamps.

    Args:
        pdf: Stays as it is, byte for byte, at the front of the result.
        structures: CMS structures whose signers' chains are to be evidenced.
        session: Open connection to the services.
        at: Instant as of which everything must be valid.

    Raises:
        EvidenceUnavailableError: A revocation service gave no usable answer.
        KeyRefusedError: A certificate is revoked, expired or does not lead to an anchor.
    """
    context = session.context(at=at)
    paths = [await _path(structure, context) for structure in structures]
    writer = open_writer(pdf)
    DocumentSecurityStore.supply_dss_in_writer(
        writer, None, validation_context=context, paths=paths, embed_roots=True
    )
    return finish(writer)


async def _path(structure: cms.SignedData, context: ValidationContext) -> ValidationPath:
    certificates = extract_certificate_info(structure)
    validator = CertificateValidator(
        certificates.signer_cert,
        intermediate_certs=certificates.other_certs,
        validation_context=context,
    )
    return await validated(validator)


async def validated(
    validator: CertificateValidator, key_usage: frozenset[str] = frozenset()
) -> ValidationPath:
    """The chain, with every certificate's revocation known and good.

    Raises:
        EvidenceUnavailableError: A revocation service gave no usable answer.
        KeyRefusedError: The chain does not hold.
    """
    try:
        path: ValidationPath = await validator.async_validate_usage(set(key_usage))  # type: ignore[no-untyped-call]  # no types there
    except faults.RevokedError as err:
        sentence = (
            f"Chứng thư đã bị thu hồi ngày {err.revocation_dt:%d/%m/%Y}. "
            "Việc cần làm: dùng chứng thư khác."
        )
        raise KeyRefusedError("revoked", sentence) from err
    except faults.ExpiredError as err:
        raise KeyRefusedError(
            "expired", "Chứng thư đã hết hạn. Việc cần làm: xin cấp lại chứng thư."
        ) from err
    except faults.InsufficientRevinfoError as err:
        raise EvidenceUnavailableError(str(err)) from err
    except faults.InvalidCertificateError as err:
        sentence = "Chứng thư này không được cấp để ký văn bản. Việc cần làm: chọn chứng thư ký số."
        raise KeyRefusedError("wrong_usage", sentence) from err
    except (faults.PathError, faults.ValidationError) as err:
        sentence = (
            "Chứng thư không dẫn tới cơ quan chứng thực được tin cậy. "
            "Việc cần làm: chọn chứng thư khác hoặc báo người vận hành."
        )
        raise KeyRefusedError("untrusted", sentence) from err
    return path
