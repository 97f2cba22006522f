"""The body as one flat list of headings, paragraphs and tables, and back; numbers of headings.

People edit a list: a heading has a level, what follows belongs to it until the next heading of its
level or above. A directive's content nests its parts instead.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from actions.working.body import Item, Items
from documents.content import Block, Paragraph, Section, Table

UNNUMBERED: Final = ""
WANTED: Final = "?"
"""A label that is still to be given."""
_ROMAN: Final = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_LETTERS: Final = "abcdđeghiklmnopqrstuvxy"
_CAPITALS: Final = "ABCDEGHIKLMNOPQRSTUVXY"
_DEFAULTS: Final[dict[str, tuple[str, ...]]] = {
    "": ("I.", "1.", "a)"),
    "quyết định": ("Điều 1.", "1.", "a)"),
    "quy định": ("Điều 1.", "1.", "a)"),
    "quy chế": ("Điều 1.", "1.", "a)"),
    "công văn": ("1.", "a)"),
    "thông báo": ("1.", "a)"),
    "kết luận": ("1.", "a)"),
    "chỉ thị": ("1.", "a)"),
}
"""How the levels are numbered in papers of a kind. Source: NĐ 30/2020 PL I II.6; issued papers."""


@dataclass(slots=True)
class _Open:
    level: int
    item: Item
    blocks: list[Block]


Placed = Callable[[Block, str], None]
"""Told of each block that was made, and of the anchor it came from."""


def _nowhere(_block: Block, _anchor: str) -> None:
    """Nobody wants to know."""


def nested(items: Sequence[Item], key: str, placed: Placed = _nowhere) -> tuple[Block, ...]:
    """Returns the blocks of a list; empty paragraphs are left out, line ends part paragraphs."""
    roots: list[Block] = []
    stack: list[_Open] = []

    def close(level: int) -> None:
        while stack and stack[-1].level >= level:
            done = stack.pop()
            section = Section(
                label=_tidy(done.item.label), title=_tidy(done.item.text),
                blocks=tuple(done.blocks),
            )  # fmt: skip
            placed(section, f"{key}-{next(i for i, one in enumerate(items) if one is done.item)}")
            (stack[-1].blocks if stack else roots).append(section)

    for index, item in enumerate(items):
        if item.kind == "heading":
            close(item.level)
            stack.append(_Open(item.level, item, []))
            continue
        target = stack[-1].blocks if stack else roots
        for block in _blocks(item):
            placed(block, f"{key}-{index}")
            target.append(block)
    close(0)
    return tuple(roots)


def _blocks(item: Item) -> Iterator[Block]:
    if item.kind == "table":
        yield Table(
            header=tuple(map(_tidy, item.header)),
            rows=tuple(tuple(map(_tidy, row)) for row in item.rows),
            caption=_tidy(item.text) or None,
        )
        return
    for line in item.text.splitlines():
        if _tidy(line):
            yield Paragraph(text=_tidy(line))


def flat(blocks: Iterable[Block], level: int = 1) -> Items:
    """Returns blocks as a list; a part without number and heading adds no line of its own."""
    items: Items = []
    for block in blocks:
        if isinstance(block, Paragraph):
            items.append(Item(kind="paragraph", text=block.text))
        elif isinstance(block, Table):
            items.append(
                Item(
                    kind="table", text=block.caption or "", header=list(block.header),
                    rows=[list(row) for row in block.rows],
                )
            )  # fmt: skip
        elif block.label or block.title:
            items.append(Item(kind="heading", level=level, label=block.label, text=block.title))
            items += flat(block.blocks, level + 1)
        else:
            items += flat(block.blocks, level)
    return items


def renumber(items: Items, doc_type: str, *, whole: bool = False) -> None:
    """Gives headings their numbers, each level in the shape that it has or that the kind asks for.

    Args:
        items: the list; changed in place.
        doc_type: the kind of paper.
        whole: also headings that bear no number.
    """
    shapes = _shapes(items, doc_type)
    counts: dict[int, int] = {}
    labels: dict[int, str] = {}
    for item in items:
        if item.kind != "heading" or (item.label == UNNUMBERED and not whole):
            continue
        for deeper in [level for level in counts if level > item.level]:
            del counts[deeper]
        counts[item.level] = counts.get(item.level, 0) + 1
        above = labels.get(item.level - 1, "")
        item.label = labels[item.level] = _label(shapes[item.level], counts[item.level], above)


def _shapes(items: Items, doc_type: str) -> dict[int, str]:
    """The shape of each level: that of its first numbered heading, else the usual one."""
    usual = _DEFAULTS.get(doc_type.strip().casefold(), _DEFAULTS[""])
    found = {level: usual[min(level, len(usual)) - 1] for level in range(1, 10)}
    seen: set[int] = set()
    for item in items:
        if item.kind == "heading" and item.level not in seen and item.label not in {"", WANTED}:
            seen.add(item.level)
            found[item.level] = item.label.strip()
    return found


def _label(shape: str, number: int, above: str) -> str:
    """Returns the label of the number-th heading of a level whose first one looks like `shape`."""
    if re.fullmatch(r"(\d+\.)+\d+\.?", shape) and re.search(r"\d", above):
        end = "." if shape.endswith(".") else ""
        return f"{above.rstrip('.')}.{number}{end}"
    for pattern, counted in _COUNTED:
        found = pattern.search(shape)
        if found:
            return shape[: found.start()] + counted(number) + shape[found.end() :]
    return f"{number}."


def _roman(number: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        while number >= value:
            text += sign
            number -= value
    return text


def _letter(number: int) -> str:
    return _LETTERS[(number - 1) % len(_LETTERS)]


def _capital(number: int) -> str:
    return _CAPITALS[(number - 1) % len(_CAPITALS)]


_COUNTED: Final[tuple[tuple[re.Pattern[str], Callable[[int], str]], ...]] = (
    (re.compile(r"^[IVXL]+(?=\.?$)"), _roman),
    (re.compile(r"^[a-zđ](?=[).]$)"), _letter),
    (re.compile(r"^[A-HK](?=\.$)"), _capital),
    (re.compile(r"\d+(?=\D*$)"), str),
    (re.compile(r"\b[IVXL]+\b(?=\W*$)"), _roman),
)
"""What counts in a label, the first that is found."""


def label_path(items: Sequence[Item], index: int) -> str:
    """Returns the place of an item by the numbers above it: `III.2`; empty outside of parts."""
    path: list[str] = []
    level = 10
    for item in reversed(items[: index + 1]):
        if item.kind == "heading" and item.level < level:
            level = item.level
            if item.label:
                path.insert(0, item.label.strip().rstrip(".)"))
    return ".".join(path)


def subtree(items: Sequence[Item], index: int) -> int:
    """Returns one past the last item that goes with an item: a heading takes its part with it."""
    item = items[index]
    if item.kind != "heading":
        return index + 1
    end = index + 1
    while end < len(items) and not (
        items[end].kind == "heading" and items[end].level <= item.level
    ):
        end += 1
    return end


def move(items: Items, index: int, by: int) -> int:
    """Moves an item up (-1) or down (1), a heading with its part. Returns where it now stands."""
    end = subtree(items, index)
    taken = items[index:end]
    if by < 0 and index > 0:
        target = index - 1
        if taken[0].kind == "heading":
            while target > 0 and not (
                items[target].kind == "heading" and items[target].level <= taken[0].level
            ):
                target -= 1
    elif by > 0 and end < len(items):
        after = subtree(items, end) if taken[0].kind == "heading" else end + 1
        target = after - len(taken)
    else:
        return index
    del items[index:end]
    items[target:target] = taken
    return target


def _tidy(text: str) -> str:
    return " ".join(text.split())
