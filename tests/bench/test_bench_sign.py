"""The race of signers runs, everybody's signature holds, and the ratios are told."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from bench import sign
from bench.documents import make_pdf
from bench.signers import Signers, make_key, running_signpdf, with_field
from signing.policy import INTEGRITY
from signing.trust import TrustStore
from signing.verdict import Verdict
from signing.verify import verify
from wiring.clock import real_now


def test_a_short_run_ends_with_one_json_object_of_ratios(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert sign.main(["--rounds", "1"]) == 0
    ratios = json.loads(capsys.readouterr().out.splitlines()[-1])
    wanted = {"sign_100kb_vs_pyhanko", "sign_10mb_vs_pyhanko", "sign_100kb_with_mark_vs_pyhanko"}
    if shutil.which("node"):
        wanted.add("sign_100kb_vs_signpdf")
    assert wanted <= ratios.keys()
    assert all(value > 0 for value in ratios.values())


@pytest.mark.parametrize("visible", [False, True], ids=["without mark", "with mark"])
def test_what_is_raced_holds_for_our_judge_and_for_pdfsig(tmp_path: Path, visible: bool) -> None:  # noqa: FBT001 (a parameter of pytest)
    make_key(tmp_path / "key.p12")
    signers = Signers.open(tmp_path / "key.p12")
    plain = make_pdf(pages=2)
    for name, signed in (
        ("ours", signers.ours(with_field(plain, visible=visible))),
        ("pyhanko", signers.pyhanko(plain)),
    ):
        report = verify(
            signed, name=name, policy=INTEGRITY, trust=TrustStore(anchors=()), at=real_now()
        )
        assert report.verdict is Verdict.PASSED, name
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(signed)
        if shutil.which("pdfsig"):
            assert "Signature is Valid" in _pdfsig(path), name


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_peer_in_node_signs_what_pdfsig_finds_valid(tmp_path: Path) -> None:
    make_key(tmp_path / "key.p12")
    (tmp_path / "plain.pdf").write_bytes(make_pdf(pages=2))
    with running_signpdf(tmp_path / "key.p12") as peer:
        for _ in range(2):
            assert peer.seconds(tmp_path / "plain.pdf", tmp_path / "signed.pdf") > 0
    if shutil.which("pdfsig"):
        assert "Signature is Valid" in _pdfsig(tmp_path / "signed.pdf")


def _pdfsig(path: Path) -> str:
    done = subprocess.run(
        ["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False
    )
    return done.stdout
