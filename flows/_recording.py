"""Writes down what each run did, whoever started it: the office's own list of runs.

Hooks of Prefect, which run in the run's own process. Runs by schedule leave a row only where they
did something or failed: most of them find nothing to do. What cannot be written here is logged by
Prefect and made good by `reconcile`.
"""

from typing import Any, Final, ParamSpec, TypeVar
from uuid import UUID

from prefect import Flow
from prefect.client.schemas.objects import FlowRun, State

from actions.operating.runs import (
    AGAIN,
    PREFECT,
    SCHEDULE,
    SYSTEM,
    Begun,
    note_ended,
    note_running,
)
from actions.operating.summaries import failure_of, said_by
from flows._office import this_office
from models.directive import Directive
from wiring.runs import MACHINE_TAG, RECORD_TAG

P = ParamSpec("P")
R = TypeVar("R")

CANCELLED: Final = "Không chạy: đã bị huỷ, hoặc một lượt khác đang làm việc này."
CRASHED: Final = "Tiến trình thực hiện đã dừng đột ngột; phần đã làm được giữ nguyên."


def note_begin(flow: Flow[P, R], flow_run: FlowRun, state: State[Any]) -> None:
    """A run has begun or goes on."""
    del state
    if not _is_quiet(flow_run):
        note_running(this_office().desk, _begun(flow, flow_run))


def note_completion(flow: Flow[P, R], flow_run: FlowRun, state: State[Any]) -> None:
    """A run has ended well."""
    words = said_by(state.result(raise_on_failure=False))
    if words or not _is_quiet(flow_run):
        note_ended(
            this_office().desk, _begun(flow, flow_run), failed=False,
            summary=words or "Không có việc gì phải làm.",
        )  # fmt: skip


def note_failure(flow: Flow[P, R], flow_run: FlowRun, state: State[Any]) -> None:
    """A run has failed: its own words say what is wrong and what to do."""
    fault = state.result(raise_on_failure=False)
    note_ended(
        this_office().desk, _begun(flow, flow_run), failed=True, summary=failure_of(fault),
        advice=AGAIN,
    )  # fmt: skip


def note_crash(flow: Flow[P, R], flow_run: FlowRun, state: State[Any]) -> None:
    """A run's process is going down."""
    del state
    note_ended(
        this_office().desk, _begun(flow, flow_run), failed=True, summary=CRASHED, advice=AGAIN
    )


def note_cancellation(flow: Flow[P, R], flow_run: FlowRun, state: State[Any]) -> None:
    """A run was cancelled."""
    del state
    if not _is_quiet(flow_run):
        note_ended(this_office().desk, _begun(flow, flow_run), failed=False, summary=CANCELLED)


def recorded(flow: Flow[P, R]) -> Flow[P, R]:
    """Has every run of a flow written down; stands above `@flow`."""
    flow.on_running_hooks.append(note_begin)
    flow.on_completion_hooks.append(note_completion)
    flow.on_failure_hooks.append(note_failure)
    flow.on_crashed_hooks.append(note_crash)
    flow.on_cancellation_hooks.append(note_cancellation)
    return flow


def _is_quiet(run: FlowRun) -> bool:
    """Tells whether nobody waits to hear of this run."""
    return run.auto_scheduled or MACHINE_TAG in run.tags


def _begun(flow: Flow[P, R], run: FlowRun) -> Begun:
    record = next((tag for tag in run.tags if tag.startswith(RECORD_TAG)), None)
    named = run.parameters.get("directive_id")
    by = SCHEDULE if run.auto_scheduled else SYSTEM if MACHINE_TAG in run.tags else PREFECT
    return Begun(
        flow=flow.name,
        flow_run_id=str(run.id),
        started_by=by,
        record_id=UUID(record.removeprefix(RECORD_TAG)) if record else None,
        directive_id=_identifier(named),
        parameters={key: str(value) for key, value in run.parameters.items()},
    )


def _identifier(named: object) -> UUID | None:
    """Returns the directive that a run names, where there is such a one to point at."""
    try:
        wanted = UUID(str(named)) if named else None
        if wanted is not None:
            with this_office().database.reading() as session:
                if session.get(Directive, wanted) is None:
                    return None
    except ValueError:
        return None
    return wanted
