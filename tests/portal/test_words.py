"""Instants as pages say them."""

from datetime import UTC, datetime

from portal.words import moment


def test_an_instant_is_told_in_the_zone_of_viet_nam() -> None:
    assert moment(datetime(2026, 11, 25, 20, 5, tzinfo=UTC)) == "03:05 ngày 26/11/2026"


def test_a_claim_at_the_end_of_the_calendar_breaks_no_page() -> None:
    assert moment(datetime(9999, 12, 31, 23, 59, tzinfo=UTC)) == "23:59 ngày 31/12/9999"
