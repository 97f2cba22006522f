"""Tasks and deadlines of the body: who owes what, until when, and what could not be read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from rapidfuzz import fuzz

from documents.intake.folding import fold, words_of
from documents.intake.paper import sentences_of
from documents.intake.parts import Passage
from documents.intake.restoring import TIME_LEXICON, Lexicon, restore
from documents.intake.result import (
    Field,
    FoundDeadline,
    FoundPhrase,
    FoundSection,
    FoundTask,
    PhraseFinder,
    Unresolved,
)
from documents.intake.units import (
    labelled_units,
    later_subject,
    ordered_units,
    starts_with_unit,
    subject_units,
    unit_list,
    whole_name,
    without_area,
)

_ASKS_TIME: Final = (
    "truoc ngay",
    "cham nhat",
    "hoan thanh trong",
    "hoan thanh truoc",
    "thoi gian thuc hien:",
    "thoi gian hoan thanh",
    "thoi han hoan thanh",
    "thoi han bao cao",
    "trong thang",
    "trong quy",
    "den het ngay",
)
_NEVER_A_DUTY = re.compile(
    r"\b(?:tinh|luy ke|so lieu) (?:den|tu)|trong quy dinh|trong quy che|trong quy mo"
)
_LIKE_ANCHOR: Final = 88
_LONG_WINDOW: Final = 60
_MOST_PHRASES: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What the body asks for."""

    sections: tuple[FoundSection, ...]
    """Sections with their numbered parts."""
    deadlines: tuple[Field[FoundDeadline], ...]
    """Deadlines in reading order."""
    unresolved: tuple[Unresolved, ...]
    """Deadline sentences that a person must look at."""


@dataclass(slots=True)
class _Reader:
    phrases: PhraseFinder
    issued: date | None
    lexicon: Lexicon
    damaged: bool
    addressees: tuple[str, ...]
    labelled: tuple[str, ...] = ()
    part_units: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reports: int = 0

    def legible(self, text: str) -> str:
        return restore(text, self.lexicon).text if self.damaged else text


def read_duties(
    passages: Sequence[Passage],
    *,
    phrases: PhraseFinder,
    issued: date | None,
    lexicon: Lexicon,
    damaged: bool,
    addressees: Sequence[str],
) -> Duties:
    """Read tasks and deadlines."""
    reader = _Reader(phrases, issued, lexicon, damaged, without_area(addressees))
    deadlines: list[Field[FoundDeadline]] = []
    unresolved: list[Unresolved] = []
    for index, passage in enumerate(passages):
        _note_units(reader, passage)
        found = reader.phrases(passage.block.text, issued=issued)
        if passage.is_heading and _said_again(reader, passages, index):
            continue
        if len(found) > _MOST_PHRASES:
            unresolved.append(_too_many(passage))
            found = found[:_MOST_PHRASES]
        earlier = _same_part(passages, index)
        for phrase in found:
            deadlines.append(_deadline(reader, passage, phrase, earlier))
            if getattr(phrase, "problem", None) is not None:
                unresolved.append(_doubtful(phrase))
        unresolved += _not_read(passage, found)
    return Duties(
        sections=_sections(reader, passages),
        deadlines=tuple(deadlines),
        unresolved=tuple(unresolved),
    )


def _too_many(passage: Passage) -> Unresolved:
    why = f"Đoạn có quá nhiều cụm từ chỉ thời hạn; chỉ đọc {_MOST_PHRASES} cụm đầu."
    return Unresolved(text=passage.block.text, where="deadlines", why=why)


def _said_again(reader: _Reader, passages: Sequence[Passage], index: int) -> bool:
    """Tell whether the part under a heading names times itself: then the heading only announces."""
    return any(
        reader.phrases(p.block.text, issued=reader.issued)
        for p in passages[index + 1 :]
        if p.label == passages[index].label and p.section == passages[index].section
    )


def _same_part(passages: Sequence[Passage], index: int) -> tuple[str, ...]:
    """Return earlier paragraphs of the same part, nearest first; outside of parts none."""
    here = passages[index]
    if not here.label:
        return ()
    return tuple(
        p.block.text
        for p in reversed(passages[:index])
        if p.label == here.label and not p.is_heading
    )


def _note_units(reader: _Reader, passage: Passage) -> None:
    """Remember units of "Đơn vị chủ trì: …" lines, and units that a part's heading names."""
    text = reader.legible(passage.block.text)
    labelled = labelled_units(text)
    if labelled:
        reader.labelled = unit_list(labelled)
    if passage.label and passage.label not in reader.part_units:
        reader.labelled = reader.labelled if labelled else ()
        title = reader.legible(passage.title)
        named = title and starts_with_unit(title)
        units = unit_list(title.rstrip(":")) if named else subject_units(text)
        reader.part_units[passage.label] = units
    elif passage.label and not reader.part_units[passage.label]:
        reader.part_units[passage.label] = subject_units(text)


def _deadline(
    reader: _Reader, passage: Passage, phrase: FoundPhrase, earlier: Sequence[str]
) -> Field[FoundDeadline]:
    text = passage.block.text
    start, end = _sentence_around(text, phrase.start)
    sentence = text[start:end]
    units, sure = _units_for(reader, passage, phrase, (start, end), earlier)
    legible = fold(reader.legible(sentence))
    is_report = "bao cao" in legible and not re.search(r"\blap bao cao kinh te", legible)
    label = passage.label
    if not label and is_report:
        reader.reports += 1
        label = f"R{reader.reports}"
    if getattr(phrase, "problem", None) is not None:
        sure = min(sure, 0.4)
    return Field(
        value=FoundDeadline(
            label=label,
            units=whole_name(units, text),
            what=reader.legible(sentence).strip(),
            phrase=phrase,
            raw=_legible_raw(phrase.raw) if reader.damaged else phrase.raw,
            is_report=is_report,
        ),
        confidence=min(sure, 0.85 if reader.damaged else 1.0),
        evidence=sentence.strip(),
    )


def _legible_raw(raw: str) -> str:
    """Give the words of a phrase their marks; before a year stands "năm"."""
    restored = restore(raw, TIME_LEXICON).text
    return re.sub(r"(?<=\d )[^\W\d]{2,4}(?= (?:19|20)\d\d\b)", "năm", restored)


def _sentence_around(text: str, at: int) -> tuple[int, int]:
    for start, end in sentences_of(text):
        if start <= at < end:
            return start, end
    return 0, len(text)


def _units_for(
    reader: _Reader,
    passage: Passage,
    phrase: FoundPhrase,
    span: tuple[int, int],
    earlier: Sequence[str],
) -> tuple[tuple[str, ...], float]:
    """Find who owes it: in the sentence, else before it, else by heading, else the addressees."""
    for units, sure in _candidates(reader, passage, phrase, span, earlier):
        if units:
            return units, sure
    return (), 0.5


def _candidates(
    reader: _Reader,
    passage: Passage,
    phrase: FoundPhrase,
    span: tuple[int, int],
    earlier: Sequence[str],
) -> Iterator[tuple[tuple[str, ...], float]]:
    text = passage.block.text
    start, end = span
    if re.match(r"\s*[-–•+]?\s*thoi (?:gian|han)\b", fold(reader.legible(text))):
        yield reader.labelled, 0.95
    before = reader.legible(text[start : phrase.start])
    sentence = before + reader.legible(text[phrase.start : end])
    yield ordered_units(sentence, before=len(before)), 0.9
    yield subject_units(sentence), 0.9
    if phrase.start - start < _LONG_WINDOW:
        yield later_subject(sentence), 0.85
    for first, last in reversed([s for s in sentences_of(text) if s[1] <= start]):
        yield subject_units(reader.legible(text[first:last])), 0.75
    yield reader.part_units.get(passage.label, ()), 0.85
    for paragraph in earlier:
        yield subject_units(reader.legible(paragraph)), 0.7
    yield reader.addressees, 0.6


def _doubtful(phrase: FoundPhrase) -> Unresolved:
    reasons = {
        "no_such_date": "Ngày nêu trong văn bản không tồn tại.",
        "before_issue": "Ngày nêu trước ngày ban hành; chưa rõ có phải thời hạn không.",
        "year_assumed": "Văn bản không ghi năm; đã lấy lần gần nhất sau ngày ban hành.",
        "year_unknown": "Văn bản không ghi năm và chưa rõ ngày ban hành.",
    }
    problem = str(getattr(phrase, "problem", ""))
    return Unresolved(
        text=phrase.raw,
        where="deadlines",
        why=reasons.get(problem, "Thời hạn này cần người đọc xác nhận."),
    )


def _not_read(passage: Passage, found: Sequence[FoundPhrase]) -> list[Unresolved]:
    """Name sentences that ask for a time which no phrase explains."""
    text = passage.block.text
    left = []
    for start, end in sentences_of(text):
        if any(p.start < end and start < p.end for p in found):
            continue
        if _asks_time(text[start:end]):
            left.append(
                Unresolved(
                    text=text[start:end].strip(),
                    where="deadlines",
                    why="Câu có vẻ nêu thời hạn nhưng chưa đọc được thời hạn.",
                )
            )
    return left


def _asks_time(sentence: str) -> bool:
    folded = " ".join(words_of(sentence))
    if _NEVER_A_DUTY.search(folded):
        return False
    words = folded.split(" ")
    for anchor in _ASKS_TIME:
        bare = anchor.rstrip(":")
        if anchor.endswith(":") and f"{bare}:" not in re.sub(r"\s+:", ":", fold(sentence)):
            continue
        length = len(bare.split(" "))
        for at in range(len(words) - length + 1):
            window = " ".join(words[at : at + length])
            if fuzz.ratio(window, bare) >= _LIKE_ANCHOR and _has_time(words[at + length :]):
                return True
    return False


def _has_time(following: Sequence[str]) -> bool:
    """A time has a figure or a quarter near its anchor."""
    near = following[:6]
    return any(any(c.isdigit() for c in word) for word in near) or "quy" in near[:1]


def _sections(reader: _Reader, passages: Sequence[Passage]) -> tuple[FoundSection, ...]:
    """Collect sections and parts in order."""
    titles: dict[str, str] = {}
    parts: dict[str, dict[str, list[Passage]]] = {}
    for passage in passages:
        titles.setdefault(passage.section, passage.section_title)
        tasks = parts.setdefault(passage.section, {})
        if passage.label:
            tasks.setdefault(passage.label, []).append(passage)
    return tuple(
        FoundSection(
            label=section,
            title=reader.legible(titles[section]),
            tasks=tuple(_task(reader, label, group) for label, group in tasks.items()),
        )
        for section, tasks in parts.items()
        if section or tasks
    )


def _task(reader: _Reader, label: str, group: Sequence[Passage]) -> FoundTask:
    texts = [p.block.text for p in group if not p.is_heading]
    return FoundTask(
        label=label,
        title=reader.legible(group[0].title),
        units=reader.part_units.get(label, ()),
        text="\n".join(texts),
    )
