"""The office's data, accounts and audit trail from a terminal."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import update

from models.audit import AuditEvent
from models.officer import Role
from tests.cli.conftest import PASSWORD, Terminal, give_account
from tests.support.desk import ROOT
from tests.support.front import Front

DEMO = ROOT / "demo" / "office.toml"
NEW = "mot cau khac rat dai"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    text = DEMO.read_text(encoding="utf-8")
    path = tmp_path / "co-quan.toml"
    text = text.replace("mailbox =", "mailbx =", 1).replace("2020-10-17", "2020-13-17", 1)
    path.write_text(text, encoding="utf-8")
    return path


def test_an_office_is_loaded_once_and_the_trail_holds(terminal: Terminal) -> None:
    first = terminal.says("office", "load", str(DEMO))
    again = terminal.says("office", "load", str(DEMO))

    assert first.startswith("Đã nạp office.toml: thêm ")
    assert "thêm 0, sửa 0" in again
    assert "1 sự kiện nối nhau đúng thứ tự" in terminal.says("audit", "verify")


@pytest.mark.parametrize("regime", ["party", "state"])
def test_an_office_begins_from_six_answers_and_its_first_administrator_gets_an_account(
    terminal: Terminal, tmp_path: Path, regime: str
) -> None:
    file = tmp_path / "co-quan.toml"
    asked = {
        "name": 'Sở Nội vụ "tỉnh"', "abbreviation": "SNV", "place": "Đà Lạt",
        "mailbox": "snv@vi-du.example", "administrator": "Trần Đức", "regime": regime,
    }  # fmt: skip
    call = ("office", "new", str(file), *(f"--{key}={value}" for key, value in asked.items()))
    assert "trinhky account add tran-duc tran.duc" in terminal.says(*call)
    assert "đã có; chọn tên khác" in terminal.refuses(*call, status=64)
    assert terminal.says("office", "load", str(file)).startswith("Đã nạp")
    add = ("account", "add", "tran-duc", "tran.duc", "--stdin")
    assert "Đã tạo tài khoản" in terminal.says(*add, typed=NEW)
    assert "chưa cán bộ nào có vai trò người ký" in terminal.refuses("setup", "trial")
    # Its examples hold once their marks are taken away.
    file.write_text(re.sub(r"^#(?=\S)", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert "giữ nguyên" in terminal.says("office", "load", str(file))
    assert "cho Họ tên người ký, mã PIN" in terminal.says("setup", "trial")
    assert "đã có chứng thư" in terminal.says("setup", "trial")


def test_party_or_state_is_answered_in_words_and_asked_again_where_it_is_neither(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "co-quan.toml"
    answers = ("Sở Nội vụ", "SNV", "Đà Lạt", "snv@vi-du.example", "Trần Đức", "sở", "Nha nước")
    said = terminal.says("office", "new", str(file), typed="\n".join(answers) + "\n")
    assert "“sở”: ghi “đảng” (party) hoặc “nhà nước” (state)." in said
    assert 'regime = "state"' in file.read_text(encoding="utf-8")


def test_a_wrong_file_is_refused_whole_with_every_place_and_reason(
    terminal: Terminal, broken: Path
) -> None:
    for deed in ("check", "load"):
        said = terminal.refuses("office", deed, str(broken))
        assert "co-quan.toml: office.mailbox (dòng" in said
        assert "co-quan.toml: office.mailbx (dòng" in said
        assert "“2020-13-17” không tồn tại" in said
    assert "Chưa có dữ liệu của cơ quan" in terminal.refuses("directive", "list")


def test_a_right_file_is_checked_without_writing_anything(terminal: Terminal) -> None:
    assert "dùng được" in terminal.says("office", "check", str(DEMO))
    assert not terminal.home.exists()


def test_no_command_makes_an_office_where_there_is_none(terminal: Terminal) -> None:
    for call in (("audit", "verify"), ("audit", "list"), ("directive", "list")):
        assert str(terminal.home) in terminal.refuses(*call)
    assert not terminal.home.exists()


def test_a_changed_event_breaks_the_trail(terminal: Terminal, front: Front) -> None:
    front.submitted()
    assert "còn nguyên vẹn" in terminal.says("audit", "verify")

    changed = update(AuditEvent).where(AuditEvent.sequence == 1).values(actor_name="Ai đó")
    front.change(lambda session: session.execute(changed))

    assert "không còn nguyên vẹn từ sự kiện số 1" in terminal.refuses("audit", "verify")


def test_events_are_listed_for_people_and_for_machines(terminal: Terminal, front: Front) -> None:
    key = front.submitted()

    words = terminal.says("audit", "list")
    lines = terminal.says("audit", "list", "--format", "json", "--subject", str(key))
    last = terminal.says("audit", "list", "--limit", "1")

    assert "Nguyễn Thị Soạn" in words
    assert "Trình dự thảo" in words
    events = [json.loads(line) for line in lines.splitlines()]
    assert [event["deed"] for event in events] == ["start_directive", "submit"]
    assert last.startswith(f"{events[-1]['sequence']}. ")
    assert terminal.says("audit", "list", "--after", "99") == ""


def test_the_first_administrator_comes_from_the_operator_and_makes_the_next_account(
    terminal: Terminal, front: Front
) -> None:
    first = ("account", "add", "administrator", "quan.tri", "--lasting")
    terminal.says(*first, typed=f"{PASSWORD}\n{PASSWORD}\n")
    said = terminal.says(
        "account", "add", "drafter", "soan", "--as", "quan.tri", "--stdin",
        typed=f"{PASSWORD}\n{NEW}\n",
    )  # fmt: skip

    assert "Đã tạo tài khoản soan" in said
    assert front.last_event().actor_id == "administrator"


def test_an_account_is_refused_for_a_weak_password_a_slip_and_a_stranger(
    terminal: Terminal, front: Front
) -> None:
    drafter = give_account(front, Role.DRAFTER)
    add = ("account", "add", "administrator", "quan.tri")

    assert "ngắn hơn 12" in terminal.refuses(*add, "--stdin", typed="ngan\n")
    assert "không giống nhau" in terminal.refuses(*add, typed=f"{PASSWORD}\n{NEW}\n")
    assert "Đã dừng" in terminal.refuses(*add, typed="")
    stranger = terminal.refuses(*add, "--as", drafter, "--stdin", typed=f"{PASSWORD}\n{NEW}\n")
    assert "không có quyền tạo tài khoản" in stranger
    assert "Không tìm thấy cán bộ" in terminal.refuses(
        "account", "add", "khong-co", "ai.do", "--stdin", typed=f"{NEW}\n"
    )


def test_an_officer_changes_the_own_password_and_a_disabled_one_is_out(
    terminal: Terminal, front: Front
) -> None:
    user = give_account(front, Role.DRAFTER)
    work = ("directive", "next", "--as", user, "--stdin")

    terminal.says(
        "account", "password", user, "--as", user, "--stdin", typed=f"{PASSWORD}\n{NEW}\n"
    )
    terminal.refuses(*work, typed=f"{PASSWORD}\n")
    terminal.says(*work, typed=f"{NEW}\n")
    terminal.says("account", "disable", user)

    assert "Không đăng nhập được" in terminal.refuses(*work, typed=f"{NEW}\n")


def test_the_officer_is_looked_for_before_a_password_is_asked(
    front: Front, terminal: Terminal
) -> None:
    del front
    said = terminal.run("account", "add", "khong-co-ai", "khong.co.ai", typed=f"{NEW}\n{NEW}\n")
    assert said.exit_code == 1
    assert "khong-co-ai" in said.stderr
    assert "Mật khẩu" not in said.output


def test_without_a_terminal_no_password_is_read(front: Front, terminal: Terminal) -> None:
    del front
    done = subprocess.run(
        [sys.executable, "-m", "cli", "account", "password", "x", "--as", "ai-do"],
        input=b"mat khau hien ra\n", capture_output=True, check=False, timeout=60, cwd=ROOT,
        start_new_session=True, env={**os.environ, "TRINHKY_FOLDER": str(terminal.home)},
    )  # fmt: skip
    assert done.returncode == 1
    assert "thêm --stdin" in done.stderr.decode()
    assert "Warning" not in done.stderr.decode()
