"""A file may claim any instant there is; the report of it must still be written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from signing.outcome import VerificationReport
from signing.report import to_html, to_json, to_text
from signing.report.etsi import to_etsi
from signing.words import say_day
from tests.signing.report.made import OFFICER
from tests.signing.report.made import report as make_report

LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
FIRST = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=9)))


@pytest.mark.parametrize("write", [to_text, to_html, to_json, to_etsi])
@pytest.mark.parametrize("claimed", [LAST, FIRST], ids=["last", "first"])
def test_a_claim_at_either_end_of_the_calendar_is_written(
    write: Callable[[VerificationReport], object], claimed: datetime
) -> None:
    signature = replace(OFFICER, claimed_time=claimed, proven_time=None)
    assert write(make_report(signatures=(signature,)))


def test_a_day_at_the_end_is_told_and_a_usual_one_in_the_zone_of_viet_nam() -> None:
    assert say_day(LAST) == "31/12/9999"
    assert say_day(datetime(2026, 11, 25, 20, tzinfo=UTC)) == "26/11/2026"
