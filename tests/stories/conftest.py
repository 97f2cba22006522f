"""Stories are played once for all tests that look at what they leave."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from wiring.stories.narrator import Recorder
from wiring.stories.outcome import Outcome
from wiring.stories.player import play
from wiring.stories.script import read_story

PROJECT = Path(__file__).resolve().parents[2]


class Played:
    """A story that was played to its end."""

    def __init__(self, outcome: Outcome, told: list[str]) -> None:
        self.outcome = outcome
        self.folder = outcome.folder
        self.figures = outcome.figures
        self.told = told


@pytest.fixture(scope="session")
def play_story(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Played]:
    def played(path: Path) -> Played:
        recorder = Recorder()
        outcome = play(read_story(path), tmp_path_factory.mktemp("story"), recorder)
        return Played(outcome, [words for _, words in recorder.told])

    return played


@pytest.fixture(scope="session")
def demo(play_story: Callable[[Path], Played]) -> Played:
    return play_story(PROJECT / "demo" / "story.toml")


@pytest.fixture(scope="session")
def poppler() -> Callable[..., str]:
    """Runs a program of poppler; installed by `make test`."""
    if shutil.which("pdfsig") is None:
        pytest.skip("poppler-utils is not installed")

    def run(*command: str) -> str:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    return run
