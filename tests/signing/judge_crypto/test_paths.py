"""Chains at an instant, each asked of our own judge and of the library."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from signing.judge.part import FileEvidence, SignedMessage
from signing.trust import Anchor, TrustStore
from tests.signing.judge_crypto.asking import (
    CA,
    DAY,
    EVIDENCE,
    LIST,
    MESSAGE,
    OFFICER,
    TRUST,
    T,
    both,
    message,
    own,
    with_crl,
    with_ocsp,
)
from tests.signing.judge_crypto.pki import (
    BORN,
    DEAD,
    OCSP_SIGNING,
    TIME_STAMPING,
    WEEK,
    Plan,
    answer,
    make_root,
    revocation_list,
)


def test_a_good_chain_leads_from_the_anchor_to_the_certificate() -> None:
    found = own()
    assert found is not None
    assert found.good
    assert [one.name for one in found.path] == ["Gốc", "Cấp", "Người ký"]
    assert found.test_only
    assert both() == "good"


def test_an_anchor_is_known_by_its_bytes_and_not_by_its_name() -> None:
    impostor = make_root(Plan("Gốc", kind="rsa:impostor").authority_of())
    assert own(trust=TrustStore(anchors=(Anchor(der=impostor.der),))) is None
    stranger = make_root(Plan("Gốc khác", kind="rsa:impostor").authority_of())
    assert both(trust=TrustStore(anchors=(Anchor(der=stranger.der),))) == "issuer_unknown"
    assert both(trust=TrustStore()) == "issuer_unknown"


def test_of_issuers_with_one_name_the_one_whose_key_signed_counts() -> None:
    renewed = make_root(Plan("Gốc", kind="rsa:impostor").authority_of())
    anchors = (Anchor(der=renewed.der), *TRUST.anchors)
    assert both(trust=TrustStore(anchors=anchors)) == "good"
    assert both(trust=TrustStore(anchors=anchors[::-1])) == "good"
    helper = CA.root.issue(Plan("Cấp", kind="rsa:other issuing").authority_of(0))
    # The library tries one of them only.
    found = own(replace(MESSAGE, certificates=(helper.der, CA.issuing.der)))
    assert found is not None
    assert found.good


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


def test_a_stamp_over_a_sha1_is_weak_after_the_end_of_sha1() -> None:
    old = datetime(2012, 3, 4, tzinfo=UTC)
    weak = replace(stamp(since=datetime(2010, 1, 1, tzinfo=UTC)), hash_name="sha1")
    listed = FileEvidence(crls=(revocation_list(CA.root, old), LIST))
    for moment, code in ((old, "good"), (T, "algorithm")):
        found = own(weak, moment, evidence=listed, stamping=True)
        assert found is not None
        assert found.code == code


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
