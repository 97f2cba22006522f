"""Gathers what later readers need to judge a signature without asking anybody, and appends it.

The evidence (certificates, OCSP answers, CRLs) goes into the document security store, in a
revision of its own after the signature: PAdES B-LT.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable
from typing import Final

from asn1crypto import cms
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.path import ValidationPath

from signing.container import TIME_STAMP
from signing.errors import DocumentUnsignableError, EvidenceUnavailableError, KeyRefusedError
from signing.fields import UNREADABLE_SENTENCE
from signing.vouching import validated
from signing.writer import finish, open_writer

STAMP_SUBFILTER: Final = "/ETSI.RFC3161"


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


async def append_what_can_be_had(
    pdf: bytes, structures: Iterable[cms.SignedData], *, context: ValidationContext
) -> bytes:
    """The same for signatures of strangers: those about whom nothing good is found are left out."""
    known = []
    for structure in structures:
        with contextlib.suppress(KeyRefusedError, EvidenceUnavailableError):
            await _path(structure, context)
            known.append(structure)
    return await append_evidence(pdf, known, context=context) if known else pdf


def unstamped(pdf: bytes) -> list[cms.SignedData]:
    """The signatures whose time nothing proves yet.

    They have no time stamp of their own, and none lies over them. What is known of their
    certificates ages until one is added.

    Raises:
        DocumentUnsignableError: The file, or a signature in it, cannot be read.
    """
    found: list[cms.SignedData] = []
    try:
        for one in PdfFileReader(io.BytesIO(pdf)).embedded_signatures:
            if one.sig_object.get("/SubFilter") == STAMP_SUBFILTER:
                found = []  # covers all that came before it
            elif not _has_stamp(one.signer_info):
                found.append(one.signed_data)
    except (PdfError, ValueError, KeyError, SignatureValidationError) as err:
        raise DocumentUnsignableError(str(err), UNREADABLE_SENTENCE) from err
    return found


def _has_stamp(signer: cms.SignerInfo) -> bool:
    return any(one["type"].native == TIME_STAMP for one in signer["unsigned_attrs"] or ())


async def _path(structure: cms.SignedData, context: ValidationContext) -> ValidationPath:
    certificates = extract_certificate_info(structure)
    validator = CertificateValidator(
        certificates.signer_cert,
        intermediate_certs=certificates.other_certs,
        validation_context=context,
    )
    return await validated(validator)
