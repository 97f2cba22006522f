"""Findings and verdicts: facts are stored, verdicts derived."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NoReturn

from typing_extensions import override


class Verdict(StrEnum):
    """The judgement of a file or of one signature. Source: ETSI EN 319 102-1, 5.1.3."""

    PASSED = "passed"
    INDETERMINATE = "indeterminate"
    FAILED = "failed"
    UNSIGNED = "unsigned"
    """Of a file: no signature dictionary is anywhere in its bytes."""

    UNREADABLE = "unreadable"
    """Of a file: nothing can be said, and the finding says why."""

    def __bool__(self) -> NoReturn:
        """Refused, so that nobody mistakes a verdict for a yes."""
        raise TypeError("a verdict has no truth value: compare it with Verdict.PASSED")


class Severity(StrEnum):
    """How loudly a finding is shown."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reason behind a verdict."""

    code: str
    """Stable name; the list is `signing.words.RULES`."""

    severity: Severity
    effect: Verdict
    """What this finding alone makes of the verdict; PASSED where it changes nothing."""

    message: str
    """Vietnamese sentence."""

    places: tuple[tuple[str, str], ...] = ()
    """What fills the named places of the rule's sentence: any language can be made of it."""

    @override
    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


_ORDER: Final = (Verdict.PASSED, Verdict.INDETERMINATE, Verdict.FAILED)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Failed before indeterminate before passed; PASSED where there are none."""
    return _ORDER[max((_ORDER.index(verdict) for verdict in verdicts), default=0)]
