"""Starts the runs that people asked for, and learns how those ended that could not say so.

A row of `run_record` stands before Prefect hears of a run; a row without a run is started by
`reconcile`, and a run whose process died without a word is looked up here.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol
from uuid import UUID

from actions.desk import Desk
from actions.operating.runs import (
    AGAIN,
    Begun,
    get_run,
    note_ended,
    note_started,
    unended,
)
from models.base import DirectiveId
from models.operation import RunRecord
from wiring.clock import Clock
from wiring.runs import RECORD_TAG, ROUTE, Phase, RunView, directive_tag
from wiring.waking import Runs, WakeOutcome, wake

LOG = logging.getLogger(__name__)

SETTLE_AFTER: Final = timedelta(minutes=2)
"""A run younger than this may still be on its way."""
LOST: Final = "Lượt chạy đã dừng mà không báo lại; phần đã làm được giữ nguyên."
NOT_BEGUN: Final = "Không chạy: một lượt khác đang làm việc này."
_WOKEN: Final = {
    WakeOutcome.STARTED: "Đã khởi động lượt chạy của văn bản.",
    WakeOutcome.RESUMED: "Đã đánh thức lượt chạy của văn bản.",
    WakeOutcome.MOVING: "Văn bản đang được xử lý.",
    WakeOutcome.NOT_NEEDED: "Văn bản không còn bước nào của máy.",
}


class Starts(Runs, Protocol):
    """What starting needs of `wiring.orchestrator.Orchestrator`."""

    def start(
        self,
        deployment: str,
        parameters: dict[str, str] | None = None,
        *,
        key: str | None = None,
        tags: tuple[str, ...] = (),
        name: str | None = None,
    ) -> RunView:
        """Starts a run of a deployment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """Hands the runs that people asked for to Prefect."""

    desk: Desk
    clock: Clock
    runs: Starts

    def start(self, record_id: UUID) -> None:
        """Starts the run of a row. Idempotent: the row's identifier is the run's key.

        Raises:
            NotFoundError: there is no such row.
            OrchestratorError: Prefect does not answer; the row waits for `reconcile`.
        """
        with self.desk.database.reading() as session:
            row = get_run(session, record_id)
        if row.flow == ROUTE and row.directive_id is not None:
            self._wake(row, row.directive_id)
            return
        about = {"directive_id": str(row.directive_id)} if row.directive_id else {}
        marks = [f"{RECORD_TAG}{row.id}"]
        if row.directive_id:
            marks.append(directive_tag(row.directive_id))
        run = self.runs.start(row.flow, about, key=f"record:{row.id}", tags=tuple(marks))
        note_started(self.desk, row.id, run.id)

    def _wake(self, row: RunRecord, directive_id: DirectiveId) -> None:
        """A directive has one run: it is woken rather than started a second time."""
        outcome = wake(self.desk.database, self.runs, self.clock, directive_id)
        begun = Begun(
            flow=row.flow, flow_run_id=f"wake:{row.id.hex[:30]}", started_by=row.started_by,
            record_id=row.id, directive_id=directive_id,
        )  # fmt: skip
        note_ended(self.desk, begun, failed=False, summary=_WOKEN[outcome])

    def settle(self) -> int:
        """Starts what was asked for in vain and ends what died without a word. Returns how many.

        Raises:
            OrchestratorError: Prefect does not answer; the next call begins again.
        """
        before = self.desk.clock() - SETTLE_AFTER
        with self.desk.database.reading() as session:
            rows = unended(session, before=before)
        return sum(self._settle(row) for row in rows)

    def _settle(self, row: RunRecord) -> bool:
        if row.flow_run_id is None:
            self.start(row.id)
            return True
        run = self.runs.run(row.flow_run_id)
        if run is not None and run.phase is not Phase.ENDED:
            return False
        good = run is not None and run.state in {"Completed", "Cancelled"}
        begun = Begun(
            flow=row.flow, flow_run_id=row.flow_run_id, started_by=row.started_by,
            record_id=row.id, directive_id=row.directive_id,
        )  # fmt: skip
        said = NOT_BEGUN if run is not None and run.state == "Cancelled" else "Đã xong."
        note_ended(
            self.desk, begun, failed=not good, summary=said if good else LOST,
            advice=None if good else AGAIN,
        )  # fmt: skip
        return True
