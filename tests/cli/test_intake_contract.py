"""The contract of `trinhky intake`, on the real command in a process of its own."""

import json
from pathlib import Path

from tests.cli.conftest import Terminal, trinhky
from tests.support.desk import ROOT
from tests.support.front import Front

PAPER = ROOT / "demo" / "96-HD-BTGTU.ocr.txt"
SINGLE = ("number_full", "issue_date", "place", "doc_type", "issuer", "title", "signer")


def test_a_scanned_paper_is_read_with_evidence_and_joined_with_the_directory(
    tmp_path: Path,
) -> None:
    done = trinhky("intake", PAPER, "--format", "json", "--directory", "demo", folder=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert all(set(found[name]) == {"value", "confidence", "evidence"} for name in SINGLE)
    assert found["number_full"]["value"] == "96-HD/BTGTU"
    assert found["signer"]["value"]["name"] == "Trần Trung Hiếu"
    for name in ("recipients", "deadlines"):
        assert found[name]
        assert all({"confidence", "evidence"} <= set(one) for one in found[name])
    assert ["so-tt-tt"] in [one.get("members") for one in found["recipients"]]
    assert isinstance(found["unresolved"], list)
    assert list(tmp_path.iterdir()) == []


def test_the_same_paper_for_a_person_names_what_must_be_looked_at(terminal: Terminal) -> None:
    said = terminal.says("intake", str(PAPER))

    assert "Số, ký hiệu: 96-HD/BTGTU" in said
    assert "Nơi nhận (11):" in said
    assert "Chưa hiểu, cần người xem lại" in said
    assert "\x1b" not in said


def test_the_open_office_gives_its_directory_too(terminal: Terminal, front: Front) -> None:
    del front
    assert "so-tt" in terminal.says("intake", str(PAPER), "--directory", "office")


def test_what_cannot_be_read_is_refused_in_a_sentence(terminal: Terminal, tmp_path: Path) -> None:
    broken = tmp_path / "hong.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing behind it")
    wrong = tmp_path / "office.toml"
    wrong.write_text("[office]\nmailbx = 1\n", encoding="utf-8")
    refusals = {
        (str(tmp_path / "khong-co.txt"),): "Không tìm thấy tệp",
        (str(tmp_path),): "phải là một tệp",
        (str(broken),): "Đề nghị",
        (str(PAPER), "--directory", str(wrong)): "office.toml: office.mailbx (dòng 2)",
        (str(PAPER), "--directory", str(tmp_path / "khong-co.toml")): "Không tìm thấy tệp",
    }
    for arguments, words in refusals.items():
        assert words in terminal.refuses("intake", *arguments)


def test_the_real_command_ends_with_1_for_a_missing_file_and_with_64_for_wrong_usage() -> None:
    missing = trinhky("intake", "khong-co.txt", "--format", "json")
    wrong = trinhky("intake", PAPER, "--format", "xml")

    assert (missing.returncode, missing.stdout) == (1, "")
    assert "Không tìm thấy tệp khong-co.txt" in missing.stderr
    assert (wrong.returncode, wrong.stdout) == (64, "")
