"""A certificate taken apart, not judged. Source: RFC 5280, 4.1."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Final

from typing_extensions import override

from signing.encoding import der
from signing.encoding.der import DerFault, Item
from signing.encoding.instants import instant

KEY_USAGE: Final = "2.5.29.15"
BASIC_CONSTRAINTS: Final = "2.5.29.19"
EXTENDED_KEY_USAGE: Final = "2.5.29.37"
SUBJECT_ALTERNATIVE_NAME: Final = "2.5.29.17"
SUBJECT_KEY_IDENTIFIER: Final = "2.5.29.14"
CRL_DISTRIBUTION_POINTS: Final = "2.5.29.31"
AUTHORITY_INFORMATION_ACCESS: Final = "1.3.6.1.5.5.7.1.1"
OCSP_NO_CHECK: Final = "1.3.6.1.5.5.7.48.1.5"
_OCSP: Final = "1.3.6.1.5.5.7.48.1"

RSA: Final = "1.2.840.113549.1.1.1"
RSASSA_PSS: Final = "1.2.840.113549.1.1.10"
EC: Final = "1.2.840.10045.2.1"

USAGES: Final = (
    "digital_signature",
    "non_repudiation",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
"""In the order of their bits. Source: RFC 5280, 4.2.1.3."""

_VERSION: Final = 0xA0
_EXTENSIONS: Final = 0xA3
_PATH_LENGTH_CAP: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Algorithm:
    """An AlgorithmIdentifier."""

    oid: str
    parameters: bytes = b""
    """DER; empty where absent."""


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension of a certificate, CRL or answer."""

    critical: bool
    value: bytes
    """DER within the OCTET STRING."""


def read_algorithm(data: bytes, item: Item) -> Algorithm:
    """An AlgorithmIdentifier. Source: RFC 5280, 4.1.1.2."""
    return _algorithm(der.whole(data, item))


@lru_cache(maxsize=512)
def _algorithm(data: bytes) -> Algorithm:
    """There are few, and each message names several."""
    parts = der.only(data)
    if not 1 <= len(parts) <= 2:  # noqa: PLR2004 (identifier and parameters)
        raise DerFault("algorithm")
    return Algorithm(der.oid(data, parts[0]), b"".join(der.whole(data, one) for one in parts[1:]))


def read_extensions(data: bytes, sequence: Item) -> dict[str, Extension]:
    """Extensions by object identifier.

    Raises:
        DerFault: One is there twice. Source: RFC 5280, 4.2.
    """
    found: dict[str, Extension] = {}
    for one in der.inside(data, sequence):
        parts = der.inside(data, one)
        if not 2 <= len(parts) <= 3:  # noqa: PLR2004 (identifier, critical, value)
            raise DerFault("extension")
        kind = der.oid(data, parts[0])
        if kind in found:
            raise DerFault("extension twice")
        critical = len(parts) == 3 and der.boolean(data, parts[1])  # noqa: PLR2004 (as above)
        found[kind] = Extension(critical, der.body(data, parts[-1], der.OCTET_STRING))
    return found


@dataclass(frozen=True, kw_only=True, eq=False)
class Certificate:
    """What a certificate says. What is asked for seldom is read when it is asked for.

    Two are the same if their bytes are.
    """

    encoded: bytes
    signed: bytes
    """The part that the issuer signed."""

    algorithm: Algorithm
    """Of the issuer's signature."""

    signature: bytes
    serial: int
    issuer: bytes
    """DER of the name."""

    subject: bytes
    not_before: datetime
    not_after: datetime
    public_key: bytes
    """SubjectPublicKeyInfo, DER."""

    extensions: Mapping[str, Extension]

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.encoded == other.encoded

    @override
    def __hash__(self) -> int:
        return hash(self.encoded)

    @cached_property
    def fingerprint(self) -> bytes:
        """SHA-256 over the DER."""
        return hashlib.sha256(self.encoded).digest()

    @cached_property
    def key_algorithm(self) -> Algorithm:
        """Of the public key."""
        return read_algorithm(self.public_key, der.only(self.public_key)[0])

    @cached_property
    def key_bits_string(self) -> bytes:
        """The public key without its algorithm."""
        return der.bits(self.public_key, der.only(self.public_key)[1])

    @cached_property
    def rsa_bits(self) -> int:
        """Of an RSA key, in whole octets; 0 of other kinds."""
        if self.key_algorithm.oid not in {RSA, RSASSA_PSS}:
            return 0
        key = self.key_bits_string
        return -8 * (-der.integer(key, der.only(key)[0]).bit_length() // 8)

    @cached_property
    def usages(self) -> frozenset[str] | None:
        """Key usage; None where the extension is absent."""
        extension = self.extensions.get(KEY_USAGE)
        if extension is None:
            return None
        octets = der.body(extension.value, _alone(extension.value), der.BIT_STRING)
        unused = octets[0] if octets else 8
        if unused > 7 or (len(octets) > 1 and octets[-1] & ((1 << unused) - 1)):  # noqa: PLR2004 (bits)
            raise DerFault("key usage")  # Source: X.690, 11.2.1: unused bits are zero.
        flags = "".join(f"{octet:08b}" for octet in octets[1:])
        return frozenset(name for name, bit in zip(USAGES, flags, strict=False) if bit == "1")

    @cached_property
    def purposes(self) -> frozenset[str] | None:
        """Extended key usage, object identifiers; None where the extension is absent."""
        extension = self.extensions.get(EXTENDED_KEY_USAGE)
        if extension is None:
            return None
        return frozenset(der.oid(extension.value, one) for one in der.only(extension.value))

    @cached_property
    def _constraints(self) -> tuple[bool, int]:
        extension = self.extensions.get(BASIC_CONSTRAINTS)
        if extension is None:
            return False, _PATH_LENGTH_CAP
        parts = der.only(extension.value)
        authority = bool(parts) and parts[0].tag == der.BOOLEAN
        authority = authority and der.boolean(extension.value, parts[0])
        if parts and parts[-1].tag == der.INTEGER:
            return authority, der.integer(extension.value, parts[-1])
        return authority, _PATH_LENGTH_CAP

    @property
    def is_authority(self) -> bool:
        """Whether basicConstraints says CA."""
        return self._constraints[0]

    @property
    def path_length(self) -> int:
        """How many authorities may stand below it; very many where that is not limited."""
        return self._constraints[1]

    @cached_property
    def self_issued(self) -> bool:
        """Whether issuer and subject have one name."""
        return self.issuer == self.subject

    @cached_property
    def key_identifier(self) -> bytes | None:
        """Subject key identifier."""
        extension = self.extensions.get(SUBJECT_KEY_IDENTIFIER)
        if extension is None:
            return None
        return der.body(extension.value, _alone(extension.value), der.OCTET_STRING)

    @cached_property
    def names_ocsp(self) -> bool:
        """Whether it says where its issuer answers by OCSP. Source: RFC 5280, 4.2.2.1."""
        extension = self.extensions.get(AUTHORITY_INFORMATION_ACCESS)
        if extension is None:
            return False
        value = extension.value
        return any(der.oid(value, der.inside(value, one)[0]) == _OCSP for one in der.only(value))


def _alone(value: bytes) -> Item:
    item = der.item_at(value, 0, len(value))
    if item.end != len(value):
        raise DerFault("bytes after the end")
    return item


@lru_cache(maxsize=2048)
def parse_certificate(encoded: bytes) -> Certificate:
    """Takes a DER certificate apart.

    Raises:
        DerFault: It is no certificate of version 3 or 1, or is not strict DER.
    """
    try:
        return _parse(encoded)
    except (IndexError, ValueError) as err:  # a part is missing
        raise DerFault("certificate") from err


def _parse(encoded: bytes) -> Certificate:
    outer = der.only(encoded)
    if len(outer) != 3:  # noqa: PLR2004 (what is signed, algorithm, signature)
        raise DerFault("certificate")
    parts = der.inside(encoded, outer[0])
    if parts[0].tag == _VERSION:
        parts = parts[1:]
    serial, inner, issuer, validity, subject, key, *rest = parts
    algorithm = read_algorithm(encoded, outer[1])
    if read_algorithm(encoded, inner) != algorithm:
        # Source: RFC 5280, 4.1.1.2: both name the same algorithm.
        raise DerFault("two algorithms")
    since, until = der.inside(encoded, validity)
    extensions = [one for one in rest if one.tag == _EXTENSIONS]
    return Certificate(
        encoded=encoded,
        signed=der.whole(encoded, outer[0]),
        algorithm=algorithm,
        signature=der.bits(encoded, outer[2]),
        serial=der.integer(encoded, serial),
        issuer=der.whole(encoded, issuer),
        subject=der.whole(encoded, subject),
        not_before=instant(encoded, since),
        not_after=instant(encoded, until),
        public_key=der.whole(encoded, key),
        extensions=(
            read_extensions(encoded, der.explicit(encoded, extensions[0], 3)) if extensions else {}
        ),
    )
