"""Lets the flows act between the steps of a story: through Prefect, as an operator would."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import func, select

from actions.changing import get_directive
from actions.progress import NextStep, next_step
from models.base import DirectiveId
from models.outbox import OutboxRow, RunLease
from models.signature import Signature
from wiring import runs
from wiring.clock import monotonic_s, sleep
from wiring.reconciling import Ages, Reconciler
from wiring.runs import Phase
from wiring.stories.errors import StoryError
from wiring.stories.script import Kill
from wiring.stories.stage import Stage
from wiring.waking import wake

PATIENCE_S: Final = 120.0
"""How long a story waits for one run."""
REPAIR_S: Final = 20.0
"""A run that got no further for so long is repaired, as `reconcile` does in an office."""
POLL_S: Final = 0.05
MAIL = ("consignment", "notice")
ROUNDS: Final = 200
"""More than any message is tried."""
IN_THE_MIDDLE_S: Final = 1.5
"""Real time that a worker gets into a frozen service before it is killed."""


class Motor:
    """Starts and awaits flow runs; kills the worker where the story says so."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._office = stage.office

    def look(self, directive_id: DirectiveId) -> NextStep:
        """Asks the database what comes next."""
        with self._office.database.reading() as session:
            return next_step(session, get_directive(session, directive_id))

    def settle(self, directive_id: DirectiveId) -> None:
        """Wakes the directive's run and waits until it sleeps again, or has come to its end.

        The orchestrator now and then takes a run and never begins it; an office's own repairs bring
        that to life again, and so does the story.

        Raises:
            StoryError: the machine does not get on.
        """
        self._wake(directive_id)
        began = repaired = monotonic_s()
        while not self._rests(directive_id):
            now = monotonic_s()
            if now > began + PATIENCE_S:
                words = self.look(directive_id).words
                raise StoryError("luồng route-directive", f"không đi tiếp được: {words}")
            if now > repaired + REPAIR_S:
                repaired = now
                Reconciler.of(self._office, Ages(pending_s=REPAIR_S)).reconcile()
            sleep(POLL_S)

    def _wake(self, directive_id: DirectiveId) -> None:
        office, clock = self._office, self._stage.clock
        wake(office.database, office.orchestrator, clock, directive_id)

    def _rests(self, directive_id: DirectiveId) -> bool:
        if self.look(directive_id).kind == "machine":
            return False
        with self._office.database.reading() as session:
            lease = session.get(RunLease, directive_id)
        if lease is None or lease.flow_run_id is None:
            return False
        run = self._office.orchestrator.run(lease.flow_run_id)
        return run is not None and run.phase is not Phase.MOVING

    def run(self, flow: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Runs a flow of the operator's to its end.

        Raises:
            StoryError: it did not complete.
        """
        orchestrator, key = self._office.orchestrator, uuid4().hex
        started = orchestrator.start(flow, parameters, key=key)
        run = orchestrator.await_run(started.id, wait_s=PATIENCE_S)
        if run.state != "Completed":
            raise StoryError(f"luồng {flow}", f"kết thúc với trạng thái {run.state}.")

    def deliver(self, until: datetime | None) -> None:
        """Sends what is due, then walks the clock to each later try that comes before `until`.

        Raises:
            StoryError: something stays due however often the flow runs.
        """
        self._rest_of(runs.DELIVER)
        for _ in range(ROUNDS):
            due = self._next_due()
            if due is None or (
                due > self._stage.clock.now() and until is not None and due >= until
            ):
                return
            self._stage.clock.set(max(due, self._stage.clock.now()))
            self.run(runs.DELIVER)
        raise StoryError("luồng deliver-pending", f"sau {ROUNDS} lượt vẫn còn thư chờ gửi.")

    def _rest_of(self, flow: str) -> None:
        """Waits for runs of a flow that others started."""
        deadline = monotonic_s() + PATIENCE_S
        while self._office.orchestrator.unfinished(flow):
            if monotonic_s() > deadline:
                raise StoryError(f"luồng {flow}", "không kết thúc.")
            sleep(POLL_S)

    def _next_due(self) -> datetime | None:
        """When the next message is due: a queued one, or one whose sender died with its lease."""
        mail = OutboxRow.kind.in_(MAIL)
        with self._office.database.reading() as session:
            queued = session.scalar(
                select(func.min(OutboxRow.next_at)).where(mail, OutboxRow.state == "queued")
            )
            leased = session.scalar(
                select(func.min(OutboxRow.lease_until)).where(mail, OutboxRow.state == "leased")
            )
        lapsed = leased + timedelta(seconds=1) if leased else None
        return min((at for at in (queued, lapsed) if at is not None), default=None)

    def receive(self) -> None:
        """Takes in what came by mail or by QCVN 102, if anything did."""
        settings = self._office.settings
        sleep(POLL_S)
        places = (settings.inbox_folder / "new", *settings.edxml_inbox_folder.glob("*/"))
        if any(place.is_dir() and any(place.iterdir()) for place in places):
            self.run(runs.RECEIVE)

    def kill_while_signing(self, directive_id: DirectiveId, kind: str) -> None:
        """Wakes the run, kills the worker while it waits for a time stamp, starts it again."""
        self._stage.freeze_authority()
        try:
            self._wake(directive_id)
            self._await(lambda: self._is_keyed(directive_id, kind) and self._holds(directive_id))
            sleep(IN_THE_MIDDLE_S)
            self._stage.engine.kill_worker(self._stage.worker_pid())
        finally:
            self._stage.thaw_authority()
        self._start_again()

    def kill_while_chasing(self) -> None:
        """Lets `chase-reports` begin and kills the worker at once; it is started again."""
        self._office.orchestrator.start(runs.CHASE, key=uuid4().hex)
        self._await(lambda: any(
            run.state == "Running" for run in self._office.orchestrator.unfinished(runs.CHASE)
        ))  # fmt: skip
        self._stage.engine.kill_worker(self._stage.worker_pid())
        self._start_again()

    def kill_while_sending(self, kill: Kill) -> Future[None]:
        """Watches the mail server from now on; kills the worker once so much was sent."""
        watcher = ThreadPoolExecutor(max_workers=1)
        future = watcher.submit(self._kill_after, kill.after)
        watcher.shutdown(wait=False)
        return future

    def _kill_after(self, messages: int) -> None:
        sent = self._stage.mail / "sent"
        self._await(lambda: sum(1 for _ in sent.glob("*.eml")) >= messages)
        self._stage.engine.kill_worker(self._stage.worker_pid())
        self._start_again()

    def _start_again(self) -> None:
        self._stage.engine.start_worker()
        self.run_reconcile()

    def run_reconcile(self) -> None:
        """Lets `reconcile` find what the kill left."""
        self.run(runs.RECONCILE)

    def _await(self, is_so: Callable[[], bool]) -> None:
        deadline = monotonic_s() + PATIENCE_S
        while not is_so():
            if monotonic_s() > deadline:
                raise StoryError("kill", "thời điểm đã nêu trong kịch bản không đến.")
            sleep(POLL_S)

    def _is_keyed(self, directive_id: DirectiveId, kind: str) -> bool:
        with self._office.database.reading() as session:
            found = select(Signature.id).where(
                Signature.directive_id == directive_id,
                Signature.kind == kind,
                Signature.state == "keyed",
            )
            return session.scalar(found) is not None

    def _holds(self, directive_id: DirectiveId) -> bool:
        with self._office.database.reading() as session:
            lease = session.get(RunLease, directive_id)
            return lease is not None and lease.token is not None
