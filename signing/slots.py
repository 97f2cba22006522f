"""At most so many calls at once to a service: in all threads here, in all processes of an office.

Within a process they are counted; across processes each call holds the lock of one of the folder's
files, which the system lets go when the process dies.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import logging
import os
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

LOG: Final = logging.getLogger(__name__)
_PAUSE_S: Final = 0.05
_COUNTED: Final = Counter[str]()
_COUNTING: Final = threading.Lock()


@contextlib.asynccontextmanager
async def slot(
    service: str, *, at_most: int, wait_s: float, folder: Path | None = None
) -> AsyncIterator[None]:
    """Waits for a free place among the calls to a service, and holds it.

    Args:
        service: Address; equal ones are counted together.
        at_most: How many at once.
        wait_s: How long to wait for a place.
        folder: Of the locks that all processes of an office share; None: this process alone.

    Raises:
        TimeoutError: No place became free.
    """
    ends = time.monotonic() + wait_s
    while True:
        with contextlib.ExitStack() as held:
            if held.enter_context(_counted(service, at_most)) and (
                folder is None or held.enter_context(_locked(folder, service, at_most))
            ):
                yield
                return
        if time.monotonic() >= ends:
            raise TimeoutError(service)
        await asyncio.sleep(_PAUSE_S)


@contextlib.contextmanager
def _counted(service: str, at_most: int) -> Iterator[bool]:
    with _COUNTING:
        free = _COUNTED[service] < at_most
        _COUNTED[service] += free
    try:
        yield free
    finally:
        with _COUNTING:
            _COUNTED[service] -= free


@contextlib.contextmanager
def _locked(folder: Path, service: str, at_most: int) -> Iterator[bool]:
    name = hashlib.sha256(service.encode()).hexdigest()[:16]
    for number in range(at_most):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(folder / f"{name}-{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as err:
            # Better a few calls too many than no time stamp because of a folder.
            LOG.warning("calls are counted in this process alone: %s", err)
            yield True
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            continue
        try:
            yield True
        finally:
            os.close(handle)  # gives the lock back
        return
    yield False
