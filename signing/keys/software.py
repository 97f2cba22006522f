"""Keys in the memory of this process, from PKCS#12 files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from typing_extensions import override

from signing.certificates import SigningCertificate
from signing.errors import KeyRefusedError, KeyUnavailableError
from signing.keys.key import Closing
from signing.mechanism import HASHES, Mechanism, Scheme, mechanism_for, pss

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class SoftwareKey(Closing):
    """A private key in the memory of this process, parsed once."""

    def __init__(
        self, key: PrivateKey, certificate: SigningCertificate, *, mechanism: str | None = None
    ) -> None:
        """Takes a parsed key.

        Args:
            key: The private key.
            certificate: Its certificate, with the issuers.
            mechanism: Name of the mechanism; by default the usual one of the key.

        Raises:
            KeyRefusedError: `mechanism`: not for this kind of key.
        """
        self._key: PrivateKey | None = key
        self._certificate = certificate
        self._mechanism = mechanism_for(certificate, mechanism)

    @property
    def certificate(self) -> SigningCertificate:
        """The certificate of this key, with its issuers."""
        return self._certificate

    @property
    def mechanism(self) -> Mechanism:
        """How it signs."""
        return self._mechanism

    def announce(self, signed_attributes: Sequence[bytes]) -> None:
        """Nothing: the key is here."""

    def sign(self, signed_attributes: bytes) -> bytes:
        """Signs by `mechanism`."""
        digest = HASHES[self._mechanism.digest]
        match self._key:
            case rsa.RSAPrivateKey():
                if self._mechanism.scheme is Scheme.RSA_PSS:
                    filled = pss(self._mechanism.digest)
                    return self._key.sign(signed_attributes, filled, digest)
                return self._key.sign(signed_attributes, padding.PKCS1v15(), digest)
            case ec.EllipticCurvePrivateKey():
                return self._key.sign(signed_attributes, ec.ECDSA(digest))
            case ed25519.Ed25519PrivateKey():
                return self._key.sign(signed_attributes)
            case _:
                raise KeyUnavailableError(self._certificate.facts.name)

    @override
    def close(self) -> None:
        """Forgets the key."""
        self._key = None


def open_pkcs12(path: Path, pin: str, *, mechanism: str | None = None) -> SoftwareKey:
    """Opens a PKCS#12 file.

    Args:
        path: The file.
        pin: Its password.
        mechanism: Name of the mechanism; by default the usual one of the key.

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
    if certificate is None or not isinstance(key, PrivateKey):
        sentence = "Tệp khoá không chứa khoá ký số dùng được. Việc cần làm: chọn tệp khoá khác."
        raise KeyRefusedError("no_usable_key", sentence)
    issuers = tuple(other.public_bytes(Encoding.DER) for other in others)
    own = SigningCertificate(der=certificate.public_bytes(Encoding.DER), issuers=issuers)
    return SoftwareKey(key, own, mechanism=mechanism)
