"""An event loop in a thread of its own, for channels whose libraries speak asyncio.

A channel is called from plain code, which may itself run inside somebody's event loop; so the loop
lives elsewhere. It also gives what blocking sockets do not: an end to a whole conversation, even
with a server that says one byte a minute.
"""

import asyncio
from collections.abc import Coroutine
from threading import Thread
from typing import Any, TypeVar

Result = TypeVar("Result")


class LoopThread:
    """Runs coroutines one at a time; the thread begins with the first and ends with `close`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None

    def run(self, work: Coroutine[Any, Any, Result], *, at_most_s: float) -> Result:
        """Return what the work returns.

        Raises:
            TimeoutError: it took longer than ``at_most_s`` seconds, and was ended.
            BaseException: whatever the work raises.
        """
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = Thread(target=self._loop.run_forever, name=self._name, daemon=True)
            self._thread.start()
        future = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, at_most_s), self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()  # Where the caller was interrupted, the work must not go on unseen.
            raise

    def close(self) -> None:
        """End the loop and its thread. Idempotent."""
        loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(_quiet(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _quiet() -> None:
    """End what libraries left running, and wait for it."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
