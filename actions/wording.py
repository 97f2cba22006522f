"""Letters to units in Vietnamese: the directive, reminders, answers to what they sent.

Plain text, official tone, the form of address that the office has chosen. A letter says which
directive, what is owed in the directive's own sentence, by when, how to answer and whom to ask.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final

from actions.offices import OfficeFacts
from models.directive import Directive
from models.obligation import Obligation

UNPLACED: Final = "NV"
"""How a task is called whose sentence stands under no number: NV, NV.2."""

SUBJECT_LIMIT = 160
"""Characters of a subject; longer ones are cut at a word. Readers show fewer."""

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
"""From Monday on."""
TEST_LINE = "THỬ NGHIỆM: chứng thư không có giá trị pháp lý."
"""At the foot of every letter of an office that signs with a demo PKI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to ask."""

    name: str
    """The follow-up officer."""
    email: str | None
    """The officer's address, where known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFrame:
    """What every letter about one directive to one unit shares."""

    office: OfficeFacts
    """Who writes."""
    directive: Directive
    """What it is about."""
    unit_name: str
    """To whom."""
    link: str | None
    """The unit's own page; None in a letter to somebody else."""
    contacts: tuple[Contact, ...] = ()
    """Whom to ask."""


def spoken_day(day: date) -> str:
    """Returns a day as a letter says it: `thứ Sáu, 28/10/2022`."""
    return f"{WEEKDAYS[day.weekday()]}, {day:%d/%m/%Y}"


def cut(text: str, limit: int = SUBJECT_LIMIT) -> str:
    """Returns one line of at most `limit` characters, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[: limit - 1].rpartition(" ")[0].rstrip(" ,;:") + "…"


def directive_line(directive: Directive) -> str:
    """Returns type, number, date and subject of a directive, as a letter names it."""
    day = f" ngày {directive.issue_date:%d/%m/%Y}" if directive.issue_date else ""
    subject = directive.subject.strip().rstrip(".")
    return f"{directive.doc_type} số {directive.number_text}{day}: {subject}"


def is_printed(task_ref: str) -> bool:
    """Whether a task is named after a place of the paper; one in unnumbered text is not."""
    return task_ref.partition(".")[0] != UNPLACED


def owed_lines(obligations: Sequence[Obligation]) -> list[str]:
    """Returns what is owed, each in the directive's own sentence with its day."""
    lines: list[str] = []
    for ordinal, owed in enumerate(obligations, 1):
        part = "" if owed.leads else " (phối hợp)"
        sentence = f"“{' '.join(owed.sentence.split())}”"
        where = f"Mục {owed.task_ref}{part}: " if is_printed(owed.task_ref) else f"{part} ".lstrip()
        lines.append(f"{ordinal}. {where}{sentence}")
        lines.append(f"   {deadline_line(owed)}")
    return lines


def deadline_line(owed: Obligation) -> str:
    """Returns the day of an obligation as written and as counted."""
    written = f"Thời hạn: {owed.deadline_raw}" if owed.deadline_raw else "Thời hạn: không nêu ngày"
    if owed.due is None:
        return f"{written}."
    return f"{written}; ngày làm việc cuối cùng trong hạn: {spoken_day(owed.due)}."


def how_to_answer(frame: LetterFrame, *, owes: bool = True, several: bool = False) -> list[str]:
    """Returns how to answer, and whom to ask; who owes no report is asked for none.

    In a letter about several directives their pages stand in the list.
    """
    lines: list[str] = []
    if several:
        lines += [
            "Cách trả lời: gửi báo cáo dạng PDF đã ký số của từng văn bản về "
            f"{frame.office.mailbox}, tiêu đề thư ghi số, ký hiệu văn bản"
            + ("; hoặc nộp tại trang của đơn vị nêu ở từng văn bản." if frame.link else "."),
        ]
    elif owes:
        lines += [
            "Cách trả lời:",
            f"- Trả lời thư này, kèm báo cáo dạng PDF đã ký số, gửi về {frame.office.mailbox}"
            + ("; hoặc" if frame.link else "."),
        ]
    if frame.link and owes and not several:
        lines.append(
            f"- Xác nhận đã nhận, nộp báo cáo, xin gia hạn tại trang của đơn vị: {frame.link}"
        )
    elif frame.link and not several:
        lines.append(f"Đề nghị xác nhận đã nhận tại trang của đơn vị: {frame.link}")
    asked = [
        f"đồng chí {one.name}" + (f" ({one.email})" if one.email else "") for one in frame.contacts
    ]
    if frame.office.form_of_address != "đồng chí":
        asked = [one.replace("đồng chí", frame.office.form_of_address, 1) for one in asked]
    if asked:
        lines.append(f"Cần trao đổi thêm, đề nghị liên hệ {'; '.join(asked)}.")
    return lines


def letter(frame: LetterFrame, paragraphs: Sequence[str], lines: Sequence[str]) -> str:
    """Returns a whole letter: salutation, paragraphs, list, signature."""
    parts = [f"Kính gửi: {frame.unit_name}", *paragraphs, "\n".join(lines)]
    parts.append(f"Trân trọng.\n{frame.office.name}")
    if frame.office.test_only:
        parts.append(TEST_LINE)
    return "\n\n".join(parts) + "\n"


def directive_letter(
    frame: LetterFrame, obligations: Sequence[Obligation], file_name: str, attachments: int
) -> tuple[str, str]:
    """Returns subject and text of the letter that brings a directive to a unit."""
    directive = frame.directive
    beside = f" cùng {attachments} tệp kèm theo" if attachments else ""
    paragraphs = [
        f"{frame.office.name} gửi {directive_line(directive)}.",
        (
            f"Văn bản đã ký số và đóng dấu điện tử, đính kèm thư này ({file_name}){beside}. "
            f"Đề nghị các {frame.office.form_of_address} kiểm tra chữ ký trước khi sử dụng."
        ),
    ]
    if obligations:
        paragraphs.append("Nhiệm vụ được giao cho đơn vị:\n" + "\n".join(owed_lines(obligations)))
    else:
        paragraphs.append("Văn bản không yêu cầu đơn vị báo cáo.")
    lines = how_to_answer(frame, owes=bool(obligations))
    return cut(f"{directive.number_text}: {directive.subject}"), letter(frame, paragraphs, lines)


def deadline_phrase(raw: str | None) -> str:
    """Returns a deadline for the middle of a line: `Hoàn thành trong …` -> `trong …`."""
    words = (raw or "").strip(" ().").removeprefix("Hoàn thành").removeprefix("hoàn thành").strip()
    return words[:1].lower() + words[1:]


def answer_letter(frame: LetterFrame, tag: str, about: str, said: Sequence[str]) -> tuple[str, str]:
    """Returns subject and text of an answer to what a unit sent.

    Args:
        frame: office, directive, unit.
        tag: the word in brackets before the subject: `Trả lại`, `Đã nhận`, `Gia hạn`.
        about: what was decided, in a few words for the subject.
        said: the paragraphs.
    """
    subject = cut(f"[{tag}] {frame.directive.number_text}: {about}")
    paragraphs = [f"Về {directive_line(frame.directive)}.", *said]
    return subject, letter(frame, paragraphs, how_to_answer(frame))


def as_html(text: str) -> str:
    """Returns the same letter as simple HTML: paragraphs and line breaks, nothing to load."""
    paragraphs = (escape(part).replace("\n", "<br>\n") for part in text.strip().split("\n\n"))
    body = "\n".join(f"<p>{part}</p>" for part in paragraphs)
    return (
        f'<!doctype html>\n<html lang="vi"><meta charset="utf-8"><body>\n{body}\n</body></html>\n'
    )
