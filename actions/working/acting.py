"""Changes of the structure of a draft: one word per button, `verb:list:index`.

The list is `o` (opening), `b` (parts), `k` (closing), `p0`, `p1`, … (annexes); `l` are recipient
lines, `t` tasks, `a` annexes and `f` files. Texts are not changed here.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from actions.errors import InvalidInputError, Problem
from actions.working.body import (
    MOST_COLUMNS,
    MOST_ITEMS,
    MOST_ROWS,
    Annex,
    Body,
    Item,
    Items,
    Line,
    heading,
    paragraph,
    table,
)
from actions.working.outline import WANTED, move, renumber, subtree
from actions.working.tasks import task_of

_Row = TypeVar("_Row")
DEEPEST: Final = 4
"""Levels of headings that the editor offers: phần, mục, khoản, điểm. Source: NĐ 30/2020 PL I."""
_ACT: Final = re.compile(r"([a-z-]{2,20}):([a-z]\d{0,2}):(-?\d{1,4})")
_MOST_LINES: Final = 500


def act(body: Body, word: str) -> str:
    """Does one change of structure. Returns the anchor of the place to look at afterwards.

    Raises:
        InvalidInputError: there is no such place, or the list would grow too long.
    """
    found = _ACT.fullmatch(word)
    if found is None:
        raise _nowhere()
    verb, key, index = found[1], found[2], int(found[3])
    if key in _ROWS:
        return _ROWS[key](body, verb, index)
    items = body.list_of(key)
    if items is None:
        raise _nowhere()
    if verb == "task":
        return _make_task(body, items, key, index)
    at = _on_items(items, verb, index)
    renumber(items, body.doc_type)
    return f"{key}-{min(at, len(items) - 1)}" if items else f"{key}-cuoi"


def _on_items(items: Items, verb: str, index: int) -> int:
    if verb in _INSERTS:
        return _insert(items, index, _INSERTS[verb](items, index))
    if verb in _CHANGES and 0 <= index < len(items):
        return _CHANGES[verb](items, index)
    raise _nowhere()


def _insert(items: Items, index: int, new: Item) -> int:
    if not -1 <= index < len(items):
        raise _nowhere()
    if len(items) >= MOST_ITEMS:
        raise InvalidInputError(
            Problem(place="Nội dung", reason=f"Đã đủ {MOST_ITEMS} phần. Gộp bớt các đoạn.")
        )
    items.insert(index + 1, new)
    return index + 1


def _level_at(items: Items, index: int) -> int:
    """The level of the heading that governs a place; 0 outside of parts."""
    return next((one.level for one in reversed(items[: index + 1]) if one.kind == "heading"), 0)


_INSERTS: Final[Mapping[str, Callable[[Items, int], Item]]] = {
    "paragraph": lambda _items, _index: paragraph(),
    "table": lambda _items, _index: table(),
    "heading": lambda items, index: heading(max(1, _level_at(items, index)), label=WANTED),
    "subheading": lambda items, index: heading(
        min(DEEPEST, _level_at(items, index) + 1), label=WANTED
    ),
}


def _remove(items: Items, index: int) -> int:
    """A heading goes alone: what stood under it stays and belongs to the one before."""
    del items[index]
    return max(0, index - 1)


def _deeper(items: Items, index: int) -> int:
    return _shift(items, index, 1)


def _higher(items: Items, index: int) -> int:
    return _shift(items, index, -1)


def _shift(items: Items, index: int, by: int) -> int:
    """Moves a heading with its part a level down or up; within what the editor offers."""
    if items[index].kind != "heading":
        raise _nowhere()
    part = [one for one in items[index : subtree(items, index)] if one.kind == "heading"]
    if all(1 <= one.level + by <= DEEPEST for one in part):
        for one in part:
            one.level += by
            one.label = WANTED if one.label else ""
    return index


def _number(items: Items, index: int) -> int:
    """Gives a heading a number, or takes it."""
    items[index].label = "" if items[index].label else WANTED
    return index


def _row_more(items: Items, index: int) -> int:
    one = _table(items, index)
    if len(one.rows) < MOST_ROWS:
        one.rows.append([""] * len(one.header))
    return index


def _row_less(items: Items, index: int) -> int:
    one = _table(items, index)
    if len(one.rows) > 1:
        one.rows.pop()
    return index


def _column_more(items: Items, index: int) -> int:
    one = _table(items, index)
    if len(one.header) < MOST_COLUMNS:
        one.header = [*one.header, ""]
        one.rows = [[*row, ""] for row in one.rows]
    return index


def _column_less(items: Items, index: int) -> int:
    one = _table(items, index)
    if len(one.header) > 1:
        one.header = one.header[:-1]
        one.rows = [row[: len(one.header)] for row in one.rows]
    return index


def _table(items: Items, index: int) -> Item:
    if items[index].kind != "table":
        raise _nowhere()
    return items[index]


_CHANGES: Final[Mapping[str, Callable[[Items, int], int]]] = {
    "up": lambda items, index: move(items, index, -1),
    "down": lambda items, index: move(items, index, 1),
    "out": _remove,
    "deeper": _deeper,
    "higher": _higher,
    "number": _number,
    "row-more": _row_more,
    "row-less": _row_less,
    "column-more": _column_more,
    "column-less": _column_less,
}


def _make_task(body: Body, items: Items, key: str, index: int) -> str:
    if not 0 <= index < len(items) or items[index].kind != "paragraph":
        raise _nowhere()
    if not items[index].text.strip():
        reason = "Đoạn này chưa có chữ. Viết nội dung giao việc trước."
        raise InvalidInputError(Problem(place="Nhiệm vụ", reason=reason))
    body.tasks.append(task_of(body, key, index))
    return f"viec-{len(body.tasks) - 1}"


def _on_lines(body: Body, verb: str, index: int) -> str:
    lines = body.lines
    if verb == "line" and len(lines) < _MOST_LINES:
        # The archive line stays the last one. Source: NĐ 30/2020 PL I II.9.
        at = next((at for at, one in enumerate(lines) if one.role == "archive"), len(lines))
        lines.insert(at, Line(role="action"))
        return f"nhan-{at}"
    if not 0 <= index < len(lines):
        raise _nowhere()
    return f"nhan-{_moved(lines, verb, index)}"


def _on_tasks(body: Body, verb: str, index: int) -> str:
    if not 0 <= index < len(body.tasks):
        raise _nowhere()
    at = _moved(body.tasks, verb, index)
    return f"viec-{at}" if body.tasks else "nhiem-vu"


def _on_annexes(body: Body, verb: str, index: int) -> str:
    if verb == "annex":
        number = len(body.annexes) + 1
        label = f"Phụ lục {number}" if number > 1 else "Phụ lục"
        body.annexes.append(Annex(label=label, items=[paragraph()]))
        return f"p{number - 1}"
    if not 0 <= index < len(body.annexes):
        raise _nowhere()
    _moved(body.annexes, verb, index)
    return "phu-luc"


def _on_files(body: Body, verb: str, index: int) -> str:
    if not 0 <= index < len(body.attachments):
        raise _nowhere()
    _moved(body.attachments, verb, index)
    return "tep-kem"


_ROWS: Final[Mapping[str, Callable[[Body, str, int], str]]] = {
    "l": _on_lines, "t": _on_tasks, "a": _on_annexes,
    "f": _on_files,
}  # fmt: skip


def _moved(rows: list[_Row], verb: str, index: int) -> int:
    """Takes one row out, or a place up or down. Returns where to look afterwards."""
    if verb == "out":
        del rows[index]
        return max(0, index - 1)
    target = {"up": index - 1, "down": index + 1}.get(verb)
    if target is None:
        raise _nowhere()
    if not 0 <= target < len(rows):
        return index
    rows[index], rows[target] = rows[target], rows[index]
    return target


def _nowhere() -> InvalidInputError:
    reason = "Chỗ này không còn trong dự thảo. Tải lại trang rồi làm lại."
    return InvalidInputError(Problem(place="Dự thảo", reason=reason))
