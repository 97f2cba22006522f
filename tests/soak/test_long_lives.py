"""Long walks of the lifecycle's state machine."""

import pytest

from tests.actions.test_lifecycle_machine import Stages, walk

pytestmark = pytest.mark.timeout(3600)


def test_no_long_path_signs_twice_skips_a_decision_or_reuses_a_number(stages: Stages) -> None:
    walk(stages, examples=60, steps=40)
