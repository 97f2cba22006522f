"""How a key signs: the scheme and the hash, by the names that people set and that CMS writes.

Sources: RFC 4055 (RSA), RFC 5754 (SHA-2), RFC 8419 (Ed25519 in CMS: SHA-512 over the content).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from asn1crypto import algos
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509 import load_der_x509_certificate
from typing_extensions import override

from signing.certificates import SigningCertificate
from signing.errors import KeyRefusedError, SignatureMismatchError


class Digest(StrEnum):
    """A hash of the SHA-2 family."""

    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"

    def of(self, data: bytes) -> bytes:
        """The hash of `data`."""
        return hashlib.new(self.value, data).digest()


class Scheme(StrEnum):
    """What the key does with the hash."""

    RSA_PKCS1 = "rsa-pkcs1"
    RSA_PSS = "rsa-pss"
    """With MGF1 of the same hash and a salt as long as the hash."""
    ECDSA = "ecdsa"
    """Signatures as DER of r and s."""
    ED25519 = "ed25519"


HASHES: Final[dict[Digest, hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    Digest.SHA256: hashes.SHA256(),
    Digest.SHA384: hashes.SHA384(),
    Digest.SHA512: hashes.SHA512(),
}


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A scheme with its hash; `str()` gives its name, `rsa-pss/sha384`."""

    scheme: Scheme
    digest: Digest

    @override
    def __str__(self) -> str:
        return f"{self.scheme.value}/{self.digest.value}"

    @classmethod
    def parse(cls, name: str) -> Mechanism:
        """The mechanism of a name.

        Raises:
            ValueError: No such scheme or hash, or Ed25519 with another hash than SHA-512.
        """
        scheme, _, digest = name.partition("/")
        found = cls(Scheme(scheme), Digest(digest))
        if found.scheme is Scheme.ED25519 and found.digest is not Digest.SHA512:
            raise ValueError(name)
        return found

    def digest_algorithm(self) -> algos.DigestAlgorithm:
        """As CMS names the hash."""
        return algos.DigestAlgorithm({"algorithm": self.digest.value})

    def signature_algorithm(self) -> algos.SignedDigestAlgorithm:
        """As CMS names the scheme, with its parameters."""
        name = self.digest.value
        if self.scheme is Scheme.RSA_PSS:
            parameters = {
                "hash_algorithm": {"algorithm": name},
                "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": name}},
                "salt_length": HASHES[self.digest].digest_size,
            }
            return algos.SignedDigestAlgorithm(
                {"algorithm": "rsassa_pss", "parameters": algos.RSASSAPSSParams(parameters)}
            )
        plain = {
            Scheme.RSA_PKCS1: f"{name}_rsa",
            Scheme.ECDSA: f"{name}_ecdsa",
            Scheme.ED25519: "ed25519",
        }
        return algos.SignedDigestAlgorithm({"algorithm": plain[self.scheme]})


_FITTING: Final[dict[str, tuple[Scheme, ...]]] = {
    "rsa": (Scheme.RSA_PKCS1, Scheme.RSA_PSS),
    "rsassa_pss": (Scheme.RSA_PSS,),
    "ec": (Scheme.ECDSA,),
    "ed25519": (Scheme.ED25519,),
}
"""Kind of key to the schemes it may be used with, the usual one first."""


def mechanism_for(certificate: SigningCertificate, wanted: str | None = None) -> Mechanism:
    """The mechanism by which the key of a certificate signs.

    Args:
        certificate: Whose key.
        wanted: Name of a mechanism that somebody set; by default the usual one with SHA-256 (with
            SHA-512 for Ed25519).

    Raises:
        KeyRefusedError: `mechanism`: no such one, or not for this kind of key.
    """
    fitting = _FITTING.get(certificate.facts.key, ())
    if not fitting:
        raise KeyRefusedError(
            "mechanism",
            f"Loại khoá của chứng thư ({certificate.facts.key}) không dùng để ký ở đây. "
            "Việc cần làm: dùng chứng thư có khoá RSA, EC hoặc Ed25519.",
        )
    if wanted is None:
        usual = fitting[0]
        return Mechanism(usual, Digest.SHA512 if usual is Scheme.ED25519 else Digest.SHA256)
    try:
        found = Mechanism.parse(wanted)
    except ValueError:
        found = None
    if found is None or found.scheme not in fitting:
        names = ", ".join(scheme.value for scheme in fitting)
        raise KeyRefusedError(
            "mechanism",
            f"Cách ký {wanted} không dùng được với khoá {certificate.facts.key}. "
            f"Việc cần làm: chọn một trong {names} kèm sha256, sha384 hoặc sha512.",
        )
    return found


def check_raw_signature(
    *, certificate: bytes, signed_attributes: bytes, signature: bytes, mechanism: Mechanism
) -> None:
    """Checks that the certificate's key made the signature over the attributes.

    Args:
        certificate: DER.
        signed_attributes: DER of what was signed.
        signature: As `SigningKey.sign` gives it.
        mechanism: How it was to be made; another one does not pass.

    Raises:
        SignatureMismatchError: It did not, or the certificate holds another kind of key.
    """
    public = load_der_x509_certificate(certificate).public_key()
    digest = HASHES[mechanism.digest]
    try:
        match mechanism.scheme, public:
            case Scheme.RSA_PKCS1, rsa.RSAPublicKey():
                public.verify(signature, signed_attributes, padding.PKCS1v15(), digest)
            case Scheme.RSA_PSS, rsa.RSAPublicKey():
                public.verify(signature, signed_attributes, pss(mechanism.digest), digest)
            case Scheme.ECDSA, ec.EllipticCurvePublicKey():
                public.verify(signature, signed_attributes, ec.ECDSA(digest))
            case Scheme.ED25519, ed25519.Ed25519PublicKey():
                public.verify(signature, signed_attributes)
            case _:
                raise SignatureMismatchError
    except InvalidSignature as err:
        raise SignatureMismatchError from err


def pss(digest: Digest) -> padding.PSS:
    """The padding of RSASSA-PSS as it is used here."""
    chosen = HASHES[digest]
    return padding.PSS(mgf=padding.MGF1(chosen), salt_length=chosen.digest_size)
