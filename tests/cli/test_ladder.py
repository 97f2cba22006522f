"""Ladders, quiet hours and the words of letters, from a terminal."""

from pathlib import Path

from models.officer import Role
from tests.cli.conftest import PASSWORD, Terminal, give_account
from tests.support.front import Front

STEPS = """
[[step]]
key = "truoc-2"
working_days = -2
audience = "unit"
wording = "reminder"
"""
WORDS = "Nhắc {so_ky_hieu}\n\nKính gửi {don_vi}:\n{danh_muc}\n\n{cach_tra_loi}\n"


def follower(front: Front) -> tuple[str, ...]:
    return ("--as", give_account(front, Role.FOLLOW_UP), "--stdin")


def test_a_ladder_and_quiet_hours_are_set_shown_and_taken_away(
    terminal: Terminal, front: Front, tmp_path: Path
) -> None:
    me = follower(front)
    file = tmp_path / "thang.toml"
    file.write_text(STEPS, encoding="utf-8")
    said = terminal.says("ladder", "set", "Hướng dẫn", str(file), *me, typed=f"{PASSWORD}\n")
    assert "1 bậc cho: Hướng dẫn" in said
    terminal.says("ladder", "quiet", "21:00", "7:00", *me, typed=f"{PASSWORD}\n")
    shown = terminal.says("ladder", "show")
    assert "Hướng dẫn:\n    -2 ngày làm việc  truoc-2: đơn vị" in shown
    assert "từ 21:00 đến 07:00" in shown
    terminal.says("ladder", "reset", "Hướng dẫn", *me, typed=f"{PASSWORD}\n")
    assert "Hướng dẫn" not in terminal.says("ladder", "show")


def test_words_are_looked_at_set_and_taken_away(
    terminal: Terminal, front: Front, tmp_path: Path
) -> None:
    me = follower(front)
    file = tmp_path / "mau.txt"
    file.write_text(WORDS, encoding="utf-8")
    assert "Nhắc 96-HD/BTGTU" in terminal.says("template", "preview", "reminder", str(file))
    terminal.says("template", "set", "reminder", str(file), *me, typed=f"{PASSWORD}\n")
    assert "Kính gửi {don_vi}:" in terminal.says("template", "show", "reminder")
    assert "(mẫu riêng)" in terminal.says("template", "list")
    terminal.says("template", "reset", "reminder", *me, typed=f"{PASSWORD}\n")
    assert "(mẫu riêng)" not in terminal.says("template", "list")
