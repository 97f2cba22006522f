"""certomancer's cryptography with each key parsed once.

Its own parses the key anew for each time stamp and each answer on a certificate.
"""

from __future__ import annotations

from asn1crypto import algos, keys, pem
from certomancer import crypto_utils
from typing_extensions import override

from wiring.demo_office import key_parts, sign_rsa


class KeptKeys(crypto_utils.PycaCryptographyBackend):
    """For keys without a password, as `build_demo_pki` makes them; others as ever."""

    @override
    def load_private_key(
        self, key_bytes: bytes, password: bytes | None
    ) -> tuple[keys.PrivateKeyInfo, keys.PublicKeyInfo]:
        if password is not None or not pem.detect(key_bytes):
            return super().load_private_key(key_bytes, password)
        kind, _, der = pem.unarmor(key_bytes)
        if kind != "PRIVATE KEY":
            return super().load_private_key(key_bytes, password)
        private, public = key_parts(der)
        return keys.PrivateKeyInfo.load(private), keys.PublicKeyInfo.load(public)

    @override
    def generic_sign(
        self,
        private_key: keys.PrivateKeyInfo,
        tbs_bytes: bytes,
        sd_algo: algos.SignedDigestAlgorithm,
    ) -> bytes:
        if sd_algo.signature_algo != "rsassa_pkcs1v15":
            return super().generic_sign(private_key, tbs_bytes, sd_algo)
        return sign_rsa(private_key.dump(), tbs_bytes, sd_algo.hash_algo)


def keep_keys() -> None:
    """Lets certomancer work so in this process. Idempotent."""
    crypto_utils.CRYPTO_BACKEND = KeptKeys()
