"""The steps from the trial authority to an office's own keys and services, as rows."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.orm import Session

from models.organisation import SetupStep

ANCHORS: Final = "anchors"
TIMESTAMPS: Final = "timestamps"
MAIL: Final = "mail"


class StepState(StrEnum):
    """What a check of a step found."""

    TRIAL = "trial"
    """It works, and rests on the trial authority."""

    REAL = "real"
    FAILED = "failed"


def note_step(
    session: Session, key: str, state: StepState, detail: Mapping[str, Any], *, at: datetime
) -> None:
    """Writes what a check found, in place of what an earlier one found. Does not commit."""
    row = session.get(SetupStep, key)
    if row is None:
        session.add(SetupStep(key=key, state=state.value, detail=dict(detail), checked_at=at))
        return
    row.state, row.detail, row.checked_at = state.value, dict(detail), at
