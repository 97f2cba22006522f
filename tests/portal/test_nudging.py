"""A decision never waits for the engine."""

import threading
from typing import Any
from uuid import uuid4

from models.base import DirectiveId
from portal.nudging import Nudging


class SlowOffice:
    """Stands for an office whose engine does not answer, or fails."""

    def __init__(self) -> None:
        self.asked: list[DirectiveId] = []
        self.answers = threading.Event()

    def nudge(self, directive_id: DirectiveId) -> None:
        self.asked.append(directive_id)
        self.answers.wait()
        raise ConnectionError


def test_a_nudge_returns_while_the_engine_is_silent_and_when_it_fails() -> None:
    office: Any = SlowOffice()
    nudging = Nudging(office)
    first, second = DirectiveId(uuid4()), DirectiveId(uuid4())
    nudging(first)
    nudging(second)
    office.answers.set()
    nudging.close()
    assert office.asked[0] == first
