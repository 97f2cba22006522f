"""Judges a file for a page or a program."""

from functools import partial

from anyio import to_thread

from portal.check_keeping import Judged
from portal.context import Portal
from signing.outcome import VerificationReport
from signing.policy import OFFICIAL, PROFILES
from signing.records.manifest import Inputs
from signing.words import finding
from wiring.bootstrap import make_trust


async def check(
    portal: Portal, content: bytes, *, name: str, profile: str = OFFICIAL.name
) -> Judged:
    """Judges a file in the office's sandbox; waits its turn without holding up a page."""
    return await to_thread.run_sync(
        partial(judge_by, portal, content, name=name, profile=profile), limiter=portal.judges
    )


def judge_by(portal: Portal, content: bytes, *, name: str, profile: str = OFFICIAL.name) -> Judged:
    """Judges a file; an unknown profile is taken for the official one."""
    office = portal.office
    inputs = Inputs(
        policy=PROFILES.get(profile, OFFICIAL),
        trust=make_trust(office.settings, portal.database),
    )
    report = office.sandbox.verify(
        content, name=name, policy=inputs.policy, trust=inputs.trust, at=portal.at()
    )
    return Judged(content=content, report=report, inputs=inputs)


def judge(
    portal: Portal, content: bytes, *, name: str, profile: str = OFFICIAL.name
) -> VerificationReport:
    """Returns the report on a file; an unknown profile is taken for the official one."""
    return judge_by(portal, content, name=name, profile=profile).report


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
