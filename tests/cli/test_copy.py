"""The clerk makes copies at a terminal."""

import re
from pathlib import Path

from actions.paper_completing import finish_papers
from models.officer import Role
from tests.cli.conftest import PASSWORD, Terminal, give_account
from tests.support.front import Front
from tests.support.papers import plain_pdf, scan
from tests.support.signing_office import PIN


def prepared(terminal: Terminal, user: str, *arguments: str) -> tuple[str, str]:
    """What the command says, and the digest of the file that waits."""
    said = terminal.says("copy", *arguments, "--as", user, "--stdin", typed=f"{PASSWORD}\n")
    found = re.search(r"SHA-256 bản hiện hành: (\w{64})", said)
    assert found is not None
    return said, found[1]


def identifier(said: str) -> str:
    found = re.search(r"Mã: ([0-9a-f-]{36})", said)
    assert found is not None
    return found[1]


def test_a_file_is_copied_looked_at_and_signed(
    terminal: Terminal, signing_front: Front, tmp_path: Path
) -> None:
    user = give_account(signing_front, Role.REGISTRY_CLERK)
    original = tmp_path / "goc.pdf"
    original.write_bytes(plain_pdf(2))

    said, digest = prepared(
        terminal, user, "file", str(original), "--name", "Kế hoạch 53-KH/TU", "--decided-by", "CVP"
    )
    key = identifier(said)
    assert "Bản sao điện tử (SAO Y): Kế hoạch 53-KH/TU" in said
    assert "Cảnh báo: Bản gốc không có chữ ký số nào." in said
    assert "Người quyết định sao: CVP" in said

    signed = terminal.says(
        "copy", "sign", key[:8], "--as", user, "--sha256", digest, "--stdin",
        typed=f"{PASSWORD}\n{PIN}\n",
    )  # fmt: skip
    assert "Đã gắn dấu thời gian, kiểm tra lại: đạt." in signed

    target = tmp_path / "sao.pdf"
    shown = terminal.says("copy", "show", key[:8], "--save", str(target))
    assert "Trạng thái: đã ký xong" in shown
    assert target.read_bytes().startswith(original.read_bytes())
    assert "đã ký xong" in terminal.says("copy", "list")
    assert "Đã hoàn tất 0; còn chờ 0." in terminal.says("copy", "finish")
    assert finish_papers(signing_front.desk) == 0
    again = terminal.refuses(
        "copy", "sign", key[:8], "--as", user, "--sha256", digest, "--stdin",
        typed=f"{PASSWORD}\n{PIN}\n", status=64,
    )  # fmt: skip
    assert "không chờ chữ ký nào" in again


def test_pages_of_an_extract_are_typed_as_people_write_them(
    terminal: Terminal, signing_front: Front, tmp_path: Path
) -> None:
    user = give_account(signing_front, Role.REGISTRY_CLERK)
    original = tmp_path / "goc.pdf"
    original.write_bytes(plain_pdf(5))
    options = ("file", str(original), "--name", "Kế hoạch", "--form", "trich_sao", "--pages")

    said, _ = prepared(terminal, user, *options, "1, 3-4")
    assert "Trích các trang: 1, 3, 4" in said

    for typed in ("một", "3-", "-3", "1;2", "4-2"):
        refused = terminal.refuses(
            "copy", *options, typed, "--as", user, "--stdin", typed=f"{PASSWORD}\n", status=64
        )
        assert "Viết như 1,3-5" in refused


def test_scans_are_refused_where_they_are_too_coarse(
    terminal: Terminal, signing_front: Front, tmp_path: Path
) -> None:
    user = give_account(signing_front, Role.REGISTRY_CLERK)
    fine, coarse = tmp_path / "1.png", tmp_path / "2.png"
    fine.write_bytes(scan())
    coarse.write_bytes(scan(size=(1240, 1754), dpi=150))
    said, _ = prepared(terminal, user, "scan", str(fine), "--name", "Công văn 12")
    assert "Bản sao từ giấy (SAO Y): Công văn 12" in said
    refused = terminal.refuses(
        "copy", "scan", str(fine), str(coarse), "--name", "Công văn 12", "--as", user, "--stdin",
        typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert "trang 2 có 150 dpi" in refused


def test_nobody_signs_what_nobody_saw_and_only_what_there_is(
    terminal: Terminal, signing_front: Front
) -> None:
    user = give_account(signing_front, Role.REGISTRY_CLERK)
    said = terminal.refuses("copy", "sign", "abcd", "--as", user, "--stdin", status=64)
    assert "--sha256" in said
    said = terminal.refuses(
        "copy", "sign", "abcd", "--as", user, "--sha256", "0" * 64, "--stdin",
        typed=f"{PASSWORD}\n{PIN}\n", status=64,
    )  # fmt: skip
    assert "không có mã nào như vậy" in said
    assert "không có văn bản nào" in terminal.says("directive", "list").lower()
    assert "Chưa có bản sao" in terminal.says("copy", "list")


def test_an_officer_who_is_no_clerk_makes_no_copy(
    terminal: Terminal, signing_front: Front, tmp_path: Path
) -> None:
    user = give_account(signing_front, Role.DRAFTER)
    original = tmp_path / "goc.pdf"
    original.write_bytes(plain_pdf(1))
    said = terminal.refuses(
        "copy", "file", str(original), "--name", "Kế hoạch", "--as", user, "--stdin",
        typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert "văn thư" in said
