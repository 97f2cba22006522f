"""How a token signs, in its own words: the mechanism of PKCS#11, what it is given, what it gives.

Sources: PKCS#11 2.40 mechanisms, 2.1 (RSA), 2.3 (elliptic curves); PKCS#11 3.0, 2.3.14 (EdDSA).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11 import MGF, PrivateKey, Token
from pkcs11 import Mechanism as Native

from signing.certificates import SigningCertificate, load
from signing.keys.cryptoki import mechanism_missing
from signing.mechanism import HASHES, Digest, Mechanism, Scheme

_DIGEST_INFO: Final = {
    Digest.SHA256: bytes.fromhex("3031300d060960864801650304020105000420"),
    Digest.SHA384: bytes.fromhex("3041300d060960864801650304020205000430"),
    Digest.SHA512: bytes.fromhex("3051300d060960864801650304020305000440"),
}
"""What stands before the hash in RSASSA-PKCS1-v1_5. Source: RFC 8017, 9.2, note 1."""
_HASHES: Final = {
    Digest.SHA256: (Native.SHA256, MGF.SHA256),
    Digest.SHA384: (Native.SHA384, MGF.SHA384),
    Digest.SHA512: (Native.SHA512, MGF.SHA512),
}
_WAYS: Final = {
    Scheme.RSA_PKCS1: ("RSA_PKCS", "{}_RSA_PKCS"),
    Scheme.RSA_PSS: ("RSA_PKCS_PSS", "{}_RSA_PKCS_PSS"),
    Scheme.ECDSA: ("ECDSA", "ECDSA_{}"),
    Scheme.ED25519: ("EDDSA", "EDDSA"),
}
"""First the mechanism that takes a hash, then the one that hashes by itself."""


@dataclass(frozen=True, slots=True)
class NativeWay:
    """The mechanism of a token for ours."""

    mechanism: Mechanism
    native: Native
    parameter: Any
    """As python-pkcs11 takes it."""
    order_bytes: int
    """Length of the curve's order, of ECDSA."""

    def sign(self, key: PrivateKey, data: bytes, *, pin: str | None) -> bytes:
        """Lets the key sign.

        Args:
            key: On the token.
            data: What is signed, not hashed.
            pin: Only for a key that wants it before each signature.

        Returns:
            RSA: the block. EC: DER of r and s. Ed25519: 64 bytes.

        Raises:
            PKCS11Error: The token refused.
        """
        raw: bytes = key.sign(  # type: ignore[attr-defined]  # mixed in when the module is loaded
            self._given(data), mechanism=self.native, mechanism_param=self.parameter, pin=pin
        )
        return _as_der(raw) if self.mechanism.scheme is Scheme.ECDSA else bytes(raw)

    def _given(self, data: bytes) -> bytes:
        hashed = self.mechanism.digest.of(data)
        match self.native:
            case Native.RSA_PKCS:
                return _DIGEST_INFO[self.mechanism.digest] + hashed
            case Native.RSA_PKCS_PSS:
                return hashed
            case Native.ECDSA:
                # Some tokens refuse more bytes than the order has. Source: FIPS 186-5, 6.4.1.
                return hashed[: self.order_bytes]
            case _:
                return data


def native_way(token: Token, mechanism: Mechanism, certificate: SigningCertificate) -> NativeWay:
    """The mechanism of a token for ours.

    Hashing happens here where the token allows it: less goes through its slow line, and some
    tokens know no other way for ECDSA. Else the token hashes.

    Raises:
        KeyRefusedError: `mechanism`: the token cannot do it.
    """
    parameter: Any = None
    if mechanism.scheme is Scheme.RSA_PSS:
        parameter = (*_HASHES[mechanism.digest], HASHES[mechanism.digest].digest_size)
    bits = int(load(certificate.der).public_key.bit_size) if mechanism.scheme is Scheme.ECDSA else 0
    offered = token.slot.get_mechanisms()
    for way in _WAYS[mechanism.scheme]:
        native = Native[way.format(mechanism.digest.name)]
        if native in offered:
            return NativeWay(mechanism, native, parameter, (bits + 7) // 8)
    raise mechanism_missing(token.label)


def _as_der(raw: bytes) -> bytes:
    """Two numbers of one length as DER. Source: PKCS#11 2.40 mechanisms, 2.3.1; RFC 3279, 2.2.3."""
    half = len(raw) // 2
    return encode_dss_signature(
        int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
    )
