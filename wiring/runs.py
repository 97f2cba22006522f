"""Flow runs as our side names them; knows nothing of Prefect and costs nothing to import."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

ROUTE: Final = "route-directive"
DELIVER: Final = "deliver-pending"
RECEIVE: Final = "receive-messages"
CHASE: Final = "chase-reports"
CONSOLIDATE: Final = "consolidate-reports"
VERIFY_ARCHIVE: Final = "verify-archive"
RECONCILE: Final = "reconcile"

MACHINE_TAG: Final = "machine"
"""Bears a run that the machine started after a deed: nobody waits to hear of it."""
RECORD_TAG: Final = "record:"
"""Begins the tag that leads from a run to its row in our own list."""


class Phase(StrEnum):
    """What a run is about, in three words."""

    WAITING = "waiting"
    """Suspended: a person must decide."""
    MOVING = "moving"
    """Scheduled, Pending, Submitting, Running."""
    ENDED = "ended"
    """Completed, Failed, Crashed, Cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """One flow run as Prefect tells of it."""

    id: str
    """UUID of the run."""
    name: str
    """For people; never the subject of a directive."""
    phase: Phase
    """What it is about."""
    state: str
    """Prefect's own name of the state: `Running`, `Suspended`, `Crashed` …"""
    since: datetime
    """When it came into this state; real time, aware."""
    tags: tuple[str, ...]
    """Among them `directive:<id>`."""
    worker: str | None
    """Mark of the in-process worker that took it (`wiring.liveness`)."""


def directive_tag(directive_id: object) -> str:
    """Returns the tag by which a directive finds its runs."""
    return f"directive:{directive_id}"
