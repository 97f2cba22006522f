"""The CMS container of a signature: what the key signs, and how its answer is packed.

Source: RFC 5652; ETSI EN 319 142-1, 6.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from asn1crypto import cms, x509
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.signers.pdf_cms import ExternalSigner

from signing.certificates import SigningCertificate, load
from signing.mechanism import Mechanism

CONTENT_TYPE: Final = "content_type"
DIGEST: Final = "message_digest"
TIME_STAMP: Final = "signature_time_stamp_token"
CONTAINER_HEX: Final = 32_768
"""Hexadecimal digits kept for a signature: 16 KB of DER, as the government's software keeps."""


def make_signed_attributes(
    document_digest: bytes, certificate: SigningCertificate, mechanism: Mechanism
) -> bytes:
    """DER of what the key signs: content type, digest, certificate's fingerprint, algorithms.

    Source: ETSI EN 319 142-1, 6.3 (B-B): signing-certificate-v2 required, signing-time forbidden.
    """
    named = as_signing_certificate_v2(load(certificate.der))
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": CONTENT_TYPE, "values": ["data"]}),
            cms.CMSAttribute({"type": DIGEST, "values": [document_digest]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [named]}),
            cms.CMSAttribute(
                {"type": "cms_algorithm_protection", "values": [_algorithms(mechanism)]}
            ),
        ]
    )
    return bytes(attributes.dump())


def _algorithms(mechanism: Mechanism) -> cms.CMSAlgorithmProtection:
    """Binds the names of the algorithms into what is signed. Source: RFC 6211."""
    return cms.CMSAlgorithmProtection(
        {
            "digest_algorithm": mechanism.digest_algorithm(),
            "signature_algorithm": mechanism.signature_algorithm(),
        }
    )


def make_container(
    certificate: SigningCertificate,
    mechanism: Mechanism,
    signed_attributes: bytes,
    signature: bytes,
    *,
    token: cms.ContentInfo | None = None,
) -> cms.ContentInfo:
    """Packs a signature with its certificates, and with a time stamp over it where there is one."""
    signer = load(certificate.der)
    info = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {
                "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                    {"issuer": signer.issuer, "serial_number": signer.serial_number}
                )
            }
        ),
        "digest_algorithm": mechanism.digest_algorithm(),
        "signed_attrs": cms.CMSAttributes.load(signed_attributes),
        "signature_algorithm": mechanism.signature_algorithm(),
        "signature": signature,
    }
    if token is not None:
        stamped = cms.CMSAttribute({"type": TIME_STAMP, "values": [token]})
        info["unsigned_attrs"] = cms.CMSAttributes([stamped])
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms((mechanism.digest_algorithm(),)),
            "encap_content_info": {"content_type": "data"},
            "certificates": [signer, *_others(certificate.issuers, signer)],
            "signer_infos": [info],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": signed})


def _others(issuers: Iterable[bytes], signer: x509.Certificate) -> list[x509.Certificate]:
    kept = dict.fromkeys(issuers)
    return [load(der) for der in kept if der != signer.dump()]


def placeholder(certificate: SigningCertificate) -> ExternalSigner:
    """What the library wants to be told of a signer while it only makes room for a signature."""
    return ExternalSigner(signing_cert=load(certificate.der), cert_registry=None, signature_value=0)
