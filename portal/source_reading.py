"""Files that drafts begin with, read beside the pages: a few threads, and the table as the queue.

Nothing is in memory alone: what a killed process was reading is taken up by the next one when its
lease has run out, what an ending one was reading at once.
"""

import logging
import threading
import uuid
from contextlib import suppress
from typing import Final

from actions.desk import Desk
from actions.errors import InvalidInputError, Problem
from actions.working.importing import read_in
from actions.working.sources import Held, SourceGoneError, claim, give_up

LOG = logging.getLogger(__name__)
FIRST_LOOK_S: Final = 1.5
"""How long the person's request waits, so that a short text opens at once."""
AT_ONCE: Final = 2
"""Files that one process reads at the same time."""
LOOK_S: Final = 10.0
"""Between two looks for what another process left behind."""
END_WAIT_S: Final = 10.0
ACCIDENT: Final = Problem(
    place="Tệp",
    reason="Hệ thống gặp lỗi ngoài dự kiến khi đọc. Bấm “Đọc lại”; vẫn lỗi thì báo người vận hành.",
)


class SourceReader:
    """What this process reads."""

    def __init__(self, desk: Desk, *, first_look_s: float = FIRST_LOOK_S) -> None:
        self._desk = desk
        self._first_look_s = first_look_s
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._again = False
        self._ends: dict[uuid.UUID, threading.Event] = {}
        self._halt = threading.Event()

    def open(self) -> None:
        """Takes up what waits, now and whenever another process leaves something behind."""
        threading.Thread(target=self._keep_looking, name="sources", daemon=True).start()

    def submit(self, key: uuid.UUID) -> None:
        """Has a file read; returns after a moment, however long it takes."""
        with self._lock:
            end = self._ends.setdefault(key, threading.Event())
        self.poke()
        end.wait(self._first_look_s)
        with self._lock:
            self._ends.pop(key, None)

    def poke(self) -> None:
        """Sees to it that somebody looks for what waits."""
        with self._lock:
            self._again = True
            if self._halt.is_set() or len(self._threads) >= AT_ONCE:
                return
            thread = threading.Thread(target=self._drain, name="source", daemon=True)
            self._threads.add(thread)
        thread.start()

    def close(self) -> None:
        """Stops; what was being read waits for the next process."""
        self._halt.set()
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(END_WAIT_S)

    def _keep_looking(self) -> None:
        while not self._halt.is_set():
            self.poke()
            self._halt.wait(LOOK_S)

    def _drain(self) -> None:
        try:
            while self._goes_on():
                while not self._halt.is_set() and (held := claim(self._desk)) is not None:
                    self._read(held)
        except Exception:
            LOG.exception("looking for files to read")
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _goes_on(self) -> bool:
        """Whether to look once more; under the lock, so that whoever pokes now is not missed."""
        with self._lock:
            wanted, self._again = self._again and not self._halt.is_set(), False
            if not wanted:
                self._threads.discard(threading.current_thread())
            return wanted

    def _read(self, held: Held) -> None:
        try:
            read_in(self._desk, held, halted=self._halt.is_set)
        except Exception:
            LOG.exception("reading %s", held.id)
            with suppress(SourceGoneError):
                give_up(self._desk, held, InvalidInputError(ACCIDENT))
        finally:
            with self._lock:
                end = self._ends.get(held.id)
            if end is not None:
                end.set()
