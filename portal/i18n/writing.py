"""Days, times and figures as each language writes them. The zone is always that of Vietnam."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from actions.desk import VIETNAM
from actions.wording import WEEKDAYS
from portal.i18n.choosing import spoken
from signing.language import Language
from signing.words import shifted

LOCALES: Final = {Language.VI: "vi_VN", Language.EN: "en_GB"}
_DAYS: Final = {Language.VI: "d/M/y", Language.EN: "d MMM y"}
"""21/9/2022 means two days to English readers; the month in letters means one."""


def day(value: date | datetime | None) -> str:
    """Returns a day: `21/9/2022`, `21 Sept 2022`; empty for None."""
    if value is None:
        return ""
    return format_date(_in_vietnam(value), _DAYS[spoken()], locale=LOCALES[spoken()])


def due_day(value: date | datetime | None) -> str:
    """Returns the day of a time limit: `thứ Sáu, 28/10/2022`, `Fri 28 Oct 2022`; empty for None.

    With its weekday, as letters to units say it: who plans a week thinks in weekdays.
    """
    if value is None:
        return ""
    shown = _in_vietnam(value)
    if spoken() is Language.VI:
        return f"{WEEKDAYS[shown.weekday()]}, {day(shown)}"
    return f"{format_date(shown, 'EEE', locale=LOCALES[spoken()])} {day(shown)}"


def paper_day(value: date | datetime | None) -> str:
    """Returns a day as papers of the office have it, whoever prints them: `21/9/2022`."""
    if value is None:
        return ""
    return format_date(_in_vietnam(value), _DAYS[Language.VI], locale=LOCALES[Language.VI])


def clock(value: datetime | None) -> str:
    """Returns a time of day in Vietnam: `13:54`; empty for None."""
    return "" if value is None else f"{shifted(value, VIETNAM):%H:%M}"


def figure(value: float | Decimal | None) -> str:
    """Returns a figure: `1.234,5`, `1,234.5`; empty for None."""
    return "" if value is None else format_decimal(value, locale=LOCALES[spoken()])


def percent(value: float | None) -> str:
    """Returns a share of one: `12%`; empty for None."""
    return "" if value is None else format_percent(value, locale=LOCALES[spoken()])


def _in_vietnam(value: date | datetime) -> date:
    """A stranger's file may claim an instant at the end of the calendar."""
    return shifted(value, VIETNAM).date() if isinstance(value, datetime) else value
