"""What stands above the body: form, number, date, place, kind, issuer, title, addressees."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from rapidfuzz import fuzz

from documents.content import Regime
from documents.intake.folding import fold, is_upper, words_of
from documents.intake.paper import Line, wraps_are_shown
from documents.intake.result import Field
from documents.intake.symbols import DAY, SYMBOL, Symbol, day_of, is_number_word, symbol_of
from documents.intake.vocabulary import CITED_KINDS

_HEAD_LINES: Final = 40
_LIKE_TYPE: Final = 84
_LIKE_MOTTO: Final = 80
_SHORT_LINE: Final = 20
_MOTTOES: Final = (
    ("cong hoa xa hoi chu nghia viet nam", Regime.STATE),
    ("doc lap tu do hanh phuc", Regime.STATE),
    ("dang cong san viet nam", Regime.PARTY),
)
_PLACES_GO_ON = re.compile(r"^(?:tinh|thanh pho|huyen|quan|thi xa|xa|phuong|dac khu|tp)\b")
_BODY_STARTS = re.compile(
    r"^(?:can cu|thuc hien|xet|theo|nham|de |ngay \d|sau khi|kinh gui|hoi nghi|trong |i\.|1\.)"
)
_SECTION = re.compile(r"\s*[IVX|l1]{1,4}\s?\.")
_TITLE_LINES: Final = 12
_SUBJECT_LINE = re.compile(r"^v ?/ ?v\b[:.]?\s*")

_NOTHING: Final = Field(value=None, confidence=0.0, evidence="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Fields above the body."""

    symbol: Field[Symbol | None]
    """Number and symbol."""
    regime: Field[Regime | None]
    """Form by number and mottoes."""
    issue_date: Field[date | None]
    """Date beside the place."""
    place: Field[str | None]
    """Place."""
    doc_type: Field[str | None]
    """Kind of paper."""
    parent_issuer: Field[str | None]
    """First agency at the top."""
    issuer: Field[str | None]
    """Last agency at the top."""
    title: Field[str | None]
    """Trích yếu."""
    addressees: tuple[Field[str], ...]
    """Lines of "Kính gửi"."""
    body_at: int
    """Index of the first line of the body."""


def read_header(lines: Sequence[Line]) -> Header:
    """Read the fields above the body from the first lines of a paper."""
    head = lines[:_HEAD_LINES]
    number_at, symbol = _own_number(head)
    type_at, doc_type = _type_line(head)
    place, issue_date = _place_and_date(head)
    parent, issuer = _agencies(head, (number_at, type_at))
    addressed_at, addressees = _addressees(head)
    title, after_title = _title(head, type_at)
    if doc_type.value is None:
        doc_type = _type_elsewhere(symbol, has_addressees=bool(addressees))
    return Header(
        symbol=symbol,
        regime=_regime(head, symbol),
        issue_date=issue_date,
        place=place,
        doc_type=doc_type,
        parent_issuer=parent,
        issuer=issuer,
        title=title,
        addressees=addressees,
        body_at=max(after_title, addressed_at, 0 if number_at is None else number_at + 1),
    )


def _own_number(head: Sequence[Line]) -> tuple[int | None, Field[Symbol | None]]:
    """Find the line that opens with "Số" and a symbol; cited papers stand inside of sentences."""
    for index, line in enumerate(head):
        opening = re.match(r"\s*(\S{1,3}?)(?:\s*[:.]\s*|\s+)(?=\d)", line.text)
        if opening is None or not is_number_word(opening.group(1)):
            continue
        match = SYMBOL.match(line.text, opening.end())
        if match:
            evidence = line.text[opening.start(1) : match.end()].strip()
            exact = evidence.startswith(("Số", "SỐ"))
            return index, Field(
                value=symbol_of(match), confidence=0.97 if exact else 0.85, evidence=evidence
            )
    return None, _NOTHING


def _regime(head: Sequence[Line], symbol: Field[Symbol | None]) -> Field[Regime | None]:
    for line in head:
        for motto, regime in _MOTTOES:
            if _has_motto(line.text, motto):
                return Field(value=regime, confidence=0.97, evidence=line.text.strip())
    if symbol.value is not None:
        return Field(value=symbol.value.regime, confidence=0.85, evidence=symbol.evidence)
    return _NOTHING


def _has_motto(text: str, motto: str) -> bool:
    folded = " ".join(words_of(text))
    if len(folded) < len(motto) - 4:
        return False
    return fuzz.partial_ratio(motto, folded) >= _LIKE_MOTTO


def _type_line(head: Sequence[Line]) -> tuple[int | None, Field[str | None]]:
    """Find the line that holds the kind of paper alone, in capitals or not."""
    for index, line in enumerate(head):
        words = "".join(words_of(line.text))
        if not words or not (is_upper(line.text) or len(line.text.strip()) < _SHORT_LINE):
            continue
        kind, ratio = max(
            ((k, fuzz.ratio(words, "".join(words_of(k)))) for k in CITED_KINDS),
            key=lambda pair: pair[1],
        )
        if ratio >= _LIKE_TYPE:
            confidence = 0.97 if ratio == 100 else 0.8  # noqa: PLR2004 - the same word
            return index, Field(value=kind, confidence=confidence, evidence=line.text.strip())
    return None, _NOTHING


def _type_elsewhere(symbol: Field[Symbol | None], *, has_addressees: bool) -> Field[str | None]:
    if has_addressees:
        return Field(value="Công văn", confidence=0.85, evidence="Kính gửi")
    if symbol.value is not None and symbol.value.doc_type:
        return Field(value=symbol.value.doc_type, confidence=0.75, evidence=symbol.evidence)
    return _NOTHING


def _place_and_date(head: Sequence[Line]) -> tuple[Field[str | None], Field[date | None]]:
    """Find the line "Hà Nội, ngày 01 tháng 12 năm 2025"."""
    for line in head:
        match = DAY.search(line.text)
        if match is None or match["d2"] is None:
            continue
        before = line.text[_after_number(line.text) : match.start()]
        opening = re.search(r"(?:^\s*|\s{2,}|\t)([^,\t]{2,40}?)\s*,\s*(\S{3,5})\s*$", before)
        if opening is None or fuzz.ratio(fold(opening.group(2)), "ngay") < 70:  # noqa: PLR2004
            continue
        at = match.start() - len(before) + opening.start(1)
        evidence = line.text[at : match.end()].strip()
        return (
            Field(value=opening.group(1).strip(), confidence=0.95, evidence=evidence),
            Field(value=day_of(match), confidence=0.95, evidence=evidence),
        )
    return _NOTHING, _NOTHING


def _after_number(text: str) -> int:
    """Return where the words after "Số 96-HD/BTGTU" begin on a line that also holds the place."""
    symbol = SYMBOL.search(text)
    opening = re.match(r"\s*(\S{1,3}?)(?:\s*[:.]\s*|\s+)(?=\d)", text)
    if symbol is None or opening is None or not is_number_word(opening.group(1)):
        return 0
    return symbol.end()


def _agencies(
    head: Sequence[Line], marks: tuple[int | None, int | None]
) -> tuple[Field[str | None], Field[str | None]]:
    """Take the lines in capitals above the number: the body above, then the issuer."""
    stop = min((m for m in marks if m is not None), default=0)
    names: list[str] = []
    for line in head[:stop]:
        text = re.split(r"\s{3,}|\t", line.text.strip())[0].strip()
        if not _is_agency(text):
            continue
        if names and _PLACES_GO_ON.match(fold(text)):
            names[-1] += f" {text}"
        else:
            names.append(text)
    fields = [Field(value=name, confidence=0.85, evidence=name) for name in names]
    if not fields:
        return _NOTHING, _NOTHING
    return (fields[0] if len(fields) > 1 else _NOTHING), fields[-1]


def _is_agency(text: str) -> bool:
    if len(text) < 4 or not is_upper(text) or DAY.search(text):  # noqa: PLR2004 - a name has letters
        return False
    return not any(_has_motto(text, motto) for motto, _ in _MOTTOES)


def _title(head: Sequence[Line], type_at: int | None) -> tuple[Field[str | None], int]:
    """Take what follows the kind of paper, or the line "V/v" of a letter."""
    if type_at is None:
        return _subject_line(head)
    taken: list[str] = []
    shown = wraps_are_shown(head)
    at = type_at + 1
    for at in range(type_at + 1, len(head)):
        text = head[at].text.strip()
        if not text:
            if taken and not _title_goes_on(head, at, taken):
                break
            continue
        if _ends_title(head[at - 1], text, taken, shown=shown):
            break
        taken.append(text)
    if not taken:
        return _NOTHING, type_at + 1
    title = re.sub(r"\s+", " ", " ".join(taken))
    return Field(value=title, confidence=0.9, evidence=title), at


def _ends_title(before: Line, text: str, taken: Sequence[str], *, shown: bool) -> bool:
    """Tell whether the body, a rule or a section begins here, also without an empty line."""
    if not any(c.isalpha() for c in text) or len(taken) >= _TITLE_LINES:
        return True
    if is_upper(text):
        return bool(_SECTION.match(text)) or bool(taken and not is_upper(taken[-1]))
    if taken and shown and not before.text.endswith(" "):
        return True
    return bool(_BODY_STARTS.match(fold(text))) and (not taken or is_upper(taken[-1]))


def _title_goes_on(head: Sequence[Line], blank_at: int, taken: Sequence[str]) -> bool:
    """A title in capitals may go on after an empty line, as long as capitals follow."""
    following = next((line.text for line in head[blank_at:] if not line.is_blank), "")
    is_section = _SECTION.match(following)
    return is_upper(taken[-1]) and is_upper(following) and not is_section


def _subject_line(head: Sequence[Line]) -> tuple[Field[str | None], int]:
    for index, line in enumerate(head):
        match = _SUBJECT_LINE.match(fold(line.text.strip()))
        if match is None:
            continue
        taken = [line.text.strip()[match.end() :]]
        for follower in head[index + 1 :]:
            text = follower.text.strip()
            if not text or fold(text).startswith("kinh gui") or DAY.search(text) or is_upper(text):
                break
            taken.append(text)
        title = " ".join(taken)
        return Field(value=title, confidence=0.85, evidence=title), index + len(taken)
    return _NOTHING, 0


def _addressees(head: Sequence[Line]) -> tuple[int, tuple[Field[str], ...]]:
    """Read the lines of "Kính gửi"."""
    for index, line in enumerate(head):
        text = line.text.strip()
        if not fold(text).startswith("kinh gui"):
            continue
        found = [text.partition(":")[2].strip()]
        at = index + 1
        while at < len(head) and re.match(r"\s*[-–•+]\s*\S", head[at].text):
            found.append(head[at].text.strip(" -–•+"))
            at += 1
        fields = (f.strip(" .;,") for f in found)
        return at, tuple(Field(value=f, confidence=0.95, evidence=f) for f in fields if f)
    return 0, ()
