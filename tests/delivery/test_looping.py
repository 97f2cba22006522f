"""A channel's own loop works in plain code and inside somebody's loop, and ends what takes long."""

import asyncio
import threading

import pytest

from delivery.looping import OwnLoop


async def where() -> int:
    return threading.get_ident()


def test_in_plain_code_it_runs_in_the_callers_thread() -> None:
    loop = OwnLoop()
    assert loop.run(where(), at_most_s=1) == threading.get_ident()
    loop.close()
    loop.close()


def test_inside_another_loop_it_runs_elsewhere() -> None:
    async def plain_code_within() -> int:
        loop = OwnLoop()
        try:
            return loop.run(where(), at_most_s=1)
        finally:
            loop.close()

    assert asyncio.run(plain_code_within()) != threading.get_ident()


def test_what_takes_too_long_is_ended_and_the_next_work_runs() -> None:
    ended = []

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    loop = OwnLoop()
    with pytest.raises(TimeoutError):
        loop.run(endless(), at_most_s=0.01)
    assert ended == [True]
    assert loop.run(where(), at_most_s=1)
    loop.close()


def test_what_a_library_left_running_ends_with_the_loop() -> None:
    left: list[asyncio.Task[None]] = []

    async def leave() -> None:
        left.append(asyncio.ensure_future(asyncio.sleep(1000)))

    loop = OwnLoop()
    loop.run(leave(), at_most_s=1)
    loop.close()
    assert left[0].cancelled()
