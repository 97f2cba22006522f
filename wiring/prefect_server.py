"""Prefect's command in a process whose rubbish is collected beside its event loop.

Python's collector of cycles runs in whatever thread happens to allocate. Prefect's server keeps
its SQLite connections in threads of their own and drives them from its event loop; a cursor that
was left in a cycle is reset when it is collected, and that waits for its connection. Was this
connection just waiting for the lock that a coroutine of the loop holds, then the loop, collecting,
waited for it, and nothing moved until SQLite's busy timeout of sixty seconds ended
(`docs/performance.md`). Here no thread but one of its own collects: if that one waits, nobody
waits for it.
"""

from __future__ import annotations

import gc
import runpy
import sys
from threading import Event, Thread
from typing import Final

EACH_S: Final = 2.0
WARM_S: Final = 20.0
"""By then the server has loaded what it will keep; that is walked no more."""


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


if __name__ == "__main__":
    collect_beside(Event())
    sys.argv[0] = "prefect"
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)
