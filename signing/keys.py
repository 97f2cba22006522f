"""Keys that sign. A key sees only the signed attributes (some 200 bytes), never the document."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509 import load_der_x509_certificate

from signing.certificates import SigningCertificate
from signing.errors import KeyRefusedError, KeyUnavailableError, SignatureMismatchError


class SigningKey(Protocol):
    """Whatever can sign: a file, a token, a remote service."""

    @property
    def certificate(self) -> SigningCertificate:
        """The certificate of this key, with its issuers."""
        ...

    def sign(self, signed_attributes: bytes) -> bytes:
        """Signs DER of the signed attributes with SHA-256.

        Returns:
            RSA: PKCS#1 v1.5 block. EC: DER of r and s.

        Raises:
            KeyUnavailableError: The key cannot be reached now.
            KeyRefusedError: The key's keeper refused.
        """
        ...


class SoftwareKey:
    """A private key in the memory of this process, parsed once."""

    def __init__(
        self,
        key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
        certificate: SigningCertificate,
    ) -> None:
        self._key = key
        self._certificate = certificate

    @property
    def certificate(self) -> SigningCertificate:
        """The certificate of this key, with its issuers."""
        return self._certificate

    def sign(self, signed_attributes: bytes) -> bytes:
        """Signs with SHA-256: RSA PKCS#1 v1.5 or ECDSA."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(signed_attributes, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(signed_attributes, ec.ECDSA(hashes.SHA256()))


def open_pkcs12(path: Path, pin: str) -> SoftwareKey:
    """Opens a PKCS#12 file.

    Raises:
        KeyUnavailableError: The file cannot be read.
        KeyRefusedError: Wrong PIN, no key with certificate inside, or a key we cannot use.
    """
    try:
        data = path.read_bytes()
    except OSError as err:
        raise KeyUnavailableError(path.name) from err
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, pin.encode())
    except ValueError as err:
        # The library says the same for a wrong PIN and for a damaged file.
        sentence = "Mã PIN không đúng. Việc cần làm: nhập lại mã PIN."
        raise KeyRefusedError("wrong_pin", sentence) from err
    if certificate is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        sentence = "Tệp khoá không chứa khoá ký số dùng được. Việc cần làm: chọn tệp khoá khác."
        raise KeyRefusedError("no_usable_key", sentence)
    issuers = tuple(other.public_bytes(Encoding.DER) for other in others)
    own = SigningCertificate(der=certificate.public_bytes(Encoding.DER), issuers=issuers)
    return SoftwareKey(key, own)


def check_raw_signature(*, certificate: bytes, signed_attributes: bytes, signature: bytes) -> None:
    """Checks that the certificate's key made the signature over the attributes, with SHA-256.

    Raises:
        SignatureMismatchError: It did not, or the certificate holds another kind of key.
    """
    public = load_der_x509_certificate(certificate).public_key()
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, signed_attributes, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, signed_attributes, ec.ECDSA(hashes.SHA256()))
        else:
            raise SignatureMismatchError
    except InvalidSignature as err:
        raise SignatureMismatchError from err
