"""Chains at an instant, each asked of our own judge and of the library."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from signing.encoding.der import items
from signing.encoding.instants import instant
from signing.judge.answers import ChainAnswer
from signing.judge.crypto.paths import OwnChains
from signing.judge.part import FileEvidence, SignedMessage
from signing.library.chain import LibraryChains
from signing.policy import OFFICIAL
from signing.trust import Anchor, TrustStore
from tests.signing.judge_crypto.pki import (
    BORN,
    CRL_URL,
    DEAD,
    OCSP_SIGNING,
    TIME_STAMPING,
    WEEK,
    Authority,
    Holder,
    Plan,
    Struck,
    answer,
    make_root,
    revocation_list,
)

T = datetime(2024, 5, 6, 7, 8, tzinfo=UTC)
DAY = timedelta(days=1)
CA = Authority.make()
OFFICER = CA.issuing.issue(Plan("Người ký", kind="rsa:officer"))
MESSAGE = SignedMessage(certificate=OFFICER.der, certificates=(CA.issuing.der,))
TRUST = TrustStore(anchors=(Anchor(der=CA.root.der, test_only=True),))
GOOD = answer(CA.issuing, OFFICER, T, by=CA.responder)
LIST = revocation_list(CA.root, T)
EVIDENCE = FileEvidence(ocsps=(GOOD,), crls=(LIST,))


def message(holder: Holder, *others: Holder) -> SignedMessage:
    around = (CA.issuing, *others)
    return SignedMessage(certificate=holder.der, certificates=tuple(one.der for one in around))


def own(
    asked: SignedMessage = MESSAGE,
    moment: datetime = T,
    *,
    evidence: FileEvidence = EVIDENCE,
    trust: TrustStore = TRUST,
    stamping: bool = False,
    retroactive: bool = False,
) -> ChainAnswer | None:
    chains = OwnChains(trust, OFFICIAL, evidence)
    return chains.at(asked, moment, stamping=stamping, retroactive=retroactive)


def both(
    asked: SignedMessage = MESSAGE,
    moment: datetime = T,
    *,
    evidence: FileEvidence = EVIDENCE,
    trust: TrustStore = TRUST,
    stamping: bool = False,
    retroactive: bool = False,
) -> str:
    """The code that our own judge and the library agree on."""
    ours = own(
        asked, moment, evidence=evidence, trust=trust, stamping=stamping, retroactive=retroactive
    )
    library = LibraryChains(trust, OFFICIAL, evidence)
    theirs = library.at(asked, moment, stamping=stamping, retroactive=retroactive)
    assert ours is not None
    assert (ours.code, ours.path, ours.test_only) == (theirs.code, theirs.path, theirs.test_only)
    if ours.code == "revoked":
        assert ours.when == theirs.when
    return ours.code


def with_ocsp(*ocsps: bytes) -> FileEvidence:
    return FileEvidence(ocsps=ocsps, crls=(LIST,))


def with_crl(*crls: bytes) -> FileEvidence:
    return FileEvidence(crls=(LIST, *crls))


def test_a_good_chain_leads_from_the_anchor_to_the_certificate() -> None:
    found = own()
    assert found is not None
    assert found.good
    assert [one.name for one in found.path] == ["Gốc", "Cấp", "Người ký"]
    assert found.test_only
    assert both() == "good"


def test_the_evidence_may_be_an_answer_of_the_issuer_or_of_its_responder_or_a_list() -> None:
    by_issuer = answer(CA.issuing, OFFICER, T)
    assert both(evidence=with_ocsp(by_issuer)) == "good"
    by_name = answer(CA.issuing, OFFICER, T, by=CA.responder, by_name=True)
    assert both(evidence=with_ocsp(by_name)) == "good"
    other_hash = answer(CA.issuing, OFFICER, T, hash_kind=hashes.SHA256())
    assert both(evidence=with_ocsp(other_hash)) == "good"
    assert both(evidence=with_crl(revocation_list(CA.issuing, T))) == "good"


def test_an_anchor_is_known_by_its_bytes_and_not_by_its_name() -> None:
    impostor = make_root(Plan("Gốc", kind="rsa:impostor").authority_of())
    assert own(trust=TrustStore(anchors=(Anchor(der=impostor.der),))) is None
    stranger = make_root(Plan("Gốc khác", kind="rsa:impostor").authority_of())
    assert both(trust=TrustStore(anchors=(Anchor(der=stranger.der),))) == "issuer_unknown"
    assert both(trust=TrustStore()) == "issuer_unknown"


def test_a_name_that_differs_in_its_writing_only_is_left_to_the_library() -> None:
    alike = make_root(Plan("GỐC", kind="rsa:root").authority_of())
    assert own(trust=TrustStore(anchors=(Anchor(der=alike.der),))) is None


def test_the_issuer_may_come_from_the_message_the_store_or_the_file() -> None:
    bare = SignedMessage(certificate=OFFICER.der)
    assert both(bare) == "issuer_unknown"
    stored = replace(TRUST, intermediates=(CA.issuing.der,))
    assert both(bare, trust=stored) == "good"
    filed = replace(EVIDENCE, certificates=(CA.issuing.der,))
    assert both(bare, evidence=filed) == "good"


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (BORN + 2 * DAY, "good"),
        (BORN - timedelta(minutes=4), "good"),  # within the clocks' tolerance
        (BORN - DAY, "not_yet_valid"),
        (DEAD - DAY, "good"),
        (DEAD + DAY, "expired"),
    ],
)
def test_validity_is_judged_at_the_instant(moment: datetime, code: str) -> None:
    root = make_root(
        Plan("Gốc lâu", kind="rsa:root", since=BORN - WEEK, until=DEAD + WEEK).authority_of()
    )
    leaf = root.issue(Plan("Người ký", kind="rsa:officer"))
    evidence = FileEvidence(ocsps=(answer(root, leaf, moment - timedelta(minutes=1)),))
    trust = TrustStore(anchors=(Anchor(der=root.der),))
    assert both(SignedMessage(certificate=leaf.der), moment, evidence=evidence, trust=trust) == code


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


def test_issuers_that_certify_each_other_come_to_an_end() -> None:
    first, second = (make_root(Plan(name, kind=f"rsa:{name}").authority_of()) for name in "AB")
    crossed = (
        first.issue(Plan("B", kind="rsa:B").authority_of()),
        second.issue(Plan("A", kind="rsa:A").authority_of()),
    )
    leaf = first.issue(Plan("Người ký", kind="rsa:officer"))
    around = (first.der, second.der, *(one.der for one in crossed))
    found = own(SignedMessage(certificate=leaf.der, certificates=around))
    assert found is None or not found.good


def test_very_many_issuers_of_one_name_and_key_are_left_to_the_library() -> None:
    many = [CA.root.issue(Plan("Cấp", kind="secp384r1").authority_of(0)) for _ in range(100)]
    found = own(message(OFFICER, *many))
    assert found is None or found.good


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


def chain_of(*plans: Plan) -> tuple[SignedMessage, FileEvidence, TrustStore]:
    """A chain by these plans, root first, with a list by each issuer."""
    holders = [make_root(plans[0])]
    for plan in plans[1:]:
        holders.append(holders[-1].issue(plan))
    evidence = FileEvidence(crls=tuple(revocation_list(one, T) for one in holders[:-1]))
    asked = SignedMessage(
        certificate=holders[-1].der, certificates=tuple(one.der for one in holders[1:-1])
    )
    return asked, evidence, TrustStore(anchors=(Anchor(der=holders[0].der),))


ROOT = Plan("R", kind="rsa:root").authority_of()
MIDDLE = Plan("M", kind="rsa:middle").authority_of(0)
LEAF = Plan("L", kind="rsa:officer")
_OTHER = x509.ObjectIdentifier("1.2.3.4.5")


@pytest.mark.parametrize(
    ("plans", "code"),
    [
        ((ROOT, MIDDLE, LEAF), "good"),
        ((ROOT, MIDDLE, replace(LEAF, usages=None)), None),
        ((ROOT, MIDDLE, replace(LEAF, usages=("key_encipherment",))), "wrong_usage"),
        ((ROOT, MIDDLE, replace(LEAF, kind="secp521r1")), "good"),
        ((ROOT, replace(MIDDLE, kind="rsa1024"), LEAF), "algorithm"),
        ((ROOT, MIDDLE, replace(LEAF, sha1=True)), "algorithm"),
        ((ROOT, replace(MIDDLE, authority=False), LEAF), None),
        ((ROOT, replace(MIDDLE, usages=("digital_signature",)), LEAF), None),
        ((ROOT, MIDDLE, replace(MIDDLE, name="M2", kind="rsa:m2"), LEAF), None),  # too long
        (
            (
                ROOT,
                MIDDLE,
                replace(LEAF, more=((x509.UnrecognizedExtension(_OTHER, b"\5\0"), True),)),
            ),
            None,
        ),
        (
            (
                ROOT,
                MIDDLE,
                replace(LEAF, more=((x509.UnrecognizedExtension(_OTHER, b"\5\0"), False),)),
            ),
            "good",
        ),
        (
            (
                ROOT,
                replace(MIDDLE, more=((x509.NameConstraints([x509.DNSName("vn")], None), True),)),
                LEAF,
            ),
            None,
        ),
    ],
)
def test_what_each_certificate_of_a_chain_may(plans: tuple[Plan, ...], code: str | None) -> None:
    asked, evidence, trust = chain_of(*plans)
    if code is None:
        assert own(asked, evidence=evidence, trust=trust) is None
    else:
        assert both(asked, evidence=evidence, trust=trust) == code


def test_sha1_in_a_chain_is_good_only_at_an_instant_before_its_end() -> None:
    old = datetime(2012, 3, 4, tzinfo=UTC)
    since = datetime(2010, 1, 1, tzinfo=UTC)
    plans = (
        replace(ROOT, since=since),
        replace(MIDDLE, since=since, sha1=True),
        replace(LEAF, since=since),
    )
    asked, evidence, trust = chain_of(*plans)
    found = own(asked, old, evidence=evidence, trust=trust, retroactive=True)
    assert found is not None
    assert found.good
    assert both(asked, T, evidence=evidence, trust=trust, retroactive=True) == "algorithm"


def stamp(**changed: object) -> SignedMessage:
    plan = Plan(
        "TSA", kind="secp256r1:stamps", usages=("digital_signature",), purposes=(TIME_STAMPING,)
    )
    return SignedMessage(certificate=CA.root.issue(replace(plan, **changed)).der)


def test_a_stamps_certificate_is_for_stamps_alone_and_critically_so() -> None:
    assert both(stamp(), evidence=with_crl(), stamping=True) == "good"
    assert both(stamp(purposes=()), evidence=with_crl(), stamping=True) == "wrong_usage"
    for lax in (
        stamp(purposes_critical=False),
        stamp(purposes=(TIME_STAMPING, OCSP_SIGNING)),
    ):
        # The library lets these pass; the standard does not.
        found = own(lax, evidence=with_crl(), stamping=True)
        assert found is not None
        assert found.code == "wrong_usage"


def test_a_weak_stamp_cannot_prove_its_own_age() -> None:
    """What is said of a stamp with evidence of later is said at the time that it names itself."""
    old = datetime(2012, 3, 4, tzinfo=UTC)
    since = datetime(2010, 1, 1, tzinfo=UTC)
    weak = stamp(since=since, sha1=True)
    found = own(weak, old, evidence=with_crl(), stamping=True, retroactive=True)
    assert found is not None
    assert found.code == "algorithm"


def test_a_curve_that_is_not_listed_is_an_algorithm_that_is_not_accepted() -> None:
    leaf = CA.issuing.issue(Plan("Người ký", kind="SECP256K1"))
    good = answer(CA.issuing, leaf, T)
    found = own(message(leaf), evidence=with_ocsp(good))
    assert found is not None
    assert found.code == "algorithm"


def test_an_anchor_itself_is_left_to_the_library() -> None:
    assert own(SignedMessage(certificate=CA.root.der)) is None
