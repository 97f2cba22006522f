"""The only reader of the clock: the system's, or a simulated one that a story walks on."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Protocol

from typing_extensions import override

from wiring.errors import ClockError

if TYPE_CHECKING:
    # The terminal's judge reads the time and needs no database: it must not wait for one.
    from sqlalchemy import Select

    from models.session import Database
    from wiring.settings import Settings


class Clock(Protocol):
    """Tells the instant of now; called without arguments, it fits `actions.desk.Desk.clock`."""

    def now(self) -> datetime:
        """Returns now: aware, UTC."""

    def __call__(self) -> datetime:
        """Returns now."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Returns now: aware, UTC."""
        return datetime.now(UTC)

    __call__ = now


@cache
def _reading() -> Select[tuple[datetime]]:
    """Returns the look at the row, made once: a simulated office asks for the time all the time."""
    from sqlalchemy import select  # noqa: PLC0415 (see above)

    from models.organisation import ClockReading  # noqa: PLC0415

    return select(ClockReading.now).where(ClockReading.id == 1)


class SimulatedClock:
    """An instant that stands still until it is set: one row that every process reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self) -> datetime:
        """Returns the simulated instant: aware, UTC.

        Raises:
            ClockError: it was never set.
        """
        with self._database.reading() as session:
            now = session.scalar(_reading())
        if now is None:
            raise ClockError("chưa được đặt giờ; đặt giờ trước khi dùng.")
        return now

    __call__ = now

    def set(self, at: datetime) -> None:
        """Sets the instant; the same one again is allowed.

        Raises:
            ClockError: `at` lies before the present reading.
        """
        from sqlalchemy import update  # noqa: PLC0415 (see above)

        from models.organisation import ClockReading  # noqa: PLC0415

        with self._database.writing() as session:
            moved = session.execute(
                update(ClockReading)
                .where(ClockReading.id == 1, ClockReading.now <= at)
                .values(now=at)
            )
            if moved.rowcount:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
                return
            reading = session.get(ClockReading, 1)
            if reading is not None:
                raise ClockError(f"không thể lùi từ {reading.now} về {at}.")
            session.add(ClockReading(id=1, now=at))

    @override
    def __repr__(self) -> str:
        return "SimulatedClock()"


def real_now() -> datetime:
    """Returns the machine's instant even while the office's clock is simulated.

    For leases of running processes and timestamps of webhooks only: a process dies in real time,
    and the other side of a webhook looks at its own clock.
    """
    return datetime.now(UTC)


def sleep(seconds: float) -> None:
    """Waits in real time."""
    time.sleep(seconds)


def monotonic_s() -> float:
    """Returns seconds that only grow, for time-outs."""
    return time.monotonic()


def open_clock(settings: Settings, database: Database) -> Clock:
    """Returns the clock that the settings name."""
    from wiring.sections import ClockMode  # noqa: PLC0415 (see above)

    if settings.clock is ClockMode.SIMULATED:
        return SimulatedClock(database)
    return SystemClock()
