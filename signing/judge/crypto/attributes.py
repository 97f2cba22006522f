"""Attributes of a signer: what was signed beside the digest, and the time stamps.

Sources: RFC 5652, 11; RFC 5035 (signing certificate); RFC 6211 (algorithm protection); RFC 3161,
appendix A (signature time stamp).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from signing.encoding import der
from signing.encoding.certificate import Algorithm, Certificate, read_algorithm
from signing.encoding.der import DerFault, Item
from signing.judge.crypto.algorithms import digest, hash_name_of
from signing.judge.crypto.faults import RefusedMessage, unsure

_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
_SIGNING_TIME: Final = "1.2.840.113549.1.9.5"
_PROTECTION: Final = "1.2.840.113549.1.9.52"
_CERTIFICATE_V1: Final = "1.2.840.113549.1.9.16.2.12"
_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"
_TOKEN: Final = "1.2.840.113549.1.9.16.2.14"  # noqa: S105 (an object identifier)
_READ: Final = frozenset(
    {
        _CONTENT_TYPE,
        _MESSAGE_DIGEST,
        _SIGNING_TIME,
        _PROTECTION,
        _CERTIFICATE_V1,
        _CERTIFICATE_V2,
    }
)


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the signed attributes say."""

    content_type: str
    digest: bytes
    values: dict[str, bytes]
    """DER by object identifier, of those that are read here."""

    @property
    def names_certificate(self) -> bool:
        """Whether there is a signing-certificate attribute of either version."""
        return _CERTIFICATE_V1 in self.values or _CERTIFICATE_V2 in self.values


def read_signed(data: bytes, item: Item) -> Attributes:
    """The signed attributes.

    Raises:
        RefusedMessage: contentType or messageDigest is missing. Source: RFC 5652, 5.3.
        UnsureMessage: An attribute that is read is there twice, or has not exactly one value.
    """
    found: dict[str, bytes] = {}
    for one in der.items(data, item.start, item.end):
        kind, values = der.inside(data, one)
        name = der.oid(data, kind)
        if name not in _READ:
            continue
        inner = der.inside(data, values, der.SET)
        if name in found or len(inner) != 1:
            raise unsure("attributes", name)
        found[name] = der.whole(data, inner[0])
    if _CONTENT_TYPE not in found or _MESSAGE_DIGEST not in found:
        raise RefusedMessage("message_malformed", "signedAttrs")
    kind_value, stated = found[_CONTENT_TYPE], found[_MESSAGE_DIGEST]
    return Attributes(
        der.oid(kind_value, _alone(kind_value)),
        der.body(stated, _alone(stated), der.OCTET_STRING),
        found,
    )


def _alone(value: bytes) -> Item:
    return der.item_at(value, 0, len(value))


def read_tokens(data: bytes, item: Item) -> tuple[bytes, ...]:
    """All time-stamp tokens among the unsigned attributes."""
    tokens: list[bytes] = []
    for one in der.items(data, item.start, item.end):
        kind, values = der.inside(data, one)
        if der.oid(data, kind) == _TOKEN:
            tokens += (der.whole(data, value) for value in der.inside(data, values, der.SET))
    return tuple(tokens)


def check_protection(found: Attributes, hashing: Algorithm, signing: Algorithm) -> None:
    """The algorithms named inside must be those named outside.

    Raises:
        RefusedMessage: They are others. Source: RFC 6211, 2.
    """
    value = found.values.get(_PROTECTION)
    if value is None:
        return
    parts = der.only(value)
    if len(parts) != 2 or parts[1].tag != 0xA1:  # noqa: PLR2004 (digest and [1] signature)
        raise unsure("attributes", _PROTECTION)
    hashed = der.oid(value, der.inside(value, parts[0])[0])
    signed = der.oid(value, der.inside(value, parts[1], parts[1].tag)[0])
    if (hashed, signed) != (hashing.oid, signing.oid):
        raise RefusedMessage("algorithm_mismatch", "cmsAlgorithmProtection")


def check_named(found: Attributes, certificate: Certificate) -> None:
    """What names the signer's certificate must name the one that signed.

    Raises:
        RefusedMessage: It names another one. Source: RFC 5035, 3 and 4.
    """
    for kind, default in ((_CERTIFICATE_V2, "sha256"), (_CERTIFICATE_V1, "sha1")):
        value = found.values.get(kind)
        if value is not None:
            _check_first(value, default, certificate)


def _check_first(value: bytes, default: str, certificate: Certificate) -> None:
    """The first ESSCertID of a SigningCertificate is the signer's."""
    listed = der.inside(value, der.only(value)[0])
    if not listed:
        raise DerFault("signing certificate")
    parts = der.inside(value, listed[0])
    name = default
    if parts[0].tag == der.SEQUENCE:
        name = hash_name_of(read_algorithm(value, parts[0]))
        parts = parts[1:]
    if der.body(value, parts[0], der.OCTET_STRING) != digest(name, certificate.encoded):
        raise RefusedMessage("certificate_mismatch")
    if len(parts) > 1:
        serial = der.inside(value, parts[1])[1]
        if der.integer(value, serial) != certificate.serial:
            raise RefusedMessage("certificate_mismatch", "serial")
