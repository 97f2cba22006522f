"""Wakes the run of a directive after a decision, or starts one where none lives.

A person never waits for this: the decision stands in the database with an outbox row beside it, the
door calls `Nudger.nudge`, and what fails here is made good by `wiring.reconciling`.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from threading import Event
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import update

from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.outbox import OutboxRow, RunLease
from models.session import Database
from wiring.clock import Clock, real_now
from wiring.errors import OrchestratorError
from wiring.leases import lease_of
from wiring.runs import Phase, RunView

LOG = logging.getLogger(__name__)

DRIVEN: Final = frozenset(
    {
        DirectiveState.DRAFTING,
        DirectiveState.IN_REVIEW,
        DirectiveState.RETURNED,
        DirectiveState.APPROVED,
        DirectiveState.NUMBERED,
        DirectiveState.SIGNED,
        DirectiveState.SEALED,
    }
)
"""States in which a directive has a run; after issue it is followed by the periodic flows."""

TRIES: Final = 3
"""Generations that are tried at once: Prefect may know an ended run that we never wrote down."""


PAUSES_S: Final = (0.3, 0.7, 1.5, 3.0, 6.0)
"""Before a wake-up or a start is tried again: Prefect on SQLite says 503 for seconds when it is
busy, as at the full minute; `reconcile` would come minutes later."""


class Runs(Protocol):
    """What waking needs of `wiring.orchestrator.Orchestrator`."""

    def start_route(
        self, directive_id: UUID, *, generation: int, name: str | None = None
    ) -> RunView:
        """Starts the run of a generation, or finds it."""

    def run(self, run_id: str) -> RunView | None:
        """Returns one run."""

    def resume(self, run_id: str) -> bool:
        """Wakes a suspended run."""


class WakeOutcome(StrEnum):
    """What was found, or done."""

    STARTED = "started"
    """A new run drives the directive."""
    RESUMED = "resumed"
    """Its run slept and was woken."""
    MOVING = "moving"
    """Its run is awake or about to be; it will look for itself."""
    NOT_NEEDED = "not_needed"
    """No run drives a directive in this state."""


def wake(database: Database, runs: Runs, clock: Clock, directive_id: DirectiveId) -> WakeOutcome:
    """Lets a directive's run look again, and ends the outbox rows that asked for it.

    Idempotent: waking twice does no harm.

    Raises:
        OrchestratorError: Prefect does not answer; the outbox rows stay.
    """
    seen = clock.now()
    outcome = _wake(database, runs, directive_id)
    settle_wakes(database, directive_id, seen)
    return outcome


def _wake(database: Database, runs: Runs, directive_id: DirectiveId) -> WakeOutcome:
    for _ in range(TRIES):
        known = _known(database, directive_id)
        run = runs.run(known.run_id) if known and known.run_id else None
        if run is not None and run.phase is Phase.WAITING:
            # Also where no run is needed any more: it wakes, sees that, and ends.
            return WakeOutcome.RESUMED if runs.resume(run.id) else WakeOutcome.MOVING
        if known is None or not known.driven:
            return WakeOutcome.NOT_NEEDED
        if run is not None and run.phase is Phase.MOVING:
            return WakeOutcome.MOVING
        if run is None:
            run = runs.start_route(directive_id, generation=known.generation, name=known.name)
            _change(database, directive_id, known.generation, {"flow_run_id": run.id})
            if run.phase is not Phase.ENDED:
                return WakeOutcome.STARTED
        # Whoever was quicker has moved on from the ended run already.
        _change(
            database, directive_id, known.generation,
            {"generation": known.generation + 1, "flow_run_id": None},
        )  # fmt: skip
    raise OrchestratorError("khởi động route-directive", f"đã thử {TRIES} lần")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    generation: int
    run_id: str | None
    driven: bool
    name: str


def _known(database: Database, directive_id: DirectiveId) -> _Known | None:
    """What our database says of a directive's run; None where there is no such directive."""
    with database.writing() as session:
        directive = session.get(Directive, directive_id)
        if directive is None:
            return None
        row = lease_of(session, directive_id)
        return _Known(
            generation=row.generation,
            run_id=row.flow_run_id,
            driven=DirectiveState(directive.state) in DRIVEN,
            name=f"{directive.number_text or directive.symbol} ({str(directive_id)[:8]})",
        )


def _change(
    database: Database, directive_id: DirectiveId, generation: int, values: Mapping[str, object]
) -> None:
    with database.writing() as session:
        session.execute(
            update(RunLease)
            .where(RunLease.directive_id == directive_id, RunLease.generation == generation)
            .values(updated_at=real_now(), **values)
            .execution_options(synchronize_session=False)
        )


def settle_wakes(database: Database, directive_id: DirectiveId, seen: datetime) -> None:
    """Ends the outbox rows that asked for a look until an instant (aware, the office's clock)."""
    with database.writing() as session:
        session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.kind == "wake",
                OutboxRow.reference == str(directive_id),
                OutboxRow.state == "queued",
                OutboxRow.next_at <= seen,
            )
            .values(state="settled")
            .execution_options(synchronize_session=False)
        )


class Nudger:
    """Wakes runs beside the request of a person; one thread, nobody waits for it."""

    def __init__(self, database: Database, connect: Callable[[], Runs], clock: Clock) -> None:
        """Keeps what is needed; nothing is loaded yet.

        Args:
            database: the office's.
            connect: makes the client; called in the thread, for Prefect takes seconds to load.
            clock: the office's.
        """
        self._database, self._clock = database, clock
        self._runs = cache(connect)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="nudge")
        self._closing = Event()

    def nudge(self, directive_id: DirectiveId) -> None:
        """Asks for a wake-up and returns at once; what fails again is left to `reconcile`."""
        self.beside(
            lambda runs: wake(self._database, runs, self._clock, directive_id),
            what=f"wake-up of {directive_id}",
        )

    def beside(self, work: Callable[[Runs], object], *, what: str = "a start") -> None:
        """Does something with Prefect in the thread and returns at once.

        What Prefect cannot do now is tried again, then logged and left to `reconcile`; so `work`
        must do no harm when it is done twice.
        """
        self._thread.submit(self._try, work, what)

    def close(self) -> None:
        """Tries each thing asked for, none of them again, and ends the thread."""
        self._closing.set()
        self._thread.shutdown()

    def _try(self, work: Callable[[Runs], object], what: str) -> None:
        for pause in (*PAUSES_S, None):
            try:
                work(self._runs())
            except OrchestratorError as err:
                if pause is None or self._closing.wait(pause):
                    LOG.warning("%s is left to reconcile: %s", what, err)
                    return
            else:
                return
