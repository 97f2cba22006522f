"""The benchmark runs and tells its ratios; how fast anything is decides nothing here."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from bench import documents, verify
from bench.rounds import Rival, race
from signing.pool import TASKS_PER_PROCESS
from signing.worker import Limits


def test_a_wrong_file_name_is_refused() -> None:
    with pytest.raises(SystemExit):
        verify.main(["--files", "blt9"])


@pytest.mark.parametrize("object_streams", [False, True], ids=["table", "object streams"])
def test_the_files_are_what_their_names_say(*, object_streams: bool) -> None:
    pdf = documents.make_pdf(pages=250, image_bytes=50_000, object_streams=object_streams)
    assert 50_000 < len(pdf) < 150_000
    assert (b"/ObjStm" in pdf) is object_streams


def test_each_rival_runs_in_each_round_and_prepares_before() -> None:
    calls = []

    def note(word: str) -> Callable[[], None]:
        return lambda: calls.append(word)

    taken = race({"a": Rival(note("a"), prepare=note("p")), "b": Rival(note("b"))}, rounds=4)
    assert sorted(calls) == ["a"] * 5 + ["b"] * 5 + ["p"] * 5
    assert all(before == "p" for before, one in pairwise(calls) if one == "a")
    assert taken.keys() == {"a", "b"}


def test_the_page_tells_the_limits_of_today() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "performance.md").read_text("utf-8")
    limits = Limits()
    for told in (
        f"{limits.file_bytes >> 20} MB",
        f"{limits.memory_bytes / (1 << 30)} GB",
        f"{limits.cpu_seconds} s",
        f"{limits.wall_seconds:.0f} s",
        f"{TASKS_PER_PROCESS:,} files",
    ):
        assert told in text, told
