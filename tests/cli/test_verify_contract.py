"""The contract of `trinhky verify`, on the real command in a process of its own."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models.session import Database
from tests.cli.conftest import Terminal, trinhky
from tests.support.clock import StoryClock
from tests.support.signing_office import Authority, make_signing_front, sealed

KEYS = {
    "file", "sha256", "verdict", "sentence", "policy", "signatures", "findings", "milliseconds",
}  # fmt: skip
SIGNATURE_KEYS = {
    "field", "kind", "signer", "organisation", "email", "serial", "claimed_time", "proven_time",
    "level", "covers", "verdict", "findings",
}  # fmt: skip
AT = "2022-09-21T08:00:00+07:00"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Files to be judged."""

    folder: Path
    root: Path

    def path(self, name: str) -> str:
        return str(self.folder / name)


@pytest.fixture(scope="module")
def shelf(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, authority: Authority
) -> Shelf:
    folder = tmp_path_factory.mktemp("shelf")
    (folder / "office.db").write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{folder / 'office.db'}")
    front = make_signing_front(database, folder, StoryClock(), authority)
    done = front.directive(sealed(front))
    good = front.desk.archive.get(done.sealed_sha256 or "")
    unsigned = front.desk.archive.get(done.frozen_sha256 or "")
    database.close()
    (folder / "good.pdf").write_bytes(good)
    at = good.index(b"/MediaBox") + 12
    (folder / "tampered.pdf").write_bytes(good[:at] + b"1" + good[at + 1 :])
    (folder / "unsigned.pdf").write_bytes(unsigned)
    (folder / "text.pdf").write_bytes(b"no PDF at all")
    return Shelf(folder, authority.pki.root)


def _answers(stdout: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stdout.splitlines()]


def test_every_file_gets_its_line_in_the_order_given_whatever_it_is(shelf: Shelf) -> None:
    pipe = shelf.path("pipe")
    os.mkfifo(pipe)
    odd = os.fsencode(shelf.folder) + b"/m\xe1\xba\xabu-\xff\n.pdf"
    Path(os.fsdecode(odd)).write_bytes((shelf.folder / "good.pdf").read_bytes())
    large = shelf.folder / "large.pdf"
    with large.open("wb") as stream:
        stream.truncate(2 << 30)
    names: list[str | bytes] = [
        shelf.path("nowhere.pdf"), shelf.path("good.pdf"), str(shelf.folder),
        shelf.path("text.pdf"), pipe, odd, shelf.path("unsigned.pdf"), "/dev/zero", str(large),
        shelf.path("good.pdf"), "",
    ]  # fmt: skip

    done = trinhky("verify", "--profile", "integrity", "--format", "json", "--jobs", "2", *names)

    answers = _answers(done.stdout)
    assert [os.fsencode(one["file"]) for one in answers] == [os.fsencode(one) for one in names]
    assert [one["verdict"] for one in answers] == [
        "unreadable", "passed", "unreadable", "unreadable", "unreadable", "passed", "unsigned",
        "unreadable", "unreadable", "passed", "unreadable",
    ]  # fmt: skip
    assert all(set(one) == KEYS for one in answers)
    assert all(set(part) == SIGNATURE_KEYS for one in answers for part in one["signatures"])
    assert all(one["sentence"] and one["policy"]["name"] == "integrity" for one in answers)
    assert "không tìm thấy tệp" in answers[0]["sentence"]
    assert "thư mục" in answers[2]["sentence"]
    assert "50 MB" in answers[8]["sentence"]
    assert (done.returncode, done.stderr) == (2, "")


def test_a_good_file_passes_officially_with_the_anchor_of_the_call_and_ends_with_0(
    shelf: Shelf,
) -> None:
    done = trinhky(
        "verify", "--format", "json", "--trust", shelf.root, "--at", AT, shelf.path("good.pdf")
    )

    (answer,) = _answers(done.stdout)
    assert answer["verdict"] == "passed", answer
    assert answer["policy"]["name"] == "official"
    assert [one["level"] for one in answer["signatures"] if one["kind"] == "signature"]
    assert done.returncode == 0


def test_without_the_anchor_nobody_is_trusted_and_a_changed_file_fails_the_call(
    shelf: Shelf, tmp_path: Path
) -> None:
    """In an empty folder without any setting; nothing is left behind there."""
    done = trinhky(
        "verify", "--at", AT, shelf.path("good.pdf"), shelf.path("tampered.pdf"), folder=tmp_path
    )

    first, second = done.stdout.strip().split("\n\n")
    assert "Chưa thể kết luận" in first
    assert "Chính sách: official" in first
    assert "Không hợp lệ" in second
    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_pages_are_written_each_under_a_name_of_its_own(
    terminal: Terminal, shelf: Shelf, tmp_path: Path
) -> None:
    out = tmp_path / "a" / "b"
    unsigned = shelf.path("unsigned.pdf")

    done = terminal.run(
        "verify", "--format", "html", "--out", str(out), "--at", AT, unsigned, unsigned,
        shelf.path("nowhere.pdf"),
    )  # fmt: skip

    assert done.exit_code == 2
    assert sorted(one.name for one in out.iterdir()) == [
        "nowhere.html", "unsigned-2.html", "unsigned.html",
    ]  # fmt: skip
    assert "Không có chữ ký số" in (out / "unsigned.html").read_text(encoding="utf-8")


WRONG = {
    (): "Thiếu TỆP",
    ("--nope", "x.pdf"): "--nope",
    ("--format", "xml", "x.pdf"): "text, json, html",
    ("--format", "pdf", "x.pdf"): "--out",
    ("--format", "etsi", "x.pdf"): "--out",
    ("--format", "html", "x.pdf"): "--out",
    ("--jobs", "0", "x.pdf"): "--jobs",
    ("--at", "hôm nay", "x.pdf"): "ISO 8601",
    ("--at", "0001-01-01T00:00:00+07:00", "x.pdf"): "ISO 8601",
    ("--trust", "no-such-file.pem", "x.pdf"): "no-such-file.pem",
    ("--profile", "strict", "x.pdf"): "official, integrity",
    ("--lang", "fr", "x.pdf"): "vi, en",
}


@pytest.mark.parametrize("arguments", [*WRONG], ids=" ".join)
def test_wrong_usage_ends_with_64_and_one_vietnamese_line(
    terminal: Terminal, arguments: tuple[str, ...]
) -> None:
    said = terminal.refuses("verify", *arguments, status=64)

    assert WRONG[arguments] in said
    assert said.count("\n") == 1


def test_wrong_usage_of_the_real_command_ends_with_64_too() -> None:
    done = trinhky("verify", "--format", "xml", "x.pdf")

    assert (done.returncode, done.stdout) == (64, "")


def test_what_a_stranger_named_a_file_cannot_move_the_cursor(
    terminal: Terminal, tmp_path: Path
) -> None:
    name = tmp_path / "a\x1b[2Jb\u202efdp.pdf"

    said = terminal.run("verify", "--at", AT, str(name)).stdout

    assert "\x1b" not in said
    assert "\u202e" not in said
    assert r"a\x1b[2Jb\u202efdp.pdf" in said
