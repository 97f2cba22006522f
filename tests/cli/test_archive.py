"""The archive looked after from a terminal."""

from pathlib import Path

import pytest
from sqlalchemy import update

from actions.sealing import complete as complete_seal
from actions.signing_off import complete as complete_signature
from models.base import DirectiveId
from models.organisation import ClockReading, Office
from tests.cli.conftest import Terminal, short
from tests.support.front import Front
from tests.support.signing_office import sealed, seals, signs
from wiring.demo_pki.recipe import TSA_URL


def moves_on(front: Front, days: int) -> None:
    """The office's simulated clock, too."""
    now = front.clock.advance(days=days)
    front.change(lambda s: s.execute(update(ClockReading).values(now=now)))


def sealed_in_the_dark(front: Front, monkeypatch: pytest.MonkeyPatch) -> DirectiveId:
    """Signed and sealed while no time-stamping service answers."""
    front.change(lambda s: s.execute(update(Office).values(go_on_without_timestamp=True)))
    whole = front.desk.services.timestamps
    object.__setattr__(front.desk.services, "timestamps", ())
    key = front.frozen()
    signs(front, key)
    complete_signature(front.desk, key)
    seals(front, key)
    complete_seal(front.desk, key)
    object.__setattr__(front.desk.services, "timestamps", whole)
    monkeypatch.setenv("TRINHKY_TIMESTAMPS__URL", f"{TSA_URL}-nobody")
    return key


def test_a_whole_archive_is_said_to_be_whole(terminal: Terminal, signing_front: Front) -> None:
    sealed(signing_front)
    said = terminal.says("archive", "verify")
    assert "Đã kiểm tra lại 1 văn bản" in said
    assert "cần xử lý 0" in said
    assert "Đã kiểm tra lại 0 văn bản" in terminal.says("archive", "verify")
    stands = terminal.says("archive", "status")
    assert "1 văn bản có chữ ký, 0 chưa kiểm tra lại lần nào, 0 không đạt" in stands
    assert "hạn dấu thời gian gần nhất 31/12/2030" in stands


def test_what_lacks_a_time_stamp_is_shown_everywhere_until_it_has_one(
    terminal: Terminal, signing_front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = sealed_in_the_dark(signing_front, monkeypatch)
    shown = terminal.says("directive", "show", short(key))
    assert "Chữ ký của lãnh đạo và dấu của cơ quan chưa có dấu thời gian" in shown
    assert "Chưa có dấu thời gian (chưa khai máy chủ cấp dấu thời gian)." in shown
    waits = terminal.refuses("archive", "verify")
    assert "chưa bổ sung được dấu thời gian" in waits
    assert "máy chủ trả lời lỗi HTTP 404" in waits
    assert "1 chưa có dấu thời gian" in terminal.says("archive", "status")
    monkeypatch.setenv("TRINHKY_TIMESTAMPS__URLS", TSA_URL)
    assert "đã bổ sung dấu thời gian" in terminal.says("archive", "verify")
    assert "Dấu thời gian:" not in terminal.says("directive", "show", short(key))
    assert "0 chưa có dấu thời gian" in terminal.says("archive", "status")


def test_when_an_anchor_is_gone_the_verdict_turns_and_both_commands_say_so(
    terminal: Terminal, signing_front: Front
) -> None:
    sealed(signing_front)
    terminal.says("archive", "verify")
    root: Path = terminal.home / "trust" / "root.der"
    kept = root.read_bytes()
    root.unlink()
    done = terminal.run("archive", "verify")
    assert done.exit_code == 1
    assert "đổi từ “hợp lệ” sang “chưa kết luận được”" in done.stdout
    assert "Giữ nguyên tệp" in done.stderr
    assert "1 không đạt" in terminal.run("archive", "status").stdout
    terminal.refuses("archive", "status")
    root.write_bytes(kept)
    moves_on(signing_front, 1)
    assert "sang “hợp lệ”" in terminal.says("archive", "verify")


def test_a_damaged_file_is_named(terminal: Terminal, signing_front: Front) -> None:
    digest = signing_front.directive(sealed(signing_front)).sealed_sha256 or ""
    (stored,) = [one for one in (terminal.home / "archive").rglob("*") if one.name == digest[2:]]
    stored.chmod(0o644)
    stored.write_bytes(b"changed")
    said = terminal.refuses("archive", "verify")
    assert f"Tệp bị hỏng hoặc bị sửa {digest[:16]}" in said
    assert "bản đã đóng dấu" in said
