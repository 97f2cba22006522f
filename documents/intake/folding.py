"""Compare Vietnamese texts without their marks, and tell damaged text from intact."""

import re
import unicodedata
from typing import Final

from rapidfuzz import fuzz

INVISIBLE: Final = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Characters without a shape: they hide or turn text and are taken out before reading."""

UPPER: Final = "A-ZÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝĂĐĨŨƠƯ" + "".join(map(chr, range(0x1EA0, 0x1EFA, 2)))
"""Vietnamese capitals, for the inside of a character class; a plain range would mix the cases."""

LOWER: Final = "a-zà-ãè-êìíò-õùúýăđĩũơư" + "".join(map(chr, range(0x1EA1, 0x1EFB, 2)))
"""Vietnamese small letters, for the inside of a character class."""

_LOOKALIKES: Final = str.maketrans(
    {"0": "o", "1": "l", "5": "s", "6": "o", "€": "e", "¢": "e", "¥": "y", "&": "o", "@": "a"}
)
_INTACT_SHARE: Final = 0.04
_MIN_LETTERS: Final = 40


def fold(text: str) -> str:
    """Return lower-case text without marks; đ is d."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def fold_word(word: str) -> str:
    """Fold one word; digits and signs inside a word are taken for the letters they look like."""
    folded = fold(word)
    if folded.isalpha() or not any(c.isalpha() for c in folded):
        return folded
    return folded.translate(_LOOKALIKES)


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, without punctuation."""
    return re.findall(r"[^\W_]+", fold(text))


def likeness(first: str, second: str) -> float:
    """Return how alike two texts are after folding, 0 to 100."""
    return fuzz.ratio(" ".join(words_of(first)), " ".join(words_of(second)))


def is_damaged(text: str) -> bool:
    """Tell whether a text lost the marks that intact Vietnamese is full of.

    Every eighth letter of intact text or so carries two marks or a horn (U+1EA0 to U+1EF9); text
    that was read with the wrong language has nearly none.
    """
    letters = [c for c in unicodedata.normalize("NFC", text) if c.isalpha()]
    if len(letters) < _MIN_LETTERS:
        return False
    marked = sum("\u1ea0" <= c <= "\u1ef9" for c in letters)
    return marked < _INTACT_SHARE * len(letters)


def is_upper(text: str) -> bool:
    """Tell whether a text is set in capitals, a stray letter or two apart."""
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return False
    lower = sum(c.islower() for c in letters)
    return lower * 10 <= len(letters) or (lower <= 1 and len(letters) > 4)  # noqa: PLR2004 - one slip
