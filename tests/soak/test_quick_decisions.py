"""Decisions that fall while a run is just going to sleep: none of them leaves it standing."""

import time

from actions.drafting import submit
from actions.taking_back import take_back
from tests.flows.test_engine import Stage, authority, stage, until
from wiring.runs import Phase
from wiring.waking import WakeOutcome

__all__ = ["authority", "stage"]

ROUNDS = 20
STANDS_S = 20.0
"""A run that moves longer is driven by nobody: a look takes about a second."""


def looks_again(stage: Stage) -> bool:
    """Wakes the run and waits until it sleeps, to the moment."""
    begun = time.monotonic()
    while stage.wake() is not WakeOutcome.RESUMED and time.monotonic() - begun < STANDS_S:
        time.sleep(0.01)
    while time.monotonic() - begun < STANDS_S:
        if stage.run().phase is Phase.WAITING:
            return True
        time.sleep(0.005)
    return False


def test_a_run_that_is_woken_as_soon_as_it_sleeps_always_goes_on(stage: Stage) -> None:
    front = stage.front
    stage.wake()
    assert until(lambda: stage.waits_for("submit"))
    for number in range(ROUNDS):
        submit(front.desk, front.drafter, stage.key)
        assert looks_again(stage), number
        revision = stage.directive().revision
        take_back(front.desk, front.drafter, stage.key, reason="Sai số liệu", revision=revision)
        assert looks_again(stage), number
