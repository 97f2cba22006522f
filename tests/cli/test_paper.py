"""Papers from outside at a terminal: taken in, looked at, signed by the officer."""

import re
from pathlib import Path

import pytest

from cli.papers import read_kinds, read_place
from cli.usage import WrongUsageError
from models.officer import Role
from signing.outside import APPROVAL_FIELD
from tests.actions.test_outside_papers import incoming
from tests.cli.conftest import PASSWORD, Terminal, give_account
from tests.support.front import Front
from tests.support.signing_office import PIN, Authority


def test_a_paper_is_taken_in_looked_at_and_signed(
    terminal: Terminal, signing_front: Front, authority: Authority, tmp_path: Path
) -> None:
    user = give_account(signing_front, Role.SIGNATORY)
    came, target = tmp_path / "den.pdf", tmp_path / "ky.pdf"
    came.write_bytes(incoming(authority))
    said = terminal.says(
        "paper", "take", str(came), "--name", "Công văn 12", "--at", "1,120,40", "--as", user,
        "--stdin", typed=f"{PASSWORD}\n",
    )  # fmt: skip
    found = re.search(r"Mã: (\S+)", said)
    assert found is not None
    key = found[1][:8]
    assert "Kiểm tra khi nhận:" in said
    shown = terminal.says("paper", "show", key)
    digest = re.search(r"SHA-256 bản hiện hành: (\w{64})", shown)
    assert digest is not None
    signed = terminal.says(
        "paper", "sign", key, "--as", user, "--sha256", digest[1], "--stdin",
        typed=f"{PASSWORD}\n{PIN}\n",
    )  # fmt: skip
    assert "kiểm tra lại: đạt" in signed
    terminal.says("paper", "show", key, "--save", str(target))
    assert target.read_bytes().startswith(came.read_bytes())
    report = signing_front.desk.judge(target.read_bytes(), "x", signing_front.clock())
    assert APPROVAL_FIELD in {one.field for one in report.signatures}


def test_what_cannot_be_signed_is_said_and_kept(
    terminal: Terminal, signing_front: Front, authority: Authority, tmp_path: Path
) -> None:
    user = give_account(signing_front, Role.REGISTRY_CLERK)
    came = tmp_path / "den.pdf"
    came.write_bytes(incoming(authority) + b"junk")
    said = terminal.says(
        "paper", "take", str(came), "--name", "Công văn 12", "--as", user, "--stdin",
        typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert "Không ký thêm được" in said
    assert "bị từ chối" in terminal.says("copy", "list")


def test_place_and_kinds_are_read_as_people_write_them() -> None:
    box = read_place("2, 10, 20")
    assert box is not None
    assert (box.page, box.corners()) == (2, (28, 57, 198, 127))
    assert read_place(" ") is None
    assert [one.value for one in read_kinds("approval, seal")] == ["approval", "seal"]
    for typed in ("1,2", "0,1,1", "a,b,c"):
        with pytest.raises(WrongUsageError):
            read_place(typed)
    for typed in ("", "officer", "seal,seal"):
        with pytest.raises(WrongUsageError):
            read_kinds(typed)
