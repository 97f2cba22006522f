"""Give damaged words their marks back, phrase by phrase, from a lexicon.

Only whole phrases that are clearly the nearest are taken; a tie leaves the words as they are. Case
and punctuation stay those of the damaged text.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import Levenshtein

from documents.intake.folding import LOWER, UPPER, fold, fold_word
from documents.intake.vocabulary import (
    BEFORE_FIGURES,
    FREQUENT_SLIPS,
    OFFICIAL_PHRASES,
    TIME_PHRASES,
)

_WORD = re.compile(r"[^\s,.;:()\-–—/“”\"!?\[\]{}<>*_=+~•·]+")
_RUN_TOGETHER = re.compile(rf"(?<=[{LOWER}])(?=[{UPPER}](?:[{LOWER}]|[A-ZĐ]{{2}}))")
_STRAY_SIGN = re.compile(rf"(?<=[{LOWER}])[;:|'~?!](?=[{LOWER}])")
_JOINT = re.compile(r"[\s,\-–]*\Z")
_LETTERS_PER_FAULT: Final = 3.2
_SHORT_WORD: Final = 2
_LONGEST_TEXT: Final = 20_000
_LONG_WORD: Final = 4
_SAFE_CONTEXT: Final = 3


@dataclass(frozen=True, slots=True)
class Restoration:
    """A text with marks, and how much of it the lexicon knew."""

    text: str
    """The text; words that the lexicon does not know stay as they were."""
    known: int
    """Words that were found in the lexicon."""
    total: int
    """Words in all."""

    @property
    def share(self) -> float:
        """Share of known words, 0 to 1."""
        return self.known / self.total if self.total else 1.0


@dataclass(frozen=True, slots=True)
class _Entry:
    words: tuple[str, ...]
    folded: str
    folded_words: tuple[str, ...]


@dataclass(slots=True)
class Lexicon:
    """Phrases with their marks, by number of words."""

    _by_length: dict[int, list[_Entry]] = field(default_factory=lambda: defaultdict(list))
    _words: set[str] = field(default_factory=set)
    _exact: dict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))

    def add(self, phrases: Iterable[str]) -> None:
        """Add phrases; a phrase may hold commas and dashes."""
        for phrase in phrases:
            words = tuple(_WORD.findall(phrase))
            folded_words = tuple(fold(w) for w in words)
            folded = " ".join(folded_words)
            if words and words not in self._exact[folded]:
                self._exact[folded].add(words)
                self._words.update(folded_words)
                self._by_length[len(words)].append(_Entry(words, folded, folded_words))

    @property
    def longest(self) -> int:
        """Number of words of the longest phrase."""
        return max(self._by_length, default=0)

    def holds_word(self, word: str) -> bool:
        """Tell whether some phrase holds this very word, folded."""
        return word in self._words

    def nearest(self, window: Sequence[str], rigid: Sequence[bool]) -> tuple[str, ...] | None:
        """Return the phrase nearest to folded words; None where none is near or two tie.

        Rigid words may get marks but no other letters.
        """
        joined = " ".join(window)
        exact = {tuple(w.casefold() for w in words) for words in self._exact.get(joined, ())}
        if exact:
            return next(iter(self._exact[joined])) if len(exact) == 1 else None
        allowed = int(len(joined) / _LETTERS_PER_FAULT)
        best: tuple[int, _Entry] | None = None
        tied = False
        for entry in self._by_length.get(len(window), ()):
            distance = Levenshtein.distance(joined, entry.folded, score_cutoff=allowed)
            if distance > allowed or not _words_near(window, entry.folded_words, rigid):
                continue
            if best is None or distance < best[0]:
                best, tied = (distance, entry), False
            elif distance == best[0] and entry.folded != best[1].folded:
                tied = True
        return None if best is None or tied else best[1].words


def _words_near(window: Sequence[str], wanted: Sequence[str], rigid: Sequence[bool]) -> bool:
    """Every word must be near its counterpart; a phrase of one word must be nearly right."""
    if any(r and a != b for a, b, r in zip(window, wanted, rigid, strict=True)):
        return False
    if len(window) == 1 and len(window[0]) <= _LONG_WORD:
        return False
    same_start = sum(a[:1] == b[:1] for a, b in zip(window, wanted, strict=True))
    if same_start * 2 < len(window):
        return False
    context = len(window) >= _SAFE_CONTEXT
    return all(_word_near(a, b, in_context=context) for a, b in zip(window, wanted, strict=True))


def _word_near(word: str, wanted: str, *, in_context: bool) -> bool:
    if len(wanted) <= _SHORT_WORD:
        # "tử" reads as "tir": a short word may lose two letters where its neighbours hold.
        allowed = 2 if in_context and word[:1] == wanted[:1] else 1
    else:
        allowed = 2 if len(wanted) >= _LONG_WORD else 1
        if in_context and len(wanted) >= _LONG_WORD and word[:1] == wanted[:1]:
            allowed = 3
    return Levenshtein.distance(word, wanted, score_cutoff=allowed) <= allowed


def official_lexicon(more: Iterable[str] = ()) -> Lexicon:
    """Return the lexicon of official words with further names, such as those of a directory."""
    lexicon = Lexicon()
    lexicon.add(OFFICIAL_PHRASES)
    lexicon.add(more)
    return lexicon


def _time_lexicon() -> Lexicon:
    lexicon = Lexicon()
    lexicon.add(TIME_PHRASES)
    return lexicon


TIME_LEXICON: Final = _time_lexicon()
"""Words of deadline phrases alone."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text with their places, folded, and which of them keep their letters."""

    text: str
    spots: tuple[tuple[int, int, str], ...]
    folded: tuple[str, ...]
    rigid: tuple[bool, ...]


def _words(text: str, lexicon: Lexicon) -> _Words:
    spots = tuple((m.start(), m.end(), m.group()) for m in _WORD.finditer(text))
    folded = tuple(fold_word(word) for _, _, word in spots)
    rigid = tuple(_is_rigid(i, spots, folded[i], lexicon) for i in range(len(spots)))
    return _Words(text, spots, folded, rigid)


def restore(text: str, lexicon: Lexicon) -> Restoration:
    """Restore the marks of a damaged text; words run together or broken by a stray sign too."""
    if len(text) > _LONGEST_TEXT:
        return Restoration(text, 0, 1)  # no paragraph of a paper is that long
    text = _RUN_TOGETHER.sub(" ", _STRAY_SIGN.sub("", text))
    words = _words(text, lexicon)
    renewed = [word for _, _, word in words.spots]
    known = [False] * len(renewed)
    at = 0
    while at < len(renewed):
        length, phrase = _longest_phrase(at, words, lexicon)
        for offset, word in enumerate(phrase):
            source = words.spots[at + offset][2]
            # A capital that OCR put in place of another letter ("Gy" for "ủy") says nothing.
            trusted = fold(source)[:1] == fold(word)[:1] or source.isupper()
            renewed[at + offset] = _in_case_of(source if trusted else source.lower(), word)
            known[at + offset] = True
        at += length
    _mend_frequent(words.spots, words.folded, renewed, known)
    return Restoration(_rebuilt(text, words.spots, renewed), sum(known), len(renewed))


def _is_rigid(
    at: int, spots: Sequence[tuple[int, int, str]], folded: str, lexicon: Lexicon
) -> bool:
    """Tell whether a word keeps its letters: a known word, or an acronym among other words."""
    word = spots[at][2]
    if len(folded) > _SHORT_WORD and lexicon.holds_word(folded):
        return True
    beside = [spots[i][2] for i in (at - 1, at + 1) if 0 <= i < len(spots)]
    acronym = len(word) > 1 and word.isalpha() and word.isupper()
    return acronym and any(not w.isupper() for w in beside)


def _longest_phrase(at: int, words: _Words, lexicon: Lexicon) -> tuple[int, tuple[str, ...]]:
    if _in_symbol(words.text, words.spots[at]):
        return 1, ()
    for length in range(min(lexicon.longest, len(words.spots) - at), 0, -1):
        end = at + length
        pairs = pairwise(words.spots[at:end])
        if not all(_JOINT.match(words.text[left[1] : right[0]]) for left, right in pairs):
            continue
        phrase = lexicon.nearest(words.folded[at:end], words.rigid[at:end])
        if phrase:
            return length, phrase
    return 1, ()


def _in_symbol(text: str, spot: tuple[int, int, str]) -> bool:
    """Tell whether a word stands beside a slash, as in "53-KH/TU"."""
    return text[spot[0] - 1 : spot[0]] == "/" or text[spot[1] : spot[1] + 1] == "/"


def _mend_frequent(
    spots: Sequence[tuple[int, int, str]],
    folded: Sequence[str],
    renewed: list[str],
    known: list[bool],
) -> None:
    """Mend the most frequent small words beside a word that the lexicon knew."""
    for i, word in enumerate(folded):
        if known[i]:
            continue
        beside = (i > 0 and known[i - 1]) or (i + 1 < len(known) and known[i + 1])
        figure = i + 1 < len(folded) and folded[i + 1][:1].isdigit()
        mended = BEFORE_FIGURES.get(word) if figure else None
        if mended is None and beside and not spots[i][2].isupper():
            mended = FREQUENT_SLIPS.get(word)
        if mended is not None:
            renewed[i] = _in_case_of(spots[i][2], mended)
            known[i] = True


def _in_case_of(model: str, word: str) -> str:
    letters = [c for c in model if c.isalpha()]
    if len(letters) > 1 and sum(c.isupper() for c in letters) * 3 >= len(letters) * 2:
        return word.upper()
    if letters and letters[0].isupper():
        return word[:1].upper() + word[1:]
    return word if word.isupper() else word[:1].lower() + word[1:]


def _rebuilt(text: str, spots: Sequence[tuple[int, int, str]], renewed: Sequence[str]) -> str:
    parts, last = [], 0
    for (start, end, _), word in zip(spots, renewed, strict=True):
        parts += [text[last:start], word]
        last = end
    return "".join((*parts, text[last:]))
