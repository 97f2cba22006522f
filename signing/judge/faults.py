"""The two ways in which our own judge says no, and what a rule is; each of its rooms has its own.

Refused: no honest writer makes this, and there is no second opinion. Unsure: it is not fully
understood, and the library is asked.
"""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """One thing that must hold for our own judge to be sure."""

    sentence: str
    source: str


class Refused(Exception):  # noqa: N818 (an answer, not an error of ours)
    """No honest writer makes this. There is no second opinion."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        """Of a finding in `signing.words.RULES`."""

        self.detail = detail
        super().__init__(f"{code}: {detail}" if detail else code)


class Unsure(Exception):  # noqa: N818 (an answer, not an error of ours)
    """It is not fully understood. The library judges it."""

    def __init__(self, rule: str, detail: str = "") -> None:
        self.rule = rule
        """Name of a rule of the room that is not sure."""

        self.detail = detail
        super().__init__(f"{rule}: {detail}" if detail else rule)
