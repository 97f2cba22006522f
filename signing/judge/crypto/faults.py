"""Two ways in which our own reader of signed messages says no: refused, or unsure."""

from __future__ import annotations

from signing.judge.crypto.rules import RULES


class RefusedMessage(Exception):  # noqa: N818 (an answer, not an error of ours)
    """No honest writer makes such a message. There is no second opinion."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        """Of a finding in `signing.words.RULES`."""

        self.detail = detail
        super().__init__(f"{code}: {detail}" if detail else code)


class UnsureMessage(Exception):  # noqa: N818 (an answer, not an error of ours)
    """The message is not fully understood. The library judges it."""

    def __init__(self, rule: str, detail: str = "") -> None:
        self.rule = rule
        """Name of a rule in `signing.judge.crypto.rules.RULES`."""

        self.detail = detail
        super().__init__(f"{rule}: {detail}" if detail else rule)


def unsure(rule: str, detail: str = "") -> UnsureMessage:
    """Names the rule of this package that a message does not keep; the caller raises it."""
    if rule not in RULES:
        raise KeyError(rule)
    return UnsureMessage(rule, detail)
