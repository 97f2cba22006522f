"""What came after a signature, for its report: each change, and whether the signature allows it."""

from __future__ import annotations

from signing.judge.changes.permits import allowed
from signing.judge.changes.shapes import Change, Step
from signing.judge.file.signatures import SignatureField
from signing.outcome import ChangeReport
from signing.verdict import Verdict


def tell_changes(signature: SignatureField, steps: tuple[Step, ...]) -> tuple[ChangeReport, ...]:
    """The changes of all later revisions, oldest first.

    Each revision is held against the signature's permissions by itself, so that what is allowed
    is not blamed for what came beside it.

    Args:
        signature: One of the file's.
        steps: Of `judge_steps`, all of them.
    """
    return tuple(
        _told(change, allowed=_is_allowed(signature, step))
        for step in steps
        if step.revision > signature.revision
        for change in step.changes
    )


def _is_allowed(signature: SignatureField, step: Step) -> bool:
    return all(one.effect is Verdict.PASSED for one in allowed(signature, (step,)))


def _told(change: Change, *, allowed: bool) -> ChangeReport:
    return ChangeReport(
        kind=change.kind.value,
        detail=change.detail,
        old=change.old,
        new=change.new,
        page=change.page,
        allowed=allowed,
    )
