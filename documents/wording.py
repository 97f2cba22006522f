"""How times, numbers and foreign texts are written on papers of this system."""

import re
import unicodedata
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from documents.coverage import can_show

VIETNAM = timezone(timedelta(hours=7))
"""Zone in which every time is shown; no daylight saving."""
_NUMBER = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?")


def day_text(day: date) -> str:
    """A day as "21/9/2022"."""
    return f"{day.day}/{day.month}/{day.year}"


def time_text(at: datetime) -> str:
    """An instant (aware) as "13:54, 21/9/2022" in Vietnam."""
    local = at.astimezone(VIETNAM)
    return f"{local:%H:%M}, {day_text(local.date())}"


def number_of(text: str) -> Decimal | None:
    """A number as Vietnamese papers write it: "1.234", "12,5"; None for anything else."""
    match = _NUMBER.fullmatch(text.strip())
    return Decimal(match[0].replace(".", "").replace(",", ".")) if match else None


def number_text(number: Decimal) -> str:
    """A number with points between thousands and a comma before decimals."""
    return f"{number:,f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def shown(text: str) -> str:
    """A text from outside as the page can show it: what has no shape is written as its code.

    Answers of units must never keep a paper from being made, nor vanish from it.
    """
    composed = unicodedata.normalize("NFC", text)
    return "".join(character if can_show(character) else _code(character) for character in composed)


def _code(character: str) -> str:
    return " " if character in "\n\r\t" else f"[U+{ord(character):04X}]"
