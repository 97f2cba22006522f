"""Which algorithm an identifier names, and whether a signature holds under it.

Sources: RFC 8017 (RSA), RFC 4055 (PSS parameters), RFC 5758 and FIPS 186-5 (ECDSA), RFC 8410
(Ed25519, Ed448), RFC 5639 (Brainpool), NIST's register of algorithms (SHA-3).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

from signing.encoding import der
from signing.encoding.certificate import RSASSA_PSS, Algorithm, Certificate, read_algorithm
from signing.judge.crypto.faults import RefusedMessage, unsure

_SHAKE: Final = "2.16.840.1.101.3.4.2.12"
_SHAKE_LENGTH: Final = "2.16.840.1.101.3.4.2.18"
_SHAKE_OCTETS: Final = 64
_NULL: Final = b"\x05\x00"
_MGF1: Final = "1.2.840.113549.1.1.8"
_HASH, _MASK, _SALT, _TRAILER = range(0xA0, 0xA4)
_PLAIN: Final = frozenset({b"", _NULL})

_HASHES: Final = {
    "1.2.840.113549.2.2": "md2",
    "1.2.840.113549.2.4": "md4",
    "1.2.840.113549.2.5": "md5",
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.7": "sha3_224",
    "2.16.840.1.101.3.4.2.8": "sha3_256",
    "2.16.840.1.101.3.4.2.9": "sha3_384",
    "2.16.840.1.101.3.4.2.10": "sha3_512",
    _SHAKE: "shake_256",
    _SHAKE_LENGTH: "shake_256",
}

_OBJECTS: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303 (historical signatures, by the policy's date)
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha3_224": hashes.SHA3_224(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_384": hashes.SHA3_384(),
    "sha3_512": hashes.SHA3_512(),
}

_SHA3: Final = ("sha3_224", "sha3_256", "sha3_384", "sha3_512")
_RSA_ANY: Final = "1.2.840.113549.1.1.1"
_ECDSA_ANY: Final = "1.2.840.10045.2.1"
_ED25519: Final = "1.3.101.112"
_ED448: Final = "1.3.101.113"

_SIGNATURES: Final[dict[str, tuple[str, str]]] = {
    _RSA_ANY: ("rsa", ""),
    "1.2.840.113549.1.1.2": ("rsa", "md2"),
    "1.2.840.113549.1.1.4": ("rsa", "md5"),
    "1.2.840.113549.1.1.5": ("rsa", "sha1"),
    "1.3.14.3.2.29": ("rsa", "sha1"),
    "1.2.840.113549.1.1.14": ("rsa", "sha224"),
    "1.2.840.113549.1.1.11": ("rsa", "sha256"),
    "1.2.840.113549.1.1.12": ("rsa", "sha384"),
    "1.2.840.113549.1.1.13": ("rsa", "sha512"),
    **{f"2.16.840.1.101.3.4.3.{13 + at}": ("rsa", name) for at, name in enumerate(_SHA3)},
    RSASSA_PSS: ("pss", ""),
    _ECDSA_ANY: ("ec", ""),
    "1.2.840.10045.4.1": ("ec", "sha1"),
    "1.2.840.10045.4.3.1": ("ec", "sha224"),
    "1.2.840.10045.4.3.2": ("ec", "sha256"),
    "1.2.840.10045.4.3.3": ("ec", "sha384"),
    "1.2.840.10045.4.3.4": ("ec", "sha512"),
    **{f"2.16.840.1.101.3.4.3.{9 + at}": ("ec", name) for at, name in enumerate(_SHA3)},
    _ED25519: ("ed25519", "sha512"),  # RFC 8419, 3.1
    _ED448: ("ed448", "shake_256"),
}

_PublicKey = (
    rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | ed448.Ed448PublicKey
)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A way to sign, fully named."""

    family: str
    """rsa, pss, ec, ed25519, ed448."""

    hash_name: str
    """As `hashlib` names it; empty where the identifier leaves it to the message."""

    salt_octets: int = 0
    """Of RSASSA-PSS."""


def digest(hash_name: str, data: bytes) -> bytes:
    """Digest of bytes; 64 octets of SHAKE256 (RFC 8419, 3.1)."""
    if hash_name == "shake_256":
        return hashlib.shake_256(data).digest(_SHAKE_OCTETS)
    return hashlib.new(hash_name, data, usedforsecurity=False).digest()


@lru_cache(maxsize=256)
def hash_name_of(algorithm: Algorithm) -> str:
    """Name of a digest algorithm, as `hashlib` has it.

    Raises:
        UnsureMessage: It is unknown, or has parameters.
    """
    name = _HASHES.get(algorithm.oid)
    if name is None:
        raise unsure("hash_algorithm", algorithm.oid)
    wanted = frozenset({b"\x02\x02\x02\x00"}) if algorithm.oid == _SHAKE_LENGTH else _PLAIN
    if algorithm.parameters not in wanted:
        raise unsure("hash_algorithm", "parameters")
    return name


class UnknownScheme(Exception):  # noqa: N818 (an answer about foreign bytes)
    """Nobody here knows this way to sign."""

    def __init__(self, oid: str) -> None:
        self.oid = oid
        super().__init__(oid)


@lru_cache(maxsize=256)
def scheme_of(algorithm: Algorithm) -> Scheme:
    """The scheme that an identifier names.

    Raises:
        UnknownScheme: It is none of those listed here.
        UnsureMessage: Its parameters are unusual.
    """
    known = _SIGNATURES.get(algorithm.oid)
    if known is None:
        raise UnknownScheme(algorithm.oid)
    family, name = known
    if family == "pss":
        return _pss(algorithm.parameters)
    if algorithm.oid != _ECDSA_ANY and algorithm.parameters not in _PLAIN:
        raise unsure("signature_parameters", algorithm.oid)
    return Scheme(family, name)


def _pss(parameters: bytes) -> Scheme:
    """Source: RFC 4055, 3.1; absent fields mean SHA-1, MGF1 with SHA-1 and 20 octets of salt."""
    try:
        fields = {
            one.tag: der.explicit(parameters, one, one.tag - _HASH) for one in der.only(parameters)
        }
        name = mask = "sha1"
        if _HASH in fields:
            name = hash_name_of(read_algorithm(parameters, fields[_HASH]))
        if _MASK in fields:
            generator = read_algorithm(parameters, fields[_MASK])
            inner = der.item_at(generator.parameters, 0, len(generator.parameters))
            mask = hash_name_of(read_algorithm(generator.parameters, inner))
            if generator.oid != _MGF1:
                raise unsure("signature_parameters", generator.oid)
        salt = der.integer(parameters, fields[_SALT]) if _SALT in fields else 20
        trailer = der.integer(parameters, fields[_TRAILER]) if _TRAILER in fields else 1
    except der.DerFault as err:
        raise unsure("signature_parameters") from err
    if mask != name or trailer != 1 or not 0 <= salt <= 512:  # noqa: PLR2004 (any key's octets)
        raise unsure("signature_parameters", "mask")
    return Scheme("pss", name, salt)


@lru_cache(maxsize=512)
def load_key(public_key: bytes) -> _PublicKey:
    """A public key from its SubjectPublicKeyInfo.

    Raises:
        UnsureMessage: It is of another kind, or not understood.
    """
    try:
        key = load_der_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm) as err:
        raise unsure("public_key") from err
    if not isinstance(key, _PublicKey):
        raise unsure("public_key", type(key).__name__)
    return key


def curve_of(certificate: Certificate) -> str:
    """Name of the curve of an EC key (`secp256r1`); empty for other kinds."""
    key = load_key(certificate.public_key)
    return key.curve.name if isinstance(key, ec.EllipticCurvePublicKey) else ""


def holds(
    certificate: Certificate,
    scheme: Scheme,
    signature: bytes,
    signed: bytes,
    *,
    hash_name: str,
    prehashed: bool = False,
) -> bool:
    """Whether a signature holds over bytes under a certificate's key.

    Args:
        certificate: Whose key.
        scheme: As named beside the signature.
        signature: Raw, as the scheme writes it.
        signed: The bytes, or their digest where `prehashed`.
        hash_name: Of the message, for schemes that leave it open.
        prehashed: RSA and ECDSA only.

    Raises:
        RefusedMessage: The scheme names another hash than the message.
        UnsureMessage: Key or hash is not understood.
    """
    if scheme.hash_name and scheme.hash_name != hash_name:
        raise RefusedMessage("algorithm_mismatch", f"{hash_name}, {scheme.hash_name}")
    try:
        key = load_key(certificate.public_key)
        _check_restricted(certificate, scheme)
        return _verify(key, scheme, signature, signed, hash_name, prehashed=prehashed)
    except InvalidSignature:
        return False
    except (der.DerFault, IndexError, ValueError, UnsupportedAlgorithm) as err:
        raise unsure("public_key", type(err).__name__) from err


def _check_restricted(certificate: Certificate, scheme: Scheme) -> None:
    """A key made for RSASSA-PSS alone may limit hash and salt. Source: RFC 4055, 1.2."""
    algorithm = certificate.key_algorithm
    if algorithm.oid != RSASSA_PSS:
        return
    if scheme.family != "pss" or (algorithm.parameters and _pss(algorithm.parameters) != scheme):
        raise unsure("signature_parameters", "key")


def _verify(
    key: _PublicKey,
    scheme: Scheme,
    signature: bytes,
    signed: bytes,
    hash_name: str,
    *,
    prehashed: bool,
) -> bool:
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        if prehashed:
            raise unsure("attributes_absent")
        expected = "ed25519" if isinstance(key, ed25519.Ed25519PublicKey) else "ed448"
        if scheme.family != expected:
            return False
        key.verify(signature, signed)
        return True
    found = _OBJECTS.get(hash_name)
    if found is None:
        raise unsure("hash_algorithm", hash_name)
    kind = utils.Prehashed(found) if prehashed else found
    if isinstance(key, rsa.RSAPublicKey):
        if scheme.family not in {"rsa", "pss"}:
            return False
        key.verify(signature, signed, _padding(scheme, found), kind)
        return True
    if scheme.family != "ec":
        return False
    key.verify(signature, signed, ec.ECDSA(kind))
    return True


def _padding(scheme: Scheme, kind: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    if scheme.family == "rsa":
        return padding.PKCS1v15()
    return padding.PSS(padding.MGF1(kind), scheme.salt_octets)
