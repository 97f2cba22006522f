"""Every algorithm really signed and verified, and refused where one bit is other."""

from datetime import UTC, datetime

import pytest
from asn1crypto import algos, cms, core
from cryptography.hazmat.primitives.asymmetric import padding

from signing.judge.crypto.cms import read_bare, read_message
from signing.judge.crypto.faults import RefusedMessage, UnsureMessage
from signing.judge.crypto.mathematics import (
    BARE,
    CADES,
    PKCS7,
    PKCS7_SHA1,
    STAMP,
    Judged,
    judge_message,
)
from signing.policy import INTEGRITY, OFFICIAL
from tests.signing.judge_crypto.makers import (
    CONTENT,
    CURVES,
    HASHES,
    Maker,
    digest,
    digest_of,
    key,
    make_token,
    pss_algorithm,
    self_made,
    signature_of,
    stamped,
)

SHA2 = ("sha256", "sha384", "sha512")
SHA3 = ("sha3_256", "sha3_384", "sha3_512")
WAYS = [
    *[("rsa", name, scheme) for name in SHA2 + SHA3 for scheme in ("named", "plain", "pss")],
    *[(curve, name, "") for curve in CURVES for name in ("sha256", "sha512", "sha3_256")],
    ("secp256r1", "sha3_384", ""),
    ("ed25519", "sha512", ""),
    ("ed448", "shake_256", ""),
]


def judge(contents: bytes, subfilter: str = CADES, data: bytes = CONTENT) -> Judged:
    return judge_message(read_message(contents), digest_of(data), subfilter, INTEGRITY)


def codes(contents: bytes, subfilter: str = CADES, data: bytes = CONTENT) -> list[str]:
    return [one.code for one in judge(contents, subfilter, data)[0]]


@pytest.mark.parametrize(("kind", "name", "scheme"), WAYS)
def test_a_signature_holds_and_with_one_other_bit_does_not(
    kind: str, name: str, scheme: str
) -> None:
    contents = Maker(kind=kind, hash_name=name, scheme=scheme).der()
    assert codes(contents) == ["signature_intact"]
    assert codes(contents, data=CONTENT[:-1] + b"\x00") == ["content_changed"]
    value = signature_of(contents)
    other = value[:-1] + bytes([value[-1] ^ 1])
    assert codes(contents.replace(value, other)) == ["signature_invalid"]


@pytest.mark.parametrize("kind", ["rsa", "secp256r1", "ed25519"])
def test_another_key_of_the_same_kind_does_not_verify(kind: str) -> None:
    contents = Maker(kind=kind, certificate=self_made(f"{kind}:other"), hash_name="sha512").der()
    assert codes(contents) == ["signature_invalid"]


@pytest.mark.parametrize(
    ("kind", "name", "algorithm"),
    [
        ("rsa", "sha256", "1.2.840.113549.1.1.13"),
        ("rsa", "sha256", "2.16.840.1.101.3.4.3.14"),
        ("secp256r1", "sha256", "1.2.840.10045.4.3.4"),
        ("ed25519", "sha256", "1.3.101.112"),
        ("ed448", "sha512", "1.3.101.113"),
    ],
)
def test_the_hash_named_by_the_signature_is_the_one_of_the_digest(
    kind: str, name: str, algorithm: str
) -> None:
    named = algos.SignedDigestAlgorithm({"algorithm": algorithm})
    contents = Maker(kind=kind, hash_name=name, algorithm=named).der()
    with pytest.raises(RefusedMessage, match="algorithm_mismatch"):
        judge(contents)


def test_the_parameters_of_pss_are_kept() -> None:
    fitting = Maker(scheme="pss", algorithm=pss_algorithm("sha256", 32)).der()
    assert codes(fitting) == ["signature_intact"]
    short = Maker(scheme="pss", algorithm=pss_algorithm("sha256", 20)).der()
    assert codes(short) == ["signature_invalid"]
    with pytest.raises(RefusedMessage, match="algorithm_mismatch"):
        judge(Maker(scheme="pss", algorithm=pss_algorithm("sha512", 32)).der())
    with pytest.raises(UnsureMessage, match="signature_parameters"):
        judge(Maker(scheme="pss", algorithm=pss_algorithm("sha256", 32, "sha512")).der())


def test_an_unknown_algorithm_is_named_and_nothing_is_concluded() -> None:
    curve = algos.SignedDigestAlgorithm({"algorithm": "1.2.840.10045.3.1.7"})
    findings, _, _ = judge(Maker(kind="secp256r1", algorithm=curve).der())
    assert [one.code for one in findings] == ["algorithm_unknown"]
    assert findings[0].effect.value == "indeterminate"


def test_md5_is_refused_and_sha1_is_a_remark() -> None:
    assert codes(Maker(hash_name="md5", scheme="plain").der()) == ["broken_hash"]
    old = Maker(hash_name="sha1").der()
    assert codes(old) == ["signature_intact", "sha1_historic"]
    # Under a policy with trust the proven time decides, later.
    found, facts, _ = judge_message(read_message(old), digest_of(CONTENT), CADES, OFFICIAL)
    assert [one.code for one in found] == ["signature_intact"]
    assert facts.hash_name == "sha1"


def test_content_within_a_detached_signature_is_refused_but_none_of_length_zero() -> None:
    with pytest.raises(RefusedMessage, match="content_encapsulated"):
        judge(Maker(content=CONTENT).der())
    with pytest.raises(RefusedMessage, match="content_encapsulated"):
        judge(Maker(content=b"x").der(), PKCS7)
    assert codes(Maker(content=b"").der()) == ["signature_intact"]


def test_without_signed_attributes_the_content_itself_is_signed() -> None:
    for kind in ("rsa", "secp256r1"):
        contents = Maker(kind=kind, attributes=False).der()
        assert codes(contents, PKCS7) == ["signature_intact"]
        assert codes(contents, PKCS7, b"other") == ["signature_invalid"]
        with pytest.raises(UnsureMessage, match="attributes_absent"):
            judge(contents, CADES)


def test_the_old_format_signs_the_sha1_of_the_range() -> None:
    inside = digest("sha1", CONTENT)
    for attributes in (True, False):
        contents = Maker(
            hash_name="sha1", content=inside, signed_content=inside, attributes=attributes
        ).der()
        assert codes(contents, PKCS7_SHA1) == ["signature_intact", "sha1_historic"]
        assert codes(contents, PKCS7_SHA1, b"other")[0] == "content_changed"
    with pytest.raises(RefusedMessage):
        judge(Maker(hash_name="sha1").der(), PKCS7_SHA1)


def test_the_old_format_is_as_weak_as_sha1_whatever_the_message_uses() -> None:
    inside = digest("sha1", CONTENT)
    contents = Maker(hash_name="sha256", content=inside, signed_content=inside).der()
    assert codes(contents, PKCS7_SHA1) == ["signature_intact", "sha1_historic"]
    assert judge(contents, PKCS7_SHA1)[1].hash_name == "sha1"


def test_the_bare_format_is_a_signature_without_a_message() -> None:
    value = key("rsa").sign(CONTENT, padding.PKCS1v15(), HASHES["sha1"][0])
    message = read_bare(core.OctetString(value).dump() + bytes(20), (self_made("rsa"),))
    for data, code in ((CONTENT, "signature_intact"), (b"other", "signature_invalid")):
        findings, facts, _ = judge_message(message, digest_of(data), BARE, INTEGRITY)
        assert findings[0].code == code
        assert facts.hash_name == "sha1"
    with pytest.raises(RefusedMessage):
        read_bare(core.OctetString(value).dump()[:-1], (self_made("rsa"),))
    with pytest.raises(RefusedMessage):
        read_bare(core.OctetString(value).dump(), ())


def test_zeros_behind_the_message_are_fine_and_other_bytes_a_remark() -> None:
    contents = Maker().der()
    assert codes(contents + bytes(500)) == ["signature_intact"]
    assert codes(contents + bytes(9) + b"x") == ["signature_intact", "padding_used"]


def test_a_time_stamp_counts_only_over_this_very_signature_value() -> None:
    moment = datetime(2022, 9, 21, 6, 54, 0, 123456, tzinfo=UTC)
    found, _, tokens = judge(stamped(Maker(), lambda value: make_token(value, moment)))
    assert [one.code for one in found] == ["signature_intact"]
    assert [one.stamped_at for one in tokens] == [moment]
    foreign = judge(stamped(Maker(), lambda _: make_token(b"another signature", moment)))
    assert [one.code for one in foreign[0]] == ["signature_intact", "timestamp_mismatch"]
    assert foreign[2] == ()


def test_of_two_time_stamps_the_good_one_is_kept_and_the_bad_one_told() -> None:
    found, _, tokens = judge(stamped(Maker(), make_token, lambda _: make_token(b"elsewhere")))
    assert [one.code for one in found] == ["signature_intact", "timestamp_mismatch"]
    assert len(tokens) == 1


def test_a_token_must_name_its_certificate() -> None:
    with pytest.raises(UnsureMessage, match="token"):
        judge(stamped(Maker(), lambda value: make_token(value, drop="signing_certificate_v2")))


def test_a_token_of_an_unknown_algorithm_is_left_to_the_library() -> None:
    unknown = algos.SignedDigestAlgorithm({"algorithm": "1.2.840.10045.3.1.7"})
    with pytest.raises(UnsureMessage, match="token"):
        judge(stamped(Maker(), lambda value: make_token(value, algorithm=unknown)))


def test_a_token_is_as_strong_as_the_weaker_of_its_hashes() -> None:
    for name, imprint in (("sha1", "sha256"), ("sha256", "sha1")):
        weak = judge(
            stamped(
                Maker(),
                lambda value, n=name, i=imprint: make_token(value, hash_name=n, imprint_hash=i),
            )
        )[2]
        assert weak[0].hash_name == "sha1"


@pytest.mark.parametrize("name", [*SHA2, "sha3_256"])
def test_a_document_time_stamp_stamps_the_range(name: str) -> None:
    token = make_token(CONTENT, imprint_hash=name)
    assert codes(token, STAMP) == ["signature_intact"]
    assert codes(token, STAMP, b"other") == ["content_changed"]
    value = signature_of(token)
    broken = token.replace(value, bytes(len(value)))
    assert codes(broken, STAMP) == ["signature_invalid"]


def test_a_changed_token_content_is_noticed() -> None:
    token = make_token(CONTENT)
    content = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"]
    inner = content.parsed.dump()
    other = inner.replace(b"20200102", b"19990102")
    assert other != inner
    assert codes(token.replace(inner, other), STAMP) == ["content_changed"]
