"""The form of a message: what is refused, and what is left to the library."""

import pytest
from asn1crypto import algos, cms
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.judge.crypto.cms import read_bare, read_message
from signing.judge.crypto.faults import RefusedMessage, UnsureMessage
from signing.judge.crypto.mathematics import SUBFILTERS, judge_message
from signing.judge.crypto.rules import RULES
from signing.policy import INTEGRITY
from signing.words import RULES as FINDINGS
from tests.signing.judge_crypto.makers import CONTENT, Maker, digest_of, self_made


def refused(contents: bytes) -> str:
    with pytest.raises(RefusedMessage) as caught:
        read_message(contents)
    assert caught.value.code in FINDINGS
    return caught.value.code


def unsure(contents: bytes) -> str:
    with pytest.raises(UnsureMessage) as caught:
        read_message(contents)
    assert caught.value.rule in RULES
    return caught.value.rule


def test_a_good_message_is_taken_apart() -> None:
    message = read_message(Maker(others=(self_made("secp256r1"),)).der())
    assert message.certificate.encoded == self_made("rsa")
    assert message.others == (self_made("secp256r1"),)
    assert message.hash_name == "sha256"
    assert message.content is None


@pytest.mark.parametrize("missing", ["content_type", "message_digest"])
def test_what_every_signer_signs_must_be_there(missing: str) -> None:
    assert refused(Maker(drop=missing).der()) == "message_malformed"


@pytest.mark.parametrize("double", ["content_type", "message_digest", "signing_certificate_v2"])
def test_an_attribute_that_is_there_twice_is_left_to_the_library(double: str) -> None:
    assert unsure(Maker(double=double).der()) == "attributes"


def test_the_content_type_that_is_signed_is_the_one_outside() -> None:
    contents = Maker().der()
    # The first place is the content's own, the second the attribute.
    data = bytes.fromhex("06092a864886f70d010701")
    assert contents.count(data) == 2
    other = contents[::-1].replace(data[::-1], data[:-1][::-1].join([b"\x05", b""]), 1)[::-1]
    assert refused(other) == "message_malformed"


def test_another_certificate_named_than_the_signers_is_refused() -> None:
    assert refused(Maker(named=self_made("secp256r1")).der()) == "certificate_mismatch"


def test_other_algorithms_within_than_outside_are_refused() -> None:
    def protected(hash_name: str) -> cms.CMSAttribute:
        value = cms.CMSAlgorithmProtection(
            {
                "digest_algorithm": {"algorithm": hash_name},
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
            }
        )
        return cms.CMSAttribute({"type": "cms_algorithm_protection", "values": [value]})

    assert read_message(Maker(extra=(protected("sha256"),)).der()).hash_name == "sha256"
    assert refused(Maker(extra=(protected("sha512"),)).der()) == "algorithm_mismatch"


def test_two_signers_are_left_to_the_library() -> None:
    assert unsure(Maker(signers=2).der()) == "one_signer"
    assert unsure(Maker(signers=0).der()) == "one_signer"


def test_without_the_signers_certificate_nothing_is_known() -> None:
    assert unsure(Maker(carried=False).der()) == "signer_certificate"


def test_a_frame_of_indefinite_length_is_read_the_same() -> None:
    contents = Maker().der()
    assert contents[:2] == b"\x30\x82"
    framed = b"\x30\x80" + contents[4:] + b"\x00\x00"
    assert read_message(framed) == read_message(contents)
    assert read_message(framed + bytes(99)) == read_message(contents)
    assert read_message(framed + b"x").padding_used
    for cut in range(1, len(framed), 37):
        assert refused(framed[:cut]) == "message_malformed"


def test_other_forms_of_ber_are_left_to_the_library() -> None:
    contents = Maker().der()
    long_form = b"\x30\x83\x00" + contents[2:]
    assert unsure(long_form) == "der"


def test_a_bare_signature_is_no_message_and_not_refused() -> None:
    assert unsure(b"\x04\x82\x01\x00" + bytes(256)) == "one_signer"


def test_nested_frames_have_a_limit() -> None:
    assert unsure(b"\x30\x80" * 500 + b"\x00\x00" * 500) == "der"


def test_a_place_that_was_never_filled_is_left_to_the_library() -> None:
    assert unsure(bytes(64)) == "filled"
    assert unsure(b"") == "filled"


def test_what_is_cut_off_is_refused_wherever_it_is_cut() -> None:
    contents = Maker().der()
    for cut in range(1, len(contents), 37):
        assert refused(contents[:cut]) == "message_malformed"


def judge_all(contents: bytes) -> None:
    """Anything but the two answers is a fault of ours."""
    for subfilter in sorted(SUBFILTERS):
        try:
            judge_message(read_message(contents), digest_of(CONTENT), subfilter, INTEGRITY)
        except (RefusedMessage, UnsureMessage):
            continue
    try:
        read_bare(contents, (contents,))
    except (RefusedMessage, UnsureMessage):
        return


GOOD = Maker().der()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_garbage_gives_one_of_the_two_answers(contents: bytes) -> None:
    judge_all(contents)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=3)
)
def test_a_damaged_message_gives_one_of_the_two_answers_or_findings(
    changes: list[tuple[int, int]],
) -> None:
    damaged = bytearray(GOOD)
    for at, value in changes:
        damaged[at] = value
    judge_all(bytes(damaged))
