import contextlib
import io
import zipfile
from pathlib import Path

import docx
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.intake.child import ExtractionLimits
from documents.intake.errors import (
    ExtractionFailedError,
    FileTooLargeError,
    IntakeRefusedError,
    NoOCRError,
    NoTextError,
    UndecodableTextError,
    UnknownFormatError,
)
from documents.intake.files import FileKind, decode, kind_of, read_file

WORDS = "Nơi nhận: Sở Nội vụ và Truyền thông tỉnh"


def docx_bytes() -> bytes:
    document = docx.Document()
    document.add_paragraph("Số: 15/QĐ-BNV")
    table = document.add_table(1, 2)
    left, right = table.rows[0].cells
    left.text = "Nơi nhận:"
    left.add_paragraph("Sở Nội vụ;", style="List Bullet")
    left.add_paragraph("- Lưu: VT.")
    right.text = "KT. GIÁM ĐỐC"
    right.add_paragraph("PHÓ GIÁM ĐỐC")
    data = document.add_table(4, 2)
    data.cell(0, 0).text, data.cell(0, 1).text = "Đơn vị", "Thời hạn"
    document.add_paragraph("Hết.")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_a_known_encoding_is_read(encoding: str) -> None:
    assert read_file(WORDS.encode(encoding), "a.txt") == WORDS


def test_text_from_a_path_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(WORDS, encoding="utf-8")
    assert read_file(tmp_path / "a.txt") == WORDS


@pytest.mark.parametrize("data", [b"N\xa2i nh\xb5n", b"\xff\xfea", b"a\x00b\x00"])
def test_text_in_an_unknown_encoding_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(UndecodableTextError) as refused:
        read_file(data, "a.txt")
    assert "UTF-8" in refused.value.diagnosis()


def test_a_word_file_gives_paragraphs_and_tables_in_order() -> None:
    text = read_file(docx_bytes(), "a.docx")
    kept = [line for line in text.split("\n") if line.strip()]
    assert kept == [
        "Số: 15/QĐ-BNV",
        "Nơi nhận:",
        "- Sở Nội vụ;",
        "- Lưu: VT.",
        "KT. GIÁM ĐỐC",
        "PHÓ GIÁM ĐỐC",
        "Đơn vị\tThời hạn",
        "Hết.",
    ]


@pytest.mark.parametrize(
    ("data", "name"), [(b"%PDF-1.7\nbroken", "a.pdf"), (b"PK\x03\x04broken", "a.docx")]
)
def test_a_broken_file_is_refused_and_does_not_crash(data: bytes, name: str) -> None:
    with pytest.raises(ExtractionFailedError) as refused:
        read_file(data, name)
    assert refused.value.diagnosis().endswith("nhập lại.")


def test_a_bomb_ends_its_child_and_not_the_caller() -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(docx_bytes())) as paper,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb,
    ):
        for entry in paper.infolist():
            data = paper.read(entry)
            if entry.filename == "word/document.xml":
                data += b" " * 120_000_000
            bomb.writestr(entry.filename, data)
    limits = ExtractionLimits(memory_bytes=200_000_000, cpu_s=5, wall_s=20)
    with pytest.raises(ExtractionFailedError):
        read_file(out.getvalue(), "a.docx", limits=limits)


def test_a_file_over_the_limit_is_refused_with_the_limit() -> None:
    with pytest.raises(FileTooLargeError) as refused:
        read_file(b"a" * 2_000_001, "a.txt", limits=ExtractionLimits(size_bytes=2_000_000))
    assert "2 MB" in refused.value.diagnosis()


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"MZ\x90", "a.exe"), (b"PK\x03\x04", "a.xlsx"), (b"\xd0\xcf\x11\xe0", "a.doc")],
)
def test_other_kinds_of_files_are_refused(data: bytes, name: str) -> None:
    with pytest.raises(UnknownFormatError):
        read_file(data, name)


def test_the_first_bytes_tell_the_kind_and_not_the_name() -> None:
    assert kind_of(b"%PDF-1.7", "a.txt") is FileKind.PDF
    assert kind_of(b"\x89PNG\r\n\x1a\n", "a.pdf") is FileKind.IMAGE
    assert kind_of("Số".encode(), "a.txt") is FileKind.TEXT


def test_an_image_without_an_ocr_program_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoOCRError) as refused:
        read_file(b"\x89PNG\r\n\x1a\n", "a.png")
    assert "tesseract" in refused.value.diagnosis()


def test_a_word_file_without_words_is_refused() -> None:
    out = io.BytesIO()
    docx.Document().save(out)
    with pytest.raises(NoTextError):
        read_file(out.getvalue(), "a.docx")


@settings(max_examples=200)
@given(st.binary(max_size=64), st.sampled_from(["a.txt", "a", "a.bin"]))
def test_any_bytes_are_text_or_refused(data: bytes, name: str) -> None:
    with contextlib.suppress(IntakeRefusedError):
        if kind_of(data, name) is FileKind.TEXT:
            assert isinstance(decode(data, name), str)


def test_how_far_the_reading_is_is_told_up_to_the_page_that_ended_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no tesseract: blank pages are not looked at again
    paper = pypdfium2.PdfDocument.new()
    for _ in range(1_001):
        paper.new_page(100, 100)
    out = io.BytesIO()
    paper.save(out)
    told: list[tuple[int, int]] = []
    with pytest.raises(NoTextError):
        read_file(out.getvalue(), "a.pdf", watching=lambda *far: told.append(far))
    assert told[-1] == (1_000, 1_001)
