"""How the tests of signing ask the judge."""

from datetime import datetime

from signing.outcome import VerificationReport
from signing.policy import OFFICIAL, VerificationPolicy
from signing.trust import TrustStore
from signing.verify import verify
from tests.signing.office import (
    TODAY,
    Office,
)


def judge(
    office: Office,
    pdf: bytes,
    *,
    policy: VerificationPolicy = OFFICIAL,
    trust: TrustStore | None = None,
    at: datetime = TODAY,
) -> VerificationReport:
    store = office.trust if trust is None else trust
    return verify(pdf, name="directive.pdf", policy=policy, trust=store, at=at)


def codes(report: VerificationReport, field: str | None = None) -> set[str]:
    if field is None:
        return {one.code for one in report.findings}
    return {one.code for part in report.signatures if part.field == field for one in part.findings}
