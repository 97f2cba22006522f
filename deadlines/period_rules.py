"""Sets of period rules by name, and rules of a report's own as JSON.

A report may have rules of its own (Thông tư 02/2023/TT-BTTTT ends its quarters otherwise): name,
source, confidence, the time they hold, and the first and last day of each period.
"""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from deadlines.errors import ScheduleInvalidError
from deadlines.periods import CALENDAR_PERIODS, LEGAL_PERIODS, PeriodKind, PeriodRule, PeriodRules

NAMED_RULES: dict[str, PeriodRules] = {"ND09": LEGAL_PERIODS, "calendar": CALENDAR_PERIODS}
"""Built-in rules by the name that a schedule gives them."""

_FULL = {
    PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.HALF_YEAR: 2,
    PeriodKind.NINE_MONTHS: 1, PeriodKind.YEAR: 1,
}  # fmt: skip


def rules_to_json(rules: PeriodRules) -> str | dict[str, Any]:
    """Return the name of built-in rules, or all of a report's own."""
    for name, known in NAMED_RULES.items():
        if rules == known:
            return name
    return {
        "name": rules.name,
        "source": rules.source,
        "confidence": rules.confidence,
        "valid_from": rules.valid_from.isoformat(),
        "valid_to": rules.valid_to.isoformat() if rules.valid_to else None,
        "rules": [
            {
                "kind": rule.kind.value, "number": rule.number,
                "first": [rule.first_month, rule.first_day],
                "last": [rule.last_month, rule.last_day],
            }
            for rule in rules.rules
        ],
    }  # fmt: skip


def rules_from_json(data: str | Mapping[str, Any]) -> PeriodRules:
    """Read rules: the name of built-in ones, or a report's own.

    Raises:
        ScheduleInvalidError: no such name, or the periods of one kind are not all there, or one
            begins after it ends, or they do not follow each other.
    """
    if isinstance(data, str):
        if data not in NAMED_RULES:
            raise ScheduleInvalidError(f"không có quy tắc kỳ báo cáo “{data}”")
        return NAMED_RULES[data]
    try:
        rules = PeriodRules(
            name=str(data["name"]),
            source=str(data["source"]),
            confidence=str(data.get("confidence", "unverified")),
            valid_from=date.fromisoformat(data["valid_from"]),
            valid_to=date.fromisoformat(data["valid_to"]) if data.get("valid_to") else None,
            rules=tuple(_rule(one) for one in data["rules"]),
        )
    except (KeyError, TypeError, ValueError) as err:
        raise ScheduleInvalidError(f"không đọc được quy tắc kỳ báo cáo ({err})") from err
    _check(rules)
    return rules


def _rule(data: Mapping[str, Any]) -> PeriodRule:
    (first_month, first_day), (last_month, last_day) = data["first"], data["last"]
    return PeriodRule(
        kind=PeriodKind(data["kind"]), number=int(data["number"]),
        first_month=int(first_month), first_day=int(first_day),
        last_month=int(last_month), last_day=int(last_day),
    )  # fmt: skip


def _check(rules: PeriodRules) -> None:
    """Insist that the periods of each kind are complete and follow each other without a gap."""
    if any(not _possible(rule) for rule in rules.rules):
        raise ScheduleInvalidError("quy tắc kỳ báo cáo có ngày không tồn tại")
    for kind in {rule.kind for rule in rules.rules}:
        numbers = sorted(rule.number for rule in rules.rules if rule.kind is kind)
        if numbers != list(range(1, _FULL[kind] + 1)):
            raise ScheduleInvalidError(f"quy tắc thiếu kỳ hoặc trùng kỳ ({kind.value})")
        # A leap year, whose February is the longest.
        found = sorted(rules.periods_of(2028, kind), key=lambda period: period.number)
        if any(period.first > period.cut_off for period in found):
            raise ScheduleInvalidError("một kỳ báo cáo bắt đầu sau ngày chốt số liệu")
        if any((after.first - before.cut_off).days != 1 for before, after in pairwise(found)):
            raise ScheduleInvalidError("các kỳ báo cáo phải nối tiếp nhau, không hở, không chồng")


def _possible(rule: PeriodRule) -> bool:
    months = 0 <= rule.first_month <= 12 and 1 <= rule.last_month <= 12  # noqa: PLR2004 (months)
    return months and 1 <= rule.first_day <= 31 and 1 <= rule.last_day <= 31  # noqa: PLR2004 (days)
