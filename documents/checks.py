"""The form check: what differs from the form in force, each finding with its clause.

The rules come from `documents.regimes`; the door for content that may not become a page at all is
`check_text` (with `require_text`), offered here too.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from documents.content import (
    Block,
    DirectiveContent,
    Paragraph,
    RecipientRole,
    Regime,
    Section,
)
from documents.findings import FormFinding, Severity, error, info, warning
from documents.marking import folded
from documents.regimes import rules_for
from documents.regimes.deputies import is_deputy
from documents.regimes.rules import Rule
from documents.text_checks import check_text, require_text
from documents.texts import section_place, walk_texts

__all__ = ["FormFinding", "Severity", "check_form", "check_text", "require_text"]

_STATE_SYMBOL = re.compile(r"[A-ZĐ][A-Za-zĐđ]*(-[A-ZĐ][\wĐđ.&]*)+")
_PARTY_SYMBOL = re.compile(r"[A-ZĐ][A-Za-zĐđ]*/[A-ZĐ][\wĐđ.-]*")
_SPACED_NUMBER = re.compile(
    r"\b\d+(?:-\s+|\s+-\s*)[A-ZĐ]{2,}/[A-ZĐ]+|\b\d+/[A-ZĐ]{2,}(?:-\s+|\s+-\s*)[A-ZĐ]{2,}"
)
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50}
_ADDRESSED_TYPES = ("công văn", "tờ trình", "báo cáo")
_ADVISORY = re.compile(r"(ban (tuyên giáo|tổ chức|dân vận|nội chính)|văn phòng)\b")


@dataclass(frozen=True, slots=True)
class _Case:
    """One directive under the rules of its day."""

    content: DirectiveContent
    day: date

    def rule(self, key: str) -> Rule:
        return rules_for(self.content.regime).rule(key, self.day)

    def words(self, key: str) -> tuple[str, ...]:
        return rules_for(self.content.regime).words(key, self.day)


def check_form(content: DirectiveContent, *, at: date) -> tuple[FormFinding, ...]:
    """Compares a directive with its form; `at` is the day of checking.

    The rules are those in force on the issue date, or on `at` while there is none.

    Raises:
        NoRuleError: the form has no rules in force on that day.
    """
    case = _Case(content, content.issue_date or at)
    checks: tuple[Callable[[_Case], Iterator[FormFinding]], ...] = (
        _type_and_symbol,
        _title,
        _addressees,
        _recipients,
        _capacity,
        _end_of_body,
        _urgency,
        _numbering,
        _references,
    )
    found = [finding for check in checks for finding in check(case)]
    return (*found, *_date(case, at))


def _type_and_symbol(case: _Case) -> Iterator[FormFinding]:
    content, separator = case.content, case.rule("number_separator")
    state = content.regime is Regime.STATE
    shape = _STATE_SYMBOL if state else _PARTY_SYMBOL
    if content.symbol and not shape.fullmatch(content.symbol):
        sample = "KH-UBND" if state else "HD/BTGTU"
        yield error(
            "symbol_shape",
            f"Ký hiệu “{content.symbol}” không đúng thể thức; mẫu: “{sample}”.",
            "ký hiệu",
            separator.clause,
        )
        return
    yield from _type_code(case)


def _type_code(case: _Case) -> Iterator[FormFinding]:
    types = case.rule("types")
    codes = {folded(name): code for code, name in (t.split(" ", 1) for t in case.words("types"))}
    codes["công văn"] = str(case.rule("letter_code").value)
    wanted = codes.get(folded(case.content.doc_type))
    if wanted is None:
        yield warning(
            "type_unknown",
            f"Tên loại “{case.content.doc_type}” không có trong danh mục của thể thức này.",
            "tên loại",
            types.clause,
        )
        return
    code = re.split(r"[-/]", case.content.symbol)[0]
    if wanted and code != wanted:
        yield error(
            "symbol_type_differs",
            f"Ký hiệu bắt đầu bằng “{code}” nhưng tên loại {case.content.doc_type} viết tắt là"
            f" “{wanted}”.",
            "ký hiệu",
            types.clause,
        )


def _title(case: _Case) -> Iterator[FormFinding]:
    title, clause = case.content.title.strip(), case.rule("title_pt").clause
    if folded(title).startswith("v/v"):
        yield warning(
            "title_prefix", "Trích yếu không ghi “V/v”; hệ thống tự thêm.", "trích yếu", clause
        )
    if title.endswith((".", ";", ",")):
        yield info("title_mark", "Trích yếu không kết thúc bằng dấu câu.", "trích yếu", clause)


def _addressees(case: _Case) -> Iterator[FormFinding]:
    content, clause = case.content, case.rule("addressee_pt").clause
    as_above = any(line.is_as_above() for line in content.recipients)
    if content.is_letter() and not content.addressees:
        yield error("addressee_missing", "Công văn phải có “Kính gửi”.", "kính gửi", clause)
    if content.addressees and folded(content.doc_type) not in _ADDRESSED_TYPES:
        yield warning(
            "addressee_unusual",
            f"{content.doc_type} không dùng “Kính gửi”; ghi các nơi này vào “Nơi nhận”.",
            "kính gửi",
            clause,
        )
    if content.addressees and not as_above:
        yield warning("as_above_missing", "Nơi nhận chưa có dòng “Như trên”.", "nơi nhận", clause)
    if as_above and not content.addressees:
        yield error(
            "as_above_nobody",
            "Nơi nhận ghi “Như trên” nhưng văn bản không có “Kính gửi”.",
            "nơi nhận",
            clause,
        )


def _recipients(case: _Case) -> Iterator[FormFinding]:
    lines, start = case.content.recipients, case.rule("archive_start")
    kept = [n for n, line in enumerate(lines) if line.role is RecipientRole.ARCHIVE]
    if not lines:
        yield error("no_recipients", "Văn bản chưa có nơi nhận.", "nơi nhận", start.clause)
        return
    if not kept:
        yield warning("archive_missing", "Nơi nhận chưa có dòng lưu.", "nơi nhận", start.clause)
        return
    if kept[-1] != len(lines) - 1:
        yield warning(
            "archive_not_last", "Dòng lưu phải đứng cuối nơi nhận.", "nơi nhận", start.clause
        )
    text = lines[kept[-1]].raw
    if text.startswith("Lưu") and (":" in text) != (":" in str(start.value)):
        yield warning(
            "archive_shape",
            f"Dòng lưu “{text}” nên viết theo mẫu “{start.value}…”.",
            f"nơi nhận, dòng {kept[-1] + 1}",
            start.clause,
        )
    yield from _repeated(case)


def _repeated(case: _Case) -> Iterator[FormFinding]:
    seen: dict[str, int] = {}
    for number, line in enumerate(case.content.recipients, start=1):
        first = seen.setdefault(folded(line.raw), number)
        if first != number:
            yield warning(
                "recipient_repeated",
                f"“{line.raw}” đã có ở dòng {first}.",
                f"nơi nhận, dòng {number}",
            )


def _capacity(case: _Case) -> Iterator[FormFinding]:
    signature, deputy = case.content.signature, case.rule("deputy_capacity")
    words, known = case.words("capacity_words"), case.rule("capacity_words")
    for line in signature.capacity_lines:
        if not line.startswith(words):
            yield error(
                "capacity_unknown",
                f"Quyền hạn ký “{line}” không đúng thể thức; dùng một trong: {', '.join(words)}.",
                "quyền hạn ký",
                known.clause,
            )
    for_head = any(line.startswith(str(deputy.value)) for line in signature.capacity_lines)
    if is_deputy(signature.position) and not for_head:
        yield error(
            "deputy_without_capacity",
            f"Cấp phó ký phải ghi “{deputy.value}” trước chức vụ của cấp trưởng.",
            "quyền hạn ký",
            deputy.clause,
        )
    collective = any(line.startswith("T/M") for line in signature.capacity_lines)
    if collective and _ADVISORY.match(folded(case.content.issuer)):
        yield warning(
            "collective_in_advisory_body",
            "Cơ quan tham mưu của Đảng: người đứng đầu ký trực tiếp, không ghi “T/M”.",
            "quyền hạn ký",
            known.clause,
        )


def _end_of_body(case: _Case) -> Iterator[FormFinding]:
    content, mark = case.content, case.rule("end_mark")
    last = _last_text((*content.opening, *content.sections, *content.closing))
    if last is None:
        return
    ended = last.rstrip().endswith("./.")
    if mark.value and not ended:
        yield warning(
            "end_mark_missing", "Hết nội dung phải có dấu “./.”.", "nội dung", mark.clause
        )
    if not mark.value and ended:
        yield info(
            "end_mark_unusual", "Văn bản của Đảng không dùng dấu “./.”.", "nội dung", mark.clause
        )


def _last_text(blocks: tuple[Block, ...]) -> str | None:
    """The last sentence before the signature; None when a table ends the body."""
    last = blocks[-1] if blocks else None
    if isinstance(last, Paragraph):
        return last.text
    return _last_text(last.blocks) if isinstance(last, Section) else None


def _urgency(case: _Case) -> Iterator[FormFinding]:
    word, rule = case.content.urgency, case.rule("urgency_words")
    known = case.words("urgency_words")
    if word and folded(word).replace("hoả", "hỏa") not in {folded(item) for item in known}:
        yield error(
            "urgency_unknown",
            f"Mức độ khẩn “{word}” không có; chọn một trong: {', '.join(known)}.",
            "mức độ khẩn",
            rule.clause,
        )


def _numbering(case: _Case) -> Iterator[FormFinding]:
    """Gaps in the numbers of sections, which a removed part leaves behind."""
    yield from _gaps(case.content.sections, "nội dung")


def _gaps(sections: tuple[Section, ...], place: str) -> Iterator[FormFinding]:
    for before, after in pairwise(sections):
        first, second = _ordinal(before.label), _ordinal(after.label)
        if first is not None and second is not None and second != first + 1:
            yield warning(
                "numbering_gap",
                f"Sau mục “{before.label}” là mục “{after.label}”: số thứ tự không liền nhau.",
                place,
            )
    for section in sections:
        inner = tuple(block for block in section.blocks if isinstance(block, Section))
        if not section.blocks:
            yield error("section_empty", f"Mục “{section.label}” chưa có nội dung.", place)
        yield from _gaps(inner, section_place("", section.label))


def _ordinal(label: str) -> int | None:
    """The last number of a label: 3 for "III.", "3." and "2.3."."""
    last = label.strip().rstrip(".)").split(".")[-1].split(" ")[-1]
    if last.isdecimal():
        return int(last)
    if not last or set(last) - set(_ROMAN):
        return None
    values = [_ROMAN[letter] for letter in last]
    return sum(-a if a < b else a for a, b in pairwise([*values, 0]))


def _references(case: _Case) -> Iterator[FormFinding]:
    for placed in walk_texts(case.content):
        for match in _SPACED_NUMBER.finditer(placed.text):
            tidy = re.sub(r"\s+", "", match[0])
            yield warning(
                "reference_spaced",
                f"Số, ký hiệu “{match[0]}” có dấu cách thừa; viết “{tidy}”.",
                placed.place,
                case.rule("number_separator").clause,
            )


def _date(case: _Case, at: date) -> Iterator[FormFinding]:
    content, clause = case.content, case.rule("date_pt").clause
    if content.issue_date is not None and content.issue_date > at:
        yield warning(
            "date_in_future", "Ngày ban hành sau ngày kiểm tra thể thức.", "ngày ban hành", clause
        )
    if content.number is not None and content.issue_date is None:
        yield error("date_missing", "Văn bản có số nhưng chưa có ngày.", "ngày ban hành", clause)
    if not content.place.strip():
        yield warning("place_missing", "Chưa có địa danh.", "địa danh", clause)
