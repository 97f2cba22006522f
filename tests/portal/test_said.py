"""What the rooms say, in English: findings, deadlines, expiry, refusals; data stays as it is."""

from pathlib import Path

import pytest

from portal.i18n.said import _in_english
from tests.support.catalogue import catalogue
from tests.support.rooms import ROOT, said_in

WHOLE = (
    "actions/admitting.py", "actions/draft_problems.py", "actions/named_units.py",
    "actions/expanding.py", "actions/working/acting.py", "actions/working/building.py",
    "actions/working/faults.py", "actions/working/importing.py", "actions/working/keeping.py",
    "actions/working/naming.py", "actions/working/sources.py", "actions/working/tasks.py",
    "actions/working/templates.py", "actions/working/typed.py", "actions/working/understanding.py",
    "actions/reminding/templates.py", "actions/year_calendars.py", "deadlines/schedule.py",
    "deadlines/year_lists.py", "documents/checks.py", "documents/intake/errors.py",
    "documents/text_checks.py", "portal/source_reading.py",
)  # fmt: skip
"""Modules of which a page may say everything."""
NOT_SAID = frozenset(
    {
        # Shapes that are looked for, and words that are compared.
        r"[A-ZĐ][A-Za-zĐđ]*(-[A-ZĐ][\wĐđ.&]*)+", r"[A-ZĐ][A-Za-zĐđ]*/[A-ZĐ][\wĐđ.-]*",
        r"\b\d+(?:-\s+|\s+-\s*)[A-ZĐ]{2,}/[A-ZĐ]+|\b\d+/[A-ZĐ]{2,}(?:-\s+|\s+-\s*)[A-ZĐ]{2,}",
        r"(ban (tuyên giáo|tổ chức|dân vận|nội chính)|văn phòng)\b", "tờ trình", "phó ", "hoả",
        "mục ", "hỏa", r"\W*(?:(?:độ|mức)\s+mật\s*:\s*)?(?P<mark>(?:tuyệt|tối)\s+mật|mật)\W*",
        r"[\[(]\s*(?P<mark>tuyệt mật|tối mật|mật)\s*[\])]",
        r"ngày\s+(?P<d>\d{1,2})\s+tháng\s+(?P<m>\d{1,2})\s+năm\s+(?P<y>\d{4})",
        r"\d+|(?<=quý )[IVX]+", r"\s*[;,]\s*|\s+và\s+",
        # A clause of a law.
        "NĐ 30/2020 Đ15.2, Đ16.3; Luật Bảo vệ bí mật nhà nước",
        # Pieces; what they make is in `joined.txt`.
        "%(what)s Chọn đơn vị hoặc nhóm đơn vị trong danh mục.",
        "%(upper)s%(reason)s. Sửa lại rồi trình lại.", ", ngày %(y)s",
        " Nếu sai, soạn văn bản mới đúng loại rồi chép sang.",
    }
)  # fmt: skip


@pytest.mark.parametrize("module", WHOLE)
def test_everything_that_is_wrong_with_a_draft_has_its_english(module: str) -> None:
    known = {message.id for message in catalogue() if message.id and message.string}
    said = set(said_in(ROOT / Path(module)))
    assert said, module
    assert said - known - NOT_SAID == set()


@pytest.mark.parametrize(
    ("said", "english"),
    [
        (
            "Nhiệm vụ III.2: Thời hạn chưa có ngày, hoặc ngày không có trên lịch. Ghi lại ngày.",
            ("Task III.2: The deadline has no day, or one that is not on the calendar. "
            "Write the day again."),
        ),
        ("Tệp kèm “a.pdf”: Tệp rỗng (0 byte). Chọn lại tệp.",
         "Attached file “a.pdf”: The file is empty (0 bytes). Choose the file again."),
        ("Văn bản chưa có chức vụ người ký.", "The document lacks its position of the signatory."),
        ("Các ngày trong năm phải khác nhau và theo thứ tự. Sửa lại rồi trình lại.",
         "The days of the year must differ and be in order. Correct it, then hand in again."),
        (
            ("“trước ngày 31/10/2022”: không tính ngày 31/10/2022, ngày cuối cùng còn trong hạn là "
            "Chủ nhật, 30/10/2022; ngày đó là ngày nghỉ nên lấy ngày làm việc liền trước: "
            "thứ Sáu, 28/10/2022."),
            ("“trước ngày 31/10/2022”: without 31/10/2022 itself, the last day in time is "
            "Sunday, 30/10/2022; that is a day off, so the working day before it is taken: "
            "Friday, 28/10/2022."),
        ),
        ("“số liệu”: chờ: sự kiện nêu trong văn bản.",
         "“số liệu”: waits for: the event named in the document."),
        ("Chứng thư của Trần Văn Ký hết hạn sau 7 ngày (ngày 30/09/2022).",
         "Certificate of Trần Văn Ký expires in 7 days (on 30/09/2022)."),
        ("Chứng thư gốc CA gốc THỬ NGHIỆM đã hết hạn ngày 30/09/2022.",
         "Root certificate CA gốc THỬ NGHIỆM expired on 30/09/2022."),
        ("Chờ Lê Quang Vinh kiểm tra nội dung.",
         "Waits for Lê Quang Vinh to check the content."),
        ("Chờ Trần Trung Hiếu ký.", "Waits for Trần Trung Hiếu to sign."),
        # A reason is what somebody wrote, though it look like words of the portal.
        ("Chờ Đỗ Ký sửa dự thảo bị trả lại. Lý do trả lại: Số liệu; chờ ký. Nguồn",
         ("Waits for Đỗ Ký to correct the draft that was returned. Why it was returned: "
         "Số liệu; chờ ký. Nguồn")),
        ("Một câu do cơ quan viết: để vậy.", "Một câu do cơ quan viết: để vậy."),
    ],
)  # fmt: skip
def test_sentences_put_together_of_pieces_are_english_as_a_whole(said: str, english: str) -> None:
    assert _in_english(said, 0) == english
