"""The order of Vietnamese words, as dictionaries and lists of names have it.

Letter by letter (a ă â b c d đ e ê … o ô ơ … u ư v x y), word by word; the tone of a word counts
after its letters: ngang, huyền, hỏi, ngã, sắc, nặng. Databases do not know this order, or each its
own: what lists are ordered by is kept beside the name (`sort_key`), in letters of which every
collation thinks alike.
"""

import re
import unicodedata
from typing import Final

_LETTERS: Final = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES: Final = "\N{COMBINING GRAVE ACCENT}\N{COMBINING HOOK ABOVE}\N{COMBINING TILDE}\
\N{COMBINING ACUTE ACCENT}\N{COMBINING DOT BELOW}"
_WORD: Final = re.compile(r"\d+|[^\W\d_]+")
_CODES: Final = "bcdefghijklmnopqrstuvwxyz"
_END: Final = "a"
"""Behind a word; before every code, so that a shorter word comes first."""
_LONGEST: Final = len(_CODES) - 1
"""Digits of a number that are compared by their value."""


def sort_key(text: str) -> str:
    """Returns letters a to z that order as the text does; numbers order by their value.

    >>> sorted(["Đà Lạt", "Bảo Lộc", "Dầu Tiếng", "Ban Mê", "Bà Rịa", "Ủy ban"], key=sort_key)
    ['Bà Rịa', 'Ban Mê', 'Bảo Lộc', 'Dầu Tiếng', 'Đà Lạt', 'Ủy ban']
    >>> sorted(["Tổ 10", "Tổ 2"], key=sort_key)
    ['Tổ 2', 'Tổ 10']
    """
    words = _WORD.findall(unicodedata.normalize("NFC", text).casefold())
    return "".join(_number(word) if word.isdecimal() else _word(word) for word in words)


def person_key(name: str) -> str:
    """Returns the same of a person's name, whose last word comes first.

    >>> sorted(["Lê Văn Hiếu", "Trần Thị Hà", "Cao Hà"], key=person_key)
    ['Cao Hà', 'Trần Thị Hà', 'Lê Văn Hiếu']
    """
    before, _, given = name.strip().rpartition(" ")
    return sort_key(given) + sort_key(before)


def _word(word: str) -> str:
    tone, letters = 0, list[str]()
    for sign in unicodedata.normalize("NFD", word):
        if sign in _TONES:
            tone = tone or _TONES.index(sign) + 1
        elif unicodedata.combining(sign) and letters:
            letters[-1] = unicodedata.normalize("NFC", letters[-1] + sign)
        else:
            letters.append(sign)
    return "".join(map(_letter, letters)) + _END + _CODES[tone]


def _letter(letter: str) -> str:
    at = _LETTERS.find(letter)
    if at < 0:  # of another alphabet: behind ours, in the order of its own
        at = len(_LETTERS)
    return _CODES[at // len(_CODES)] + _CODES[at % len(_CODES)]


def _number(digits: str) -> str:
    plain = digits.lstrip("0") or "0"
    return (
        _letter("0")
        + _CODES[min(len(plain), _LONGEST)]
        + "".join(_letter(str(int(one))) for one in plain)
        + _END
        + _CODES[0]
    )
