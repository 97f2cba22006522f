"""Findings, times and the one sentence of a verdict, in Vietnamese or English.

A finding holds its Vietnamese sentence; English is made of its code and places. What no English is
known for stays as it is: nothing is ever left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from signing import words, words_en
from signing.language import Language
from signing.verdict import Finding, Verdict

_CHANGED: Final = frozenset(
    {
        "content_changed",
        "changed_after_signing",
        "form_value_changed",
        "coverage_partial",
        "saved_anew",
    }
)
_DAY: Final = re.compile(r"^(?:(\d{2}:\d{2}:\d{2}) ngày )?(\d{1,2})/(\d{1,2})/(\d{4})$")
_JOINED: Final = ", "
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Phrases:
    passed: str
    signers: str
    changed: str
    failed: str
    unsure: str
    unsigned: str
    unreadable: str
    nothing: str
    advice: dict[str, str]
    default_advice: str


_PHRASES: Final = {
    Language.VI: _Phrases(
        passed="Chữ ký hợp lệ. Văn bản còn nguyên vẹn từ khi ký.",
        signers=" Người ký: {names}.",
        changed="Chữ ký không hợp lệ: văn bản đã bị thay đổi sau khi ký. "
        "Không sử dụng bản này; đề nghị nơi gửi gửi lại.",
        failed="Chữ ký không hợp lệ: {clause} Không sử dụng bản này; đề nghị nơi gửi gửi lại.",
        unsure="Chưa thể kết luận về chữ ký. {reason} Việc cần làm: {advice}.",
        unsigned="Tệp này không có chữ ký số.",
        unreadable="Không đọc được tệp này: {clause}",
        nothing="Không có chữ ký nào kiểm tra được.",
        advice=words.ADVICE,
        default_advice=words.DEFAULT_ADVICE,
    ),
    Language.EN: _Phrases(
        passed="The signature is valid. The document is unchanged since it was signed.",
        signers=" Signed by: {names}.",
        changed="The signature is not valid: the document was changed after signing. "
        "Do not use this copy; ask the sender to send it again.",
        failed="The signature is not valid: {clause} "
        "Do not use this copy; ask the sender to send it again.",
        unsure="No conclusion about the signature is possible yet. {reason} What to do: {advice}.",
        unsigned="This file has no digital signature.",
        unreadable="This file cannot be read: {clause}",
        nothing="There is no signature that can be checked.",
        advice=words_en.ADVICE,
        default_advice=words_en.DEFAULT_ADVICE,
    ),
}


def say_finding(one: Finding, language: Language) -> str:
    """The sentence of a finding; the Vietnamese one where no English can be made."""
    template = words_en.SENTENCES.get(one.code)
    if language is Language.VI or template is None:
        return one.message
    places = {name: say_place(value) for name, value in one.places}
    try:
        return template.format(**places)
    except (KeyError, IndexError):  # a report of an older version, which kept no places
        return one.message


def say_place(value: str) -> str:
    """In English what fills a place; names, numbers and foreign words stay as they are."""
    whole = _say_detail(value)
    if whole is not None:
        return whole
    parts = [_say_detail(part) for part in value.split(_JOINED)]
    return _JOINED.join(part for part in parts if part) if all(parts) else value


def _say_detail(value: str) -> str | None:
    """None where it is no day and no known detail."""
    day = _say_day(value)
    if day is not None:
        return day
    for pattern, english in _details():
        found = pattern.fullmatch(value)
        if found is not None:
            inner = {name: _say_day(text) or text for name, text in found.groupdict().items()}
            return english.format(**inner)
    return None


def _say_day(value: str) -> str | None:
    dated = _DAY.match(value)
    if dated is None or not 1 <= int(dated[3]) <= len(_MONTHS):
        return None
    day = f"{int(dated[2])} {_MONTHS[int(dated[3]) - 1]} {dated[4]}"
    return f"{dated[1]} on {day}" if dated[1] else day


@cache
def _details() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The most particular ones, which are the longest, first."""
    longest = sorted(words_en.DETAILS.items(), key=lambda pair: -len(pair[0]))
    return tuple((re.compile(_pattern(detail), re.DOTALL), english) for detail, english in longest)


def _pattern(detail: str) -> str:
    return re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*)", re.escape(detail))


def say_time(moment: datetime, language: Language) -> str:
    """An instant in the time of Việt Nam, to the second."""
    said = words.say_time(moment)
    return said if language is Language.VI else say_place(said)


def say_day(moment: datetime, language: Language) -> str:
    """A day in the time of Việt Nam."""
    said = words.say_day(moment)
    return said if language is Language.VI else say_place(said)


def say_verdict(
    verdict: Verdict, *, reason: Finding | None, signers: list[str], language: Language
) -> str:
    """May I rely on this paper, and if not, what to do: one or two plain sentences.

    Args:
        verdict: of the file.
        reason: the first finding that makes it so; None where no finding does.
        signers: names of those who signed.
        language: of the sentences.
    """
    said = _PHRASES[language]
    if verdict is Verdict.PASSED:
        return said.passed + (said.signers.format(names="; ".join(signers)) if signers else "")
    if verdict is Verdict.UNSIGNED:
        return said.unsigned
    if reason is not None and verdict is Verdict.FAILED and reason.code in _CHANGED:
        return said.changed
    whole = said.nothing if reason is None else say_finding(reason, language)
    if verdict is Verdict.INDETERMINATE:
        return said.unsure.format(reason=whole, advice=_advice(reason, said))
    shape = said.failed if verdict is Verdict.FAILED else said.unreadable
    return shape.format(clause=_lowered(whole))


def _advice(reason: Finding | None, said: _Phrases) -> str:
    code = "" if reason is None else reason.code
    return said.advice.get(code, said.default_advice)


def _lowered(sentence: str) -> str:
    """Begun small, for the middle of a sentence; a word all in capitals keeps them."""
    head = sentence.split(" ", 1)[0]
    return sentence if len(head) > 1 and head.isupper() else sentence[:1].lower() + sentence[1:]
