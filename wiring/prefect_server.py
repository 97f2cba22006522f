"""Prefect's command, with two mends for a server that keeps its runs in SQLite.

*Rubbish is collected beside its event loop.* Python's collector of cycles runs in whatever thread
happens to allocate. Prefect's server keeps its SQLite connections in threads of their own and
drives them from its event loop; a cursor that was left in a cycle is reset when it is collected,
and that waits for its connection. Was this connection just waiting for the lock that a coroutine
of the loop holds, then the loop, collecting, waited for it, and nothing moved until SQLite's busy
timeout of sixty seconds ended (`docs/performance.md`). Here no thread but one of its own collects:
if that one waits, nobody waits for it.

*Who is told to come again is told when.* Of two transactions that have read and now write, SQLite
refuses the second at once, however short the first one is; Prefect answers 503, and its clients
then pause two seconds, of which they say themselves that the server may name another time.
"""

from __future__ import annotations

import gc
import runpy
import sys
from collections import deque
from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from time import monotonic
from typing import Any, Final

import uvicorn

EACH_S: Final = 2.0
WARM_S: Final = 20.0
"""By then the server has loaded what it will keep; that is walked no more."""
SOON_S: Final = (0.2, 0.4, 0.8, 1.6)
"""When to come again, for one refusal after the other within `WITHIN_S`. Where there are more, the
client's own pauses are better: they grow to half a minute."""
WITHIN_S: Final = 5.0
_BUSY: Final = 503


def collect_beside(ends: Event, *, each_s: float = EACH_S, warm_s: float = WARM_S) -> Thread:
    """Collects cycles in a thread of its own until `ends` is set, and nowhere else.

    Args:
        ends: ends the thread.
        each_s: seconds between two collections.
        warm_s: seconds after which everything there is is left out of further collections, so
            that one takes milliseconds.
    """
    gc.disable()

    def collect() -> None:
        if ends.wait(warm_s):
            return
        gc.collect()
        gc.freeze()
        while not ends.wait(each_s):
            gc.collect()

    thread = Thread(target=collect, name="collector", daemon=True)
    thread.start()
    return thread


class ComeAgainSoon:
    """An application of which a refusal for being busy says when to come again.

    `Retry-After` has tenths of a second, as Prefect's clients read it; RFC 9110 has whole ones.
    """

    def __init__(self, app: Any, clock: Callable[[], float] = monotonic) -> None:  # noqa: ANN401 (ASGI)
        self._app = app
        self._clock = clock
        self._refused: deque[float] = deque()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 (ASGI)
        """Answers as the application does."""

        async def sending(message: Any) -> None:  # noqa: ANN401 (ASGI)
            is_start = message["type"] == "http.response.start"
            if is_start and message["status"] == _BUSY and (soon := self._soon()):
                header = (b"retry-after", f"{soon:.1f}".encode())
                message = {**message, "headers": [*message.get("headers", ()), header]}
            await send(message)

        await self._app(scope, receive, sending)

    def _soon(self) -> float | None:
        now = self._clock()
        while self._refused and now - self._refused[0] > WITHIN_S:
            self._refused.popleft()
        before = len(self._refused)
        self._refused.append(now)
        return SOON_S[before] if before < len(SOON_S) else None


def _run(run: Callable[..., None], app: Any, **given: Any) -> None:  # noqa: ANN401 (uvicorn's own)
    run(app=app if isinstance(app, str) else ComeAgainSoon(app), **given)


if __name__ == "__main__":
    collect_beside(Event())
    # Prefect's command makes its application itself and hands it to this function.
    uvicorn.run = partial(_run, uvicorn.run)
    sys.argv[0] = "prefect"
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)
