"""An event loop of a channel's own, for libraries that speak asyncio.

A channel is called from plain code. The loop runs in the caller's thread while it is asked for
something, and stands still in between; where the caller itself runs inside somebody's event loop,
it runs in another thread. Beside that it gives what blocking sockets do not: an end to a whole
conversation, even with a server that says one byte a minute.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


class OwnLoop:
    """Runs coroutines one at a time; begins with the first and ends with `close`."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, work: Coroutine[Any, Any, Result], *, at_most_s: float) -> Result:
        """Return what the work returns.

        Raises:
            TimeoutError: it took longer than ``at_most_s`` seconds, and was ended.
            BaseException: whatever the work raises.
        """
        self._loop = loop = self._loop or asyncio.new_event_loop()
        return _run(loop, _bounded(work, at_most_s))

    def close(self) -> None:
        """End the loop, and whatever a library left running in it. Idempotent."""
        loop, self._loop = self._loop, None
        if loop is not None:
            _run(loop, _quiet())
            loop.close()


def _run(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Result]) -> Result:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return loop.run_until_complete(work)
    with ThreadPoolExecutor(max_workers=1) as elsewhere:
        return elsewhere.submit(loop.run_until_complete, work).result()


async def _bounded(work: Coroutine[Any, Any, Result], at_most_s: float) -> Result:
    # A turn of the loop first: it stood still, and may not have seen yet what the other side did.
    await asyncio.sleep(0)
    return await asyncio.wait_for(work, at_most_s)


async def _quiet() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
