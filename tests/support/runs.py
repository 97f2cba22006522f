"""An engine without Prefect: runs in memory, moved by the test; stands in for the client."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from wiring.clock import real_now
from wiring.errors import OrchestratorError
from wiring.runs import Phase, RunView, directive_tag

PHASES = {
    "Suspended": Phase.WAITING,
    "Completed": Phase.ENDED,
    "Failed": Phase.ENDED,
    "Crashed": Phase.ENDED,
    "Cancelled": Phase.ENDED,
}


@dataclass(slots=True)
class RunsInMemory:
    """As `wiring.orchestrator.Orchestrator`, without a server."""

    runs: dict[str, RunView] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    down: bool = False
    calls: list[str] = field(default_factory=list)

    def put(self, state: str, *, age_s: float = 0, worker: str | None = None) -> str:
        """Adds a run that belongs to no directive."""
        run_id = str(uuid.uuid4())
        self.runs[run_id] = RunView(
            id=run_id,
            name="deliver-pending",
            phase=PHASES.get(state, Phase.MOVING),
            state=state,
            since=real_now() - timedelta(seconds=age_s),
            tags=(),
            worker=worker,
        )
        return run_id

    def become(
        self, run_id: str, state: str, *, age_s: float = 0, worker: str | None = None
    ) -> None:
        """Moves a run into a state in which it has been for a while."""
        since: datetime = real_now() - timedelta(seconds=age_s)
        self.runs[run_id] = replace(
            self.runs[run_id],
            state=state,
            phase=PHASES.get(state, Phase.MOVING),
            since=since,
            worker=worker,
        )

    def start_route(
        self, directive_id: UUID, *, generation: int, name: str | None = None
    ) -> RunView:
        self._call("start")
        key = f"{directive_id}:{generation}"
        if key not in self.keys:
            run_id = self.keys[key] = self.put("Scheduled")
            self.runs[run_id] = replace(
                self.runs[run_id], name=name or "", tags=(directive_tag(directive_id),)
            )
        return self.runs[self.keys[key]]

    def run(self, run_id: str) -> RunView | None:
        self._call("run")
        return self.runs.get(run_id)

    def unfinished(self) -> tuple[RunView, ...]:
        self._call("unfinished")
        return tuple(run for run in self.runs.values() if run.phase is not Phase.ENDED)

    def resume(self, run_id: str) -> bool:
        self._call("resume")
        if self.runs[run_id].phase is not Phase.WAITING:
            return False
        self.become(run_id, "Scheduled")
        return True

    def reschedule(self, run_id: str) -> bool:
        self._call("reschedule")
        self.become(run_id, "Scheduled")
        return True

    def give_up(self, run_id: str, reason: str) -> bool:
        self._call(f"give_up {reason}")
        self.become(run_id, "Crashed")
        return True

    def _call(self, what: str) -> None:
        self.calls.append(what)
        if self.down:
            raise OrchestratorError(what, "không trả lời")
