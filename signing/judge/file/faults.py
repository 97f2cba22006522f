"""Two ways in which our own reader says no: refused, or unsure."""

from __future__ import annotations

from signing.judge.faults import Refused, Unsure
from signing.judge.file.rules import RULES


class RefusedStructure(Refused):
    """The bytes hold what no honest writer makes. There is no second opinion."""


class UnsureStructure(Unsure):
    """The file is not fully understood: a rule of this package, or of `changes`, is not kept."""


def unsure(rule: str, detail: str = "") -> UnsureStructure:
    """Names the rule of this package that a file does not keep; the caller raises it."""
    if rule not in RULES:
        raise KeyError(rule)
    return UnsureStructure(rule, detail)
