"""The fields of a paper for a terminal: value, how sure, and what a person must look at."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Final

from cli.visible import visible
from documents.intake.result import (
    Field,
    FoundDeadline,
    FoundRecipient,
    FoundSigner,
    IntakeResult,
)

_SURE: Final = 0.8
_ROLES: Final = {
    "action": "để thực hiện",
    "report": "để báo cáo",
    "know": "để biết",
    "archive": "lưu",
    "as_above": "như trên",
    "as_article": "như điều",
    "unmarked": "không ghi vai trò",
}
_WHERE: Final = {
    "recipients": "nơi nhận",
    "deadlines": "thời hạn",
    "signer": "người ký",
    "issue_date": "ngày ban hành",
    "signatures": "thông tin chữ ký số",
    "end": "phần cuối văn bản",
}


def to_line(result: IntakeResult) -> str:
    """Returns the published JSON object on one line."""
    return json.dumps(result.to_json(), ensure_ascii=False)


def to_words(result: IntakeResult) -> str:
    """Returns the fields as lines; readable without colour."""
    blocks = [
        [*_header(result)],
        [*_block("Nơi nhận", (_recipient(one) for one in result.recipients))],
        [*_block("Thời hạn", (_deadline(one) for one in result.deadlines))],
        [*_block("Chưa hiểu, cần người xem lại", _unresolved(result))],
    ]
    return "\n\n".join("\n".join(map(visible, block)) for block in blocks if block)


def _header(result: IntakeResult) -> Iterator[str]:
    fields: tuple[tuple[str, Field[object]], ...] = (
        ("Số, ký hiệu", result.number_full),
        ("Ngày ban hành", result.issue_date),
        ("Địa danh", result.place),
        ("Tên loại", result.doc_type),
        ("Cơ quan ban hành", result.issuer),
        ("Trích yếu", result.title),
        ("Người ký", result.signer),
    )
    for label, found in fields:
        yield f"{label}: {_said(found.value)}{_doubt(found)}"


def _said(value: object) -> str:
    if value is None:
        return "không đọc được"
    if isinstance(value, FoundSigner):
        parts = (value.capacity, value.on_behalf_of, value.position, value.name)
        return ", ".join(part for part in parts if part)
    return _day(value) if isinstance(value, date) else str(value)


def _doubt(found: Field[object]) -> str:
    if found.value is None or found.confidence >= _SURE:
        return ""
    return f" (chưa chắc, {found.confidence:.0%})"


def _block(title: str, lines: Iterator[str]) -> Iterator[str]:
    made = list(lines)
    if made:
        yield f"{title} ({len(made)}):"
        yield from made


def _recipient(found: Field[FoundRecipient]) -> str:
    one = found.value
    members = f" = {', '.join(one.units)}" if one.units else ""
    group = ", nhóm" if one.group else ""
    role = _ROLES.get(one.role.value, one.role.value)
    return f"  - {one.raw} [{role}{group}]{members}{_doubt(found)}"


def _deadline(found: Field[FoundDeadline]) -> str:
    one = found.value
    last = one.phrase.last_allowed_day or one.phrase.due
    when = f", chậm nhất {_day(last)}" if last else ""
    units = "; ".join(one.units) or "chưa rõ đơn vị"
    return f"  - {units}: {one.raw} [{one.phrase.kind}{when}]{_doubt(found)}"


def _unresolved(result: IntakeResult) -> Iterator[str]:
    for one in result.unresolved:
        words = " ".join(one.text.split())
        yield f"  - {_WHERE.get(one.where, one.where)}: {words} ({one.why.rstrip('.')})"


def _day(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"
