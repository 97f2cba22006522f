"""Judges a file for a page or a program, and says what was found."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from anyio import to_thread

from portal.context import Portal
from portal.words import day, moment
from signing.outcome import SignatureReport, VerificationReport, sentence
from signing.policy import OFFICIAL, PROFILES
from signing.verdict import Finding, Severity
from signing.words import TEST_BANNER, finding
from wiring.bootstrap import make_trust

_COVERS: Final = {
    "whole_file": "toàn bộ tệp",
    "revision": "một phiên bản của tệp; phần sau được xét riêng",
    "partial": "chỉ một phần của tệp",
}
_KINDS: Final = {"signature": "Chữ ký số", "timestamp": "Dấu thời gian của văn bản"}
_PROFILE_WORDS: Final = {
    "integrity": "chỉ kiểm tra tính toàn vẹn",
    "official": "kiểm tra đầy đủ theo nguồn tin cậy của cơ quan",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One signature for people."""

    title: str
    verdict: str
    who: str
    rows: tuple[tuple[str, str], ...]
    """Label and words; nothing empty."""
    chain: tuple[str, ...]
    """Names from the anchor to the signer."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file that was judged, for a page."""

    report: VerificationReport
    verdict: str
    sentence: str
    cards: tuple[Card, ...]
    findings: tuple[Finding, ...]
    """Of the whole file, the loud ones first."""
    policy: str


async def check(
    portal: Portal, content: bytes, *, name: str, profile: str = OFFICIAL.name
) -> Checked:
    """Judges a file in the office's sandbox; waits its turn without holding up a page."""
    report = await to_thread.run_sync(
        partial(judge, portal, content, name=name, profile=profile), limiter=portal.judges
    )
    return shown(report)


def judge(
    portal: Portal, content: bytes, *, name: str, profile: str = OFFICIAL.name
) -> VerificationReport:
    """Returns the report on a file; an unknown profile is taken for the official one."""
    office = portal.office
    return office.sandbox.verify(
        content,
        name=name,
        policy=PROFILES.get(profile, OFFICIAL),
        trust=make_trust(office.settings, portal.database),
        at=portal.at(),
    )


def refuse_large(portal: Portal, name: str, profile: str) -> VerificationReport:
    """Returns the report on a file that was given up because of its size, unread."""
    policy = PROFILES.get(profile, OFFICIAL)
    limit = portal.desk.size_limit_bytes
    return VerificationReport(
        name=name,
        sha256_hex="",
        size_bytes=0,
        policy_name=policy.name,
        policy_version=policy.version,
        at=portal.at(),
        findings=(finding("too_large", limit_mb=limit >> 20),),
    )


def too_large(portal: Portal, name: str) -> Checked:
    """Returns the verdict on a file that was given up because of its size."""
    return shown(refuse_large(portal, name, OFFICIAL.name))


def shown(report: VerificationReport) -> Checked:
    """Returns a report as a page shows it."""
    loud_first = sorted(
        (one for one in report.findings if one.message != TEST_BANNER),
        key=lambda one: one.severity is Severity.INFO,
    )
    return Checked(
        report=report,
        verdict=report.verdict.value,
        sentence=sentence(report),
        cards=tuple(_card(number, one) for number, one in enumerate(report.signatures, 1)),
        findings=tuple(loud_first),
        policy=_PROFILE_WORDS.get(report.policy_name, ""),
    )


def _card(number: int, one: SignatureReport) -> Card:
    rows = (
        ("Cơ quan", one.organisation),
        ("Thư điện tử", one.email),
        ("Thời điểm ký", _signed_at(one)),
        ("Chứng thư số", one.serial),
        ("Hạn chứng thư", day(one.chain[-1].not_after) if one.chain else ""),
        ("Phạm vi", _COVERS.get(one.covers, one.covers)),
        ("Mức lưu trữ", "" if one.level == "none" else one.level),
        ("Ô chữ ký", one.field),
    )
    return Card(
        title=f"{_KINDS.get(one.kind, one.kind)} {number}",
        verdict=one.verdict.value,
        who=one.signer or "Chưa rõ người ký",
        rows=tuple((label, words) for label, words in rows if words),
        chain=tuple(link.name for link in one.chain),
        findings=tuple(sorted(one.findings, key=lambda each: each.severity is Severity.INFO)),
    )


def _signed_at(one: SignatureReport) -> str:
    if one.proven_time is not None:
        return f"{moment(one.proven_time)} (chứng minh bằng dấu thời gian)"
    if one.claimed_time is not None:
        return f"{moment(one.claimed_time)} (chỉ là tự khai)"
    return ""
