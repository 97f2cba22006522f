"""Prefect as seen from our side: runs are started, woken, looked at; nothing here knows the truth.

With `wiring.inprocess` the only module beside the flows that imports Prefect, and a slow import:
load it where it is used.
A run's state proves nothing about the work; what is true stands in our database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from ssl import SSLContext
from typing import Any, Final
from uuid import UUID

import httpx
from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import (
    ConcurrencyLimitStrategy,
    ConcurrencyOptions,
    FlowRun,
    State,
    StateType,
)
from prefect.client.schemas.responses import SetStateStatus
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.client.schemas.sorting import FlowRunSort
from prefect.context import SettingsContext, get_settings_context
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound, PrefectException
from prefect.flows import load_flow_from_entrypoint
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES
from prefect.settings import Settings as PrefectSettings
from prefect.states import Crashed, Scheduled
from prefect.utilities.callables import parameter_schema

from wiring.clock import monotonic_s, real_now, sleep
from wiring.deployments import Cron, DeploymentPlan, SchedulePlan
from wiring.errors import OrchestratorError
from wiring.inprocess import POOL_TYPE, InProcessWorker
from wiring.runs import MACHINE_TAG, ROUTE, Phase, RunView, directive_tag
from wiring.settings import Settings

PATIENCE_S: Final = 10.0
"""How long a call to Prefect may take; a person never waits for it."""
POLL_S: Final = 0.2
RETRIES: Final = 4
"""Prefect waits 2, 4, 8 and 16 s between them: its SQLite says 503 when it is busy."""
PAGE: Final = 200
"""Runs that Prefect gives at a time at most."""

_PHASES: Final[Mapping[StateType, Phase]] = {
    StateType.PAUSED: Phase.WAITING,
    StateType.COMPLETED: Phase.ENDED,
    StateType.FAILED: Phase.ENDED,
    StateType.CRASHED: Phase.ENDED,
    StateType.CANCELLED: Phase.ENDED,
}


class Orchestrator:
    """A client of Prefect's API. Threads may share it; each call has a connection of its own."""

    def __init__(self, *, api_url: str, auth: str | None = None, retries: int = RETRIES) -> None:
        """Keeps the address; connects at the first call.

        Args:
            api_url: ends in `/api`.
            auth: `user:password`, where the server wants one.
            retries: further tries of each call; 0 where a person's request stands behind it.
        """
        self._api_url = api_url
        self._auth = auth
        self._retries = retries
        self._kept: dict[int, tuple[PrefectSettings, PrefectSettings]] = {}

    def is_healthy(self) -> bool:
        """Tells whether Prefect answers."""
        try:
            with self._client("xem tình trạng", retries=0) as client:
                return client.api_healthcheck() is None
        except OrchestratorError:
            return False

    def start_route(
        self, directive_id: UUID, *, generation: int, name: str | None = None
    ) -> RunView:
        """Starts the run that drives a directive, or finds the one of this generation.

        Raises:
            OrchestratorError: Prefect does not answer, or knows no such deployment.
        """
        return self.start(
            ROUTE,
            {"directive_id": str(directive_id)},
            key=f"{directive_id}:{generation}",
            tags=(directive_tag(directive_id), MACHINE_TAG),
            name=name,
        )

    def start(
        self,
        deployment: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        tags: Sequence[str] = (),
        name: str | None = None,
    ) -> RunView:
        """Starts a run of a deployment by its name and does not wait for it.

        Args:
            deployment: its name, which is its flow's name too.
            parameters: what the flow takes.
            key: idempotency key: the same one gives the same run, for ever.
            tags: marks to find the run by.
            name: what people see.

        Raises:
            OrchestratorError: Prefect does not answer, or knows no such deployment.
        """
        with self._client(f"khởi động {deployment}") as client:
            found = client.read_deployment_by_name(f"{deployment}/{deployment}")
            run = client.create_flow_run_from_deployment(
                found.id, parameters=dict(parameters or {}), idempotency_key=key,
                tags=list(tags), name=name,
            )  # fmt: skip
        return _view(run)

    def run_deployment(
        self,
        deployment: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        wait_s: float = 0.0,
        tags: Sequence[str] = (),
    ) -> RunView:
        """Starts a run and waits up to `wait_s` seconds for its end; returns how it stands then.

        Raises:
            OrchestratorError: as in `start`.
        """
        run = self.start(deployment, parameters, tags=tags)
        return self.await_run(run.id, wait_s=wait_s) if wait_s else run

    def await_run(self, run_id: str, *, wait_s: float) -> RunView:
        """Looks at a run until it has ended, `wait_s` seconds at most; returns how it stands then.

        Raises:
            OrchestratorError: Prefect does not answer, or knows no such run.
        """
        deadline = monotonic_s() + wait_s
        while True:
            run = self.run(run_id)
            if run is None:
                raise OrchestratorError("xem lượt chạy", f"không có lượt chạy {run_id}")
            if run.phase is Phase.ENDED or monotonic_s() >= deadline:
                return run
            sleep(POLL_S)

    def run(self, run_id: str) -> RunView | None:
        """Returns one run, or None where Prefect knows it no longer.

        Raises:
            OrchestratorError: Prefect does not answer.
        """
        with self._client("xem lượt chạy") as client:
            try:
                return _view(client.read_flow_run(UUID(run_id)))
            except ObjectNotFound:
                return None

    def unfinished(self, deployment: str | None = None) -> tuple[RunView, ...]:
        """Returns the runs that began, or should have, and have not ended, of a deployment or all.

        What a schedule plans for later is left out: hundreds, of which nobody has to take care.

        Raises:
            OrchestratorError: Prefect does not answer.
        """
        living = [kind for kind in StateType if _PHASES.get(kind) is not Phase.ENDED]
        of = DeploymentFilter(name=DeploymentFilterName(any_=[deployment])) if deployment else None
        runs = FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=living)),
            expected_start_time=FlowRunFilterExpectedStartTime.model_validate(
                {"before_": real_now()}
            ),
        )
        found: list[RunView] = []
        with self._client("tìm lượt chạy") as client:
            while True:
                page = client.read_flow_runs(
                    flow_run_filter=runs,
                    deployment_filter=of,
                    sort=FlowRunSort.EXPECTED_START_TIME_DESC,
                    limit=PAGE,
                    offset=len(found),
                )
                found += [_view(run) for run in page]
                if len(page) < PAGE:
                    return tuple(found)

    def resume(self, run_id: str) -> bool:
        """Wakes a suspended run. Tells whether Prefect did so: a run that waits for nothing stays.

        Raises:
            OrchestratorError: Prefect does not answer.
        """
        with self._client("đánh thức lượt chạy") as client:
            try:
                answer = client.resume_flow_run(UUID(run_id))
            except ObjectNotFound:
                return False
        return answer.status is SetStateStatus.ACCEPT

    def reschedule(self, run_id: str) -> bool:
        """Lets a run start anew from its top under the same id. Tells whether Prefect accepted.

        Raises:
            OrchestratorError: Prefect does not answer.
        """
        return self._set(run_id, Scheduled(message="Chạy lại sau khi bị gián đoạn"), "chạy lại")

    def give_up(self, run_id: str, reason: str) -> bool:
        """Marks a run whose process is known to be dead as Crashed, which frees its slot.

        Raises:
            OrchestratorError: Prefect does not answer.
        """
        return self._set(run_id, Crashed(message=reason), "ghi nhận lượt chạy đã hỏng")

    def make_pool(self, name: str) -> None:
        """Makes the work pool of in-process workers where it is missing. Idempotent.

        Raises:
            OrchestratorError: Prefect does not answer.
        """
        pool = WorkPoolCreate(
            name=name,
            type=POOL_TYPE,
            base_job_template=InProcessWorker.get_default_base_job_template(),
        )
        with self._client("tạo nhóm công việc") as client, suppress(ObjectAlreadyExists):
            client.create_work_pool(pool)

    def deploy(
        self, plans: Sequence[DeploymentPlan], *, pool: str, schedules: bool
    ) -> tuple[str, ...]:
        """Makes deployments in a pool that is there; returns their names. Idempotent.

        Args:
            plans: from `wiring.deployments.read_plans`.
            pool: the work pool.
            schedules: False leaves them switched off: a story starts its runs itself.

        Raises:
            OrchestratorError: Prefect does not answer, or refuses.
        """
        alone = ConcurrencyOptions(collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
        with self._client("triển khai") as client:
            for plan in plans:
                flow: Flow[..., Any] = load_flow_from_entrypoint(
                    plan.entrypoint, use_placeholder_flow=False
                )
                client.create_deployment(
                    client.create_flow_from_name(flow.name),
                    plan.name,
                    description=flow.description,
                    entrypoint=plan.entrypoint,
                    work_pool_name=pool,
                    parameter_openapi_schema=parameter_schema(flow).model_dump_for_openapi(),
                    enforce_parameter_schema=True,
                    schedules=schedules_of(plan) if schedules else [],
                    concurrency_limit=1 if plan.alone else None,
                    concurrency_options=alone if plan.alone else None,
                )
        return tuple(plan.name for plan in plans)

    def _set(self, run_id: str, state: State[Any], what: str) -> bool:
        with self._client(what) as client:
            try:
                answer = client.set_flow_run_state(run_id, state)
            except ObjectNotFound:
                return False
        return answer.status is SetStateStatus.ACCEPT

    @contextmanager
    def _client(self, what: str, retries: int | None = None) -> Iterator[SyncPrefectClient]:
        """One connection; what fails in the end is made good by `reconcile`."""
        tries = self._retries if retries is None else retries
        with self._trying(tries):
            # The transport of our own: Prefect's would knock four times at a closed door.
            transport = httpx.HTTPTransport(verify=_trusted())
            asked = {"timeout": PATIENCE_S, "transport": transport, "verify": _trusted()}
            client = SyncPrefectClient(self._api_url, auth_string=self._auth, httpx_settings=asked)
            try:
                with client:
                    yield client
            except (httpx.HTTPError, PrefectException, OSError) as err:
                raise OrchestratorError(what, f"{type(err).__name__}: {err}") from err

    def _trying(self, tries: int) -> SettingsContext:
        """Prefect's settings with so many further tries, made anew only where they have changed."""
        now = get_settings_context()
        kept = self._kept.get(tries)
        if kept is None or kept[0] is not now.settings:
            changed = now.settings.copy_with_update({PREFECT_CLIENT_MAX_RETRIES: tries})
            kept = self._kept[tries] = (now.settings, changed)
        return SettingsContext(profile=now.profile, settings=kept[1])


@cache
def _trusted() -> SSLContext:
    """Whom a connection trusts; to read their certificates takes as long as ten calls."""
    return httpx.create_ssl_context()


def open_orchestrator(settings: Settings, *, retries: int = RETRIES) -> Orchestrator:
    """Returns the client that the settings name."""
    auth = settings.prefect.auth
    return Orchestrator(
        api_url=settings.prefect_api_url,
        auth=auth.get_secret_value() if auth else None,
        retries=retries,
    )


def _view(run: FlowRun) -> RunView:
    state = run.state
    if state is None:
        raise OrchestratorError("xem lượt chạy", f"lượt chạy {run.id} không có trạng thái")
    return RunView(
        id=str(run.id),
        name=run.name,
        phase=_PHASES.get(state.type, Phase.MOVING),
        state=state.name or state.type.value,
        since=state.timestamp,
        tags=tuple(run.tags),
        worker=run.infrastructure_pid,
    )


def schedules_of(plan: DeploymentPlan) -> list[DeploymentScheduleCreate]:
    """Returns a deployment's schedules in Prefect's own shape."""
    return [
        DeploymentScheduleCreate(schedule=_schedule(one), active=True, slug=one.slug)
        for one in plan.schedules
    ]


def _schedule(one: SchedulePlan) -> CronSchedule | IntervalSchedule:
    when, zone = one.when, one.timezone
    if isinstance(when, Cron):
        return CronSchedule(cron=when.fields, timezone=zone)
    return IntervalSchedule(interval=when.interval, anchor_date=when.anchor, timezone=zone)
