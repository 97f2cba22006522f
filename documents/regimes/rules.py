"""Rules of form as data: each with its clause, the time it holds and how sure we are of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from documents.content import Regime
from documents.errors import DocumentsError

RuleValue = str | float | bool | tuple[str, ...]


class Confidence(StrEnum):
    """How we know a rule."""

    LAW_TEXT = "law_text"
    """Wording of the gazette."""
    RETYPED_LAW = "retyped_law"
    """Full text, retyped by others."""
    REAL_DOCUMENT = "real_document"
    """An issued paper does so."""
    SEEN_IN_SOFTWARE = "seen_in_software"
    """Practice in other systems, not law."""
    SECONDARY = "secondary"
    """Excerpts or notes by others."""
    UNVERIFIED = "unverified"
    """General knowledge; recheck before relying on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of form."""

    key: str
    """Name by which layout and checks ask for it; lengths end in `_mm` or `_pt`."""
    value: RuleValue
    clause: str
    """Where it is written."""
    confidence: Confidence
    valid_from: date
    valid_to: date | None = None
    """Last day on which it holds; None while it is in force."""

    def holds_on(self, day: date) -> bool:
        """Whether the rule is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class NoRuleError(DocumentsError):
    """No rule of that name is in force on that day."""

    code = "no_rule"

    def __init__(self, regime: Regime, key: str, day: date) -> None:
        self.regime = regime
        self.key = key
        self.day = day
        super().__init__(f"{regime}: không có quy định “{key}” vào ngày {day.isoformat()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeRules:
    """All rules of one form, of all times."""

    regime: Regime
    rules: tuple[Rule, ...]

    def rule(self, key: str, day: date) -> Rule:
        """Finds the rule in force; the latest wins where two overlap.

        Raises:
            NoRuleError: none is in force on that day.
        """
        found = [rule for rule in self.rules if rule.key == key and rule.holds_on(day)]
        if not found:
            raise NoRuleError(self.regime, key, day)
        return max(found, key=lambda rule: rule.valid_from)

    def values(self, day: date) -> Mapping[str, RuleValue]:
        """All values in force on a day.

        Raises:
            NoRuleError: some rule of this form is not in force on that day.
        """
        keys = dict.fromkeys(rule.key for rule in self.rules)
        return {key: self.rule(key, day).value for key in keys}

    def words(self, key: str, day: date) -> tuple[str, ...]:
        """A rule that is a list of words.

        Raises:
            NoRuleError: none is in force, or it is not a list.
        """
        value = self.rule(key, day).value
        if not isinstance(value, tuple):
            raise NoRuleError(self.regime, key, day)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Makes rules of one source, so that tables of rules stay short."""

    name: str
    valid_from: date

    def rule(self, key: str, value: RuleValue, clause: str, confidence: Confidence) -> Rule:
        """Makes a rule of this source; a clause of "" means none is known."""
        return Rule(
            key=key,
            value=value,
            clause=f"{self.name} {clause}".strip(),
            confidence=confidence,
            valid_from=self.valid_from,
        )
