"""Drives flow runs in threads of the worker's own process, for Prefect's work pool `inprocess`.

A slow import, as all that imports Prefect: load it where it is used.
"""

from __future__ import annotations

import contextvars
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any, Final
from uuid import UUID
from weakref import WeakValueDictionary

import anyio
import anyio.to_thread
from prefect import Flow
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import Abort, Pause
from prefect.flow_engine import run_flow_sync
from prefect.flows import load_flow_from_flow_run
from prefect.workers.base import BaseJobConfiguration, BaseWorker, BaseWorkerResult
from typing_extensions import override

POOL_TYPE: Final = "inprocess"


def _drive(flow: Flow[..., Any], flow_run: FlowRun) -> None:
    """Runs a flow to its end or to its next suspension."""
    with suppress(Pause):
        try:
            parameters = flow_run.parameters
            run_flow_sync(flow, flow_run=flow_run, parameters=parameters, return_type="state")
        except Abort as err:  # the run stays as it is, until `wiring.reconciling` repeats it
            logging.getLogger(__name__).warning("run %s was not begun: %s", flow_run.id, err)


class InProcessResult(BaseWorkerResult):
    """Says that a run has left its thread."""


class InProcessWorker(BaseWorker[BaseJobConfiguration, Any, InProcessResult]):
    """Drives runs in threads of its own process: awake in about a second, no process per run.

    A kill takes all its runs with it; `wiring.reconciling` lets them go on from the database.
    """

    type = POOL_TYPE
    job_configuration = BaseJobConfiguration

    mark: str = ""
    """How others recognise runs of this very process; see `wiring.liveness`."""
    slots: int = 8
    """Runs driven at a time; more of them wait their turn."""
    driving: Callable[[str], AbstractContextManager[object]] = nullcontext
    """Entered with a run's identifier for as long as a thread is given to it."""

    @override
    async def run(
        self,
        flow_run: FlowRun,
        configuration: BaseJobConfiguration,
        task_status: anyio.abc.TaskStatus[Any] | None = None,
    ) -> InProcessResult:
        await self.client.update_flow_run(flow_run.id, infrastructure_pid=self.mark)
        flow = await self._flow_for(flow_run)
        if task_status is not None:
            task_status.started(self.mark)
        with self.driving(str(flow_run.id)):
            async with self._turn_of(flow_run.id):
                await anyio.to_thread.run_sync(
                    lambda: contextvars.Context().run(_drive, flow, flow_run),
                    limiter=self._threads(),
                )
        return InProcessResult(identifier=str(flow_run.id), status_code=0)

    async def _flow_for(self, flow_run: FlowRun) -> Flow[..., Any]:
        """Loads a deployment's flow once; a new release means a new worker."""
        flows: dict[UUID | None, Flow[..., Any]] = self.__dict__.setdefault("_flows", {})
        if flow_run.deployment_id not in flows:
            flows[flow_run.deployment_id] = await load_flow_from_flow_run(
                flow_run, use_placeholder_flow=False
            )
        return flows[flow_run.deployment_id]

    def _turn_of(self, run_id: UUID) -> anyio.Lock:
        """Lets a run that was woken begin when its thread from before its sleep has left.

        Prefect hands a suspension to whichever thread it knows under the run's identifier: one
        that is told late would stop the thread that goes on, and nobody would drive the run.
        """
        turns: WeakValueDictionary[UUID, anyio.Lock] = self.__dict__.setdefault(
            "_turns", WeakValueDictionary()
        )
        return turns.setdefault(run_id, anyio.Lock())

    def _threads(self) -> anyio.CapacityLimiter:
        limiter: anyio.CapacityLimiter = self.__dict__.setdefault(
            "_thread_limiter", anyio.CapacityLimiter(self.slots)
        )
        return limiter
