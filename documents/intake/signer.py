"""The block of the officer's signature: capacity, post, name."""

import re
from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz

from documents.intake.folding import UPPER, fold, is_upper, words_of
from documents.intake.restoring import Lexicon, restore
from documents.intake.result import Field, FoundSigner, SignatureClaim
from documents.intake.vocabulary import BODIES, POSITIONS

CAPACITY: Final = re.compile(
    r"^\s*(?P<mark>T\s?[/.]\s?[MLU]Q?|K\s?[/.]\s?T|TUQ|T/UQ|TM|KT|TL|Q)(?P<dot>\s?\.)?(?=[\s.]|$)\s*(?P<rest>.*)$"
)
"""A line that opens with a capacity: "K/T TRƯỞNG BAN", "TM. ỦY BAN NHÂN DÂN"."""

_FIRST_WORDS: Final = frozenset(
    (
        *("pho", "truong", "chu", "giam", "chanh", "bi", "bo", "thu", "vien", "cuc", "vu", "hieu"),
        *(
            "tong",
            "quyen",
            "tu",
            "chi",
            "chinh",
            "uy",
            "hoi",
            "ban",
            "thuong",
            "k",
            "t",
            "kt",
            "tm",
        ),
    )
)
_POST_WORDS: Final = frozenset(
    word for phrase in (*POSITIONS, *BODIES) for word in words_of(phrase)
) | {"k", "t", "kt", "tm", "tl", "tuq", "q", "tinh", "thanh", "pho", "so", "nhan", "dan"}
_STAMPS: Final = re.compile(
    r"^\s*[\[(]?\s*(?:da ky|chu ky so|ky ten|ky, dong dau|da ky va dong dau|ky so|thu nghiem)"
    r"\b.{0,60}$"
)
_NAME = re.compile(rf"^[{UPPER}][^\W\d_]*(?:\s+[{UPPER}][^\W\d_]*){{1,5}}$")
_LIKE_POST: Final = 80
_WORD_LIKE: Final = 74


def is_capacity_or_post(text: str) -> bool:
    """Tell whether a text in capitals speaks of capacity or post, whole or as a fragment."""
    text = text.strip(" .,;:")
    if len(text) < 2 or not is_upper(text):  # noqa: PLR2004 - "TM" at least
        return False
    words = words_of(text)
    known = [any(fuzz.ratio(w, p) >= _WORD_LIKE for p in _POST_WORDS) for w in words]
    capacity = CAPACITY.match(text)
    if capacity:
        return len(capacity["rest"].strip()) > 3  # noqa: PLR2004 - "KT." alone may be a unit
    if len(words) == 1:
        return len(words[0]) > 3 and known[0]  # noqa: PLR2004 - "TC" may be a unit
    return words[0] in _FIRST_WORDS and sum(known) * 4 >= len(known) * 3


def is_stamp(text: str) -> bool:
    """Tell whether a line stands for the signature itself: "(Đã ký)"."""
    return bool(_STAMPS.match(fold(text)))


def is_person(text: str) -> bool:
    """Tell whether a line looks like a person's name alone."""
    return bool(_NAME.match(text.strip())) and not is_upper(text)


def read_signer(
    lines: Sequence[str],
    claims: Sequence[Field[SignatureClaim]],
    *,
    lexicon: Lexicon,
    damaged: bool,
) -> Field[FoundSigner | None]:
    """Put the signature block together.

    Args:
        lines: lines of capacity, post and name, in order.
        claims: signature records of the text; a name there carries its marks.
        lexicon: words for texts that lost their marks.
        damaged: whether the text lost them.
    """
    if not lines:
        return Field(value=None, confidence=0.0, evidence="")
    marks: list[str] = []
    bodies: list[str] = []
    replaced: list[str] = []
    own: list[str] = []
    names: list[str] = []
    for line in lines:
        match = CAPACITY.match(line.strip())
        if match:
            marks.append(re.sub(r"\s", "", match["mark"] + (match["dot"] or "")))
            (bodies if _is_collective(marks[-1]) else replaced).append(match["rest"])
        elif is_upper(line):
            own.append(line)
        else:
            names.append(line.strip())
    name, name_sure = _name(names, claims)
    signer = FoundSigner(
        capacity="+".join(marks) or None,
        on_behalf_of=_post(replaced, lexicon, damaged=damaged),
        on_behalf_of_body=_post(bodies, lexicon, damaged=damaged),
        position=_post(own, lexicon, damaged=damaged),
        name=name,
    )
    whole = signer.name is not None and signer.position is not None
    confidence = min(name_sure, 0.95 if whole else 0.6, 0.85 if damaged else 1.0)
    return Field(value=signer, confidence=confidence, evidence="\n".join(s.strip() for s in lines))


def _is_collective(mark: str) -> bool:
    return fold(mark).replace("/", "").startswith("tm")


def _post(lines: Sequence[str], lexicon: Lexicon, *, damaged: bool) -> str | None:
    """Join the lines of a post and write it as offices do: "Phó Trưởng ban Thường trực"."""
    text = re.sub(r"\s+", " ", " ".join(lines)).strip(" .;:")
    if not text:
        return None
    words = " ".join(words_of(text))
    ranked = sorted(
        ((fuzz.ratio(words, " ".join(words_of(p))), p) for p in (*POSITIONS, *BODIES)),
        reverse=True,
    )
    if ranked[0][0] == 100 or (damaged and ranked[0][0] >= _LIKE_POST):  # noqa: PLR2004
        return ranked[0][1]
    if damaged:
        text = restore(text, lexicon).text
    return text.capitalize() if is_upper(text) else text


def _name(
    names: Sequence[str], claims: Sequence[Field[SignatureClaim]]
) -> tuple[str | None, float]:
    """Take the last name line; a signature record with the same letters gives it its marks."""
    if not names:
        return None, 0.5
    name = re.sub(r"\s+", " ", names[-1])
    for claim in claims:
        if fuzz.ratio(fold(claim.value.name), fold(name)) >= 88:  # noqa: PLR2004 - one slip in a name
            return claim.value.name, 0.97
    return name, 0.95 if len(names) == 1 else 0.7
