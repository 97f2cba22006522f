"""What the command line says of itself."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from cli.__main__ import COMMANDS, app
from cli.visible import visible
from tests.cli.conftest import Terminal, trinhky

ENGLISH = re.compile(r"\b(?:Usage|Options|Arguments|Commands|Show this|default|required)\b")


def _paths() -> Iterator[tuple[str, ...]]:
    yield ()
    root = get_command(app)
    for name in COMMANDS:
        yield (name,)
        command = root.get_command(None, name)  # type: ignore[attr-defined,unused-ignore]  # a group
        yield from ((name, one) for one in getattr(command, "commands", ()))


@pytest.mark.parametrize("path", [*_paths()], ids=" ".join)
def test_help_is_vietnamese_and_fits_a_terminal(terminal: Terminal, path: tuple[str, ...]) -> None:
    said = terminal.says(*path, "--help")

    assert said.startswith("Cách dùng: ")
    assert not ENGLISH.search(said)
    assert max(map(len, said.splitlines())) <= 100


def test_every_command_is_listed_with_one_line(terminal: Terminal) -> None:
    said = terminal.says("--help")

    for name, (_, line) in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(line)}$", said, re.MULTILINE)


def test_a_wrong_call_is_told_in_one_line_with_64(terminal: Terminal) -> None:
    calls = {
        (): "Thiếu tên lệnh",
        ("nosuch",): "Không có lệnh “nosuch”",
        ("office", "nosuch"): "Không có lệnh “nosuch”",
        ("audit", "list", "--limit", "x"): "--limit",
        ("directive", "approve", "x"): "Thiếu --as",
        ("verify", "--prof", "integrity", "x"): "Có phải là --profile?",
    }
    for call, words in calls.items():
        assert words in terminal.refuses(*call, status=64)


def test_a_setting_that_does_not_exist_is_named(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRINHKY_FOLDR", "x")
    assert "Có phải là TRINHKY_FOLDER?" in terminal.refuses("audit", "verify")


def test_an_unforeseen_error_leaves_a_reference_and_no_trace(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COMMANDS, "office", ("cli.nowhere:app", ""))
    said = terminal.refuses("office", "check", "x")
    kept = re.search(r"\S+trinhky-\S+\.log", said)
    assert kept is not None
    assert "ModuleNotFoundError" in Path(kept.group()).read_text(encoding="utf-8")
    Path(kept.group()).unlink()


def test_the_command_starts_quickly_enough_to_answer_for_help() -> None:
    done = trinhky("--help")
    assert (done.returncode, done.stderr) == (0, "")


def test_only_what_can_be_seen_is_printed() -> None:
    assert visible("Nguyễn Văn A – 96-HD/BTGTU") == "Nguyễn Văn A – 96-HD/BTGTU"
    assert visible("a\nb\x1b[0m\u202e") == r"a\nb\x1b[0m\u202e"
