"""Reports made by hand, with what strangers may write into them."""

from dataclasses import replace
from datetime import UTC, datetime

from signing.certificates import CertificateFacts
from signing.outcome import ChangeReport, SignatureReport, VerificationReport
from signing.policy import OFFICIAL, VerificationPolicy
from signing.verdict import Finding
from signing.words import finding

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
SIGNED = datetime(2022, 9, 21, 6, 54, tzinfo=UTC)
NASTY = (
    '<script>&"\'#let x = [*_$]]>\x00\x1b\ud7ff\ufffe <!ENTITY a SYSTEM "file:///etc/passwd">&a;'
)
"""Markup of every form that a report takes, and characters that XML forbids."""


def facts(name: str, digit: str) -> CertificateFacts:
    return CertificateFacts(
        name=name,
        organisation="",
        email="",
        serial="01",
        issuer="",
        not_before=datetime(2020, 1, 1, tzinfo=UTC),
        not_after=datetime(2045, 12, 31, tzinfo=UTC),
        key_usage=frozenset(),
        sha256_hex=digit * 64,
    )


OFFICER = SignatureReport(
    field="ChuKyLanhDao",
    kind="signature",
    signer="Trần Trung Hiếu",
    organisation="Ban Tuyên giáo",
    email="officer@anbinh.example.vn",
    serial="1001",
    certificate_sha256_hex="b" * 64,
    claimed_time=SIGNED,
    proven_time=SIGNED,
    level="B-LTA",
    covers="revision",
    certifies=True,
    reason="Đã ký",
    chain=(facts("Gốc", "a"), facts("Trần Trung Hiếu", "b")),
    changes=(
        ChangeReport(kind="evidence_added"),
        ChangeReport(kind="evidence_added"),
        ChangeReport(kind="signature_added", detail="DauCoQuan"),
        ChangeReport(kind="value_changed", detail="Ô 1", old="1", new="9", page=2, allowed=False),
    ),
    findings=(
        finding("signature_intact"),
        finding("time_proven", time="13:54:00 ngày 21/9/2022"),
    ),
)
SEAL = replace(
    OFFICER,
    field="DauCoQuan",
    signer="BAN TUYÊN GIÁO",
    certificate_sha256_hex="c" * 64,
    proven_time=None,
    certifies=False,
    changes=OFFICER.changes[3:],
)


def report(
    *findings: Finding,
    signatures: tuple[SignatureReport, ...] = (),
    policy: VerificationPolicy = OFFICIAL,
    name: str = "96-HD.pdf",
    test_only: bool = False,
) -> VerificationReport:
    return VerificationReport(
        name=name,
        sha256_hex="0" * 64,
        size_bytes=1,
        policy_name=policy.name,
        policy_version=policy.version,
        at=AT,
        signatures=signatures,
        findings=findings,
        test_only=test_only,
    )


def nasty() -> VerificationReport:
    """Every text that a stranger can choose holds markup."""
    one = replace(
        OFFICER,
        field=NASTY,
        signer=NASTY,
        organisation=NASTY,
        email=NASTY,
        serial=NASTY,
        reason=NASTY,
        chain=(facts(NASTY, "a"),),
        changes=(ChangeReport(kind="value_changed", detail=NASTY, old=NASTY, new=NASTY),),
        findings=(finding("changed_after_signing", detail=NASTY),),
    )
    return report(finding("structure_unreadable", detail=NASTY), signatures=(one,), name=NASTY)
