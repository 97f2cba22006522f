"""What a certificate says, read by us and by asn1crypto: the very same, or left to it."""

import dataclasses
from collections.abc import Iterator

import pytest
from cryptography import x509
from hypothesis import example, given, settings
from hypothesis import strategies as st

from signing.certificates import CertificateFacts, _facts, facts_of, load, read_facts
from signing.encoding.certificate import parse_certificate
from signing.encoding.der import DerFault
from signing.encoding.names import OtherText
from signing.judge.crypto.cms import read_message
from signing.judge.crypto.faults import RefusedMessage, UnsureMessage
from signing.trust import load_certificates
from tests.signing.judge_crypto.corpus import SHARED, signatures
from tests.signing.judge_crypto.makers import self_made
from tests.signing.judge_crypto.pki import Plan, make_root

EMAIL = (x509.SubjectAlternativeName([x509.RFC822Name("ai@anbinh.example.vn")]), False)


def ours(der: bytes) -> CertificateFacts | None:
    try:
        return _facts(parse_certificate(der))
    except (DerFault, OtherText, LookupError, ValueError):
        return None


@pytest.mark.parametrize(
    "der",
    [
        *(self_made(kind) for kind in ("rsa", "secp256r1", "brainpoolP256r1", "ed25519", "ed448")),
        make_root(Plan("Trần Trung Hiếu", more=(EMAIL,))).der,
        make_root(Plan("Không mục đích", usages=None)).der,
        make_root(Plan("Có thẩm quyền").authority_of(3)).der,
    ],
)
def test_our_own_certificates_are_read_by_us_and_the_same(der: bytes) -> None:
    assert ours(der) == facts_of(load(der))


def test_an_address_in_another_alphabet_is_left_to_the_library() -> None:
    name = x509.SubjectAlternativeName([x509.RFC822Name("ai@xn--anbnh-jya.vn")])
    der = make_root(Plan("Ai", more=((name, False),))).der
    assert ours(der) is None
    assert read_facts(der).email == facts_of(load(der)).email


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared files are not here")
def test_all_certificates_of_this_countrys_authorities_are_the_same() -> None:
    paths = [one for one in (SHARED / "certs-vn").iterdir() if one.suffix in {".cer", ".crt"}]
    for path in paths:
        for der in load_certificates(path):
            assert ours(der) == facts_of(load(der))


def _carried() -> Iterator[bytes]:
    for signature in signatures():
        try:
            message = read_message(signature.contents)
        except (RefusedMessage, UnsureMessage):
            continue
        yield from (message.certificate.encoded, *message.others)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared files are not here")
def test_all_certificates_within_the_shared_signatures_are_the_same() -> None:
    read = left = 0
    for der in set(_carried()):
        found = ours(der)
        if found is None:
            left += 1
            continue
        read += 1
        assert dataclasses.asdict(found) == dataclasses.asdict(facts_of(load(der)))
    assert read > 9 * left


GOOD = self_made("rsa")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
@example(0, 0)
def test_a_damaged_certificate_is_read_the_same_or_left(at: int, value: int) -> None:
    damaged = GOOD[:at] + bytes([value]) + GOOD[at + 1 :]
    found = ours(damaged)
    try:
        theirs = facts_of(load(damaged))
    except (ValueError, TypeError, LookupError):
        return  # it reads every attribute, also those that nobody asks for
    assert found is None or found == theirs
