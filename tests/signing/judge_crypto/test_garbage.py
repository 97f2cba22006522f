"""Whatever bytes come: an answer, or none; never an error, and never good by chance."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from signing.encoding.certificate import parse_certificate
from signing.encoding.der import DerFault, items, only
from signing.judge.crypto.crl import parse_crl
from signing.judge.crypto.faults import UnsureMessage
from signing.judge.crypto.ocsp import parse_ocsp
from signing.judge.crypto.paths import OwnChains
from signing.judge.part import FileEvidence, SignedMessage
from signing.policy import OFFICIAL
from tests.signing.judge_crypto.asking import CA, GOOD, LIST, OFFICER, TRUST, T

Changes = list[tuple[int, int]]
changes = st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(1, 255)), min_size=1, max_size=3)


def damage(data: bytes, all_of_it: Changes) -> bytes:
    damaged = bytearray(data)
    for at, value in all_of_it:
        damaged[at % len(data)] ^= value
    return bytes(damaged)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=120))
@example(b"\x30\x84\xff\xff\xff\xff")
@example(b"\x1f\x81\x00")
def test_the_walker_gives_places_that_fill_the_bytes_or_its_own_fault(data: bytes) -> None:
    try:
        found = items(data, 0, len(data))
    except DerFault:
        return
    assert b"".join(data[one.head : one.end] for one in found) == data


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=120))
def test_parsers_of_evidence_raise_their_own_faults_alone(data: bytes) -> None:
    for parse in (parse_certificate, parse_ocsp, parse_crl, only):
        try:
            parse(data)
        except (DerFault, UnsureMessage):
            continue


def ask(certificate: bytes, issuer: bytes, ocsp: bytes, crl: bytes) -> bool:
    """Whether the chain is good."""
    evidence = FileEvidence(ocsps=(ocsp,), crls=(crl,))
    message = SignedMessage(certificate=certificate, certificates=(issuer,))
    found = OwnChains(TRUST, OFFICIAL, evidence).at(message, T)
    return found is not None and found.good


def test_undamaged_it_is_good() -> None:
    assert ask(OFFICER.der, CA.issuing.der, GOOD, LIST)


@settings(max_examples=300, deadline=None)
@given(changes)
def test_a_damaged_certificate_is_never_good(all_of_it: Changes) -> None:
    damaged = damage(OFFICER.der, all_of_it)
    assert damaged == OFFICER.der or not ask(damaged, CA.issuing.der, GOOD, LIST)


@settings(max_examples=300, deadline=None)
@given(changes)
def test_a_damaged_issuer_is_never_good(all_of_it: Changes) -> None:
    damaged = damage(CA.issuing.der, all_of_it)
    assert damaged == CA.issuing.der or not ask(OFFICER.der, damaged, GOOD, LIST)


def signed_part(encoded: bytes, of: bytes) -> slice:
    """Where the signed bytes stand; what lies outside are wrappings and helpers."""
    at = encoded.index(of)
    return slice(at, at + len(of))


@settings(max_examples=300, deadline=None)
@given(changes)
def test_an_answer_with_other_signed_bytes_is_never_good(all_of_it: Changes) -> None:
    answer = parse_ocsp(GOOD)
    assert answer is not None
    place = signed_part(GOOD, answer.signed)
    damaged = GOOD[: place.start] + damage(GOOD[place], all_of_it) + GOOD[place.stop :]
    assert damaged == GOOD or not ask(OFFICER.der, CA.issuing.der, damaged, LIST)


@settings(max_examples=300, deadline=None)
@given(changes)
def test_a_damaged_list_is_never_good(all_of_it: Changes) -> None:
    place = signed_part(LIST, parse_crl(LIST).signed)
    damaged = LIST[: place.start] + damage(LIST[place], all_of_it) + LIST[place.stop :]
    assert damaged == LIST or not ask(OFFICER.der, CA.issuing.der, GOOD, damaged)
