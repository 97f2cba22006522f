"""The parts of a paper: lines with their places, paragraphs put together again, the end block."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from documents.intake.folding import INVISIBLE, UPPER, fold, is_upper

_LIKE_HEADING: Final = 66
_ENDS_HEADING = re.compile(r"\s*\W{0,3}\s*noi ?nhan\s*(?:[:;.,]|$|\W|k ?/|[a-z]{1,2}\.)")
_ARCHIVE = re.compile(r"\s*[-–—•*+~]\s*(?:luu|lu[a-z]|l[a-z]u)\b")
_LONGEST_LIST: Final = 60
_SHORTEST_LIST: Final = 2
_LIST_WIDTH: Final = 110
_ANNEX = re.compile(r"^\s*(?:phu luc|bieu mau|bieu so|mau so|danh muc kem theo|annex)\b")
_RECORD = re.compile(
    r"da ky len van ban|^\s*\[?\s*chu ky so|contactinfo|^\s*(?:date \(m\):\s*)?\d{4}-\d\d-\d\dt\d\d"
    r"|cuc chung thuc so"
)
ROMAN_HEADING = re.compile(r"^\s*[IVXLHl1|T!]{1,5}\s?[.)]\s*(?=\S)")
"""A section number, also as OCR leaves it: "|.", "H.", "I11."."""
_LABEL = re.compile(r"^\s*(?:\d{1,2}(?:\.\d{1,2}){0,3}[.)]|\(\d{1,2}\)\.?|[a-zđ][.)])\s+\S")
_ARTICLE = re.compile(r"^\s*[ĐD]i[ềe]u \d{1,3}[.:]\s")
_DASH = re.compile(r"^\s*[-–—−•·*+~¬»]\s*\S")
_WIDTH_OF_WRAPPED: Final = 0.72
_WRAP_SHARE: Final = 0.25
_FEWEST_PAGES: Final = 2
_EDGE_LINES: Final = 2
_PAGE_NUMBER = re.compile(r"^[-–\s]*\d{1,3}[-–\s]*$")
_GONE: Final = "\x00"
_FIELD_LABEL = re.compile(r"^(?:don vi|co quan|thoi gian|thoi han|chu tri|phoi hop)[^:.]{0,40}:")


@dataclass(frozen=True, slots=True)
class Line:
    """One line and its place in the text."""

    text: str
    """Without the line break."""
    start: int
    """First character in the text."""

    @property
    def end(self) -> int:
        """One past the last character."""
        return self.start + len(self.text)

    @property
    def is_blank(self) -> bool:
        """Whether it holds nothing to read."""
        return not self.text.strip()


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, its wrapped lines joined by spaces."""

    text: str
    """The words."""
    start: int
    """First character in the text."""
    end: int
    """One past the last character."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A text cut into its parts."""

    text: str
    """The text as read, without invisible characters."""
    body: tuple[Line, ...]
    """Lines before "Nơi nhận"."""
    closing: tuple[Line, ...]
    """Lines from "Nơi nhận" up to signature records and annexes."""
    records: tuple[Line, ...]
    """Lines of signature records."""
    annexes: tuple[Line, ...]
    """Lines of annexes."""


def clean(text: str) -> str:
    """Unify line breaks, take out page furniture and characters without a shape."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    return INVISIBLE.sub("", without_furniture(text))


def without_furniture(text: str) -> str:
    """Take out page numbers and lines that head or end several pages; a form feed ends a page."""
    pages = [page.split("\n") for page in text.split("\f")]
    if len(pages) < _FEWEST_PAGES:
        return text
    edges = [{line.strip() for line in (*_edge(page, 1), *_edge(page, -1))} for page in pages]
    seen = Counter(line for edge in edges for line in edge if line)
    for page in pages:
        for step in (1, -1):
            for index in _edge_places(page, step):
                bare = page[index].strip()
                if _PAGE_NUMBER.match(bare) or seen[bare] > 1:
                    page[index] = _GONE
    kept = (line for page in pages for line in page if line != _GONE)
    return "\n".join(kept)


def _edge_places(page: Sequence[str], step: int) -> list[int]:
    places = [i for i, line in enumerate(page) if line.strip()]
    return places[:_EDGE_LINES] if step > 0 else places[-_EDGE_LINES:]


def _edge(page: Sequence[str], step: int) -> list[str]:
    return [page[i] for i in _edge_places(page, step)]


def lines_of(text: str) -> tuple[Line, ...]:
    """Cut a text into lines with their places."""
    at, found = 0, []
    for part in text.split("\n"):
        found.append(Line(part, at))
        at += len(part) + 1
    return tuple(found)


def take_apart(text: str) -> Paper:
    """Find body, end block, signature records and annexes."""
    lines = lines_of(text)
    closing = _closing_at(lines)
    tail = closing if closing is not None else len(lines)
    stop = _first(lines, tail, _is_record)
    annex = _first(lines, tail + 1, _is_annex)
    records_end = annex if annex > stop else len(lines)
    return Paper(
        text=text,
        body=lines[:tail],
        closing=lines[tail : min(stop, annex)],
        records=lines[stop:records_end],
        annexes=lines[annex : stop if stop > annex else len(lines)],
    )


def _closing_at(lines: Sequence[Line]) -> int | None:
    """Return the last line that begins with "Nơi nhận", damaged or not.

    Where the heading is lost altogether, the last list that a line "Lưu …" closes stands for it.
    """
    near = [heading_likeness(lines, i) for i in range(len(lines))]
    best = max(near, default=0.0)
    if best < _LIKE_HEADING:
        return _list_without_heading(lines)
    found = [i for i, likeness in enumerate(near) if likeness == best]
    # A form in an annex may hold a list of its own: the paper's list is the first one.
    return next((i for i in found if _opens_list(lines, i)), found[-1])


def heading_likeness(lines: Sequence[Line], index: int) -> float:
    """Return how much a line looks like the heading "Nơi nhận", 0 to 100.

    A damaged heading counts only with a list behind it.
    """
    folded = fold(lines[index].text)
    letters = re.sub(r"[\W_]", "", folded)
    if letters.startswith("noinhan") and _ENDS_HEADING.match(folded):
        return 100.0
    if _DASH.match(folded) or not _opens_list(lines, index):
        return 0.0
    return max(fuzz.ratio(letters[:length], "noinhan") for length in (6, 7, 8)) - 1


def _opens_list(lines: Sequence[Line], index: int) -> bool:
    following = [line.text for line in lines[index + 1 : index + 4] if not line.is_blank]
    return bool(following) and bool(_DASH.match(following[0]))


def _list_without_heading(lines: Sequence[Line]) -> int | None:
    """Return where the list begins that the archive line closes; None where there is none."""
    archive = [i for i, line in enumerate(lines) if _ARCHIVE.match(fold(line.text))]
    if not archive:
        return None
    at = start = archive[-1]
    while at > 0 and archive[-1] - at < _LONGEST_LIST:
        at -= 1
        text = lines[at].text.strip()
        if _DASH.match(text):
            start = at
        elif re.search(r"[.:!?…/]$", text) or len(text) > _LIST_WIDTH:
            break
    return start if archive[-1] - start >= _SHORTEST_LIST else None


def _first(lines: Sequence[Line], start: int, test: Callable[[Line], bool]) -> int:
    return next((i for i in range(start, len(lines)) if test(lines[i])), len(lines))


def _is_record(line: Line) -> bool:
    return bool(_RECORD.search(fold(line.text)))


def _is_annex(line: Line) -> bool:
    return bool(_ANNEX.match(fold(line.text)))


def blocks_of(lines: Sequence[Line]) -> tuple[Block, ...]:
    """Put the paragraphs of wrapped lines together again."""
    width = _wrap_width(lines)
    shown = wraps_are_shown(lines)
    groups: list[list[Line]] = []
    blank = True
    for line in lines:
        if line.is_blank:
            blank = True
            continue
        if groups and _goes_on(groups[-1], line, blank=blank, width=None if shown else width):
            groups[-1].append(line)
        else:
            groups.append([line])
        blank = False
    return tuple(_joined(group) for group in groups)


def _wrap_width(lines: Sequence[Line]) -> int:
    lengths = sorted(len(line.text.strip()) for line in lines if not line.is_blank)
    return lengths[int(len(lengths) * 0.8)] if lengths else 0


def wraps_are_shown(lines: Sequence[Line]) -> bool:
    """Tell whether wrapped lines keep the space they broke at, as text out of a PDF does."""
    full = [line.text for line in lines if not line.is_blank]
    return sum(text.endswith(" ") for text in full) > _WRAP_SHARE * len(full)


def _goes_on(group: Sequence[Line], line: Line, *, blank: bool, width: int | None) -> bool:
    """Tell whether a line continues the paragraph before it; no width where wraps are shown."""
    before, text = group[-1].text.strip(), line.text.strip()
    if starts_anew(text):
        return False
    joins = text[0].islower() or text[0] == "("
    if blank:
        return joins and not re.search(r"[.:;!?]\)?$", before)
    if width is None:
        return group[-1].text.endswith(" ")
    if is_upper(before) != is_upper(text):
        return False
    short = len(before) < _WIDTH_OF_WRAPPED * width
    return not (short and not joins)


def starts_anew(text: str) -> bool:
    """Tell whether a line opens a paragraph by its own look: a number, a dash, a section."""
    if (
        _LABEL.match(text)
        or _ARTICLE.match(text)
        or _DASH.match(text)
        or _FIELD_LABEL.match(fold(text))
    ):
        return True
    heading = ROMAN_HEADING.match(text)
    return bool(heading) and is_upper(text[heading.end() :] if heading else text)


def _joined(group: Sequence[Line]) -> Block:
    text = " ".join(line.text.strip() for line in group)
    # A symbol broken at the line end ("53-" / "KH/TU") is one word.
    text = re.sub(r"(?<=\d-) (?=[A-ZĐ]{1,4}/)", "", text)
    return Block(re.sub(r"\s+", " ", text), group[0].start, group[-1].end)


def sentences_of(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of the sentences of a paragraph."""
    start = 0
    for match in re.finditer(rf"(?<=[.!?…])\s+(?=[{UPPER}(])", text):
        if re.search(r"(?:\b[A-ZĐ]|\bsố|^\s*\d{1,2}(?:\.\d+)*)\.$", text[start : match.start()]):
            continue  # an initial or the number of the part
        yield start, match.start()
        start = match.end()
    yield start, len(text)
