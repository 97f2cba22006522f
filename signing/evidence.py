"""Gathers what later readers need to judge a signature without asking anybody, and appends it.

The evidence (certificates, OCSP answers, CRLs) goes into the document security store, in a
revision of its own after the signature: PAdES B-LT.
"""

from __future__ import annotations

from collections.abc import Iterable

from asn1crypto import cms
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.path import ValidationPath

from signing.vouching import validated
from signing.writer import finish, open_writer


async def append_evidence(
    pdf: bytes, structures: Iterable[cms.SignedData], *, context: ValidationContext
) -> bytes:
    """Appends one revision with the evidence for all given signatures and time stamps.

    Args:
        pdf: Stays as it is, byte for byte, at the front of the result.
        structures: CMS structures whose signers' chains are to be evidenced.
        context: Of `Session.context`; what it has gathered is used.

    Raises:
        EvidenceUnavailableError: A revocation service gave no usable answer.
        KeyRefusedError: A certificate is revoked, expired or does not lead to an anchor.
    """
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
