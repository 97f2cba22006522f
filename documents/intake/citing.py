"""Papers that a directive cites, with their dates."""

import re
from collections.abc import Iterable
from typing import Final

from rapidfuzz import fuzz

from documents.intake.folding import UPPER, fold
from documents.intake.paper import Block
from documents.intake.result import CitedPaper, Field
from documents.intake.symbols import DAY, SYMBOL, Symbol, day_of, symbol_of
from documents.intake.vocabulary import CITED_KINDS

_LIKE_KIND: Final = 80
_NEAR_DATE = re.compile(r"\s*(?:\(.{0,20}\))?,?\s*\S{3,5}\s+\Z")
_ISSUER = re.compile(
    rf"\s*(?:c[uủ]a|ciia|ctia|cta)\s+([{UPPER}][^,.;:()]{{2,60}}?)(?=\s+(?:v[eềé]|quy|h[uư])|[,.;:()]|$)"
)
_LOOK_AHEAD: Final = 100


def cited_papers(blocks: Iterable[Block], own: Symbol | None) -> tuple[Field[CitedPaper], ...]:
    """Return the cited papers, once each, with the date where any mention gives it."""
    found: dict[str, Field[CitedPaper]] = {}
    for block in blocks:
        for match in SYMBOL.finditer(block.text):
            symbol = symbol_of(match)
            if own is not None and symbol.full == own.full:
                continue
            paper = _paper(block.text, match, symbol)
            known = found.get(symbol.full)
            if paper is not None and (known is None or known.value.issued is None):
                found[symbol.full] = paper
    return tuple(found.values())


def _paper(text: str, match: re.Match[str], symbol: Symbol) -> Field[CitedPaper] | None:
    before, after = text[max(0, match.start() - 30) : match.start()], text[match.end() :]
    kind = _kind_before(before)
    said = re.search(r"(?:\bs[ốoô6ébd]{1,2}\s*|\bNo\.?\s*)\Z", before, re.IGNORECASE)
    if kind is None and said is None:
        return None
    day = DAY.search(after[:_LOOK_AHEAD])
    issued, end = None, 0
    if day is not None and _NEAR_DATE.match(after[: day.start()]):
        issued, end = day_of(day), day.end()
    issuer = _ISSUER.match(after[end : end + _LOOK_AHEAD])
    evidence_from = match.start() - len(before) + (said.start() if said else len(before))
    return Field(
        value=CitedPaper(
            number_full=symbol.full,
            doc_type=kind or symbol.doc_type,
            issued=issued,
            issuer=issuer.group(1).strip() if issuer else None,
        ),
        confidence=0.9 if issued else 0.75,
        evidence=text[max(0, evidence_from) : match.end() + end].strip(),
    )


def _kind_before(before: str) -> str | None:
    """Return the kind of paper named just before the number, damaged or not."""
    words = re.findall(r"[^\W\d_]+", fold(re.sub(r"\s\S{1,3}\s*\Z", "", before)))
    for length in (2, 3, 1):
        tail = " ".join(words[-length:])
        best = max(CITED_KINDS, key=lambda kind: fuzz.ratio(tail, fold(kind)))
        same_length = len(best.split()) == length
        if same_length and fuzz.ratio(tail, fold(best)) >= _LIKE_KIND:
            return best
    return None
