"""Find the phrases that set a time in the Vietnamese of official papers.

Patterns run over a canonical line (`deadlines.wording`), in order; what one has taken the next
leaves alone. Not taken: dates of cited papers, of effect and of past events, horizons ("từ nay đến
tháng 6/2027"), cut-offs of statistics ("tính đến hết ngày …") and legal limits ("tối đa là 12
tháng").
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from deadlines.kinds import DeadlineKind, DeadlinePhrase, Frequency, PhraseProblem
from deadlines.patterns import ALONE, ANYWHERE, Reader
from deadlines.wording import LegibleText, make_legible

_BOUNDARY_BEFORE = re.compile(r"(?:^|[:(;\n]|\A)\s*[-–•]?\s*\Z")
_BOUNDARY_AFTER = re.compile(r"\A\s*(?:\Z|[.;)]|\n)")
_NOT_A_DEADLINE = re.compile(
    r"\b(?:tinh|luy ke|so lieu|ban hanh|da co|phat sinh|ky|hieu luc) (?:ke |tu |den )*\Z"
)
_HALF_YEAR = re.compile(r"\b(?:6|sau) thang\b|\bnua nam\b")
_FREQUENCY_WORDS: tuple[tuple[re.Pattern[str], Frequency], ...] = (
    (_HALF_YEAR, Frequency.HALF_YEARLY),
    (re.compile(r"\b(?:9|chin) thang\b"), Frequency.NINE_MONTHLY),
    (re.compile(r"\bbao cao (?:hang |ca )?nam\b|\bhang nam\b|\bca nam\b"), Frequency.YEARLY),
)
_CONTEXT_CHARACTERS = 70


def find_phrases(text: str, *, issued: date | None) -> tuple[DeadlinePhrase, ...]:
    """Return the deadline phrases of `text` in reading order.

    Args:
        text: running text, marks intact or damaged by OCR.
        issued: issue date of the paper; dates before it are marked, missing years are counted from
            it.
    """
    legible = make_legible(text)
    taken = bytearray(len(legible.line) + 1)  # one mark a character: linear, whatever the text
    found: list[DeadlinePhrase] = []
    for pattern, read, alone in _all_readers():
        for match in pattern.finditer(legible.line):
            if _is_taken(match, taken) or not _stands(match, legible, text, alone=alone):
                continue
            phrases = tuple(_finish(p, match, legible, text, issued) for p in read(match))
            if phrases:
                taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
                found.extend(phrases)
    return tuple(sorted(found, key=lambda p: (p.start, p.end, p.month or 0)))


def _all_readers() -> Iterator[tuple[re.Pattern[str], Reader, bool]]:
    yield from ((pattern, read, False) for pattern, read in ANYWHERE)
    yield from ((pattern, read, True) for pattern, read in ALONE)


def _is_taken(match: re.Match[str], taken: bytearray) -> bool:
    return taken.find(1, match.start(), match.end()) >= 0


def _stands(match: re.Match[str], legible: LegibleText, text: str, *, alone: bool) -> bool:
    """Tell whether what surrounds the match allows it to be a deadline."""
    if match.group().startswith("dinh ky"):
        return True
    if not alone:
        return not _NOT_A_DEADLINE.search(
            legible.line[max(0, match.start() - _CONTEXT_CHARACTERS) : match.start()]
        )
    start, end = legible.source_span(*match.span())
    before, after = text[max(0, start - 8) : start], text[end : end + 8]
    return bool((start == 0 or _BOUNDARY_BEFORE.search(before)) and _BOUNDARY_AFTER.search(after))


def _finish(
    phrase: DeadlinePhrase,
    match: re.Match[str],
    legible: LegibleText,
    text: str,
    issued: date | None,
) -> DeadlinePhrase:
    """Put source span, words, frequency, assumed year and problems into a raw reading."""
    start, end = legible.source_span(*match.span())
    raw = _elided(match, legible, text) or text[start:end]
    phrase = replace(
        phrase,
        start=start,
        end=end,
        raw=re.sub(r"\s+", " ", raw).strip(),
        condition=_source_of(match, "event", legible, text) or phrase.condition,
    )
    steps: tuple[Callable[[DeadlinePhrase], DeadlinePhrase], ...] = (
        lambda p: _with_frequency(p, match, legible),
        lambda p: _with_year(p, issued),
        lambda p: _checked(p, issued),
    )
    for step in steps:
        phrase = step(phrase)
    return phrase


def _elided(match: re.Match[str], legible: LegibleText, text: str) -> str | None:
    """Join the two parts of a reading that spans a long clause; None where it has no two parts."""
    head, tail = (_source_of(match, name, legible, text) for name in ("head", "tail"))
    return f"{head} ... {tail}" if head and tail else None


def _source_of(match: re.Match[str], name: str, legible: LegibleText, text: str) -> str | None:
    if name not in match.re.groupindex or match.group(name) is None:
        return None
    start, end = legible.source_span(*match.span(name))
    return re.sub(r"\s+", " ", text[start:end]).strip() or None


def _with_frequency(
    phrase: DeadlinePhrase, match: re.Match[str], legible: LegibleText
) -> DeadlinePhrase:
    """Read how often from the words around a day that names no year."""
    if phrase.month is None or phrase.kind not in {DeadlineKind.BEFORE_DATE, DeadlineKind.PERIODIC}:
        return phrase
    if re.search(r"dinh ky (?:6|sau) thang", match.group()):
        return replace(phrase, kind=DeadlineKind.PERIODIC, frequency=Frequency.HALF_YEARLY)
    if phrase.frequency is not None:
        return phrase
    before = legible.line[max(0, match.start() - _CONTEXT_CHARACTERS) : match.start()]
    before = re.split(r"[.;\n]|\bhang nam\b.*?\bva\b|\bngay \d", before)[-1]
    nearest = max(
        ((m.start(), f) for p, f in _FREQUENCY_WORDS for m in p.finditer(before)), default=None
    )
    if nearest is None:
        return phrase
    return replace(phrase, kind=DeadlineKind.PERIODIC, frequency=nearest[1])


def _with_year(phrase: DeadlinePhrase, issued: date | None) -> DeadlinePhrase:
    """Give a day or month without a year its first occurrence from the issue date on."""
    kinds = {DeadlineKind.BEFORE_DATE, DeadlineKind.WITHIN_MONTH}
    if phrase.kind not in kinds or phrase.month is None or phrase.problem:
        return phrase
    if issued is None:
        return replace(phrase, problem=PhraseProblem.YEAR_UNKNOWN)
    if phrase.day is None:
        year = issued.year + (phrase.month < issued.month)
        end = date(year, phrase.month, monthrange(year, phrase.month)[1])
        return replace(phrase, due=end, last_allowed_day=end, problem=PhraseProblem.YEAR_ASSUMED)
    named = _first_from(issued, phrase.month, phrase.day)
    if named is None:
        return replace(phrase, problem=PhraseProblem.NO_SUCH_DATE)
    last = named if phrase.inclusive else named - timedelta(days=1)
    return replace(
        phrase, named_date=named, last_allowed_day=last, problem=PhraseProblem.YEAR_ASSUMED
    )


def _first_from(issued: date, month: int, day: int) -> date | None:
    for year in range(issued.year, issued.year + 9):  # 29 February comes within eight years
        try:
            named = date(year, month, day)
        except ValueError:
            continue
        if named >= issued:
            return named
    return None


def _checked(phrase: DeadlinePhrase, issued: date | None) -> DeadlinePhrase:
    last = phrase.last_allowed_day
    if issued is None or last is None or phrase.problem or last >= issued:
        return phrase
    if phrase.kind is DeadlineKind.PERIODIC:
        return phrase
    return replace(phrase, problem=PhraseProblem.BEFORE_ISSUE)
