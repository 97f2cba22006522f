"""The worker's threads: what a run's thread is told late does not stop the one that goes on."""

import threading
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import anyio
import pytest
from prefect import Flow, flow
from prefect._flow_run_suspension import (
    FlowRunSuspensionRequest,
    mark_flow_run_suspension_requested,
    register_flow_run_suspension_request,
)
from prefect.client.schemas.objects import FlowRun
from prefect.states import Suspended

from wiring import inprocess
from wiring.inprocess import InProcessWorker

LONG_S = 0.5
"""Long for a thread to begin in, if nothing holds it."""


@flow
def nothing() -> None:
    """A flow to be driven."""


class Threads:
    """What Prefect does for each thread of a run; the first learns late that it was suspended."""

    def __init__(self, patience_s: float) -> None:
        self.patience_s = patience_s
        self.requests: list[tuple[UUID, FlowRunSuspensionRequest]] = []
        self.told = threading.Event()

    def drive(self, driven: Flow[..., Any], run: FlowRun) -> None:
        del driven
        request = FlowRunSuspensionRequest()
        with register_flow_run_suspension_request(run.id, request):
            self.requests.append((run.id, request))
            if len(self.requests) == 1:
                self.told.wait(self.patience_s)
                mark_flow_run_suspension_requested(run.id, Suspended())


def a_run(key: UUID) -> FlowRun:
    return FlowRun(id=key, flow_id=uuid4())


@pytest.fixture
def worker() -> InProcessWorker:
    made = InProcessWorker(work_pool_name="thu", name="thu")

    async def noted(*_: object, **__: object) -> None:
        """There is no server to tell."""

    made.__dict__["_client"] = SimpleNamespace(update_flow_run=noted)
    made.__dict__["_flows"] = {None: nothing}
    return made


async def together(worker: InProcessWorker, *keys: UUID) -> None:
    async with anyio.create_task_group() as group:
        for key in keys:
            group.start_soon(worker.run, a_run(key), None)
            await anyio.sleep(LONG_S / 5)


def test_a_woken_run_goes_on_although_the_thread_before_its_sleep_is_told_late(
    worker: InProcessWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads, key = Threads(LONG_S), uuid4()
    monkeypatch.setattr(inprocess, "_drive", threads.drive)
    anyio.run(together, worker, key, key)
    assert [request.is_requested() for _, request in threads.requests] == [True, False]


def test_other_runs_do_not_wait_for_it(
    worker: InProcessWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads, slow, quick = Threads(60), uuid4(), uuid4()
    monkeypatch.setattr(inprocess, "_drive", threads.drive)

    async def both() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(worker.run, a_run(slow), None)
            await anyio.sleep(LONG_S / 5)
            await worker.run(a_run(quick), None)
            assert not threads.requests[0][1].is_requested()  # the slow one is still at it
            threads.told.set()

    anyio.run(both)
    assert [key for key, _ in threads.requests] == [slow, quick]
    assert [request.is_requested() for _, request in threads.requests] == [True, False]
