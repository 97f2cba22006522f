"""The judge's benchmark runs over real files and tells its ratios."""

import json
import shutil
from pathlib import Path

import pytest

from bench import verify
from bench.judges import judge
from bench.papers import make_papers, open_office
from signing.verdict import Verdict


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
