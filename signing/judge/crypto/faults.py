"""Two ways in which our own reader of signed messages says no: refused, or unsure."""

from __future__ import annotations

from signing.judge.crypto.rules import RULES
from signing.judge.faults import Refused, Unsure


class RefusedMessage(Refused):
    """No honest writer makes such a message. There is no second opinion."""


class UnsureMessage(Unsure):
    """The message is not fully understood: a rule of this package is not kept."""


def unsure(rule: str, detail: str = "") -> UnsureMessage:
    """Names the rule of this package that a message does not keep; the caller raises it."""
    if rule not in RULES:
        raise KeyError(rule)
    return UnsureMessage(rule, detail)
