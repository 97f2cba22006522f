"""The processes of one office on one machine: Prefect server, worker, portal, demo's helpers.

`LocalEngine` starts and stops them for `trinhky serve` and for stories. Everything stays below the
office's folder and on the loopback interface: Prefect's home is there, never the user's own.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

import httpx

from wiring.clock import monotonic_s, sleep
from wiring.errors import ServiceError
from wiring.sections import ClockMode
from wiring.settings import PROJECT, Settings, changed, process_environment, settings_environment

"""Root of the tree, where `prefect.yaml` lies."""
LOOPBACK: Final = "127.0.0.1"
SERVER_START_S: Final = 120.0
"""A Prefect server takes 5 to 20 s on two cores; a busy machine gets more."""
WORKER_START_S: Final = 180.0
"""It waits for the server."""
PORTAL_START_S: Final = 120.0
USERS: Final = ("worker", "portal")
"""They need the other services until they have stopped."""
STOP_S: Final = 10.0
"""Between SIGTERM and SIGKILL."""
POLL_S: Final = 0.1
PORTS_TRIED: Final = 200


def free_port(wanted: int) -> int:
    """Returns `wanted` or the next port that nobody listens on.

    Raises:
        ServiceError: none of the next ports is free.
    """
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise ServiceError("Cổng mạng", f"không còn cổng trống từ {wanted}", "-")


def any_port() -> int:
    """Returns a free port of the system's choice."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


_QUIET: Final = {
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS": "20",
}
"""Services of Prefect that we make no use of, and runs that it makes long before they begin: each
write can lock its SQLite. That was held for a minute at times: `docs/performance.md`."""


_LOOKS_S: Final = {ClockMode.SYSTEM: "1", ClockMode.SIMULATED: "0.2"}
"""Between looks of the worker for runs; a story waits for each of its runs, an office for few."""
_LEASES: Final = "prefect.server.concurrency.lease_storage.filesystem"
"""Prefect's usual place is memory: a killed server forgot them, and a run that could not renew its
own was cut off four minutes later, in the middle of its letters."""


def prefect_environment(settings: Settings) -> dict[str, str]:
    """Returns the variables under which Prefect runs for this office; it tells nobody anything."""
    found = {
        "PREFECT_HOME": str(settings.prefect_home),
        "PREFECT_API_URL": settings.prefect_api_url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_CLI_COLORS": "false",
        "PREFECT_WORKER_QUERY_SECONDS": _LOOKS_S[settings.clock],
        "PREFECT_LOGGING_LEVEL": settings.log.level,
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": _LEASES,
        **_QUIET,
    }
    if settings.prefect.auth is not None:
        secret = settings.prefect.auth.get_secret_value()
        found |= {"PREFECT_API_AUTH_STRING": secret, "PREFECT_SERVER_API_AUTH_STRING": secret}
    return found


def child_environment(settings: Settings) -> dict[str, str]:
    """Returns the whole environment of a process that belongs to this office."""
    return process_environment(prefect_environment(settings) | settings_environment(settings))


@dataclass(slots=True)
class Service:
    """One process that we started."""

    name: str
    """For people: `prefect`, `worker`, `portal` …"""
    process: subprocess.Popen[bytes]
    log: Path
    """Where its output goes."""

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def ask_to_end(self) -> None:
        """Asks it to stop; returns at once."""
        if self.is_running:
            self.process.terminate()

    def end(self) -> None:
        """Asks it to stop, and stops it where it does not. Idempotent."""
        self.ask_to_end()
        if self.is_running:
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def last_words(self) -> str:
        """The end of its log, for an error."""
        text = self.log.read_text(encoding="utf-8", errors="replace").strip()
        return text.splitlines()[-1][:300] if text else "không có nhật ký"


class LocalEngine:
    """Starts and stops the services of one office; a context manager that leaves none behind."""

    def __init__(self, settings: Settings) -> None:
        """Takes ports that are free now.

        Args:
            settings: the office; ports that are taken are replaced in `LocalEngine.settings`.
        """
        self.settings = settings
        self._services: list[Service] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop_all()

    @property
    def services(self) -> tuple[Service, ...]:
        """What was started, in order."""
        return tuple(self._services)

    def start_engine(self) -> int:
        """Starts server and worker and makes the deployments. Returns the worker's process id.

        The worker is loaded while the server starts. It makes the deployments before it looks for
        work: Prefect's SQLite was seen locked for a minute where both were done at once.

        Raises:
            ServiceError: one of them failed.
        """
        server = self._begin_server()
        worker = self._begin_worker("--deploy")
        if server is not None:
            self._await_server(server)
        self._await_worker(worker)
        return worker.process.pid

    def start_server(self) -> None:
        """Starts a Prefect server of our own, unless the settings name one. Waits until it answers.

        Raises:
            ServiceError: it ended, or did not answer in time.
        """
        server = self._begin_server()
        if server is not None:
            self._await_server(server)

    def start_worker(self) -> int:
        """Starts a worker and waits until it looks for work. Returns its process id.

        Raises:
            ServiceError: it ended, or was not ready in time.
        """
        worker = self._begin_worker()
        self._await_worker(worker)
        return worker.process.pid

    def _begin_server(self) -> Service | None:
        if self.settings.prefect.api_url is not None:
            return None
        port = free_port(self.settings.prefect.port)
        self.settings = changed(self.settings, prefect__port=port)
        self.settings.prefect_home.mkdir(parents=True, exist_ok=True)
        where = ["--host", LOOPBACK, "--port", str(port)]
        return self.start("prefect", ["-m", "wiring.prefect_server", "server", "start", *where])

    def _await_server(self, server: Service) -> None:
        url = f"{self.settings.prefect_api_url}/health"
        self._await(server, lambda: _answers(url), SERVER_START_S)

    def _begin_worker(self, *options: str) -> Service:
        return self.start("worker", ["-m", "wiring.worker", *options])

    def _await_worker(self, worker: Service) -> None:
        ready = self.settings.home / "workers" / f"{worker.process.pid}.ready"
        self._await(worker, ready.exists, WORKER_START_S)

    def start_portal(self) -> str:
        """Starts the portal and waits until it answers. Returns its address.

        Raises:
            ServiceError: it ended, or did not answer in time.
        """
        port = free_port(self.settings.portal.port)
        self.settings = changed(self.settings, portal__port=port)
        host = self.settings.portal.host
        command = ["-m", "uvicorn", "portal.app:make_app", "--factory", "--host", host]
        service = self.start("portal", [*command, "--port", str(port), "--no-access-log"])
        url = f"http://{LOOPBACK if host == '0.0.0.0' else host}:{port}"  # noqa: S104 (compared)
        self._await(service, lambda: _answers(f"{url}/healthz"), PORTAL_START_S)
        return url

    def start(
        self, name: str, arguments: Sequence[str], extra: Mapping[str, str] | None = None
    ) -> Service:
        """Starts `python <arguments>` from the project's root under the office's settings.

        Args:
            name: its log is `<name>.log`, appended to.
            arguments: what follows the interpreter.
            extra: further environment variables.
        """
        log = self.settings.logs_folder / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = self._spawn(arguments, output, extra or {})
        service = Service(name, process, log)
        self._services.append(service)
        return service

    def kill_worker(self, pid: int) -> None:
        """Kills a worker at once (SIGKILL), as a loss of power would.

        Raises:
            ServiceError: no worker of ours has this process id.
        """
        for service in self._services:
            if service.name == "worker" and service.process.pid == pid:
                service.process.send_signal(signal.SIGKILL)
                service.process.wait()
                self._services.remove(service)
                return
        raise ServiceError("Tiến trình thực hiện", f"không có tiến trình {pid}", "-")

    def fallen(self) -> tuple[Service, ...]:
        """Returns the services that ended by themselves."""
        return tuple(service for service in self._services if not service.is_running)

    def restart(self, service: Service) -> None:
        """Starts a worker that fell again, and a server or portal that was killed from outside.

        Raises:
            ServiceError: server or portal ended by itself, which would hide a fault that stays; it
                is another service; or it does not come up.
        """
        begin: Mapping[str, Callable[[], object]] = {
            "worker": self.start_worker, "prefect": self.start_server, "portal": self.start_portal,
        }  # fmt: skip
        was_killed = (service.process.poll() or 0) < 0
        if service.name not in begin or not (was_killed or service.name == "worker"):
            raise ServiceError(service.name, service.last_words(), str(service.log))
        self._services.remove(service)
        begin[service.name]()

    def stop_all(self) -> None:
        """Stops everything, first those that use the others. Idempotent."""
        first = [service for service in self._services if service.name in USERS]
        then = [service for service in self._services if service.name not in USERS]
        self._services.clear()
        for together in (first, then):
            for service in together:
                service.ask_to_end()
            for service in together:
                service.end()

    def _spawn(
        self, arguments: Sequence[str], output: IO[bytes], extra: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 (our own interpreter, our own arguments)
            [sys.executable, *arguments],
            cwd=PROJECT,
            env=child_environment(self.settings) | {"PWD": str(PROJECT)} | dict(extra),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _await(self, service: Service, is_ready: Callable[[], bool], limit_s: float) -> None:
        deadline = monotonic_s() + limit_s
        while not is_ready():
            if not service.is_running:
                raise ServiceError(service.name, service.last_words(), str(service.log))
            if monotonic_s() > deadline:
                raise ServiceError(
                    service.name, f"chưa trả lời sau {limit_s:.0f} giây", str(service.log)
                )
            sleep(POLL_S)


def _answers(url: str) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return _asking().get(url).is_success
    return False


@cache
def _asking() -> httpx.Client:
    """One for all looks: to make it takes as long as ten of them."""
    return httpx.Client(timeout=5.0, trust_env=False, headers={"Connection": "close"})
