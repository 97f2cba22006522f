"""`trinhky trust` as an operator types it, and `trinhky verify` beside it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Terminal
from tests.signing.judge_crypto.pki import Plan, make_root
from tests.support.desk import ROOT as ROOT_FOLDER
from tests.support.front import Front

ROOT = make_root(Plan("CA gốc Một", kind="rsa:root").authority_of())
TERMS = ("--source", "trang của Ban Cơ yếu", "--reason", "cấp cho cơ quan ta")


def test_an_anchor_is_added_listed_shown_and_taken_away(
    terminal: Terminal, front: Front, tmp_path: Path
) -> None:
    file = tmp_path / "goc.cer"
    file.write_bytes(ROOT.der)
    assert "chưa tin chứng thư gốc nào" in terminal.says("trust", "list")
    said = terminal.says(
        "trust", "add", str(file), *TERMS, "--purpose", "stamp", "--until", "2030-12-31",
        "--organisation", "Sở Một",
    )  # fmt: skip
    assert said.startswith("Đã tin chứng thư gốc CA gốc Một (")
    (line,) = terminal.says("trust", "list").splitlines()
    fingerprint = line.split()[0]
    assert "dấu thời gian  đến 31/12/2030" in line
    shown = terminal.says("trust", "show", fingerprint)
    assert "Nguồn: trang của Ban Cơ yếu" in shown
    assert "Cơ quan được cấp: Sở Một" in shown
    assert front.last_event().deed == "add_trust_anchor"
    assert "Không tin" in terminal.says("trust", "remove", fingerprint, "--reason", "thôi")
    assert "chưa tin chứng thư gốc nào" in terminal.says("trust", "list")
    assert front.last_event().deed == "remove_trust_anchor"


def test_wrong_files_days_and_fingerprints_are_refused_in_plain_words(
    terminal: Terminal, front: Front, tmp_path: Path
) -> None:
    del front
    file = tmp_path / "goc.pdf"
    file.write_bytes(b"%PDF-1.7")
    assert "không đọc được chứng thư nào" in terminal.refuses("trust", "add", str(file), *TERMS)
    wrong = terminal.refuses("trust", "add", str(file), *TERMS, "--from", "2026-02-30", status=64)
    assert "không phải ngày có thật" in wrong
    assert "Không tìm thấy chứng thư gốc" in terminal.refuses("trust", "show", "0" * 16)
    assert "ít nhất 8" in terminal.refuses("trust", "remove", "0", "--reason", "x")


SHARED = ROOT_FOLDER.parent / "shared"
PAPER = SHARED / "signed-pdfs" / "intact" / "huynhppp-qlvb-web__CV_4427_0001.signed.pdf"


@pytest.mark.skipif(not PAPER.exists(), reason="../shared/signed-pdfs is absent")
def test_a_paper_of_this_country_is_known_once_its_authorities_are_trusted(
    terminal: Terminal, front: Front
) -> None:
    del front
    judged = json.loads(terminal.run("verify", "--format", "json", str(PAPER)).stdout)
    assert "issuer_unknown" in codes(judged)
    for name in ("g2-rootcag2.crt", "g2-cpcag2.crt", "g1-vgca_rootca.cer"):
        terminal.says("trust", "add", str(SHARED / "certs-vn" / name), *TERMS)
    judged = json.loads(terminal.run("verify", "--format", "json", str(PAPER)).stdout)
    assert "issuer_unknown" not in codes(judged)
    assert judged["verdict"] == "indeterminate"
    assert "evidence_missing" in codes(judged)


def codes(judged: dict[str, Any]) -> set[str]:
    return {one["code"] for part in judged["signatures"] for one in part["findings"]}
