"""The worker process: `python -m wiring.worker`, also reached as `trinhky work`.

Drives flow runs in its own threads until SIGTERM. It first repairs what an earlier worker left
behind when it was killed, so that no run waits for the next periodic `reconcile`; and it repairs
what it could not tell Prefect while that was away: a run that counts as running for good would
keep every later one of its flow from beginning, `reconcile` itself among them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Final

from wiring.clock import monotonic_s, sleep
from wiring.deployments import read_plans
from wiring.errors import WiringError
from wiring.liveness import FOLDER, driving, living
from wiring.processes import POLL_S, SERVER_START_S, prefect_environment
from wiring.sections import ClockMode
from wiring.settings import PROJECT, Settings, adopt, load_settings

if TYPE_CHECKING:
    from wiring.bootstrap import Office

LOG = logging.getLogger(__name__)
MEND_S: Final = 5.0
"""Between looks whether a server that was away answers again."""


def work(settings: Settings, *, deploy: bool = False) -> None:
    """Works until SIGTERM or SIGINT.

    Args:
        settings: the office.
        deploy: make the deployments first.

    Raises:
        OrchestratorError: the deployments could not be made.
    """
    adopt(prefect_environment(settings))
    with living(settings.home) as mark:
        asyncio.run(_work(settings, mark, deploy=deploy))


async def _work(settings: Settings, mark: str, *, deploy: bool) -> None:
    # Prefect reads its environment when it is imported, and is slow to import.
    from wiring.inprocess import InProcessWorker  # noqa: PLC0415

    await asyncio.to_thread(_prepare, settings, deploy=deploy)
    worker = InProcessWorker(work_pool_name=settings.prefect.work_pool, name=mark)
    worker.mark, worker.slots = mark, settings.prefect.slots
    untold = asyncio.Event()
    worker.driving = _told(settings, mark, untold.set)
    mending = asyncio.ensure_future(_mend(settings, untold))
    task = asyncio.ensure_future(worker.start(printer=LOG.info))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    ready = settings.home / FOLDER / f"{os.getpid()}.ready"
    ready.touch()
    try:
        await task
    except asyncio.CancelledError:
        LOG.info("worker stops")
    finally:
        mending.cancel()
        ready.unlink(missing_ok=True)


def _told(
    settings: Settings, mark: str, untold: Callable[[], None]
) -> Callable[[str], AbstractContextManager[object]]:
    """Returns what marks a run as ours, and notes when one leaves us whose end was not told."""

    @contextmanager
    def around(run_id: str) -> Iterator[None]:
        try:
            with driving(settings.home, mark, run_id):
                yield
        except Exception:
            untold()
            raise

    return around


async def _mend(settings: Settings, untold: asyncio.Event) -> None:
    """Repairs as soon as the server answers again, whenever a run's end could not be told."""
    from wiring.orchestrator import open_orchestrator  # noqa: PLC0415 (as above)

    server = open_orchestrator(settings, retries=0)
    while await untold.wait():
        untold.clear()
        await asyncio.sleep(MEND_S)
        healthy = await asyncio.to_thread(server.is_healthy)
        if not (healthy and await asyncio.to_thread(_mended, settings)):
            untold.set()


def _mended(settings: Settings) -> bool:
    from wiring.bootstrap import open_office  # noqa: PLC0415 (after Prefect's environment is set)

    with open_office(settings) as office:
        return _repair(office)


def _prepare(settings: Settings, *, deploy: bool) -> None:
    """Waits for the server, makes sure of the pool, repairs what an earlier worker left behind."""
    from wiring.bootstrap import open_office  # noqa: PLC0415 (after Prefect's environment is set)

    deadline = monotonic_s() + SERVER_START_S
    with open_office(settings) as office:
        while not office.orchestrator.is_healthy() and monotonic_s() < deadline:
            sleep(POLL_S)
        LOG.info("the server answers")
        office.orchestrator.make_pool(settings.prefect.work_pool)
        LOG.info("the pool is there")
        if deploy:
            _deploy(office)
            LOG.info("the deployments are there")
        _repair(office)


def _deploy(office: Office) -> None:
    """With the simulated clock without schedules: a story starts its runs itself."""
    office.orchestrator.deploy(
        read_plans(PROJECT / "prefect.yaml"),
        pool=office.settings.prefect.work_pool,
        schedules=office.settings.clock is ClockMode.SYSTEM,
    )


def _repair(office: Office) -> bool:
    from wiring.reconciling import Reconciler  # noqa: PLC0415 (after Prefect's environment is set)

    try:
        LOG.info(Reconciler.of(office).reconcile().sentence())
    except WiringError as err:
        LOG.warning("repair is left to reconcile: %s", err)
        return False
    return True


def main(arguments: Sequence[str]) -> int:
    """Entry of the process; `--deploy` makes the deployments first."""
    try:
        work(load_settings(), deploy="--deploy" in arguments)
    except WiringError as err:
        sys.stderr.write(f"{err.diagnosis()}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
