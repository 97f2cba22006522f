"""Drafts that begin with a file: what was read, what is doubtful, what is refused unstored."""

import io
import shutil
import zipfile
from pathlib import Path
from uuid import UUID

import docx
import pypdfium2
import pytest

from actions.errors import AlreadyDoneError, InvalidInputError, NotAuthorisedError, NotFoundError
from actions.freezing import draft_page
from actions.working import importing
from actions.working.importing import read_in, reading_of, settle
from actions.working.keeping import body_of, discard, working_draft
from actions.working.secrecy import secrecy_of
from actions.working.sources import (
    SourceFile,
    claim,
    drop_source,
    keep_source,
    read_again,
    source_of,
)
from documents.intake.child import Watching
from models.working import DraftSource, WorkingDraft
from tests.support.front import Front

PAPER = """TỈNH ỦY THỬ NGHIỆM          ĐẢNG CỘNG SẢN VIỆT NAM
BAN THỬ NGHIỆM TỈNH ỦY
*
Số 12-HD/BTNTU          Đà Lạt, ngày 20 tháng 9 năm 2022

HƯỚNG DẪN
Tổ chức thực hiện Kế hoạch số 53-KH/TU, ngày 29/7/2022
-----

Thực hiện Kế hoạch số 53-KH/TU, Ban Thử nghiệm Tỉnh ủy hướng dẫn như sau:

I. MỤC ĐÍCH, YÊU CẦU

1. Nâng cao nhận thức của cán bộ, đảng viên về kế hoạch này trong toàn tỉnh.

II. TỔ CHỨC THỰC HIỆN

1. Các huyện ủy

Xây dựng kế hoạch tổ chức thực hiện (hoàn thành trong tháng 10 năm 2022).

Trên đây là hướng dẫn tổ chức thực hiện; đề nghị các huyện ủy báo cáo kết quả về Ban Thử nghiệm \
Tỉnh ủy trước ngày 31/10/2022.

Nơi nhận:
- Tỉnh ủy (báo cáo),
- Các huyện ủy,
- Hội Chữ thập đỏ tỉnh,
- Lưu VPTU.

K/T TRƯỞNG BAN
PHÓ TRƯỞNG BAN THƯỜNG TRỰC
Trần Văn Ký
"""


def keeps(front: Front, name: str, content: bytes) -> UUID:
    return keep_source(front.desk, front.drafter, SourceFile(name=name, content=content))


def tries(front: Front, name: str, content: bytes) -> UUID:
    """Keeps a file and reads it."""
    key = keeps(front, name, content)
    held = claim(front.desk)
    assert held is not None
    assert held.id == key
    read_in(front.desk, held)
    return key


def waits(front: Front, key: UUID) -> DraftSource:
    with front.desk.database.reading() as session:
        return source_of(session, front.drafter, key)


def begins(front: Front, name: str, content: bytes) -> WorkingDraft:
    key = tries(front, name, content)
    with front.desk.database.reading() as session:
        return working_draft(session, front.drafter, key)


def as_docx(text: str) -> bytes:
    paper = docx.Document()
    for line in text.splitlines():
        paper.add_paragraph(line)
    made = io.BytesIO()
    paper.save(made)
    return made.getvalue()


def kept(folder: Path) -> list[Path]:
    """Files in the archive."""
    return sorted(one for one in folder.rglob("objects/**/*") if one.is_file())


@pytest.mark.parametrize("name", ["Du thao.txt", "Dự thảo.docx"])
def test_a_file_becomes_a_draft_with_its_text_and_its_doubts(front: Front, name: str) -> None:
    content = PAPER.encode() if name.endswith("txt") else as_docx(PAPER)
    row = begins(front, name, content)
    body, reading = body_of(row), reading_of(row)
    assert reading is not None
    assert body.doc_type == "Hướng dẫn"
    assert body.title.startswith("Tổ chức thực hiện Kế hoạch số 53-KH/TU")
    texts = [item.text for _, item in body.paragraphs()]
    assert any("hướng dẫn như sau" in text for text in texts)
    assert [item.text for item in body.outline if item.kind == "heading"][:1] == [
        "MỤC ĐÍCH, YÊU CẦU"
    ]
    assert [line.raw for line in body.lines][:3] == [
        "Tỉnh ủy (báo cáo)", "Các huyện ủy", "Hội Chữ thập đỏ tỉnh",
    ]  # fmt: skip
    assert body.lines[1].groups == ["huyen"]
    assert body.authority_id == "ky-thay"
    assert {str(task.named_date) for task in body.tasks} >= {"2022-10-31"}
    unknown = next(one for one in reading.doubts if one.field == "l.2.x")
    assert "Chưa nhận ra đơn vị" in unknown.why
    assert "Chữ thập đỏ" in unknown.read
    assert sum("Chữ thập đỏ" in one.read for one in reading.doubts) == 1
    assert any("12-HD/BTNTU" in note for note in reading.notes)
    assert front.desk.archive.get(row.source_sha256 or "") == content
    assert front.last_event().deed == "begin_from_file"


def test_the_purpose_that_is_to_be_confirmed_is_named(lone_front: Front) -> None:
    reading = reading_of(begins(lone_front, "a.txt", PAPER.encode()))
    assert reading is not None
    inferred = next(one for one in reading.doubts if one.field == "l.1.x")
    assert "“để thực hiện”" in inferred.why


def test_a_text_without_blank_lines_is_taken_apart_too(lone_front: Front) -> None:
    dense = "\n".join(line for line in PAPER.splitlines() if line)
    row = begins(lone_front, "a.txt", dense.encode())
    body, reading = body_of(row), reading_of(row)
    assert reading is not None
    assert [one.text for one in body.opening] == [
        "Thực hiện Kế hoạch số 53-KH/TU, Ban Thử nghiệm Tỉnh ủy hướng dẫn như sau:"
    ]
    assert [item.text for item in body.outline if item.kind == "heading"] == [
        "MỤC ĐÍCH, YÊU CẦU", "", "TỔ CHỨC THỰC HIỆN", "Các huyện ủy",
    ]  # fmt: skip
    assert not any(one.label == "Phần mở đầu" for one in reading.doubts)


def test_of_a_file_that_is_too_long_it_is_said_what_was_not_read(
    lone_front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_pages(_data: bytes, _name: str, *, limits: object, watching: Watching) -> str:
        assert limits
        watching(60, 85)
        return PAPER

    monkeypatch.setattr(importing, "read_file", first_pages)
    reading = reading_of(begins(lone_front, "a.txt", PAPER.encode()))
    assert reading is not None
    assert reading.notes[0] == (
        "Tệp có 85 trang, máy chỉ đọc 60 trang đầu. Chép thêm phần còn lại."
    )


def test_doubts_stay_until_somebody_settles_them(lone_front: Front) -> None:
    row = begins(lone_front, "a.txt", PAPER.encode())
    reading = reading_of(row)
    assert reading is not None
    left = settle(lone_front.desk, lone_front.drafter, row.id, frozenset({0, 9999}))
    assert len(left) == len(reading.doubts) - 1
    again = settle(lone_front.desk, lone_front.drafter, row.id, frozenset())
    assert len(again) == len(left)
    discard(lone_front.desk, lone_front.drafter, row.id)


@pytest.mark.parametrize(
    "marked",
    [
        "MẬT\n" + PAPER,
        PAPER.replace("*\n", "TỐI MẬT\n", 1),
        PAPER.replace("BAN THỬ NGHIỆM TỈNH ỦY", "BAN THỬ NGHIỆM TỈNH ỦY          TUYỆT MẬT", 1),
        PAPER + "\nĐộ mật: Mật\n",
        PAPER.replace("HƯỚNG DẪN\n", "HƯỚNG DẪN (Mật)\n", 1),
        "TUYET MAT\n" + PAPER,
    ],
)
def test_a_secret_paper_is_refused_and_nothing_of_it_is_kept(
    lone_front: Front, tmp_path: Path, marked: str
) -> None:
    before = kept(tmp_path)
    with pytest.raises(InvalidInputError, match="Tệp không được lưu lại"):
        keeps(lone_front, "a.txt", marked.encode())
    assert lone_front.count(DraftSource) == 0
    key = tries(lone_front, "a.docx", as_docx(marked))
    row = waits(lone_front, key)
    assert "Tệp không được lưu lại" in (row.problem or "")
    assert lone_front.count(DraftSource, DraftSource.content.is_not(None)) == 0
    assert kept(tmp_path) == before
    assert lone_front.count(WorkingDraft) == 0
    event = lone_front.last_event()
    assert event.deed == "give_up_reading"
    assert "Kế hoạch số 53" not in str(event.detail)
    with pytest.raises(AlreadyDoneError):
        read_again(lone_front.desk, lone_front.drafter, key)
    drop_source(lone_front.desk, lone_front.drafter, key)


def test_words_that_only_speak_of_secrecy_are_no_mark() -> None:
    for text in ("Bảo vệ bí mật nhà nước", "Công tác bảo mật thông tin.", "mật ong", "Mật khẩu"):
        assert secrecy_of(f"Hướng dẫn\n{text}\n", "Huong dan bao mat.docx") is None
    assert secrecy_of("Hướng dẫn", "Kế hoạch (Mật).docx") == "mật"


def a_zip(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as box:
        for name, content in files.items():
            box.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rong.txt", b""),
        ("ma.exe", b"MZ\x90\x00"),
        ("cu.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
        ("nul.txt", PAPER.encode() + b"\x00"),
        ("ma-la.txt", "Hướng dẫn".encode("cp1258", "replace") * 20),
    ],
)
def test_what_no_reader_takes_is_refused_at_once_and_not_kept(
    lone_front: Front, name: str, content: bytes
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        keeps(lone_front, name, content)
    assert caught.value.diagnosis().startswith("Tệp: ")
    assert lone_front.count(DraftSource) == 0
    assert claim(lone_front.desk) is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("zip.docx", a_zip(a=b"khong phai van ban")),
        ("nua.docx", as_docx(PAPER)[:4000]),
        ("bom.docx", a_zip(**{"word/document.xml": b"<" * 60_000_000})),
        ("nua.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog"),
        ("anh.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 300),
        ("dai.txt", ("Một câu dài. " * 40_000).encode()),
    ],
)
def test_a_broken_or_hostile_file_says_why_and_waits_for_another_try(
    lone_front: Front, tmp_path: Path, name: str, content: bytes
) -> None:
    before = kept(tmp_path)
    key = tries(lone_front, name, content)
    said = waits(lone_front, key).problem or ""
    assert said.startswith("Tệp: ")
    assert "Error" not in said
    assert "Traceback" not in said
    assert kept(tmp_path) == before
    assert lone_front.count(WorkingDraft) == 0
    assert claim(lone_front.desk) is None
    read_again(lone_front.desk, lone_front.drafter, key)
    again = claim(lone_front.desk)
    assert again is not None
    assert again.content == content
    drop_source(lone_front.desk, lone_front.drafter, key)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_a_scan_without_a_text_layer_is_read_from_its_pictures(lone_front: Front) -> None:
    key = lone_front.submitted()
    drawn = pypdfium2.PdfDocument(draft_page(lone_front.desk, key))[0].render(scale=2)
    scan = io.BytesIO()
    drawn.to_pil().convert("RGB").save(scan, "PDF", resolution=144)
    row = begins(lone_front, "Bản quét.pdf", scan.getvalue())
    body, reading = body_of(row), reading_of(row)
    assert reading is not None
    assert (reading.kind, reading.text) == ("pdf", "")
    assert "53-KH/TU" in body.title
    assert "Tỉnh ủy (báo cáo)" in [line.raw for line in body.lines]


def test_only_drafters_begin_with_a_file(lone_front: Front) -> None:
    key = keeps(lone_front, "a.txt", PAPER.encode())
    for actor in (lone_front.clerk, lone_front.signatory):
        with pytest.raises(NotAuthorisedError):
            keep_source(lone_front.desk, actor, SourceFile(name="a.txt", content=PAPER.encode()))
        with pytest.raises(NotFoundError):
            drop_source(lone_front.desk, actor, key)
    assert lone_front.count(DraftSource) == 1
