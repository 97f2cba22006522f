"""The door: content that may not become a page, with every reason and its place.

Refused are secret papers, papers without recipients or signer, characters that the font cannot show
or that turn the text around, and days that no calendar has.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from documents.content import DirectiveContent, Paragraph
from documents.coverage import can_show
from documents.errors import TextRefusedError
from documents.findings import FormFinding, Severity, error
from documents.texts import PlacedText, header_texts, walk_texts

_SECRECY = re.compile(
    r"\W*(?:(?:độ|mức)\s+mật\s*:\s*)?(?P<mark>(?:tuyệt|tối)\s+mật|mật)\W*", re.IGNORECASE
)
_SECRECY_TAIL = re.compile(r"[\[(]\s*(?P<mark>tuyệt mật|tối mật|mật)\s*[\])]", re.IGNORECASE)
_CLASSIFIED_CLAUSE = "NĐ 30/2020 Đ15.2, Đ16.3; Luật Bảo vệ bí mật nhà nước"
_WHITE = "\n\r\t"
_HIDDEN = ("Cf", "Cc", "Zl", "Zp")  # format, control, line and paragraph separators
_DAYS = (
    re.compile(r"(?<![\d/])(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})(?![\d/])"),
    re.compile(r"ngày\s+(?P<d>\d{1,2})\s+tháng\s+(?P<m>\d{1,2})\s+năm\s+(?P<y>\d{4})"),
)


def check_text(content: DirectiveContent) -> tuple[FormFinding, ...]:
    """Everything that keeps this content from becoming a page; empty when nothing does."""
    return (
        *_secrecy(content),
        *_missing(content),
        *_characters(content),
        *_impossible_days(content),
    )


def require_text(content: DirectiveContent) -> None:
    """Lets content through the door.

    Raises:
        TextRefusedError: `check_text` found an error; all of them are named.
    """
    findings = [item for item in check_text(content) if item.severity is Severity.ERROR]
    if findings:
        raise TextRefusedError([item.message for item in findings])


def secrecy_mark(text: str) -> str | None:
    """The secrecy marking that a line of a header consists of or carries in brackets."""
    composed = unicodedata.normalize("NFC", text)
    match = _SECRECY.fullmatch(composed) or _SECRECY_TAIL.search(composed)
    return " ".join(match["mark"].lower().split()) if match else None


def _secrecy(content: DirectiveContent) -> Iterator[FormFinding]:
    first = [
        PlacedText(place=f"phần mở đầu, đoạn {number}", text=paragraph.text)
        for number, paragraph in enumerate(content.opening, start=1)
    ]
    for placed in (*header_texts(content), *first):
        mark = secrecy_mark(placed.text)
        if mark:
            yield error(
                "secret",
                f"Văn bản có dấu chỉ độ mật “{mark}” ({placed.place}): văn bản mật không được soạn,"
                " ký và gửi trên hệ thống này; đề nghị chuyển sang quy trình văn bản mật.",
                placed.place,
                _CLASSIFIED_CLAUSE,
            )
    if content.secrecy and not secrecy_mark(content.secrecy):
        yield error(
            "secret",
            f"Trường độ mật ghi “{content.secrecy}”: chỉ nhận văn bản không có độ mật.",
            "độ mật",
            _CLASSIFIED_CLAUSE,
        )


def _missing(content: DirectiveContent) -> Iterator[FormFinding]:
    if not any(line.raw.strip() for line in content.recipients):
        yield error(
            "no_recipients",
            "Văn bản chưa có nơi nhận: đề nghị ghi ít nhất một nơi nhận.",
            "nơi nhận",
        )
    needed = (
        ("no_title", "trích yếu", content.title),
        ("no_issuer", "cơ quan ban hành", content.issuer),
        ("no_symbol", "ký hiệu", content.symbol),
        ("no_position", "chức vụ người ký", content.signature.position),
        ("no_signer", "họ tên người ký", content.signature.name),
    )
    for code, name, text in needed:
        if not text.strip():
            yield error(code, f"Văn bản chưa có {name}.", name)
    if not any(_body_texts(content)):
        yield error("no_body", "Văn bản chưa có nội dung.", "nội dung")


def _body_texts(content: DirectiveContent) -> Iterator[str]:
    for block in (*content.opening, *content.closing, *content.sections):
        yield block.text.strip() if isinstance(block, Paragraph) else "section"


def _characters(content: DirectiveContent) -> Iterator[FormFinding]:
    """One finding a character, at its first place."""
    seen: set[str] = set()
    for placed in walk_texts(content):
        text = unicodedata.normalize("NFC", placed.text)
        for position, character in enumerate(text, start=1):
            if character in seen or character in _WHITE or can_show(character):
                continue
            seen.add(character)
            yield _character(character, f"{placed.place}, ký tự thứ {position}")


def _character(character: str, place: str) -> FormFinding:
    code = f"U+{ord(character):04X}"
    if unicodedata.category(character) in _HIDDEN:
        name = unicodedata.name(character, "ký tự điều khiển")
        return error(
            "hidden_character",
            f"Có ký tự ẩn ({name}, mã {code}): ký tự này làm sai lệch chữ hiển thị; đề nghị xóa.",
            place,
        )
    return error(
        "unprintable_character",
        f"Ký tự “{_shown(character)}” (mã {code}) không in được bằng phông chữ của văn bản; đề nghị"
        " thay thế.",
        place,
    )


def _shown(character: str) -> str:
    """The character itself, unless a half of a pair, which cannot be written anywhere."""
    return "?" if unicodedata.category(character) == "Cs" else character


def _impossible_days(content: DirectiveContent) -> Iterator[FormFinding]:
    for placed in walk_texts(content):
        for pattern in _DAYS:
            for match in pattern.finditer(placed.text):
                if not _is_day(int(match["y"]), int(match["m"]), int(match["d"])):
                    yield error(
                        "impossible_date",
                        f"“{match[0]}” ({placed.place}) không phải là một ngày có thật.",
                        placed.place,
                    )


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
