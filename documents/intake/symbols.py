"""Numbers and symbols of papers: "96-HD/BTGTU", "636/TB-VPCP", "145/2020/NĐ-CP".

Read leniently (OCR and careless typing put spaces in), written strictly.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from documents.content import Regime
from documents.intake.folding import fold
from documents.intake.vocabulary import DOC_TYPES

_PARTY = (
    r"(?P<number>\d{1,4}) ?[-–] ?(?P<code>[A-ZĐ][A-Za-zĐđ]{0,4}) ?/ ?"
    r"(?P<agency>[A-ZĐ]{2,}(?:-[A-ZĐ]+)*)"
)
_STATE = (
    r"(?P<number2>\d{1,5}) ?/ ?(?:(?P<year>\d{4}) ?/ ?)?"
    r"(?P<rest>[A-ZĐ][A-Za-zĐđ]{0,9}\d{0,2}(?: ?[-–] ?[A-ZĐ]{2,}[A-Za-zĐđ]*)*)"
)
SYMBOL: Final = re.compile(rf"(?<![\d/.])(?:{_PARTY}|{_STATE})(?![A-Za-z])")
"""A number with its symbol, anywhere in a text."""

_DAY = (
    r"(?P<d>\d{1,2})\s?[/.]\s?(?P<m>\d{1,2})\s?[/.]\s?(?P<y>\d{4})"
    r"|(?P<d2>\d{1,2})\s+th[aáiâă]ng\s+(?P<m2>\d{1,2}),?\s+n[aăâdi]m\s+(?P<y2>\d{4})"
)
DAY: Final = re.compile(_DAY, re.IGNORECASE)
"""A full date in figures or words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A number with its symbol."""

    number: int
    """The number."""
    full: str
    """As it is written strictly; a leading 0 of the source is kept."""
    symbol: str
    """What stands after the number and its separator."""
    regime: Regime
    """Party papers put "-" after the number, state papers "/"."""
    doc_type: str | None
    """Kind of paper by its code; None where the code is unknown or missing."""


def symbol_of(match: re.Match[str]) -> Symbol:
    """Read a match of `SYMBOL`."""
    if match["number"] is not None:
        symbol = f"{match['code']}/{match['agency']}"
        return Symbol(
            number=int(match["number"]),
            full=f"{match['number']}-{symbol}",
            symbol=symbol,
            regime=Regime.PARTY,
            doc_type=DOC_TYPES.get(match["code"]),
        )
    rest = re.sub(r"\s", "", match["rest"]).replace("–", "-")
    year = f"{match['year']}/" if match["year"] else ""
    return Symbol(
        number=int(match["number2"]),
        full=f"{match['number2']}/{year}{rest}",
        symbol=rest,
        regime=Regime.PARTY if rest.endswith("-TW") else Regime.STATE,
        doc_type=DOC_TYPES.get(rest.split("-")[0]),
    )


def day_of(match: re.Match[str]) -> date | None:
    """Read a match of `DAY`; None where the date does not exist."""
    parts = [match[name] or match[f"{name}2"] for name in ("y", "m", "d")]
    try:
        return date(*(int(p) for p in parts))
    except ValueError:
        return None


def is_number_word(text: str) -> bool:
    """Tell whether a word is "Số", as printed or as OCR leaves it ("S6", "So", "Sé")."""
    return bool(re.fullmatch(r"s[o6eésb0]{0,2}:?", fold(text).strip(" .:")))
