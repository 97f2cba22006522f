"""`trinhky compare`, the real command in a process of its own."""

import hashlib
import re
from pathlib import Path

from PIL import Image

from tests.cli.conftest import trinhky
from tests.signing import makers
from tests.signing.attacks import content, letter

NEW_TEXT = letter.TEXT.replace(b"100 dong", b"900 dong")


def forged() -> bytes:
    return content.append(letter.signed(), {letter.CONTENT: makers.stream(NEW_TEXT)})


def put(folder: Path, data: bytes, name: str = "cong-van.pdf") -> str:
    (folder / name).write_bytes(data)
    return str(folder / name)


def test_the_file_as_signed_the_pictures_and_a_page_are_written(tmp_path: Path) -> None:
    out = tmp_path / "ra"
    done = trinhky("compare", put(tmp_path, forged()), "--out", out)
    assert done.returncode == 0, done.stderr
    assert "1. Chữ ký Officer – Người thử: 1 trang khác với bản khi ký.\n" in done.stdout
    assert {one.name for one in out.iterdir()} == {
        "1-Officer-ban-khi-ky.pdf", "1-Officer-khac-1.png", "so-sanh.html",
    }  # fmt: skip
    assert (out / "1-Officer-ban-khi-ky.pdf").read_bytes() == letter.signed()
    with Image.open(out / "1-Officer-khac-1.png") as picture:
        assert picture.width > 1000
    page = (out / "so-sanh.html").read_text()
    assert "<bdi>100</bdi>" in page
    assert "<bdi>900</bdi>" in page
    assert "Trang 1 đã thay đổi" in page
    assert hashlib.sha256(forged()).hexdigest() in page


def test_two_signatures_each_have_their_own_file_as_signed(tmp_path: Path) -> None:
    out = tmp_path / "ra"
    done = trinhky("compare", put(tmp_path, letter.sealed()), "--out", out)
    assert done.returncode == 0
    assert (out / "1-Officer-ban-khi-ky.pdf").read_bytes() == letter.signed()
    assert (out / "2-Seal-ban-khi-ky.pdf").read_bytes() == letter.sealed()
    assert "1 trang khác với bản khi ký. Chữ ký này cho phép" in done.stdout
    assert "bản nhận được chính là bản khi ký" in done.stdout


def test_one_field_can_be_asked_for_and_an_unknown_one_is_wrong_usage(tmp_path: Path) -> None:
    out, file = tmp_path / "ra", put(tmp_path, letter.sealed())
    assert trinhky("compare", file, "--field", "Seal", "--out", out).returncode == 0
    assert {one.name for one in out.iterdir()} == {"2-Seal-ban-khi-ky.pdf", "so-sanh.html"}
    done = trinhky("compare", file, "--field", "Nobody", "--out", out)
    assert done.returncode == 64
    assert "Officer, Seal" in done.stderr


def test_a_file_without_signatures_or_that_is_none_ends_with_two(tmp_path: Path) -> None:
    for data in (letter.unsigned(), b"hello"):
        done = trinhky("compare", put(tmp_path, data), "--out", tmp_path / "ra")
        assert done.returncode == 2
        assert done.stdout
        assert not (tmp_path / "ra").exists()
    assert trinhky("compare", tmp_path / "no.pdf", "--out", tmp_path / "ra").returncode == 2


def test_a_strangers_field_name_stays_a_name(tmp_path: Path) -> None:
    hostile = rb"../../<script>\\x1b[2J"
    pdf = letter.unsigned(officer=letter.field(hostile))
    value = makers.next_number(pdf)
    written = {letter.OFFICER: letter.field(hostile, keys=b"/V %d 0 R" % value)}
    signed = makers.sign(pdf, written, value=value, trailer=letter.TRAILER)
    out = tmp_path / "sau" / "ra"
    done = trinhky("compare", put(tmp_path, signed), "--out", out)
    assert "\x1b" not in done.stdout
    assert {one.name for one in tmp_path.iterdir()} == {"cong-van.pdf", "sau"}
    assert all(re.fullmatch(r"[\w.-]+", one.name) for one in out.iterdir())
    assert "<script" not in (out / "so-sanh.html").read_text()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    file = put(tmp_path, letter.sealed())
    done = trinhky("compare", file, "--out", Path(file) / "ra")
    assert done.returncode == 1
    assert "Không ghi được vào thư mục" in done.stderr
