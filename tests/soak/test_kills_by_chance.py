"""The worker is killed after different numbers of messages; nothing is lost, nothing doubled."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stories.conftest import Played

pytestmark = pytest.mark.timeout(3600)
STORY = Path(__file__).resolve().parents[1] / "stories" / "kills.toml"
ROUNDS = 5


def test_kills_at_different_moments_lose_nothing(
    play_story: Callable[[Path], Played], chance: random.Random, tmp_path: Path
) -> None:
    for number in range(ROUNDS):
        text = STORY.read_text(encoding="utf-8")
        text = text.replace("after = 12", f"after = {chance.randrange(1, 60)}")
        text = text.replace("../../demo", str(STORY.parents[2] / "demo"))
        varied = tmp_path / f"{number}.toml"
        varied.write_text(text, encoding="utf-8")
        played = play_story(varied)
        assert played.figures["number"] == "96-HD/BTGTU"
        assert played.figures["verdict"] == "passed"
        assert played.figures["delivered"] == played.figures["recipients"]
        sent = list((played.folder / "mail" / "sent").glob("*.eml"))
        assert len(sent) == played.figures["recipients"]
        repeats = played.folder / "mail" / "repeats.jsonl"
        for line in repeats.read_text().splitlines() if repeats.exists() else []:
            assert json.loads(line)["same_bytes"]
