"""Recipient lines: words, role, group, and the units of the directory that they name."""

import re
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from documents.content import RecipientRole
from documents.intake.closing import Item
from documents.intake.folding import fold, words_of
from documents.intake.restoring import Lexicon, restore
from documents.intake.result import Field, FoundRecipient
from documents.intake.vocabulary import PRESS_HEADS

_MARKER = re.compile(r"[;,]?\s*\(\s*([^()]{2,40}?)\s*\)\s*$")
_MARKERS: Final[tuple[tuple[str, RecipientRole], ...]] = (
    ("bao cao", RecipientRole.REPORT),
    ("b c", RecipientRole.REPORT),
    ("bc", RecipientRole.REPORT),
    ("biet", RecipientRole.KNOW),
    ("thay b c", RecipientRole.REPORT),
    ("phoi hop", RecipientRole.KNOW),
    ("p h", RecipientRole.KNOW),
    ("theo doi", RecipientRole.KNOW),
    ("trao doi", RecipientRole.KNOW),
    ("thuc hien", RecipientRole.ACTION),
    ("t h", RecipientRole.ACTION),
    ("giam sat", RecipientRole.REPORT),
    ("kiem tra", RecipientRole.REPORT),
)
_LIKE_MARKER: Final = 70
_LIKE_UNIT: Final = 86
_AS_ABOVE: Final = ("nhu tren", "nhu kinh gui")
_GROUP = re.compile(
    r"^(?:cac\b|nhu tren|toan the|toan bo|ubnd (?:cac )?(?:xa|phuong|huyen)|"
    r"uy ban nhan dan (?:cac )?(?:xa|phuong|huyen)|dang uy (?:cac )?(?:xa|phuong))"
)
_AND_GROUP = re.compile(r" va (?:cac|toan the) ")
_ARCHIVE_LIKE: Final = 66


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskUnits:
    """Units that tasks of the paper name, for roles that no marker tells."""

    names: tuple[str, ...]
    """Names in the words of the paper."""


def read_recipient(
    item: Item, tasks: TaskUnits, *, lexicon: Lexicon, damaged: bool
) -> Field[FoundRecipient]:
    """Read one recipient line."""
    source = item.text
    raw, confidence = source, 0.95
    if damaged:
        restored = restore(source, lexicon)
        raw = restored.text
        confidence = 0.5 + 0.4 * restored.share
    raw = _without_end_mark(raw)
    role, basis = _role(raw, tasks)
    if basis == "task":
        confidence = min(confidence, 0.75)
    return Field(
        value=FoundRecipient(raw=raw, role=role, role_basis=basis, group=is_group(raw)),
        confidence=confidence,
        evidence=source,
    )


def core_of(raw: str) -> str:
    """Return a line without its role marker."""
    match = _MARKER.search(raw)
    if match is None or _marked_role(match.group(1)) is None:
        return raw
    return raw[: match.start()].strip(" ;,")


def _without_end_mark(text: str) -> str:
    return re.sub(r"[\s;,.:/]+$", "", text)


def _role(raw: str, tasks: TaskUnits) -> tuple[RecipientRole, str]:
    """Tell the role by marker, opening words or tasks; else it stays unmarked."""
    folded = " ".join(words_of(raw))
    if any(fuzz.ratio(folded, opening) >= 80 for opening in _AS_ABOVE):  # noqa: PLR2004
        return RecipientRole.AS_ABOVE, "marker"
    if re.match(r"nhu (?:dieu|muc|khoan)\b", folded):
        return RecipientRole.AS_ARTICLE, "marker"
    first = folded.split(" ")[0]
    if first == "luu" or (len(first) <= 4 and fuzz.ratio(first, "luu") >= _ARCHIVE_LIKE):  # noqa: PLR2004
        return RecipientRole.ARCHIVE, "marker"
    marker = _MARKER.search(raw)
    marked = _marked_role(marker.group(1)) if marker else None
    if marked is not None:
        return marked, "marker"
    if _named_by_task(core_of(raw), tasks):
        return RecipientRole.ACTION, "task"
    return RecipientRole.UNMARKED, "none"


def _marked_role(words: str) -> RecipientRole | None:
    text = re.sub(r"^de ", "", " ".join(words_of(words)))
    best, role = max(
        ((fuzz.ratio(text, marker), role) for marker, role in _MARKERS), key=lambda p: p[0]
    )
    return role if best >= _LIKE_MARKER else None


def is_group(raw: str) -> bool:
    """Tell whether a line names a group; an enumeration after a colon names its members."""
    folded = fold(raw)
    if ":" in raw:
        return False
    return bool(_GROUP.match(folded) or _AND_GROUP.search(folded))


def _named_by_task(core: str, tasks: TaskUnits) -> bool:
    line = " ".join(words_of(core))
    for name in tasks.names:
        unit = " ".join(words_of(name))
        if unit and fuzz.ratio(line, unit) >= _LIKE_UNIT:
            return True
    press = any("co quan bao chi" in fold(name) for name in tasks.names)
    return press and line.startswith(PRESS_HEADS) and not line.startswith("bao hiem")
