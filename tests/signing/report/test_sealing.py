"""A sealed report is judged like any other signed paper."""

from datetime import timedelta

import pytest

from signing.errors import KeyRefusedError, TimestampUnavailableError
from signing.outcome import VerificationReport
from signing.policy import INTEGRITY, OFFICIAL, VerificationPolicy
from signing.report.pdf import to_pdf
from signing.report.sealing import FIELD, seal_report
from signing.services import TrustServices
from signing.timestamps import TimestampService
from signing.trust import TrustStore
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing.office import FONTS, SIGNED_AT, TODAY, Office
from tests.signing.report.made import OFFICER, report

PAPER = to_pdf(report(signatures=(OFFICER,)), fonts=FONTS)


def judged(
    pdf: bytes, policy: VerificationPolicy = INTEGRITY, trust: TrustStore | None = None
) -> VerificationReport:
    return verify(pdf, name="x.pdf", policy=policy, trust=trust or TrustStore(), at=TODAY)


def test_a_seal_without_services_is_at_level_b_b_and_intact(office: Office) -> None:
    sealed = seal_report(PAPER, key=office.key("agency"), at=SIGNED_AT)
    found = judged(sealed)
    assert sealed.startswith(PAPER)
    assert found.verdict is Verdict.PASSED, found.findings
    (one,) = found.signatures
    assert (one.field, one.level, one.covers, one.certifies) == (FIELD, "B-B", "whole_file", True)
    assert one.claimed_time == SIGNED_AT


def test_a_seal_at_b_b_proves_no_time_and_carries_no_evidence(office: Office) -> None:
    sealed = seal_report(PAPER, key=office.key("agency"), at=SIGNED_AT)
    found = judged(sealed, OFFICIAL, office.trust)
    assert found.verdict is Verdict.INDETERMINATE
    assert "evidence_missing" in {one.code for one in found.signatures[0].findings}


def test_a_seal_with_services_passes_the_official_policy(office: Office) -> None:
    sealed = seal_report(
        PAPER, key=office.key("agency"), at=SIGNED_AT, services=office.services(SIGNED_AT)
    )
    at = SIGNED_AT + timedelta(hours=1)
    found = verify(sealed, name="x", policy=OFFICIAL, trust=office.trust, at=at)
    assert found.verdict is Verdict.PASSED, found.signatures[0].findings
    assert found.signatures[0].level == "B-LT"


@pytest.mark.parametrize("at", [100, 5000, len(PAPER) - 60])
def test_a_changed_sealed_report_fails(office: Office, at: int) -> None:
    sealed = bytearray(seal_report(PAPER, key=office.key("agency"), at=SIGNED_AT))
    sealed[at] ^= 1
    assert judged(bytes(sealed)).verdict is not Verdict.PASSED


@pytest.mark.parametrize("label", ["expired", "wrong"])
def test_a_certificate_that_may_not_sign_is_refused(office: Office, label: str) -> None:
    with pytest.raises(KeyRefusedError):
        seal_report(PAPER, key=office.key(label), at=SIGNED_AT)


def test_a_seal_at_b_lt_is_not_lowered_in_silence_where_no_service_answers(office: Office) -> None:
    silent = TimestampService(url="http://127.0.0.1:9/tsa", pause_s=0)
    nobody = TrustServices(timestamps=(silent,), roots=(office.root,))
    with pytest.raises(TimestampUnavailableError):
        seal_report(PAPER, key=office.key("agency"), at=SIGNED_AT, services=nobody)
