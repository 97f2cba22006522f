"""What was changed after each signature of a file that our own judge does not vouch for.

For people alone: nothing here has a say in a verdict.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from signing.judge.changes.describe import observe_steps
from signing.judge.changes.shapes import Change, Kind, Step
from signing.judge.faults import Refused, Unsure
from signing.judge.file.document import open_document
from signing.judge.file.signatures import list_signatures
from signing.judge.part import FileReading, SignedPart
from signing.outcome import ChangeReport

_HARMLESS: Final = frozenset(
    {Kind.SIGNATURE_ADDED, Kind.TIMESTAMP_ADDED, Kind.EVIDENCE_ADDED, Kind.METADATA}
)
"""What no signature forbids by itself; beside a finding the other changes are what speaks."""


def with_observed_changes(data: bytes, reading: FileReading) -> FileReading:
    """The same reading, with the changes after each signature where they can be told.

    Args:
        data: The file.
        reading: Of the library, which tells none.
    """
    try:
        document = open_document(data)
        signatures = list_signatures(document)
        steps = observe_steps(document, signatures)
    except (Unsure, Refused):
        return reading
    # The library counts revisions in its own way; a field's name is the same for both.
    revisions = {one.name: one.revision for one in signatures.filled}
    parts = (_with_changes(one, revisions.get(one.field), steps) for one in reading.parts)
    return replace(reading, parts=tuple(parts))


def _with_changes(part: SignedPart, revision: int | None, steps: tuple[Step, ...]) -> SignedPart:
    if revision is None:
        return part
    later = (change for step in steps if step.revision > revision for change in step.changes)
    return replace(part, changes=tuple(_told(change, holds=part.holds) for change in later))


def _told(change: Change, *, holds: bool) -> ChangeReport:
    return ChangeReport(
        kind=change.kind.value,
        detail=change.detail,
        old=change.old,
        new=change.new,
        page=change.page,
        allowed=holds or change.kind in _HARMLESS,
    )
