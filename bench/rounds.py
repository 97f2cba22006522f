"""Times calls in interleaved rounds, so that what disturbs one disturbs its rival too."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Final

SLOW_S: Final = 0.2
"""Who takes longer takes part in every third round alone."""


@dataclass(frozen=True, slots=True)
class Rival:
    """One of those that are compared on one file."""

    run: Callable[[], object]
    prepare: Callable[[], object] = lambda: None
    """Not timed."""


def race(rivals: Mapping[str, Rival], *, rounds: int, seed: int = 4) -> dict[str, float]:
    """Runs each rival once a round, in an order that changes.

    Args:
        rivals: By name.
        rounds: How many; one more goes before and is not counted.
        seed: Of the order.

    Returns:
        Median seconds by name.
    """
    order = random.Random(seed)  # noqa: S311 (nothing secret)
    first = {name: _timed(rival) for name, rival in rivals.items()}
    taken: dict[str, list[float]] = {name: [] for name in rivals}
    for number in range(rounds):
        for name in order.sample(list(rivals), len(rivals)):
            if first[name] < SLOW_S or number % 3 == 0:
                taken[name].append(_timed(rivals[name]))
    return {name: median(seconds) for name, seconds in taken.items()}


def _timed(rival: Rival) -> float:
    rival.prepare()
    began = perf_counter()
    rival.run()
    return perf_counter() - began
