"""Reviewed plain text into the body of a directive: opening, sections, closing.

Section numbers tell the structure: "I." over "1." over "1.1." over "a)". A numbered line is a
heading when something stands below it and it is short; otherwise its number opens its paragraph.
Nothing is dropped: what stands before the body and from "Nơi nhận" on is handed back as well.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from documents.content import Block, Paragraph, Section, Table
from documents.marking import folded

_ROMAN = re.compile(r"(?P<label>[IVXL]{1,6}\.)(?!\s*\w\.)\s*(?P<rest>.*)")
_LABELS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (0, re.compile(r"(?P<label>(?:Phần|PHẦN)\s+(?:[IVXL]+|thứ \w+)\.?)\s*(?P<rest>.*)")),
    (1, re.compile(r"(?P<label>(?:Chương|CHƯƠNG)\s+[IVXL\d]+\.?)\s*(?P<rest>.*)")),
    (2, re.compile(r"(?P<label>[A-HK]\.)\s+(?P<rest>[^a-zà-ỹ].*)")),
    (3, _ROMAN),
    (4, re.compile(r"(?P<label>(?:Mục|MỤC)\s+\d+\.?)\s*(?P<rest>.*)")),
    (5, re.compile(r"(?P<label>Điều\s+\d+\.)\s*(?P<rest>.*)")),
    (6, re.compile(r"(?P<label>\d{1,2}\.)\s+(?P<rest>.*)")),
    (7, re.compile(r"(?P<label>\d{1,2}\.\d{1,2}\.?)\s+(?P<rest>.*)")),
    (8, re.compile(r"(?P<label>\d{1,2}\.\d{1,2}\.\d{1,2}\.?)\s+(?P<rest>.*)")),
    (9, re.compile(r"(?P<label>[a-zđ]\)|[a-zđ]\.(?=\s+[A-ZĐÀ-Ỹ]))\s+(?P<rest>.*)")),
)
_CLOSING = re.compile(
    r"Trên đây là|Trong quá trình|Quá trình thực hiện|Yêu cầu|Đề nghị|Nhận được|"
    r"(Căn cứ )?(?i:Nghị quyết|Chỉ thị|Kế hoạch|Hướng dẫn|Thông báo|Quy định|Quyết định|Kết luận)"
    r" này|"
    r"[^.;:]{3,80} thông báo (để|đến|tới)"
)
_RECIPIENTS = re.compile(r"Nơi nhận\s*:?\s*$", re.IGNORECASE)
_ADDRESSEES = re.compile(r"Kính gửi\b", re.IGNORECASE)
_RULE = re.compile(r"[-–—_=*.]{3,}|\*")
_TITLE_LINES = 12  # of a long title between two columns, blank ones counted
_NEW_PARAGRAPH = re.compile(r"[-+–•]\s|\(\d+\)")
_HEADING_MAX = 220  # the longest heading seen in issued papers has about 190 characters
_SENTENCE_ENDS = (".", ";", ":", "!", "?", "./.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainBody:
    """The body that was read, and what stands around it."""

    opening: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    closing: tuple[Paragraph, ...]
    before: tuple[str, ...]
    """Paragraphs up to and with the title, when it was given and found, and those of "Kính gửi"."""
    after: tuple[str, ...]
    """Lines from "Nơi nhận" to the end."""


@dataclass(slots=True, kw_only=True)
class _Open:
    """A section that is still being filled."""

    rank: int
    label: str
    title: str
    blocks: list[Block] = field(default_factory=list)

    def closed(self) -> Section:
        return Section(label=self.label, title=self.title, blocks=tuple(self.blocks))


def parse_plain(text: str, *, title: str | None = None) -> PlainBody:
    """Reads reviewed plain text; blank lines part paragraphs, lines of "|" make a table.

    With `title`, everything up to the lines that repeat it goes to `before`; the addressees after
    "Kính gửi" go there too.
    """
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").split("\n")
    body, after = _cut(lines)
    start = _end_of_title(body, title)
    units = _units(body[start:])
    named = _addressees(units)
    before = (*map(_text, _units(body[:start])), *map(_text, units[:named]))
    units = units[named:]
    opening, sections = _structured(units)
    sections, closing = _closing(sections)
    return PlainBody(
        opening=opening, sections=sections, closing=closing, before=before, after=after
    )


def _cut(lines: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Parts the body from the recipient list and the signature below it."""
    for index, line in enumerate(lines):
        if _RECIPIENTS.match(line.strip()):
            return lines[:index], tuple(kept for kept in lines[index:] if kept.strip())
    return lines, ()


def _units(lines: list[str]) -> list[str | Table]:
    """Joins lines to paragraphs, and rows of "|" to tables."""
    units: list[str | Table] = []
    rows: list[str] = []
    fresh = True
    for line in (*map(str.strip, lines), ""):
        if rows and not line.startswith("|"):
            units.append(_table(rows))
            rows = []
        if line.startswith("|"):
            rows.append(line)
        elif line:
            _add(units, line, fresh=fresh)
        fresh = not line or line.startswith("|")
    return units


def _add(units: list[str | Table], line: str, *, fresh: bool) -> None:
    """Adds a line, to the last paragraph if it goes on there."""
    last = units[-1] if units else None
    starts = _NEW_PARAGRAPH.match(line) or _labelled(line)
    # A page break of the source may part a sentence: it then goes on in lower case.
    broken = isinstance(last, str) and line[0].islower() and not last.endswith(_SENTENCE_ENDS)
    if isinstance(last, str) and not starts and (not fresh or broken):
        units[-1] = f"{last} {line}"
    else:
        units.append(line)


def _table(rows: list[str]) -> Table:
    """A table of "|" rows; a row of dashes after the header is passed over."""
    grid = [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows]
    grid = [row for row in grid if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    width = max(map(len, grid), default=0)
    even = [row + ("",) * (width - len(row)) for row in grid]
    return Table(header=even[0] if even else (), rows=tuple(even[1:]))


def _addressees(units: Sequence[str | Table]) -> int:
    """Index after the addressees, which "Kính gửi" opens; 0 where there are none."""
    if not units or not _ADDRESSEES.match(_text(units[0])):
        return 0
    named = 1
    while named < len(units) and _text(units[named]).startswith("- "):
        named += 1
    return named


def _end_of_title(lines: Sequence[str], title: str | None) -> int:
    """Index after the lines of the title and the rule below it; 0 when it is not found.

    It may stand on several lines, and no blank line need part it from what is around it.
    """
    wanted = folded(title or "")
    if not wanted:
        return 0
    for index in range(len(lines)):
        seen = " ".join(lines[max(0, index + 1 - _TITLE_LINES) : index + 1])
        if lines[index].strip() and folded(seen).endswith(wanted):
            return _after_rule(lines, index + 1)
    return 0


def _after_rule(lines: Sequence[str], index: int) -> int:
    """Index after a line of dashes or stars that closes the head; a blank line may precede it."""
    rest = range(index, len(lines))
    first = next((at for at in rest if lines[at].strip()), index)
    is_rule = first < len(lines) and _RULE.fullmatch(lines[first].strip())
    return first + 1 if is_rule else index


def _text(unit: str | Table) -> str:
    """A unit as one line; a table in the header, which no paper has, keeps its words."""
    if isinstance(unit, str):
        return unit
    return " ".join(cell for row in (unit.header, *unit.rows) for cell in row)


def _labelled(text: str) -> tuple[int, str, str] | None:
    """Rank, label and rest of a numbered line."""
    for rank, pattern in _LABELS:
        match = pattern.match(text)
        if match:
            return rank, match["label"], match["rest"].strip()
    return None


def _structured(
    units: list[str | Table],
) -> tuple[tuple[Paragraph, ...], tuple[Section, ...]]:
    opening: list[Paragraph] = []
    roots: list[Section] = []
    stack: list[_Open] = []
    for index, unit in enumerate(units):
        labelled = _labelled(unit) if isinstance(unit, str) else None
        if labelled is not None:
            _close(stack, roots, labelled[0])
            follower = units[index + 1] if index + 1 < len(units) else None
            stack.append(_opened(*labelled, follower))
        elif stack or isinstance(unit, Table):
            stack = stack or [_Open(rank=0, label="", title="")]
            stack[-1].blocks.append(_block(unit))
        else:
            opening.append(Paragraph(text=unit))
    _close(stack, roots, -1)
    return tuple(opening), tuple(roots)


def _block(unit: str | Table) -> Block:
    return Paragraph(text=unit) if isinstance(unit, str) else unit


def _opened(rank: int, label: str, rest: str, follower: str | Table | None) -> _Open:
    if _is_heading(rank, rest, follower):
        return _Open(rank=rank, label=label, title=rest)
    return _Open(rank=rank, label=label, title="", blocks=[Paragraph(text=rest)])


def _is_heading(rank: int, rest: str, follower: str | Table | None) -> bool:
    """Whether a numbered line stands over something, rather than being a paragraph itself."""
    if len(rest) > _HEADING_MAX:
        return False
    if not rest.endswith(_SENTENCE_ENDS) or (rest.endswith(":") and follower is not None):
        return True
    below = _labelled(follower) if isinstance(follower, str) else None
    holds_text = follower is not None and below is None
    return (below is not None and below[0] > rank) or (holds_text and not _closes(follower))


def _closes(unit: str | Table | None) -> bool:
    return isinstance(unit, str) and _CLOSING.match(unit) is not None


def _close(stack: list[_Open], roots: list[Section], rank: int) -> None:
    """Closes the open sections that a new one of this rank ends."""
    while stack and (rank < 0 or stack[-1].rank >= rank):
        done = stack.pop().closed()
        if stack:
            stack[-1].blocks.append(done)
        else:
            roots.append(done)


def _closing(
    sections: tuple[Section, ...],
) -> tuple[tuple[Section, ...], tuple[Paragraph, ...]]:
    """Takes the closing sentences out of the last section, where reading had put them."""
    if not sections:
        return sections, ()
    last, closing = _without_closing(sections[-1])
    return (*sections[:-1], last), closing


def _without_closing(section: Section) -> tuple[Section, tuple[Paragraph, ...]]:
    blocks = section.blocks
    if blocks and isinstance(blocks[-1], Section):
        inner, closing = _without_closing(blocks[-1])
        kept: tuple[Block, ...] = (*blocks[:-1], inner)
        return Section(label=section.label, title=section.title, blocks=kept), closing
    for index in range(1, len(blocks)):
        tail = tuple(block for block in blocks[index:] if isinstance(block, Paragraph))
        if len(tail) == len(blocks) - index and _CLOSING.match(tail[0].text):
            kept = blocks[:index]
            return Section(label=section.label, title=section.title, blocks=kept), tail
    return section, ()
