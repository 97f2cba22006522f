"""Every sentence with which the product can refuse has its English; pages' scripts say none."""

import re
from pathlib import Path

import pytest

from portal.i18n.said import _in_english
from tests.support.catalogue import catalogue
from tests.support.refusals import refusals
from tests.support.rooms import ROOT, VIETNAMESE

NOT_SHOWN = frozenset(
    {
        # Facts of a refusal that its sentence does not name.
        "bản %(revision)s", "bản %(seen)s", "tài khoản của",
        # What letters to units say, which are Vietnamese always.
        "Gia hạn đến hết ngày %(y)s; ngày làm việc cuối cùng: %(spoken_day)s.",
        "không gia hạn. Lý do: %(why)s", "đồng ý. %(told)s",
        # Names of periods and tasks, which reports have in Vietnamese.
        "%(kind)s %(int)s năm %(year)s", "%(part)s năm %(year)s", "6 tháng cuối", "6 tháng đầu",
        "9 tháng đầu", "kỳ %(period_key)s", "năm %(year)s", "quý I", "quý II", "quý III",
        "quý IV", "tháng", "tuần", "%(words)s, báo cáo muộn", "%(words)s, quá hạn",
        # A place in the office's file, which pages mark as Vietnamese.
        "%(text)s (dòng %(line)s)",
        # Pieces; what they make is in `joined.txt`.
        "%(upper)s%(reason)s. Sửa lại rồi trình lại.", "Chưa nhận được văn bản này:",
        "%(what)s Chọn đơn vị hoặc nhóm đơn vị trong danh mục.",
    }
)  # fmt: skip


def test_every_refusal_has_its_english() -> None:
    known = {message.id for message in catalogue() if message.id and message.string}
    holes = [
        (module, text)
        for module, text in sorted(refusals())
        if not {text, text.strip()} & (known | NOT_SHOWN)
    ]
    assert holes == []


def test_what_is_not_shown_is_still_a_refusal_of_the_rooms() -> None:
    assert NOT_SHOWN - {text.strip() for _module, text in refusals()} == set()


@pytest.mark.parametrize("script", sorted(Path(ROOT / "portal/static").glob("*.js")), ids=str)
def test_a_script_says_nothing_that_its_page_did_not_give_it(script: Path) -> None:
    code = re.sub(r"(?m)^\s*//.*$", "", script.read_text(encoding="utf-8"))
    # Letters without words around them are compared, not said.
    said = [
        text
        for text in re.findall(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`", code)
        if VIETNAMESE.search(text) and " " in text
    ]
    assert said == []


SAID = {
    "Văn bản đã được người soạn rút lại; việc này chỉ làm được khi đang kiểm tra. Tải lại trang để "
    "xem bước tiếp theo.": (
        "The document is taken back by the drafter; this can be done only when being checked. "
        "Reload the page to see the next step."
    ),
    "Lê Quang Vinh không có quyền huỷ văn bản: việc này thuộc về người ký, hoặc người soạn khi "
    "văn bản chưa trình. Đề nghị chuyển cho người có thẩm quyền.": (
        "Lê Quang Vinh may not do this (cancel a document): it belongs to the signatory, or the "
        "drafter before the document is handed in. Please pass it on to whoever is entitled."
    ),
    "Tệp đã nộp lớn hơn giới hạn 20 MB. Việc cần làm: tải lại bản để ký, ký đúng bản đó rồi nộp "
    "lại.": (
        "The file handed in is larger than 20 MB. What to do: download the file to sign again, "
        "sign exactly that one and hand it in."
    ),
    "Tệp chỉ có 3 trang. Việc cần làm: chọn lại các trang cần trích sao.": (
        "The file has only 3 pages. What to do: choose the pages to extract again."
    ),
    "Cán bộ “le-van-a”: Không còn làm việc. Chọn người khác.": (
        "Officer “le-van-a”: No longer in office. Choose somebody else."
    ),
    "Lịch nghỉ: dòng 3: loại phải là “nghỉ” hoặc “làm bù”. Sửa lại dòng này.": (
        "Days off: line 3: the kind must be “nghỉ” or “làm bù”. Correct this line."
    ),
    "Hệ thống gặp lỗi ngoài dự kiến; chưa có gì được thay đổi. Đề nghị báo người vận hành kèm mã "
    "tra cứu 0A1B2C3D.": (
        "The system met an unexpected error; nothing was changed. Please tell the operator, with "
        "the reference 0A1B2C3D."
    ),
}


@pytest.mark.parametrize(("said", "english"), SAID.items())
def test_refusals_of_rare_deeds_are_english_as_a_whole(said: str, english: str) -> None:
    assert _in_english(said, 0) == english
