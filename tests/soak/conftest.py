"""The long tests: kills, mutations, load. `make soak`; the seed is printed and can be set."""

import os
import random

import pytest

from tests.actions.conftest import authority, stages
from tests.signing.conftest import office
from tests.stories.conftest import play_story, poppler

__all__ = ["authority", "office", "play_story", "poppler", "stages"]

SEED = int(os.environ.get("SOAK_SEED", "20260921"))


def pytest_report_header() -> str:
    return f"soak seed: {SEED} (SOAK_SEED)"


@pytest.fixture
def chance() -> random.Random:
    return random.Random(SEED)  # noqa: S311 (repeatable, not secret)
