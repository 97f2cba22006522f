"""Two ways in which our own reader says no: refused, or unsure."""

from __future__ import annotations

from signing.judge.file.rules import RULES


class RefusedStructure(Exception):  # noqa: N818 (an answer, not an error of ours)
    """The bytes hold what no honest writer makes. There is no second opinion."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        """Of a finding in `signing.words.RULES`."""

        self.detail = detail
        super().__init__(f"{code}: {detail}" if detail else code)


class UnsureStructure(Exception):  # noqa: N818 (an answer, not an error of ours)
    """The file is not fully understood. The library judges it."""

    def __init__(self, rule: str, detail: str = "") -> None:
        self.rule = rule
        """Name of a rule, here one of `signing.judge.file.rules.RULES`."""

        self.detail = detail
        super().__init__(f"{rule}: {detail}" if detail else rule)


def unsure(rule: str, detail: str = "") -> UnsureStructure:
    """Names the rule of this package that a file does not keep; the caller raises it."""
    if rule not in RULES:
        raise KeyError(rule)
    return UnsureStructure(rule, detail)
