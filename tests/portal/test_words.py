"""Instants and days as pages say them."""

from datetime import UTC, date, datetime

from portal.i18n.choosing import speak
from portal.i18n.writing import due_day
from portal.words import moment
from signing.language import Language


def test_an_instant_is_told_in_the_zone_of_viet_nam() -> None:
    assert moment(datetime(2026, 11, 25, 20, 5, tzinfo=UTC)) == "03:05 ngày 26/11/2026"


def test_a_claim_at_the_end_of_the_calendar_breaks_no_page() -> None:
    assert moment(datetime(9999, 12, 31, 23, 59, tzinfo=UTC)) == "23:59 ngày 31/12/9999"


def test_a_time_limit_is_told_with_its_weekday() -> None:
    friday, sunday = date(2022, 10, 28), date(2022, 10, 30)
    assert due_day(friday) == "thứ Sáu, 28/10/2022"
    assert due_day(sunday) == "Chủ nhật, 30/10/2022"
    assert due_day(None) == ""
    speak(Language.EN)
    try:
        assert due_day(friday) == "Fri 28 Oct 2022"
    finally:
        speak(Language.VI)
