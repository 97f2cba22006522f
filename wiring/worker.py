"""The worker process: `python -m wiring.worker`, also reached as `trinhky work`.

Drives flow runs in its own threads until SIGTERM. It first repairs what an earlier worker left
behind when it was killed, so that no run waits for the next periodic `reconcile`.
"""

import asyncio
import logging
import os
import signal
import sys

from wiring.clock import monotonic_s, sleep
from wiring.liveness import FOLDER, living
from wiring.processes import POLL_S, SERVER_START_S, prefect_environment
from wiring.settings import Settings, adopt, load_settings

LOG = logging.getLogger(__name__)


def work(settings: Settings) -> None:
    """Works until SIGTERM or SIGINT.

    Args:
        settings: relative folders are made absolute, since deployments change the directory.
    """
    adopt(prefect_environment(settings))
    with living(settings.home) as mark:
        asyncio.run(_work(settings, mark))


async def _work(settings: Settings, mark: str) -> None:
    # Prefect reads its environment when it is imported, and is slow to import.
    from wiring.orchestrator import InProcessWorker  # noqa: PLC0415

    worker = InProcessWorker(work_pool_name=settings.prefect.work_pool, name=mark)
    worker.mark, worker.slots = mark, settings.prefect.slots
    await asyncio.to_thread(_prepare, settings)
    ready = settings.home / FOLDER / f"{os.getpid()}.ready"
    task = asyncio.ensure_future(worker.start(printer=LOG.info))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    ready.touch()
    try:
        await task
    except asyncio.CancelledError:
        LOG.info("worker stops")
    finally:
        ready.unlink(missing_ok=True)


def _prepare(settings: Settings) -> None:
    """Waits for the server, makes sure of the pool, repairs what an earlier worker left behind."""
    from wiring.bootstrap import open_office  # noqa: PLC0415 (after Prefect's environment is set)
    from wiring.errors import WiringError  # noqa: PLC0415
    from wiring.reconciling import Reconciler  # noqa: PLC0415

    deadline = monotonic_s() + SERVER_START_S
    with open_office(settings) as office:
        while not office.orchestrator.is_healthy() and monotonic_s() < deadline:
            sleep(POLL_S)
        try:
            office.orchestrator.make_pool(settings.prefect.work_pool)
            done = Reconciler.of(office).reconcile()
        except WiringError as err:
            LOG.warning("repair is left to reconcile: %s", err)
        else:
            LOG.info(done.sentence())


def main() -> int:
    """Entry of the process."""
    work(load_settings())
    return 0


if __name__ == "__main__":
    sys.exit(main())
