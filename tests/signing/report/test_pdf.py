"""The report on paper."""

import io

import pypdfium2
import pytest

from signing.language import Language
from signing.report.pdf import to_pdf
from signing.verdict import Verdict
from signing.words import finding
from tests.signing.office import FONTS
from tests.signing.report.made import NASTY, OFFICER, SEAL, nasty, report


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        pages = [document[at].get_textpage().get_text_range() for at in range(len(document))]
    finally:
        document.close()
    return " ".join(" ".join(pages).split())


@pytest.mark.parametrize("language", Language)
def test_the_paper_says_what_the_screen_says(language: Language) -> None:
    said = text_of(to_pdf(report(signatures=(OFFICER, SEAL)), language, fonts=FONTS))
    wanted = {
        Language.VI: ("KẾT QUẢ KIỂM TRA CHỮ KÝ", "Hợp lệ", "Diễn biến của tệp", "phạm vi", "1/"),
        Language.EN: ("RESULT OF A SIGNATURE CHECK", "Valid", "History of the file", "scope", "1/"),
    }
    for words in (*wanted[language], "Trần Trung Hiếu", "BAN TUYÊN GIÁO", "0" * 20):
        assert words in said, words
    assert said.index(wanted[language][1]) < said.index("Trần Trung Hiếu")


def test_markup_in_names_is_set_as_text() -> None:
    said = text_of(to_pdf(nasty(), fonts=FONTS))
    assert "#let" in said
    assert "<script>" in said
    assert NASTY.split("*")[0].strip() in said


def test_the_pages_are_a4() -> None:
    document = pypdfium2.PdfDocument(io.BytesIO(to_pdf(report(), fonts=FONTS)))
    assert [round(side) for side in document[0].get_size()] == [595, 842]
    document.close()


def test_the_same_report_gives_the_same_bytes() -> None:
    one = report(signatures=(OFFICER,))
    assert to_pdf(one, fonts=FONTS) == to_pdf(one, fonts=FONTS)


@pytest.mark.parametrize(("code", "verdict"), [("unsigned", "unsigned"), ("not_pdf", "unreadable")])
def test_a_file_without_signatures_gets_its_paper_too(code: str, verdict: str) -> None:
    bare = report(finding(code))
    assert bare.verdict is Verdict(verdict)
    assert "Việc cần làm" in text_of(to_pdf(bare, fonts=FONTS))


def test_many_signatures_fill_many_pages_and_none_is_lost() -> None:
    said = text_of(to_pdf(report(signatures=(OFFICER, SEAL) * 20), fonts=FONTS))
    for number in range(1, 41):
        assert f"{number}. Chữ ký" in said
