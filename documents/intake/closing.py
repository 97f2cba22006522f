"""Cut the end block into pieces: recipient lines, lines of the signature column, what is neither.

Every word of the block lands in exactly one piece; the caller turns pieces that nothing explains
into `unresolved`. Losing a recipient in silence is the worst fault of reading in, so a doubtful
line is kept with the recipient before it and also named.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from documents.intake.folding import UPPER, fold, is_upper, likeness
from documents.intake.paper import Line
from documents.intake.result import Unresolved
from documents.intake.signer import CAPACITY, is_capacity_or_post, is_person, is_stamp
from documents.intake.units import starts_with_unit

DASH: Final = re.compile(r"^\s*[-–—−•·*+~¬»_=]+\s*(?=[^\s\-–—_=*+~])")
_HEADING: Final = re.compile(r"^\s*\W{0,3}\S+\s+\S{2,6}?\s*(?:[:.;]|$)\s*")
_INLINE_DASH: Final = re.compile(r"(?<=[;,.])\s+[-–—]\s+(?=\S)")
_AFTER_DASH: Final = re.compile(r"^(\s*[-–—−•·*+])\s+")
_WIDE_GAP: Final = re.compile(r"\s{3,}|\t+")
_FURNITURE: Final = re.compile(r"^\s*(?:[-–_*.=~\s]*|\W*\d{1,3}\W*)$")
_MARKS: Final = ",;."
_LEAKED: Final = re.compile(rf"(?<=[,;.:)])\s+(?=[{UPPER}])")


class PieceKind(StrEnum):
    """What a piece of the end block is."""

    ITEM = "item"
    SIGNATURE = "signature"
    FURNITURE = "furniture"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Item:
    """One recipient line, its wrapped parts joined."""

    parts: list[str] = field(default_factory=list)
    """The parts as they stand."""

    @property
    def text(self) -> str:
        """The joined words, without end mark."""
        return re.sub(r"\s+", " ", " ".join(self.parts)).strip()

    @property
    def ended(self) -> bool:
        """Whether it ends with the mark of a list."""
        return self.text.endswith(tuple(_MARKS))

    @property
    def is_archive(self) -> bool:
        """Whether it is the archive line, which closes the list."""
        word = fold(self.text).split(" ")[0].strip(":.,")
        return word == "luu" or likeness(word, "luu") >= 66  # noqa: PLR2004 - one letter of three


@dataclass(slots=True)
class Closing:
    """The pieces of the end block."""

    items: list[Item] = field(default_factory=list)
    """Recipient lines in order."""
    signature: list[str] = field(default_factory=list)
    """Lines of the signature column."""
    unresolved: list[Unresolved] = field(default_factory=list)
    """What is neither, or doubtful."""
    after_dashes: bool = False
    """Whether the last line with a dash lies behind: only then may a name stand alone."""
    pieces: list[tuple[PieceKind, str]] = field(default_factory=list)
    """Every piece in order: together they hold every word of the block."""

    def put(self, kind: PieceKind, text: str) -> None:
        """Book a piece."""
        self.pieces.append((kind, text))

    @property
    def is_closed(self) -> bool:
        """Whether the list is over: the archive line stands and has ended."""
        return bool(self.items) and self.items[-1].is_archive


def cut_closing(lines: Sequence[Line], known_names: Sequence[str] = ()) -> Closing:
    """Cut the lines from "Nơi nhận" on into pieces.

    Args:
        lines: the end block, its heading first.
        known_names: names of persons in signature records, which may leak into the list.
    """
    closing = Closing()
    if not lines:
        return closing
    has_dashes = any(DASH.match(line.text) for line in lines)
    first = lines[0].text
    heading = None if DASH.match(first) else _HEADING.match(first)
    rest = first[heading.end() :] if heading else first
    if heading:
        closing.put(PieceKind.FURNITURE, heading.group())
    texts = [rest, *(line.text for line in lines[1:])]
    last_dash = max((i for i, text in enumerate(texts) if DASH.match(text)), default=-1)
    for index, text in enumerate(texts):
        for column, part in enumerate(_columns(text)):
            closing.after_dashes = index > last_dash or (index == last_dash and column > 0)
            _take(closing, part, has_dashes=has_dashes, names=known_names, column=column)
    return closing


def _columns(text: str) -> list[str]:
    """Cut a line at wide gaps, and where words of the signature column follow an end mark."""
    found: list[str] = []
    dashed = _INLINE_DASH.split(_AFTER_DASH.sub(r"\1 ", text))
    for index, piece in enumerate(dashed):
        dash = "- " if index else ""
        for part in _WIDE_GAP.split(piece.strip()):
            if part:
                found += _without_leak(dash + part)
                dash = ""
    return found


def _without_leak(text: str) -> list[str]:
    for match in _LEAKED.finditer(text):
        tail = text[match.end() :]
        if is_capacity_or_post(tail) and not is_upper(text[: match.start()]):
            return [text[: match.start()], tail]
    return [text]


def _take(
    closing: Closing, text: str, *, has_dashes: bool, names: Sequence[str], column: int
) -> None:
    """Decide what one piece is."""
    bare = text.strip()
    dash = DASH.match(bare)
    if _FURNITURE.match(bare) or is_stamp(bare):
        closing.put(PieceKind.FURNITURE, bare)
    elif dash:
        closing.put(PieceKind.ITEM, bare)
        closing.items.append(Item([bare[dash.end() :]]))
    elif _is_signature(closing, bare, names):
        closing.put(PieceKind.SIGNATURE, bare)
        closing.signature.append(bare)
    elif closing.is_closed and closing.items[-1].ended:
        _not_understood(closing, bare)
    else:
        _without_dash(closing, bare, has_dashes=has_dashes, column=column)


def _is_signature(closing: Closing, text: str, names: Sequence[str]) -> bool:
    if CAPACITY.match(text) and is_upper(text):
        return True
    if is_capacity_or_post(text):
        return True
    if any(likeness(text, name) >= 88 for name in names):  # noqa: PLR2004 - one slip in a name
        return True
    if not is_person(text) or starts_with_unit(text) or not closing.after_dashes:
        return False
    if closing.is_closed or not closing.items:
        return True
    return closing.items[-1].ended and bool(closing.signature)


def _without_dash(closing: Closing, text: str, *, has_dashes: bool, column: int) -> None:
    """Join a line without a dash to the item before it, or open an item; say so where in doubt."""
    closing.put(PieceKind.ITEM, text)
    if not closing.items:
        closing.items.append(Item([text]))
        if has_dashes:
            _doubt(closing, text, "Dòng đứng trước danh sách nơi nhận, không có gạch đầu dòng.")
        return
    ended = closing.items[-1].ended
    if not has_dashes and ended and column == 0:
        closing.items.append(Item([text]))
        return
    doubtful = ended and text[:1].isupper()
    if doubtful and closing.items[-1].text.endswith(";"):
        # Lists that end their lines with ";" use "," inside of them: a dash was lost here.
        closing.items.append(Item([text]))
        _doubt(closing, text, "Dòng không có gạch đầu dòng; tạm coi là một nơi nhận riêng.")
        return
    closing.items[-1].parts.append(text)
    if doubtful:
        why = f"Không rõ “{text}” là đơn vị mới hay phần tiếp theo của dòng trên."
        _doubt(closing, closing.items[-1].text, why)


def _not_understood(closing: Closing, text: str) -> None:
    closing.put(PieceKind.UNKNOWN, text)
    _doubt(closing, text, "Không rõ dòng này là nơi nhận hay phần ký.")


def _doubt(closing: Closing, text: str, why: str) -> None:
    closing.unresolved.append(Unresolved(text=text, where="recipients", why=why))
