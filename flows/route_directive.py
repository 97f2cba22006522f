"""Drives one directive from its draft to its issue.

Re-entrant: each pass asks the database for the next step. The machine's steps are tasks under a
lease; where a person must decide the run sleeps, and whoever decides wakes it.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID, uuid4

from prefect import flow, get_run_logger, suspend_flow_run
from prefect.runtime import flow_run

from actions.changing import get_directive
from actions.errors import AlreadyDoneError, WrongStateError
from actions.progress import NextStep, next_step
from flows._machine_steps import MACHINE_STEPS
from flows._office import start_sending, this_office
from flows._recording import recorded
from models.base import DirectiveId
from wiring.errors import OrchestratorError, StuckStepError
from wiring.leases import Holding
from wiring.waking import settle_wakes

SAME_STEP: Final = 3  # times in a row, before the run gives up


@recorded
@flow(name="route-directive", description="Đưa một văn bản từ dự thảo đến khi phát hành.")
def route_directive(directive_id: UUID) -> str:
    """Drives a directive; returns the words of its last step.

    Args:
        directive_id: Mã của văn bản (UUID), xem ở địa chỉ trang của văn bản.
    """
    wanted, run_id, office = DirectiveId(directive_id), str(flow_run.id), this_office()
    while True:
        lease_s = office.settings.prefect.run_lease_s
        looks: list[datetime] = []
        with Holding(office.database, wanted, run_id, lease_s=lease_s) as lease:
            step = go_on(wanted, partial(_look_at, looks), lease.check)
        # The machine's own steps asked for a look too, which this was: else `reconcile` would wake
        # every directive that has moved since its last call, all in one second.
        settle_wakes(office.database, wanted, looks[-1])
        if not is_for_person(step):
            start_sending()
            return step.words
        get_run_logger().info(step.words)
        _suspend(wanted, run_id)


def go_on(
    directive_id: DirectiveId, look: Callable[[DirectiveId], NextStep], check: Callable[[], None]
) -> NextStep:
    """Does the machine's steps until a person must act or nothing is left; returns what is next.

    Raises `LeaseLostError` (another run drives it) or `StuckStepError` (a step without effect).
    """
    last, times = "", 0
    while (step := look(directive_id)).kind == "machine":
        last, times = step.deed, times + 1 if step.deed == last else 1
        if times > SAME_STEP:
            raise StuckStepError(step.deed)
        check()
        # Another run or a person was quicker: the next look tells what is left.
        with suppress(WrongStateError, AlreadyDoneError):
            MACHINE_STEPS[step.deed](directive_id)
    return step


def look(directive_id: DirectiveId) -> NextStep:
    """Asks the database what comes next."""
    with this_office().database.reading() as session:
        return next_step(session, get_directive(session, directive_id))


def _look_at(looks: list[datetime], directive_id: DirectiveId) -> NextStep:
    """Looks, and notes when: before the look, so that what comes meanwhile is not taken as seen."""
    looks.append(this_office().clock.now())
    return look(directive_id)


def is_for_person(step: NextStep) -> bool:
    """Tells whether the run must sleep; after issue the periodic flows follow the directive."""
    return step.kind == "person" and step.deed != "follow_up"


def _suspend(directive_id: DirectiveId, run_id: str) -> None:
    """Ends this process's part of the run until somebody wakes it."""
    try:
        suspend_flow_run(timeout=None, key=uuid4().hex)
    finally:  # a decision may have fallen between our look and the suspension, and woken nobody
        with suppress(OrchestratorError):
            if look(directive_id).kind != "person":
                this_office().orchestrator.resume(run_id)
