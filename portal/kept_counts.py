"""Figures that are dear to count: shown as they were a moment ago, counted anew beside the request.

What is counted quickly is counted each time. An office with a million obligations needs about a
second for a year of them; who asks there gets the figures of the last count with its time, and the
next count begins.
"""

import logging
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock, Thread
from time import perf_counter
from typing import Final, Generic, TypeVar

_DEAR_S: Final = 0.1
_RESTS: Final = 20
"""How many times as long as a count took its figures are shown before the next one begins."""
_OLDEST_S: Final = 300.0
"""Older figures are shown to nobody."""
_MOST: Final = 200
"""Kept at once; the oldest go."""

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Counted(Generic[_T]):
    """Figures, and whether they are of now."""

    figures: _T
    at: datetime | None
    """When they were counted, where that was before this request; else None."""


@dataclass(frozen=True, slots=True)
class _Kept:
    figures: object
    at: datetime
    counted_s: float
    """When the count began, as `perf_counter` tells it."""
    took_s: float


@dataclass(slots=True)
class KeptCounts:
    """The figures that one portal process keeps. Threads may share it."""

    _kept: dict[Hashable, _Kept] = field(default_factory=dict)
    _under_way: set[Hashable] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def get(
        self, key: Hashable, count: Callable[[], _T], clock: Callable[[], datetime]
    ) -> Counted[_T]:
        """Returns figures, counted now unless that is dear and was done lately.

        Args:
            key: what is counted and for whose eyes; equal keys must mean equal figures.
            count: counts them; called in this thread or in one of its own.
            clock: gives the instant of now: aware, UTC.

        Raises:
            Exception: whatever `count` raises in this thread.
        """
        with self._lock:
            kept = self._kept.get(key)
        age_s = perf_counter() - kept.counted_s if kept else _OLDEST_S
        if kept is None or age_s >= _OLDEST_S:
            return Counted(self._counted(key, count, clock), None)
        if age_s > _RESTS * kept.took_s:
            self._count_beside(key, count, clock)
        return Counted(kept.figures, kept.at)  # type: ignore[arg-type]  # of this key's count

    def _counted(self, key: Hashable, count: Callable[[], _T], clock: Callable[[], datetime]) -> _T:
        at, began_s = clock(), perf_counter()
        figures = count()
        took_s = perf_counter() - began_s
        with self._lock:
            self._kept.pop(key, None)
            if took_s >= _DEAR_S:
                self._kept[key] = _Kept(figures, at, began_s, took_s)
            while len(self._kept) > _MOST:
                del self._kept[next(iter(self._kept))]
        return figures

    def _count_beside(
        self, key: Hashable, count: Callable[[], _T], clock: Callable[[], datetime]
    ) -> None:
        with self._lock:
            if key in self._under_way:
                return
            self._under_way.add(key)

        def run() -> None:
            try:
                self._counted(key, count, clock)
            except Exception:  # noqa: BLE001 (a thread of its own: nobody above could tell it)
                # Who asks next sees the old figures until they are too old, then the refusal.
                _log.exception("Figures could not be counted anew")
            finally:
                with self._lock:
                    self._under_way.discard(key)

        Thread(target=run, name="kept-counts", daemon=True).start()
