"""Officers' own handwriting lies in the office's folder, one file each."""

from pathlib import Path

import pytest

from signing.marks.handwritten import MAX_BYTES
from wiring.handwriting import read_handwriting


def test_an_officer_with_a_picture_has_it_and_one_without_has_none(tmp_path: Path) -> None:
    (tmp_path / "tran-trung-hieu.png").write_bytes(b"a picture")
    assert read_handwriting(tmp_path, "tran-trung-hieu") == b"a picture"
    assert read_handwriting(tmp_path, "nguoi-khac") is None
    assert read_handwriting(tmp_path / "nowhere", "tran-trung-hieu") is None


@pytest.mark.parametrize("officer", ["../secret", "/etc/passwd", "", ".hidden", "a/b", "a\0b"])
def test_an_identifier_never_leaves_the_folder(tmp_path: Path, officer: str) -> None:
    (tmp_path / "secret.png").write_bytes(b"not for pages")
    inner = tmp_path / "handwriting"
    inner.mkdir()
    assert read_handwriting(inner, officer) is None


def test_a_huge_file_is_read_no_further_than_its_limit(tmp_path: Path) -> None:
    (tmp_path / "ai.png").write_bytes(b"\0" * (MAX_BYTES * 2))
    assert len(read_handwriting(tmp_path, "ai") or b"") == MAX_BYTES + 1
