"""Our own judge of integrity: first, fast, and never more than it understands.

1. The file is opened, and the rules about its bytes are applied (`signing.judge.file`).
2. The mathematics of each signature and of its own time stamps (`signing.judge.crypto`).
3. What each later revision changed (`signing.judge.changes`).

It answers that it is sure, refuses what no honest writer makes, or is unsure; then the library
judges, but what was refused stays refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from signing.judge.file.refusals import open_and_refuse
from signing.judge.part import FileReading
from signing.policy import VerificationPolicy
from signing.verdict import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswer:
    """What our own judge says of a file."""

    reading: FileReading | None = None
    """None where it is not sure of everything, or refuses."""

    refusals: tuple[Finding, ...] = ()
    """About the file as a whole; each alone is enough."""

    unsure: str = ""
    """Name of the rule that the file does not keep, with a detail; for people who look closer."""


def read_own(data: bytes, policy: VerificationPolicy) -> OwnAnswer:
    """Judges every signature of a file by the bytes alone. Never raises for what the file holds."""
    opened = open_and_refuse(data)
    if opened.is_refused:
        return OwnAnswer(refusals=opened.findings)
    return OwnAnswer(unsure=f"{opened.unsure} {policy.name}")
