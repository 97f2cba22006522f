"""Our judge and the library on every message of the shared files: where they differ is listed."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from random import Random

import pytest
from asn1crypto import cms, parser
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation.generic_cms import validate_sig_integrity, validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from signing.encoding.certificate import parse_certificate
from signing.encoding.der import DerFault
from signing.judge.crypto.cms import read_message
from signing.judge.crypto.faults import RefusedMessage, UnsureMessage
from signing.judge.crypto.mathematics import STAMP, judge_message
from signing.judge.crypto.paths import OwnChains
from signing.judge.part import FileEvidence, SignedMessage
from signing.library.chain import LibraryChains
from signing.library.leaks import LEAKS
from signing.policy import INTEGRITY, OFFICIAL
from signing.trust import Anchor, TrustStore
from signing.verdict import Verdict
from tests.signing.judge_crypto.corpus import SHARED, Found, signatures
from tests.signing.judge_crypto.makers import CONTENT, Maker, digest_of
from tests.signing.judge_crypto.test_mathematics import WAYS

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared files are not here")

OVERRULED = {
    "esig-dss__pkcs7_sha1.pdf": "adbe.pkcs7.sha1 is judged by us alone",
    "itext-itext-java__sample-rsa-sha3_256.pdf": "RSA with SHA-3 is judged by us alone",
}
"""Messages that hold although the library says otherwise, and why."""


def ours(found: Found) -> str:
    """`holds`, `unsure`, or the code that speaks against it."""
    try:
        message = read_message(found.contents)
        findings, _, _ = judge_message(message, digest_of(found.data), found.subfilter, INTEGRITY)
    except UnsureMessage:
        return "unsure"
    except RefusedMessage as err:
        return err.code
    against = [one.code for one in findings if one.effect is not Verdict.PASSED]
    return against[0] if against else "holds"


def library_holds(found: Found) -> bool:
    """Whether the library finds digest and signature right."""
    try:
        length = parser.peek(found.contents)
        signed = cms.ContentInfo.load(found.contents[:length], strict=True)["content"]
        if found.subfilter == STAMP:
            nobody = ValidationContext(trust_roots=[], allow_fetching=False)
            of = digest_of(found.data)
            status = asyncio.run(validate_tst_signed_data(signed, nobody, of))
            return status["intact"] is True and status["valid"] is True
        signer = signed["signer_infos"][0]
        name = signer["digest_algorithm"]["algorithm"].native
        digest = hashlib.new(name, found.data).digest()
        certificate = extract_certificate_info(signed).signer_cert
        return validate_sig_integrity(signer, certificate, "data", digest) == (True, True)
    except LEAKS:
        return False


@needs_shared
def test_no_message_holds_that_does_not_for_the_library_but_by_name() -> None:
    judged = 0
    for found in signatures():
        answer = ours(found)
        if answer == "holds" and found.file not in OVERRULED:
            assert library_holds(found), found.file
            judged += 1
    assert judged > 80


@needs_shared
def test_no_message_is_refused_that_holds_for_the_library() -> None:
    for found in signatures():
        if ours(found) not in {"holds", "unsure"}:
            assert not library_holds(found), found.file


@pytest.mark.parametrize(("kind", "name", "scheme"), WAYS)
def test_every_algorithm_that_is_made_here_holds_for_the_library_too(
    kind: str, name: str, scheme: str
) -> None:
    made = cms.ContentInfo.load(Maker(kind=kind, hash_name=name, scheme=scheme).der())["content"]
    signer, certificate = made["signer_infos"][0], extract_certificate_info(made).signer_cert
    judged = partial(validate_sig_integrity, signer, certificate, "data", digest_of(CONTENT)(name))
    known = kind != "rsa" or scheme != "named" or not name.startswith("sha3_")
    assert judged() == (True, known)


@needs_shared
def test_the_overruled_messages_hold() -> None:
    answers = {found.file: ours(found) for found in signatures() if found.file in OVERRULED}
    assert set(answers.values()) == {"holds"}


@needs_shared
def test_one_other_bit_in_the_signed_bytes_never_holds() -> None:
    for found in signatures()[::4]:
        at = len(found.data) // 2
        other = found.data[:at] + bytes([found.data[at] ^ 1]) + found.data[at + 1 :]
        assert ours(found._replace(data=other)) != "holds", found.file


def mutated(found: Found, chance: Random) -> Found:
    """One to three bytes of the message changed, taken out or put in."""
    contents = bytearray(found.contents)
    length = len(found.contents.rstrip(b"\0"))
    for _ in range(chance.choice((1, 1, 2, 3))):
        at = chance.randrange(length)
        deed = chance.randrange(4)
        if deed == 0:
            del contents[at : at + chance.randrange(1, 4)]
        elif deed == 1:
            contents[at:at] = chance.randbytes(1)
        else:
            contents[at] = chance.randrange(256)
    return found._replace(contents=bytes(contents))


@needs_shared
def test_no_mutated_message_holds_that_does_not_for_the_library() -> None:
    chance = Random(2026)  # noqa: S311 (a seed, to see the same again)
    small = [one for one in signatures() if len(one.data) < 100_000 and ours(one) == "holds"]
    held = 0
    for _ in range(1500):
        found = mutated(chance.choice(small), chance)
        if ours(found) == "holds" and found.file not in OVERRULED:
            held += 1
            assert library_holds(found), found.file
    assert held > 50


@cache
def chains() -> tuple[OwnChains, LibraryChains]:
    """Everybody who signed for himself is trusted, so that there are chains to judge."""
    carried = {one for message, _ in messages() for one in message.certificates}
    roots = [one for one in sorted(carried) if _is_root(one)]
    trust = TrustStore(anchors=tuple(Anchor(der=one) for one in roots))
    return OwnChains(trust, OFFICIAL, FileEvidence()), LibraryChains(trust, OFFICIAL)


def _is_root(encoded: bytes) -> bool:
    try:
        certificate = parse_certificate(encoded)
    except DerFault:
        return False
    return certificate.self_issued and certificate.is_authority


@cache
def messages() -> tuple[tuple[SignedMessage, bool], ...]:
    found: list[tuple[SignedMessage, bool]] = []
    for one in signatures():
        try:
            judged = judge_message(
                read_message(one.contents), digest_of(one.data), one.subfilter, INTEGRITY
            )
        except (UnsureMessage, RefusedMessage):
            continue
        found.append((judged[1], one.subfilter == STAMP))
        found += ((token, True) for token in judged[2])
    return tuple(found)


SELF_MADE = "wrong_usage"
"""What the library calls a certificate that signed itself and is no anchor."""


@needs_shared
@pytest.mark.parametrize("days", [0, 400, 4000])
def test_no_chain_is_good_that_is_not_for_the_library(days: int) -> None:
    own, library = chains()
    for message, stamping in messages():
        moment = parse_certificate(message.certificate).not_before + timedelta(days=days)
        if moment < datetime(2017, 1, 1, tzinfo=UTC):
            continue  # SHA-1 was accepted then, by the policy's date
        answer = own.at(message, moment, stamping=stamping)
        if answer is None or (stamping and message.hash_name == "sha1"):
            continue  # a weak stamp is refused by us alone
        theirs = library.at(message, moment, stamping=stamping)
        if (answer.code, theirs.code) != ("issuer_unknown", SELF_MADE):
            assert (answer.code, answer.path) == (theirs.code, theirs.path)
