"""The benchmark runs and tells its ratios; how fast anything is decides nothing here."""

import json
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from bench import documents, verify
from bench.judges import judge
from bench.papers import make_papers, open_office
from bench.rounds import Rival, race
from signing.pool import TASKS_PER_PROCESS
from signing.verdict import Verdict
from signing.worker import Limits


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig is not installed")
def test_a_short_share_ends_with_one_json_object_of_ratios(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert verify.main(["--rounds", "1", "--short", "--files", "blt2"]) == 0
    ratios = json.loads(capsys.readouterr().out.splitlines()[-1])
    wanted = {
        "verify_blt2_new_vs_pdfsig", "verify_blt2_warm_vs_pdfsig", "verify_blt2_warm_vs_pyhanko",
        "verify_blt2_never_seen_vs_pdfsig", "sandbox_pool_vs_in_process",
        "command_vs_pdfsig_1_file", "peak_memory_blt2_vs_pdfsig",
    }  # fmt: skip
    assert wanted <= ratios.keys()
    assert all(value > 0 for value in ratios.values())


def test_a_wrong_file_name_is_refused() -> None:
    with pytest.raises(SystemExit):
        verify.main(["--files", "blt9"])


@pytest.mark.parametrize("object_streams", [False, True], ids=["table", "object streams"])
def test_the_files_are_what_their_names_say(*, object_streams: bool) -> None:
    pdf = documents.make_pdf(pages=250, image_bytes=50_000, object_streams=object_streams)
    assert 50_000 < len(pdf) < 150_000
    assert (b"/ObjStm" in pdf) is object_streams


def test_long_term_files_pass_and_plain_ones_lack_evidence_alone(tmp_path: Path) -> None:
    with open_office(tmp_path / "pki") as office:
        papers = make_papers(office, tmp_path, names=frozenset({"bb2", "blt2", "50_revisions"}))
        reports = {paper.name: judge(paper.data, office.trust) for paper in papers}
    assert reports["blt2"].verdict is Verdict.PASSED
    for name in ("bb2", "50_revisions"):
        codes = {
            one.code
            for part in reports[name].signatures
            for one in part.findings
            if one.effect is not Verdict.PASSED
        }
        assert codes == {"evidence_missing"}
    revised = next(paper for paper in papers if paper.name == "50_revisions")
    assert revised.data.count(b"%%EOF") == 50


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
