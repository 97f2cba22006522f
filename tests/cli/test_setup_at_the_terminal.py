"""Setting up at the terminal: who may, what is shown, and what goes wrong on the way."""

import os
import pty
import subprocess
import sys
import termios
from pathlib import Path
from select import select as select_ready

import pytest

from actions.accounts import add_account
from actions.auditing import MACHINE
from archive.errors import ArchiveError
from tests.cli.conftest import PASSWORD, Terminal
from tests.cli.test_setup import DOMAIN, OFFICER, Real, demo, home, real, rows, second, steps
from tests.support.desk import ROOT
from tests.support.second_pki import PIN
from tests.support.tokens import token_store
from wiring.bootstrap import open_office
from wiring.clock import monotonic_s, real_now, sleep
from wiring.demo_draft import PEOPLE
from wiring.settings import load_settings
from wiring.trial import trial_desk

__all__ = ["demo", "home", "real", "second"]


def test_a_service_that_lies_or_is_silent_is_told_and_nothing_counts(
    real: Real, terminal: Terminal, home: Path
) -> None:
    real.set(TIMESTAMPS__URL="http://127.0.0.1:9/tsa")
    tried = terminal.run("setup", "timestamps")
    assert (tried.exit_code, "CHƯA ĐƯỢC" in tried.output) == (1, True)
    assert steps(home)["timestamps"] == "failed"
    real.stamps()
    assert "chưa thử địa chỉ đang dùng" in terminal.says("setup", "check")
    untrusted = terminal.run("setup", "timestamps")
    assert (untrusted.exit_code, "không dẫn tới" in untrusted.output) == (1, True)


def test_lines_to_set_are_told_until_they_are_effective(real: Real, terminal: Terminal) -> None:
    assert f"TRINHKY_MAIL__DOMAIN={DOMAIN}" in terminal.says("setup", "mail")
    real.trusts()
    real.set(TIMESTAMPS__PROXY=real.second.address)
    other = real.second.tsa_url + "?hai"
    said = terminal.says("setup", "timestamps", "--url", real.second.tsa_url, "--url", other)
    assert f"TRINHKY_TIMESTAMPS__URL={real.second.tsa_url}" in said
    assert f"TRINHKY_TIMESTAMPS__URLS={other}" in said
    real.stamps()
    real.set(TIMESTAMPS__URLS=other)
    assert "đang có hiệu lực" in terminal.says("setup", "timestamps")
    assert "TRINHKY_MAIL__DOMAIN" not in terminal.says("setup", "mail")


def test_only_an_administrator_sets_up(terminal: Terminal, home: Path) -> None:
    database = rows(home)
    add_account(
        database, officer_id=PEOPLE.drafter, username="soan.thao", password=PASSWORD,
        at=real_now(), actor=MACHINE,
    )  # fmt: skip
    database.close()
    refused = terminal.refuses(
        "setup", "check", "--as", "soan.thao", "--stdin", typed=f"{PASSWORD}\n"
    )
    assert "quản trị" in refused


def test_the_trial_desk_keeps_nothing(home: Path) -> None:
    with open_office(load_settings({"TRINHKY_FOLDER": str(home)})) as office:
        desk = trial_desk(office)
        with pytest.raises(ArchiveError):
            desk.archive.put(b"x")
        with pytest.raises(ArchiveError):
            desk.archive.get("0" * 64)
        assert not desk.archive.has("0" * 64)
        assert desk.archive.verify() == ()


def test_an_officer_leaves_at_the_terminal_and_what_remains_is_told(
    terminal: Terminal, home: Path
) -> None:
    del home
    said = terminal.says(
        "officer", "leave", PEOPLE.drafter, "--on", "2026-11-20", "--reason", "Chuyển công tác"
    )
    assert "thôi công tác, hết ngày 20/11/2026" in said
    assert "CHƯA BÀN GIAO ĐƯỢC: Dự thảo" in said
    assert "không phải ngày có thật" in terminal.refuses(
        "officer", "leave", PEOPLE.drafter, "--on", "2026-11-31", "--reason", "x", status=64
    )


def test_a_lost_token_is_ended_at_the_terminal(terminal: Terminal, home: Path) -> None:
    del home
    listed = next(
        line for line in terminal.says("key", "list").splitlines() if "Trần Trung Hiếu" in line
    )
    assert "thử nghiệm" in listed
    fingerprint = listed.split()[0]
    said = terminal.says("key", "end", fingerprint, "--reason", "Mất thiết bị")
    assert "Đã chấm dứt chứng thư" in said
    assert "Mất thiết bị" in terminal.says("key", "list")
    assert "đã được thực hiện" in terminal.refuses(
        "key", "end", fingerprint, "--reason", "Mất thiết bị"
    )


def test_a_pin_that_is_typed_at_a_terminal_is_not_shown(real: Real, home: Path) -> None:
    real.trusts()
    real.stamps()
    short = real.registers(OFFICER)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "setup", "keys", "--only", OFFICER],
        cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    os.close(theirs)
    seen = read_until(ours, "Mã PIN")
    until_unseen(ours)
    os.write(ours, f"{PIN}\n".encode())
    seen += read_until(ours, "thật.")
    assert process.wait(timeout=60) == 0
    os.close(ours)
    assert "Ký thử đạt; chứng thư thật." in seen
    assert PIN not in seen
    assert [state for key, state in steps(home).items() if short in key] == ["real"]


def until_unseen(terminal: int) -> None:
    """Waits until what is typed is no longer shown: the question comes a moment earlier."""
    deadline = monotonic_s() + 60
    while termios.tcgetattr(terminal)[3] & termios.ECHO:
        assert monotonic_s() < deadline
        sleep(0.05)


def read_until(terminal: int, words: str) -> str:
    """What a terminal shows up to some words."""
    seen = b""
    while words.encode() not in seen:
        ready, _, _ = select_ready([terminal], [], [], 60)
        assert ready, seen.decode(errors="replace")
        seen += os.read(terminal, 4096)
    return seen.decode(errors="replace")


def test_a_token_at_the_server_is_tried_like_any_other_key(
    real: Real, terminal: Terminal, home: Path
) -> None:
    held = token_store().hold_demo(real.second.pki, OFFICER)
    real.trusts()
    real.stamps()
    real.set(TOKENS__MODULES=f"softhsm={held.module}")
    said = terminal.says(
        "key", "add", "--officer", OFFICER, "--certificate",
        str(real.second.pki.certificate(OFFICER)), "--kind", "pkcs11", "--module", "softhsm",
        "--token", held.token, "--key", held.key,
    )  # fmt: skip
    short = said.split("trinhky key try ")[1].strip()
    assert "Mã PIN không đúng" in terminal.refuses("key", "try", short, "--stdin", typed="9\n")
    tried = terminal.run("key", "try", short, "--stdin", typed=f"{held.pin}\n")
    assert "đạt; chứng thư thật" in tried.output
    assert [state for key, state in steps(home).items() if short in key] == ["real"]
