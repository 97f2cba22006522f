"""What can be wrong with a draft in itself: text, recipient lines, tasks, attachments."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, cast

from sqlalchemy import String
from sqlalchemy.orm import InstrumentedAttribute

from actions.draft import Draft, LineReading, NewAttachment, TaskReading
from actions.errors import Problem
from deadlines.errors import ScheduleInvalidError
from deadlines.kinds import DeadlineKind
from deadlines.schedule import from_json
from documents.checks import FormFinding, Severity, check_form, check_text
from documents.content import DirectiveContent, RecipientRole
from models.directive import Directive, DirectiveTask, RecipientLine

NAME_LIMIT = 200
"""Longest file name that is taken, in characters."""

_NONE_YET = "Chưa chọn đơn vị nào."


def text_problems(content: DirectiveContent) -> Iterator[Problem]:
    """Secrecy, missing parts, characters that cannot be printed or that hide something."""
    return _errors(check_text(content))


def form_problems(content: DirectiveContent, *, at: date) -> Iterator[Problem]:
    """What the form of the paper forbids; warnings are for the reviewers."""
    return _errors(check_form(content, at=at))


def _errors(findings: Iterable[FormFinding]) -> Iterator[Problem]:
    for finding in findings:
        if finding.severity is Severity.ERROR:
            clause = f" ({finding.clause})" if finding.clause else ""
            yield Problem(place=finding.place.capitalize(), reason=f"{finding.message}{clause}")


def line_problems(content: DirectiveContent, lines: tuple[LineReading, ...]) -> Iterator[Problem]:
    """Lines that were not read, or read without finding anybody; none may get lost in silence."""
    printed = [(line.raw, line.role) for line in content.recipients]
    if printed != [(line.raw, line.role) for line in lines]:
        yield Problem(
            place="Nơi nhận",
            reason="Danh sách đã đọc không khớp với nơi nhận trên văn bản. Đọc lại nơi nhận.",
        )
    for ordinal, line in enumerate(lines, start=1):
        if line.role != RecipientRole.ARCHIVE and not (line.organisations or line.groups):
            what = f"Chưa xác định được đơn vị nào trong “{line.raw}”." if line.raw else _NONE_YET
            reason = f"{what} Chọn đơn vị hoặc nhóm đơn vị trong danh mục."
            yield Problem(place=f"Nơi nhận, dòng {ordinal}", reason=reason)
    if all(line.role == RecipientRole.ARCHIVE for line in lines):
        yield Problem(place="Nơi nhận", reason="Chưa có đơn vị nhận nào. Bổ sung nơi nhận.")


def length_problems(draft: Draft) -> Iterator[Problem]:
    """What is longer than the place where it is kept, so that no database cuts it or refuses."""
    texts: list[tuple[str, str, InstrumentedAttribute[Any]]] = [
        ("Tên loại", draft.content.doc_type, Directive.doc_type),
        ("Ký hiệu", draft.content.symbol, Directive.symbol),
    ]
    for ordinal, line in enumerate(draft.lines, start=1):
        texts.append((f"Nơi nhận, dòng {ordinal}", line.raw, RecipientLine.raw))
    for task in draft.tasks:
        place = f"Nhiệm vụ {task.ref}"
        texts.append((place, task.ref, DirectiveTask.ref))
        texts.append((place, task.deadline_raw or "", DirectiveTask.deadline_raw))
    for place, text, column in texts:
        longest_text = cast("String", column.type).length
        if longest_text is not None and len(text) > longest_text:
            reason = f"Dài {len(text)} chữ, nhiều nhất là {longest_text}. Rút gọn rồi gửi lại."
            yield Problem(place=place, reason=reason)


def task_problems(tasks: Iterable[TaskReading]) -> Iterator[Problem]:
    """Tasks that are named twice, or whose deadline does not say what its kind must."""
    tasks = tuple(tasks)
    for ref, count in Counter(task.ref for task in tasks).items():
        if count > 1:
            yield Problem(place=f"Nhiệm vụ {ref}", reason="Ký hiệu trùng. Đặt ký hiệu khác.")
    for task in tasks:
        if task.kind not in list(DeadlineKind):
            reason = f"Loại thời hạn “{task.kind}” không có. Chọn lại loại thời hạn."
            yield Problem(place=f"Nhiệm vụ {task.ref}", reason=reason)
        elif task.kind == DeadlineKind.BEFORE_DATE and task.named_date is None:
            reason = "Thời hạn chưa có ngày, hoặc ngày không có trên lịch. Ghi lại ngày."
            yield Problem(place=f"Nhiệm vụ {task.ref}", reason=reason)
        if wrong := _schedule_reason(task):
            yield Problem(place=f"Nhiệm vụ {task.ref}, lịch báo cáo định kỳ", reason=wrong)


def _schedule_reason(task: TaskReading) -> str | None:
    if not task.schedule:
        return None
    try:
        from_json(task.schedule)
    except ScheduleInvalidError as err:
        return f"{err.reason[:1].upper()}{err.reason[1:]}. Sửa lại rồi trình lại."
    return None


def attachment_problems(
    attachments: Iterable[NewAttachment], size_limit_bytes: int
) -> Iterator[Problem]:
    """Attachments that are empty, too large, or whose name is no plain file name."""
    attachments = tuple(attachments)
    names = Counter(attachment.name for attachment in attachments)
    for attachment in attachments:
        reason = _attachment_reason(attachment, size_limit_bytes, doubled=names)
        if reason:
            yield Problem(place=f"Tệp kèm “{attachment.name}”", reason=reason)


def _attachment_reason(
    attachment: NewAttachment, size_limit_bytes: int, *, doubled: Counter[str]
) -> str | None:
    if not is_plain_name(attachment.name):
        return "Tên tệp không dùng được. Đổi tên tệp, không dùng dấu gạch chéo."
    if doubled[attachment.name] > 1:
        return "Có hai tệp cùng tên. Đổi tên một tệp."
    if not attachment.content:
        return "Tệp rỗng (0 byte). Chọn lại tệp."
    if len(attachment.content) > size_limit_bytes:
        limit = size_limit_bytes // (1024 * 1024)
        return f"Tệp lớn hơn giới hạn {limit} MB. Giảm dung lượng hoặc chia nhỏ tệp."
    return None


def is_plain_name(name: str) -> bool:
    """Tells whether a file name is only a name: no folder, no control characters, not too long."""
    return (
        0 < len(name.strip()) <= len(name) <= NAME_LIMIT
        and name not in {".", ".."}
        and not any(sign in "/\\" or unicodedata.category(sign).startswith("C") for sign in name)
    )
