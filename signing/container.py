"""The CMS container of a signature: what the key signs, and how its answer is packed.

Source: RFC 5652; ETSI EN 319 142-1, 6.3. Written piece by piece: what does not change from one
signature of a certificate to the next is encoded once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from asn1crypto import cms, core
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.signers.pdf_cms import ExternalSigner

from signing.certificates import SigningCertificate, load
from signing.encoding.writing import octet_string, sequence, set_of, tlv
from signing.mechanism import Mechanism

CONTENT_TYPE: Final = "content_type"
DIGEST: Final = "message_digest"
TIME_STAMP: Final = "signature_time_stamp_token"
CONTAINER_HEX: Final = 32_768
"""Hexadecimal digits kept for a signature: 16 KB of DER, as the government's software keeps."""

_VERSION_1: Final = core.Integer(1).dump()
_DATA: Final = cms.ContentType("data").dump()
_SIGNED_DATA: Final = cms.ContentType("signed_data").dump()
_DIGEST_TYPE: Final = cms.CMSAttributeType(DIGEST).dump()
_TIME_STAMP_TYPE: Final = cms.CMSAttributeType(TIME_STAMP).dump()
_TAG_0: Final = 0xA0
_TAG_1: Final = 0xA1


def make_signed_attributes(
    document_digest: bytes, certificate: SigningCertificate, mechanism: Mechanism
) -> bytes:
    """DER of what the key signs: content type, digest, certificate's fingerprint, algorithms.

    Source: ETSI EN 319 142-1, 6.3 (B-B): signing-certificate-v2 required, signing-time forbidden.
    """
    digest = sequence(_DIGEST_TYPE, set_of([octet_string(document_digest)]))
    return set_of([*_lasting_attributes(certificate.der, mechanism), digest])


@lru_cache(maxsize=64)
def _lasting_attributes(certificate: bytes, mechanism: Mechanism) -> tuple[bytes, ...]:
    """The attributes that are the same for every document."""
    named = as_signing_certificate_v2(load(certificate))
    # Binds the names of the algorithms into what is signed. Source: RFC 6211.
    algorithms = cms.CMSAlgorithmProtection(
        {
            "digest_algorithm": mechanism.digest_algorithm(),
            "signature_algorithm": mechanism.signature_algorithm(),
        }
    )
    return (
        _attribute(CONTENT_TYPE, "data"),
        _attribute("signing_certificate_v2", named),
        _attribute("cms_algorithm_protection", algorithms),
    )


def _attribute(name: str, value: object) -> bytes:
    return bytes(cms.CMSAttribute({"type": name, "values": [value]}).dump())


def make_container(
    certificate: SigningCertificate,
    mechanism: Mechanism,
    signed_attributes: bytes,
    signature: bytes,
    *,
    token: cms.ContentInfo | None = None,
) -> cms.ContentInfo:
    """Packs a signature with its certificates, and with a time stamp over it where there is one."""
    digest, scheme = _algorithms(mechanism)
    info = sequence(
        _VERSION_1,
        _identifier(certificate.der),
        digest,
        tlv(_TAG_0, tlv_content(signed_attributes)),
        scheme,
        octet_string(signature),
        _unsigned(token),
    )
    signed = sequence(
        _VERSION_1,
        set_of([digest]),
        sequence(_DATA),
        set_of(dict.fromkeys((certificate.der, *certificate.issuers)), tag=_TAG_0),
        set_of([info]),
    )
    return cms.ContentInfo.load(sequence(_SIGNED_DATA, tlv(_TAG_0, signed)))


def _unsigned(token: cms.ContentInfo | None) -> bytes:
    if token is None:
        return b""
    return set_of([sequence(_TIME_STAMP_TYPE, set_of([token.dump()]))], tag=_TAG_1)


def tlv_content(der: bytes) -> bytes:
    """The content of one encoded value, without its tag and length."""
    return bytes(core.Any.load(der).contents)


@lru_cache(maxsize=16)
def _algorithms(mechanism: Mechanism) -> tuple[bytes, bytes]:
    return mechanism.digest_algorithm().dump(), mechanism.signature_algorithm().dump()


@lru_cache(maxsize=64)
def _identifier(certificate: bytes) -> bytes:
    """Issuer and serial number, by which a container names its signer."""
    signer = load(certificate)
    return sequence(signer.issuer.dump(), core.Integer(signer.serial_number).dump())


@lru_cache(maxsize=64)
def _shell(certificate: bytes) -> ExternalSigner:
    return ExternalSigner(signing_cert=load(certificate), cert_registry=None, signature_value=0)


def placeholder(certificate: SigningCertificate) -> ExternalSigner:
    """What the library wants to be told of a signer while it only makes room for a signature."""
    return _shell(certificate.der)
