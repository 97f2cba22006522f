"""Software keys of the demo office: made here, used by nobody outside it.

The only module beside `signing` that imports cryptography. These keys are for trials: they lie on
the disk, the authorities' without a password. Nothing signed with them has legal value.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12

RSA_BITS: Final = 2048
PRIVATE: Final = 0o600


def write_private(path: Path, data: bytes) -> None:
    """Writes bytes that only the owner may read.

    The file is made with its rights, so that it is never readable by others, not even for a moment.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=PRIVATE, exist_ok=False)
    path.write_bytes(data)


def make_key(*, rsa_key: bool) -> bytes:
    """A new private key as unencrypted PKCS#8 PEM: RSA-2048, else EC P-256 (made at once)."""
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    if rsa_key:
        key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    else:
        key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def package_pkcs12(
    *, name: str, key_pem: bytes, certificate: bytes, issuers: tuple[bytes, ...], pin: str
) -> bytes:
    """A PKCS#12 container under a PIN.

    Args:
        name: Friendly name inside the container.
        key_pem: Unencrypted PKCS#8 PEM.
        certificate: DER of the holder's certificate.
        issuers: DER of the issuing certificates, nearest first.
        pin: Password of the container.
    """
    key = serialization.load_pem_private_key(key_pem, None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise TypeError(type(key).__name__)
    return pkcs12.serialize_key_and_certificates(
        name.encode(),
        key,
        x509.load_der_x509_certificate(certificate),
        [x509.load_der_x509_certificate(issuer) for issuer in issuers],
        serialization.BestAvailableEncryption(pin.encode()),
    )


def certificate_pem(certificate: bytes) -> bytes:
    """PEM of a DER certificate."""
    loaded = x509.load_der_x509_certificate(certificate)
    return loaded.public_bytes(serialization.Encoding.PEM)


def pem_to_der(pem: bytes) -> bytes:
    """DER of a PEM certificate."""
    loaded = x509.load_pem_x509_certificate(pem)
    return loaded.public_bytes(serialization.Encoding.DER)


@lru_cache(maxsize=256)
def key_parts(key: bytes) -> tuple[bytes, bytes]:
    """A private key (unencrypted PKCS#8, DER) written anew, and its SubjectPublicKeyInfo (DER)."""
    private = _private(key)
    return (
        private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
    )


def sign_rsa(key: bytes, data: bytes, digest: str) -> bytes:
    """Signs with RSA (RFC 8017, PKCS#1 v1.5).

    Args:
        key: unencrypted PKCS#8, DER.
        data: what is signed.
        digest: name of the hash, as `sha256`.
    """
    private = _private(key)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError(type(private).__name__)
    return private.sign(data, padding.PKCS1v15(), getattr(hashes, digest.upper())())


@lru_cache(maxsize=256)
def _private(key: bytes) -> PrivateKeyTypes:
    """Parsed once: the check of an RSA key takes fifty times as long as a signature with it."""
    return serialization.load_der_private_key(key, None)
