import re
from pathlib import Path

import pytest

from actions import follow_up_words as words
from actions.deed_words import DEED_WORDS
from models.lifecycle import DeliveryState, ObligationState
from tests.support.desk import ROOT

MODULES = [
    "acknowledging",
    "archive_checking",
    "attempting",
    "chasing",
    "closing",
    "consigning",
    "consolidating",
    "dispatching",
    "extending",
    "receiving",
    "reports/deciding",
    "reports/forms",
    "reports/linking",
    "reports/submitting",
    "transferring",
]
_DEED = re.compile(r'doing\(\s*desk,\s*\w+,\s*"(\w+)"')


def deeds(path: Path) -> set[str]:
    return set(_DEED.findall(path.read_text("utf-8")))


@pytest.mark.parametrize("module", MODULES)
def test_every_deed_of_follow_up_is_called_by_words(module: str) -> None:
    assert deeds(ROOT / "actions" / f"{module}.py") <= set(DEED_WORDS)


def test_every_state_is_called_by_words() -> None:
    assert set(words.DELIVERY_WORDS) == set(DeliveryState)
    assert set(words.OBLIGATION_WORDS) == set(ObligationState)
