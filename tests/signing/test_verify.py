"""The judge: what passes, what never passes, and what it says about time."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms

from signing.archiving import add_archive_timestamp
from signing.errors import NotAcceptedError
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.outcome import AcceptedDocument
from signing.policy import INTEGRITY, OFFICIAL
from signing.request import SignatureKind
from signing.trust import TrustStore, load_anchors
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing.judging import codes, judge
from tests.signing.office import (
    ARCHIVED_AT,
    BOXES,
    PEOPLE,
    SEALED_AT,
    SIGNED_AT,
    TODAY,
    Office,
    contents_of,
)
from wiring.demo_pki.build import build_demo_pki


def test_a_directive_of_2022_passes_today_without_asking_anybody(office: Office) -> None:
    report = judge(office, office.archived)
    assert report.verdict is Verdict.PASSED
    officer, seal, stamp = report.signatures
    assert (officer.field, seal.field) == (OFFICER_FIELD, SEAL_FIELD)
    assert (officer.level, seal.level, stamp.kind) == ("B-LTA", "B-LTA", "timestamp")
    assert officer.certifies
    assert not seal.certifies
    assert officer.proven_time == SIGNED_AT
    assert seal.proven_time == SEALED_AT
    assert stamp.proven_time == ARCHIVED_AT
    assert officer.signer == "Trần Trung Hiếu"
    assert officer.email == "officer@anbinh.example.vn"
    assert next(link.name for link in officer.chain) == "CA gốc THỬ NGHIỆM"
    assert "permitted_changes" in codes(report, OFFICER_FIELD)


def test_the_rule_about_the_last_stamp_is_named_with_its_date_and_can_be_refused(
    office: Office,
) -> None:
    report = judge(office, office.archived)
    assert "last_archive_stamp_evidence" in codes(report, "DauThoiGian1")
    stricter = replace(OFFICIAL, version="test", last_archive_stamp_evidence=False)
    assert judge(office, office.archived, policy=stricter).verdict is Verdict.INDETERMINATE


def test_the_rule_ends_with_the_certificate_of_the_stamp(office: Office) -> None:
    report = judge(office, office.archived, at=TODAY.replace(year=2049))
    assert report.verdict is Verdict.INDETERMINATE


def test_a_second_archive_stamp_carries_the_first(office: Office) -> None:
    later = TODAY.replace(year=2030)
    twice = add_archive_timestamp(office.archived, services=office.services(later), at=later)
    report = judge(office, twice, at=later + timedelta(days=3000))
    assert report.verdict is Verdict.PASSED
    assert [one.proven_time for one in report.signatures][2:] == [ARCHIVED_AT, later]


def test_evidence_without_an_archive_stamp_holds_while_it_is_fresh(office: Office) -> None:
    soon = judge(office, office.sealed, at=SEALED_AT + timedelta(minutes=5))
    assert soon.verdict is Verdict.PASSED
    assert {one.level for one in soon.signatures} == {"B-LT"}
    later = judge(office, office.sealed, at=TODAY)
    assert later.verdict is Verdict.INDETERMINATE
    assert "timestamp_untrusted" in codes(later, OFFICER_FIELD)


def test_an_officer_s_signature_alone_passes_and_waits_for_its_seal(office: Office) -> None:
    report = judge(office, office.officer_only, at=SIGNED_AT + timedelta(minutes=1))
    assert report.verdict is Verdict.PASSED
    assert len(report.signatures) == 1


def test_integrity_says_nothing_of_who(office: Office) -> None:
    report = judge(office, office.archived, policy=INTEGRITY, trust=TrustStore())
    assert report.verdict is Verdict.PASSED
    assert all(one.proven_time is None and one.chain == () for one in report.signatures)


def test_without_the_anchor_nobody_is_trusted(office: Office) -> None:
    report = judge(office, office.archived, trust=TrustStore())
    assert report.verdict is Verdict.INDETERMINATE
    assert "issuer_unknown" in codes(report, OFFICER_FIELD)


def test_another_office_s_certificates_are_not_ours(office: Office, tmp_path: Path) -> None:
    other = build_demo_pki(tmp_path / "other", PEOPLE[:1])
    report = judge(office, office.archived, trust=TrustStore(anchors=load_anchors([other.root])))
    assert report.verdict is Verdict.INDETERMINATE


def test_a_stamp_from_the_future_proves_nothing(office: Office) -> None:
    report = judge(office, office.archived, at=SIGNED_AT - timedelta(days=30))
    assert report.verdict is not Verdict.PASSED
    assert "timestamp_in_future" in codes(report, "DauThoiGian1")


@pytest.mark.parametrize(
    ("label", "code", "verdict"),
    [
        ("revoked", "certificate_revoked", Verdict.FAILED),
        ("expired", "certificate_expired", Verdict.FAILED),
        ("wrong", "wrong_key_usage", Verdict.FAILED),
    ],
)
def test_a_bad_certificate_stays_shut_even_when_archived(
    office: Office, monkeypatch: pytest.MonkeyPatch, label: str, code: str, verdict: Verdict
) -> None:
    # The attacker's own software checks nothing before it signs.
    monkeypatch.setattr("signing.sign.refuse_unfit", lambda _facts, **_at: None)
    forged = office.forge(label)
    assert judge(office, forged, policy=INTEGRITY).verdict is Verdict.PASSED
    report = judge(office, forged)
    assert report.verdict is verdict
    assert code in codes(report, OFFICER_FIELD)


def test_the_same_forgery_with_a_good_key_passes(office: Office) -> None:
    assert judge(office, office.forge("officer")).verdict is Verdict.PASSED


def test_registered_certificates_are_named_and_strangers_change_nothing(office: Office) -> None:
    ours = judge(office, office.archived, trust=office.registered("officer", "agency"))
    assert ours.verdict is Verdict.PASSED
    assert "registered" in codes(ours, OFFICER_FIELD)
    assert "registered" in codes(ours, SEAL_FIELD)
    assert "registration_unknown" in codes(judge(office, office.archived), OFFICER_FIELD)


def test_an_officer_s_certificate_in_the_seal_s_field_is_refused(office: Office) -> None:
    registered = office.registered("officer", "agency").registered
    swapped = {
        key: replace(holder, kind=other.kind)
        for (key, holder), other in zip(
            registered.items(), reversed(registered.values()), strict=True
        )
    }
    report = judge(office, office.archived, trust=replace(office.trust, registered=swapped))
    assert report.verdict is Verdict.FAILED
    assert "registered_to_other" in codes(report, SEAL_FIELD)


def test_a_namesake_s_certificate_is_refused(office: Office) -> None:
    registered = {"00" * 32: next(iter(office.registered("officer").registered.values()))}
    report = judge(office, office.archived, trust=replace(office.trust, registered=registered))
    assert report.verdict is Verdict.FAILED
    assert "registered_to_other" in codes(report, OFFICER_FIELD)


def test_a_verdict_and_a_report_have_no_truth_value(office: Office) -> None:
    report = judge(office, office.archived)
    with pytest.raises(TypeError):
        bool(report.verdict)
    with pytest.raises(TypeError):
        bool(report)


def test_only_require_makes_what_is_accepted(office: Office) -> None:
    accepted = judge(office, office.archived).require(OFFICIAL)
    assert accepted.signature(OFFICER_FIELD).proven_time == SIGNED_AT
    with pytest.raises(TypeError):
        AcceptedDocument(
            sha256_hex="",
            policy_name="",
            policy_version="",
            at=TODAY,
            signatures=(),
            maker=object(),
        )


def test_a_report_under_another_policy_opens_nothing(office: Office) -> None:
    with pytest.raises(NotAcceptedError):
        judge(office, office.archived, policy=INTEGRITY).require(OFFICIAL)


@pytest.mark.parametrize("name", ["fielded", "sealed"])
def test_what_did_not_pass_opens_nothing_and_says_why(office: Office, name: str) -> None:
    with pytest.raises(NotAcceptedError) as refused:
        judge(office, getattr(office, name)).require(OFFICIAL)
    assert refused.value.diagnosis()


def test_a_file_over_the_limit_is_not_read(office: Office) -> None:
    report = verify(
        office.sealed,
        name="x",
        policy=INTEGRITY,
        trust=TrustStore(),
        at=TODAY,
        max_bytes=1 << 16,
    )
    assert report.verdict is Verdict.UNREADABLE
    assert "too_large" in codes(report)


def test_the_boxes_stand_for_the_fields_of_the_report(office: Office) -> None:
    report = judge(office, office.sealed, policy=INTEGRITY)
    assert [one.field for one in report.signatures] == [box.name for box in BOXES]


def test_anchors_come_from_pem_der_and_p7b(office: Office, tmp_path: Path) -> None:
    der = tmp_path / "root.bin"
    der.write_bytes(office.root)
    both = tmp_path / "both.txt"
    both.write_bytes(office.pki.root.read_bytes() + office.pki.intermediate.read_bytes())
    assert len(load_anchors([der])) == 1
    assert len(load_anchors([both])) == 2
    assert load_anchors([der])[0].test_only


def test_a_genuine_token_from_elsewhere_does_not_date_a_signature_back(office: Office) -> None:
    earlier = SIGNED_AT - timedelta(days=200)
    older = office.complete(
        office.prepare(office.fielded, "unit", SignatureKind.OFFICER, earlier), "unit", earlier
    )
    kind = "signature_time_stamp_token"
    graft = contents_of(older, OFFICER_FIELD)["content"]["signer_infos"][0]["unsigned_attrs"][0]
    container = contents_of(office.officer_only, OFFICER_FIELD)
    info = container["content"]["signer_infos"][0]
    own = info["unsigned_attrs"][0]
    assert graft["type"].native == own["type"].native == kind
    info["unsigned_attrs"] = cms.CMSAttributes(
        [cms.CMSAttribute({"type": kind, "values": [graft["values"][0], own["values"][0]]})]
    )
    prepared = office.prepare(office.fielded, "officer", SignatureKind.OFFICER, SIGNED_AT)
    hexed = container.dump(force=True).hex().upper().encode()
    start = prepared.region_start + 1
    changed = office.officer_only[:start] + hexed + office.officer_only[start + len(hexed) :]
    report = judge(office, changed, at=SIGNED_AT + timedelta(minutes=1))
    assert report.verdict is Verdict.FAILED
    assert "timestamp_mismatch" in codes(report, OFFICER_FIELD)
    assert report.signatures[0].proven_time != earlier


def test_our_own_directive_has_the_planned_signers_in_their_fields(office: Office) -> None:
    officer = office.key("officer").certificate.facts.sha256_hex
    agency = office.key("agency").certificate.facts.sha256_hex
    whole = judge(office, office.archived).require(OFFICIAL)
    whole.require_own(officer_sha256_hex=officer, agency_sha256_hex=agency)
    first = judge(office, office.officer_only, at=SEALED_AT).require(OFFICIAL)
    first.require_own(officer_sha256_hex=officer, agency_sha256_hex=None)
    for wrong in (
        {"officer_sha256_hex": agency, "agency_sha256_hex": officer},
        {"officer_sha256_hex": officer, "agency_sha256_hex": None},
    ):
        with pytest.raises(NotAcceptedError) as refused:
            whole.require_own(**wrong)
        assert "không phải của người" in refused.value.diagnosis()
