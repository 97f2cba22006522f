"""Names of files are fit for every system, and never a path."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.names import ascii_file_name, safe_file_name


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Hướng dẫn số 96-HD/BTGTU.pdf", "Huong dan so 96-HD-BTGTU.pdf"),
        ("Báo cáo quý IV (Đợt 2).xlsx", "Bao cao quy IV (Dot 2).xlsx"),
        ("Đề cương tuyên truyền kỷ niệm 95 năm Ngày thành lập Đảng Cộng sản.docx", None),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "tep-dinh-kem"),
        ("", "tep-dinh-kem"),
        (".pdf", "tep-dinh-kem.pdf"),
        ("文件.pdf", "tep-dinh-kem.pdf"),
        ("so 96. ngay 14 thang 12", "so 96. ngay 14 thang 12"),
    ],
)
def test_a_name_of_ours_loses_its_marks(name: str, plain: str | None) -> None:
    got = ascii_file_name(name)
    assert got == plain or (plain is None and got.endswith(".docx") and len(got) == 50)


@given(name=st.text(max_size=200))
def test_any_name_becomes_one_that_is_safe(name: str) -> None:
    for got in (ascii_file_name(name), safe_file_name(name)):
        assert got.strip(" .")
        assert not set(got) & set('/\\<>:"|?*\0\n\u202e')
        assert not got.startswith(".")
    assert ascii_file_name(name).isascii()
    assert len(ascii_file_name(name)) <= 50
    assert len(safe_file_name(name)) <= 120


@given(name=st.text(max_size=200))
def test_a_safe_name_stays_as_it_is(name: str) -> None:
    assert safe_file_name(safe_file_name(name)) == safe_file_name(name)
    assert ascii_file_name(ascii_file_name(name)) == ascii_file_name(name)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("thư mục/Báo cáo số 5.pdf", "Báo cáo số 5.pdf"),
        ("C:\\Users\\vt\\Báo cáo.pdf", "Báo cáo.pdf"),
        ("../../etc/passwd", "passwd"),
        ("bao-cao\u202efdp.exe", "bao-caofdp.exe"),
        ("a\0b\r\n.pdf", "ab.pdf"),
    ],
)
def test_a_strangers_name_keeps_its_marks_and_loses_its_path(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe
