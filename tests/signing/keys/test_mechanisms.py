"""Every kind of key by every mechanism: our judge passes what is signed, and poppler where it can.

Measured with poppler 22.12: RSA by PKCS#1 and by PSS, and ECDSA, are found valid; Ed25519 is not
known to it.
"""

from pathlib import Path

import pytest

from signing.keys.software import open_pkcs12
from signing.keys.token import open_token
from signing.verdict import Verdict
from tests.signing.keys.room import Room, key_file, pdfsig
from tests.support.tokens import TokenStore
from wiring.demo_pki.build import DEMO_PIN

MECHANISMS = (
    ("rsa", "rsa-pkcs1/sha256"),
    ("rsa", "rsa-pkcs1/sha384"),
    ("rsa", "rsa-pkcs1/sha512"),
    ("rsa", "rsa-pss/sha256"),
    ("rsa", "rsa-pss/sha384"),
    ("rsa", "rsa-pss/sha512"),
    ("ec", "ecdsa/sha256"),
    ("ec", "ecdsa/sha512"),
    ("ec384", "ecdsa/sha384"),
    ("ec384", "ecdsa/sha512"),
    ("ed25519", "ed25519/sha512"),
    ("pss", "rsa-pss/sha256"),
)
POPPLER_KNOWS = ("rsa-pkcs1", "rsa-pss", "ecdsa")


def expect_good(room: Room, pdf: bytes, label: str, mechanism: str, folder: Path) -> None:
    report = room.judge(pdf, label)
    assert report.verdict is Verdict.PASSED, report.findings
    (signature,) = report.signatures
    assert signature.signer == f"Người {label}"
    if mechanism.startswith(POPPLER_KNOWS):
        assert "Signature is Valid" in pdfsig(pdf, folder)
    else:
        assert "Signature is Valid" not in pdfsig(pdf, folder)


@pytest.mark.parametrize(("label", "mechanism"), MECHANISMS)
def test_a_file_key_signs_what_our_judge_passes(
    room: Room, label: str, mechanism: str, tmp_path: Path
) -> None:
    with open_pkcs12(room.pki.key(label), DEMO_PIN, mechanism=mechanism) as key:
        expect_good(room, room.sign(key), label, mechanism, tmp_path)


@pytest.mark.parametrize(("label", "mechanism"), MECHANISMS)
def test_a_token_signs_what_our_judge_passes(
    room: Room, tokens: TokenStore, label: str, mechanism: str, tmp_path: Path
) -> None:
    held = tokens.hold(key_file(room.pki, label), room.der(label), issuers=room.issuers)
    with open_token(
        held.module, token=held.token, key=held.key, pin=held.pin, mechanism=mechanism
    ) as key:
        assert str(key.mechanism) == mechanism
        expect_good(room, room.sign(key), label, mechanism, tmp_path)
