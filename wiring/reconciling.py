"""Compares the database with Prefect and lets move what should be moving.

Losing Prefect, a worker or a wake-up loses nothing: whatever the database says must go on is
started, resumed or run again here. Idempotent; complete in each call, since a periodic call may be
lost.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol, Self
from uuid import UUID

from sqlalchemy import select

from actions.progress import next_step
from models.base import DirectiveId
from models.directive import Directive
from models.outbox import OutboxRow, RunLease
from models.session import Database
from wiring.bootstrap import Office
from wiring.clock import Clock, real_now
from wiring.leases import is_held
from wiring.liveness import is_alive, is_driven
from wiring.runs import Phase, RunView
from wiring.waking import DRIVEN, Runs, WakeOutcome, wake


class Engine(Runs, Protocol):
    """What reconciling needs of `wiring.orchestrator.Orchestrator`."""

    def unfinished(self) -> tuple[RunView, ...]:
        """Returns all runs that have not ended."""

    def reschedule(self, run_id: str) -> bool:
        """Lets a run start anew under the same id."""

    def give_up(self, run_id: str, reason: str) -> bool:
        """Marks a run that nobody drives any more."""


SCHEDULED: Final = frozenset(
    {"Scheduled", "Late", "AwaitingRetry", "Resuming", "AwaitingConcurrencySlot"}
)
"""Waiting for a worker: nothing is wrong with the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """How long a state may last before a run counts as stuck, in seconds of real time."""

    pending_s: float = 120.0
    """Pending and Submitting: a worker that dies there leaves the run so for ever."""
    running_s: float = 3600.0
    """Running without a lease and with a worker of which nobody here can tell."""
    failed_s: float = 600.0
    """Pause before a run that failed is followed by the next generation."""


@dataclass(slots=True, kw_only=True)
class ReconcileSummary:
    """What a call did; names directives and runs by their identifiers."""

    woken: list[str] = field(default_factory=list)
    """Directives whose wake-up had been lost."""
    started: list[str] = field(default_factory=list)
    """Directives that had no living run."""
    repeated: list[str] = field(default_factory=list)
    """Runs that were stuck or crashed and start anew under the same id."""
    given_up: list[str] = field(default_factory=list)
    """Runs of periodic flows that nobody drives any more."""

    @property
    def any(self) -> bool:
        """Tells whether anything had to be done."""
        return bool(self.woken or self.started or self.repeated or self.given_up)

    def sentence(self) -> str:
        """Returns one Vietnamese sentence for the log."""
        return (
            f"Đánh thức {len(self.woken)}, khởi động {len(self.started)}, "
            f"chạy lại {len(self.repeated)}, kết thúc {len(self.given_up)} lượt đã hỏng."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    """The database and Prefect side by side."""

    database: Database
    orchestrator: Engine
    clock: Clock
    home: Path
    """The office's folder, where workers hold their locks."""
    ages: Ages = Ages()

    @classmethod
    def of(cls, office: Office, ages: Ages | None = None) -> Self:
        """Returns the reconciler of an open office."""
        return cls(
            database=office.database,
            orchestrator=office.orchestrator,
            clock=office.clock,
            home=office.settings.home,
            ages=ages or Ages(),
        )

    def reconcile(self) -> ReconcileSummary:
        """Looks at every directive that should have a run, then at every run that should not be.

        Raises:
            OrchestratorError: Prefect does not answer; the next call begins again.
        """
        done = ReconcileSummary()
        runs = {run.id: run for run in self.orchestrator.unfinished()}
        for directive_id in self._asked():
            self._record(done, directive_id, self._wake(directive_id))
        cases = self._cases()
        for case in cases:
            self._care(done, case, runs)
        mine = {case.run_id for case in cases}
        for run in runs.values():
            if run.id not in mine:
                self._clear(done, run)
        return done

    def _clear(self, done: ReconcileSummary, run: RunView) -> None:
        """Ends what no directive needs: runs of dead processes, sleepers that nobody will wake."""
        if self._is_stuck(run, held=False):
            self.orchestrator.give_up(run.id, "Không còn tiến trình nào thực hiện lượt này")
            done.given_up.append(run.id)
        elif run.phase is Phase.WAITING:
            self.orchestrator.resume(run.id)

    def _care(self, done: ReconcileSummary, case: "_Case", runs: dict[str, RunView]) -> None:
        run = runs.get(case.run_id) if case.run_id else None
        if run is None and case.run_id:
            run = self.orchestrator.run(case.run_id)
        if run is not None and self._must_repeat(run, case):
            if self.orchestrator.reschedule(run.id):
                done.repeated.append(run.id)
        elif run is None or self._must_wake(run, case):
            self._record(done, case.directive_id, self._wake(case.directive_id))

    def _must_repeat(self, run: RunView, case: "_Case") -> bool:
        return run.state == "Crashed" or self._is_stuck(run, held=case.held)

    def _must_wake(self, run: RunView, case: "_Case") -> bool:
        if run.phase is Phase.WAITING:
            return case.moves
        if run.phase is Phase.MOVING:
            return False
        return run.state != "Failed" or self._older(run, self.ages.failed_s)

    def _is_stuck(self, run: RunView, *, held: bool) -> bool:
        """Tells whether nobody works on a run that says it is being worked on."""
        if run.phase is not Phase.MOVING or run.state in SCHEDULED:
            return False
        alive = is_alive(self.home, run.worker)
        if alive and is_driven(self.home, run.worker, run.id):
            return False
        if run.state != "Running":
            return alive is False or self._older(run, self.ages.pending_s)
        if alive is None:
            return not held and self._older(run, self.ages.running_s)
        return not alive or self._is_unchanged(run)

    def _is_unchanged(self, run: RunView) -> bool:
        """Asks again: a run that has ended since we asked has left its worker rightly.

        One that has left it and still counts as running could not tell its end, for Prefect was
        away longer than its client tries.
        """
        now = self.orchestrator.run(run.id)
        return now is not None and (now.state, now.since) == (run.state, run.since)

    @staticmethod
    def _older(run: RunView, seconds: float) -> bool:
        return run.since <= real_now() - timedelta(seconds=seconds)

    def _wake(self, directive_id: DirectiveId) -> WakeOutcome:
        return wake(self.database, self.orchestrator, self.clock, directive_id)

    @staticmethod
    def _record(done: ReconcileSummary, directive_id: UUID, outcome: WakeOutcome) -> None:
        if outcome is WakeOutcome.STARTED:
            done.started.append(str(directive_id))
        elif outcome is WakeOutcome.RESUMED:
            done.woken.append(str(directive_id))

    def _asked(self) -> list[DirectiveId]:
        now = self.clock.now()
        with self.database.reading() as session:
            rows = session.scalars(
                select(OutboxRow.reference)
                .where(
                    OutboxRow.kind == "wake", OutboxRow.state == "queued", OutboxRow.next_at <= now
                )
                .distinct()
            )
            return [DirectiveId(UUID(row)) for row in rows]

    def _cases(self) -> list["_Case"]:
        now = real_now()
        states = [state.value for state in DRIVEN]
        with self.database.reading() as session:
            rows = session.execute(
                select(Directive, RunLease)
                .outerjoin(RunLease, RunLease.directive_id == Directive.id)
                .where(Directive.state.in_(states))
                .order_by(Directive.updated_at)
            )
            return [
                _case(directive, row, next_step(session, directive).kind, now)
                for directive, row in rows
            ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    directive_id: DirectiveId
    run_id: str | None
    held: bool
    moves: bool
    """The next step is the machine's."""


def _case(directive: Directive, row: RunLease | None, kind: str, now: datetime) -> _Case:
    return _Case(
        directive_id=directive.id,
        run_id=row.flow_run_id if row is not None else None,
        held=row is not None and is_held(row, now),
        moves=kind != "person",
    )
