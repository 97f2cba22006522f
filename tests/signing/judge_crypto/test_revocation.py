"""Evidence of revocation, asked of our own judge and of the library."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from signing.encoding.der import items
from signing.encoding.instants import instant
from signing.judge.part import FileEvidence, SignedMessage
from tests.signing.judge_crypto.asking import (
    CA,
    DAY,
    GOOD,
    LIST,
    OFFICER,
    T,
    both,
    message,
    own,
    with_crl,
    with_ocsp,
)
from tests.signing.judge_crypto.pki import (
    CRL_URL,
    OCSP_SIGNING,
    WEEK,
    Plan,
    Struck,
    answer,
    make_root,
    revocation_list,
)


def test_the_evidence_may_be_an_answer_of_the_issuer_or_of_its_responder_or_a_list() -> None:
    by_issuer = answer(CA.issuing, OFFICER, T)
    assert both(evidence=with_ocsp(by_issuer)) == "good"
    by_name = answer(CA.issuing, OFFICER, T, by=CA.responder, by_name=True)
    assert both(evidence=with_ocsp(by_name)) == "good"
    other_hash = answer(CA.issuing, OFFICER, T, hash_kind=hashes.SHA256())
    assert both(evidence=with_ocsp(other_hash)) == "good"
    assert both(evidence=with_crl(revocation_list(CA.issuing, T))) == "good"


def test_evidence_is_needed_for_every_certificate_below_the_anchor() -> None:
    assert both(evidence=FileEvidence()) == "evidence_missing"
    assert both(evidence=FileEvidence(ocsps=(GOOD,))) == "evidence_missing"
    assert both(evidence=FileEvidence(crls=(LIST,))) == "evidence_missing"
    about_another = answer(CA.issuing, CA.responder, T)
    assert both(evidence=with_ocsp(about_another)) == "evidence_missing"
    unknown = answer(CA.issuing, OFFICER, T, unknown=True)
    assert both(evidence=with_ocsp(unknown)) == "evidence_missing"


@pytest.mark.parametrize(
    ("shift", "retroactive", "code"),
    [
        (timedelta(0), False, "good"),
        (timedelta(minutes=4), False, "good"),
        (timedelta(minutes=6), False, "evidence_missing"),  # made afterwards
        (30 * DAY, True, "good"),  # good later means good then
        (-WEEK, False, "good"),
        (-WEEK - timedelta(minutes=6), False, "evidence_stale"),
        (-30 * DAY, True, "evidence_stale"),  # its life had ended
    ],
)
def test_evidence_lives_from_one_update_to_the_next(
    shift: timedelta,
    retroactive: bool,  # noqa: FBT001 (a table)
    code: str,
) -> None:
    ages = answer(CA.issuing, OFFICER, T + shift, by=CA.responder)
    listed = revocation_list(CA.issuing, T + shift)
    assert both(evidence=with_ocsp(ages), retroactive=retroactive) == code
    assert both(evidence=with_crl(listed), retroactive=retroactive) == code


def test_revoked_before_is_revoked() -> None:
    when = T - 3 * DAY
    said = answer(CA.issuing, OFFICER, T, by=CA.responder, revoked_at=when)
    assert both(evidence=with_ocsp(said)) == "revoked"
    listed = revocation_list(CA.issuing, T, Struck(OFFICER, when))
    assert both(evidence=with_crl(listed)) == "revoked"
    later = revocation_list(CA.issuing, T + 30 * DAY, Struck(OFFICER, when))
    assert both(evidence=with_crl(later), retroactive=True) == "revoked"


def test_revoked_afterwards_was_good() -> None:
    when = T + 3 * DAY
    listed = revocation_list(CA.issuing, T + 4 * DAY, Struck(OFFICER, when))
    assert both(evidence=with_crl(listed), retroactive=True) == "good"
    assert both(evidence=with_crl(listed)) == "evidence_missing"
    # The library reads the same fact from a list, but not from an OCSP answer.
    said = answer(CA.issuing, OFFICER, T + 4 * DAY, by=CA.responder, revoked_at=when)
    found = own(evidence=with_ocsp(said), retroactive=True)
    assert found is not None
    assert found.good


def test_after_its_end_a_revocation_is_forgotten_so_good_is_not_believed() -> None:
    """Revoked, then expired, then no longer listed: who asks late must ask for what was said."""
    brief = CA.issuing.issue(replace(Plan("Ngắn hạn", kind="rsa:officer"), until=T + DAY))
    asked = message(brief)
    in_time = revocation_list(CA.issuing, T)
    late = revocation_list(CA.issuing, T + 2 * DAY)
    struck = revocation_list(CA.issuing, T + 2 * DAY, Struck(brief, T - DAY))
    late_answer = answer(CA.issuing, brief, T + 2 * DAY, by=CA.responder)
    assert both(asked, evidence=with_crl(in_time), retroactive=True) == "good"
    assert both(asked, evidence=with_crl(in_time, late), retroactive=True) == "good"
    assert both(asked, evidence=with_crl(late), retroactive=True) == "evidence_missing"
    assert both(asked, evidence=with_ocsp(late_answer), retroactive=True) == "evidence_missing"
    assert both(asked, evidence=with_crl(in_time, struck), retroactive=True) == "revoked"


def test_a_good_answer_beside_a_revocation_counts_for_nothing() -> None:
    """An attacker may embed what the authority said before."""
    when = T - DAY
    against = revocation_list(CA.issuing, T + DAY, Struck(OFFICER, when))
    before = answer(CA.issuing, OFFICER, T - 2 * DAY, by=CA.responder)
    evidence = FileEvidence(ocsps=(before,), crls=(LIST, against))
    for retroactive in (False, True):
        found = own(evidence=evidence, retroactive=retroactive)
        assert found is not None
        assert (found.code, found.when) == ("revoked", when)


def test_what_is_on_hold_or_suspected_since_before_is_left_to_the_library() -> None:
    hold = Struck(OFFICER, T - DAY, x509.ReasonFlags.certificate_hold)
    assert own(evidence=with_crl(revocation_list(CA.issuing, T, hold))) is None
    suspected = Struck(OFFICER, T + DAY, x509.ReasonFlags.key_compromise, T - DAY)
    listed = revocation_list(CA.issuing, T + 2 * DAY, suspected)
    assert own(evidence=with_crl(listed), retroactive=True) is None


def test_evidence_by_a_stranger_counts_for_nothing() -> None:
    stranger = make_root(Plan("Kẻ lạ", kind="rsa:impostor").authority_of())
    for said in (
        answer(CA.issuing, OFFICER, T, by=stranger),
        answer(CA.issuing, OFFICER, T, by=OFFICER),  # a holder of the same issuer
        answer(CA.issuing, OFFICER, T, by=stranger, by_name=True),
    ):
        assert own(evidence=with_ocsp(said)) is None
    forged = revocation_list(CA.issuing, T, by=stranger)
    assert own(evidence=with_crl(forged)) is None


@pytest.mark.parametrize(
    "plan",
    [
        Plan("OCSP", kind="secp256r1:o2", purposes=(OCSP_SIGNING,)),  # its own revocation is open
        Plan("OCSP", kind="secp256r1:o2", no_check=True),  # without the purpose
        Plan("OCSP", kind="secp256r1:o2", purposes=(OCSP_SIGNING,), no_check=True, until=T - DAY),
    ],
)
def test_a_responder_of_another_shape_is_left_to_the_library(plan: Plan) -> None:
    said = answer(CA.issuing, OFFICER, T, by=CA.issuing.issue(plan))
    assert own(evidence=with_ocsp(said)) is None


def test_a_responder_certified_with_sha1_is_left_to_the_library() -> None:
    leaf = CA.root.issue(Plan("Người ký", kind="rsa:officer"))
    for sha1, sure in ((False, True), (True, False)):
        plan = Plan("OCSP", kind="secp256r1:o2", purposes=(OCSP_SIGNING,), no_check=True, sha1=sha1)
        said = answer(CA.root, leaf, T, by=CA.root.issue(plan))
        found = own(SignedMessage(certificate=leaf.der), evidence=FileEvidence(ocsps=(said,)))
        assert (found is not None and found.good) is sure


def test_fractions_of_a_second_in_an_answer_are_read() -> None:
    plain = answer(CA.issuing, OFFICER, T, by=None)
    assert both(evidence=with_ocsp(plain)) == "good"
    value = b"\x18\x1320240506070800.500Z"
    (item,) = items(value, 0, len(value))
    assert instant(value, item) == T + timedelta(milliseconds=500)


def test_damaged_evidence_is_left_to_the_library() -> None:
    for damaged in (GOOD[:-1], GOOD + b"\0", b"", b"\x30\x80\x00\x00"):
        assert own(evidence=with_ocsp(GOOD, damaged)) is None
    assert own(evidence=with_crl(LIST[:-1])) is None
    turned_down = b"\x30\x03\x0a\x01\x06"  # the responder had nothing to say
    assert both(evidence=with_ocsp(turned_down, GOOD)) == "good"


SCOPE = {
    "full_name": None,
    "relative_name": None,
    "only_contains_user_certs": False,
    "only_contains_ca_certs": False,
    "only_some_reasons": None,
    "indirect_crl": False,
    "only_contains_attribute_certs": False,
}


@pytest.mark.parametrize(
    ("changed", "good"),
    [
        ({"full_name": [x509.UniformResourceIdentifier(CRL_URL)]}, True),
        ({"full_name": [x509.UniformResourceIdentifier("http://elsewhere.invalid")]}, False),
        ({"only_contains_user_certs": True}, True),
        ({"only_contains_ca_certs": True}, False),
    ],
)
def test_a_list_counts_only_within_its_scope(changed: dict[str, object], good: bool) -> None:  # noqa: FBT001 (a table)
    scope = SCOPE | changed
    listed = revocation_list(CA.issuing, T, more=((x509.IssuingDistributionPoint(**scope), True),))
    assert both(evidence=with_crl(listed)) == ("good" if good else "evidence_missing")


def test_partial_lists_are_left_to_the_library() -> None:
    partial = (
        (x509.DeltaCRLIndicator(1), True),
        (
            x509.FreshestCRL(
                [
                    x509.DistributionPoint(
                        [x509.UniformResourceIdentifier(CRL_URL)], None, None, None
                    )
                ]
            ),
            False,
        ),
        (
            x509.IssuingDistributionPoint(
                **SCOPE | {"only_some_reasons": frozenset({x509.ReasonFlags.key_compromise})}
            ),
            True,
        ),
    )
    for one in partial:
        assert own(evidence=with_crl(revocation_list(CA.issuing, T, more=(one,)))) is None
