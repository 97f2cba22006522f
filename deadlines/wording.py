"""Make damaged text legible to patterns: fold the marks away, mend the anchor words.

Scanned papers come as "Hodn thanh trong thing 10 ndm" or "trudc ngay 3l/10/2022". Patterns look at
a canonical line in which every word is folded and the few anchor words are mended; a map leads back
to the span in the given text.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import Levenshtein

_TOKEN = re.compile(
    r"(?<![^\W_])[\dlIOo|]*\d[\dlIOo|]*(?![^\W\d_])"  # a number, also "3l" and "1O"
    r"|\d+|[^\W\d_][^\W\d_\u0300-\u036f]*(?:[\u0300-\u036f]+[^\W\d_]*)*|\s+|.",
    re.DOTALL,
)
_DIGITS: Final = str.maketrans("lI|Oo", "11100")
_ANCHOR_RUNS: Final[tuple[tuple[str, ...], ...]] = (
    ("hoan", "thanh", "trong"),
    ("hoan", "thanh", "truoc"),
    ("cham", "nhat"),
    ("dinh", "ky", "bao", "cao"),
    ("dinh", "ky"),
    ("thuong", "xuyen"),
    ("trong", "thoi", "han"),
    ("trong", "thang"),
    ("truoc", "ngay"),
    ("den", "het", "ngay"),
    ("lam", "viec", "ke", "tu", "ngay"),
    ("thoi", "gian", "thuc", "hien"),
    ("thoi", "gian", "hoan", "thanh"),
)
_LETTERS_PER_FAULT: Final = 4
"""One wrong letter is forgiven for every four of a run of anchor words."""
_MONTHS: Final = 12
_DAYS: Final = 31
_REAL_WORDS: Final = frozenset(
    (
        *("thanh", "hang", "tang", "trang", "than", "thong", "thuong", "trong", "truong", "truc"),
        *("nganh", "ngan", "nang", "bang", "dang", "hinh", "thuoc", "buoc"),
    )
)
"""Frequent words close to an anchor; alone they are never mended."""


def fold(text: str) -> str:
    """Return lower-case text without marks; đ is d. Length may differ from the given text."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


@dataclass(frozen=True, slots=True)
class LegibleText:
    """A canonical line and the way back to the text it was made from."""

    line: str
    """Folded, mended, single spaces; a line break of the source is kept as a line break."""

    starts: tuple[int, ...]
    """Start of each token in the canonical line, ascending."""

    spans: tuple[tuple[int, int], ...]
    """Span of each token in the source."""

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Map a span of the canonical line to the span of whole tokens in the source."""
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, max(start, end - 1)) - 1
        return self.spans[first][0], self.spans[last][1]


def make_legible(text: str) -> LegibleText:
    """Fold `text`, mend its anchor words and keep the map back."""
    found = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    words = [_canonical(token) for token, _, _ in found]
    places = [i for i, word in enumerate(words) if word.strip() and word not in ",;"]
    _mend_runs(words, places)
    _mend_neighbours(words, places)
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word)
    return LegibleText("".join(words), tuple(starts), tuple((s, e) for _, s, e in found))


def _canonical(token: str) -> str:
    if token.isspace():
        return "\n" if "\n\n" in re.sub(r"[ \t\r]", "", token) else " "
    if re.fullmatch(r"[\dlIOo|]*\d[\dlIOo|]*", token):
        return token.translate(_DIGITS)
    return fold(token) or token


def _mend_runs(words: list[str], places: Sequence[int]) -> None:
    """Mend runs of anchor words that are nearly right, such as "hodn thanh frong"."""
    for run in _ANCHOR_RUNS:
        wanted = " ".join(run)
        allowed = len(wanted) // _LETTERS_PER_FAULT
        for at in range(len(places) - len(run) + 1):
            window = [words[i] for i in places[at : at + len(run)]]
            if window[0][:1].isalpha() and _near_run(window, run, wanted, allowed):
                for i, word in zip(places[at : at + len(run)], run, strict=True):
                    words[i] = word


def _near_run(window: Sequence[str], run: Sequence[str], wanted: str, allowed: int) -> bool:
    joined = " ".join(window)
    if joined == wanted or abs(len(joined) - len(wanted)) > allowed:
        return False
    if Levenshtein.distance(joined, wanted, score_cutoff=allowed) > allowed:
        return False
    pairs = zip(window, run, strict=True)
    return all(a == b or (_near(a, b) and a not in _REAL_WORDS) for a, b in pairs)


def _near(word: str, wanted: str) -> bool:
    limit = 2 if len(wanted) > _LETTERS_PER_FAULT else 1
    return Levenshtein.distance(word, wanted, score_cutoff=limit) <= limit


def _number_up_to(limit: int) -> Callable[[str], bool]:
    return lambda word: word.isascii() and word.isdigit() and 1 <= int(word) <= limit


def _is_year(word: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", word))


_NEIGHBOUR_RULES: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("nam", _is_year),
    ("thang", _number_up_to(_MONTHS)),
    ("ngay", _number_up_to(_DAYS)),
    ("truoc", lambda word: word == "ngay"),
    ("trong", lambda word: word in {"thang", "quy", "qui"}),
    ("hang", lambda word: word in {"thang", "quy", "qui"}),
)
"""An anchor word and what must follow for a near miss to be mended."""


def _mend_neighbours(words: list[str], places: Sequence[int]) -> None:
    """Mend single anchor words by the number or word that follows."""
    words_before = [words[i] for i in places]
    for anchor, fits in _NEIGHBOUR_RULES:
        for before, (here, after) in zip(["", *words_before], pairwise(places), strict=False):
            word = words[here]
            if word in _REAL_WORDS and not (anchor == "thang" and before == "trong"):
                continue
            if word != anchor and fits(words[after]):
                words[here] = anchor if word.isalpha() and _near(word, anchor) else word
