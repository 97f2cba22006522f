"""What a portal has loaded is taken out of the collector's rounds; what comes later is not."""

import asyncio
import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from portal import heap


class Ring:
    """One that only the collector can free."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def thawed() -> Iterator[None]:
    """The test's own process collects as before afterwards."""
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("thawed")
def test_what_is_there_is_left_alone_and_what_came_later_is_still_freed() -> None:
    heap.leave_alone()
    assert gc.get_freeze_count() > 10_000
    later = ref(Ring())
    gc.collect()
    assert later() is None


@pytest.mark.usefixtures("thawed")
def test_rubbish_of_the_start_is_freed_before_the_rest_is_kept() -> None:
    early = ref(Ring())
    heap.leave_alone()
    assert early() is None


@pytest.mark.usefixtures("thawed")
def test_what_the_first_minute_loads_is_left_alone_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap, "WARM_S", (0.05,))
    loaded: list[Ring] = []

    async def run() -> int:
        settling = asyncio.create_task(heap.leave_alone_when_warm())
        await asyncio.sleep(0.01)
        at_first = gc.get_freeze_count()
        loaded.extend(Ring() for _ in range(5000))
        await settling
        return at_first

    assert gc.get_freeze_count() == 0
    assert asyncio.run(run()) < gc.get_freeze_count() - 4000
