"""What was typed, put into the body: field names are places, fields not sent are left alone.

`h.title` (head) · `b.3.x` (text of item 3 of list `b`) · `b.3.n` (its label) · `b.3.h.2` (column
head) · `b.3.c.1.2` (cell) · `a.0.n`, `a.0.t` (annex) · `l.0.x`, `l.0.r` (recipient line) · `t.0.…`
(task).
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from actions.errors import InvalidInputError, Problem
from actions.working.body import Body, Item, Task
from actions.working.tasks import follow_text, read_deadline
from deadlines.kinds import DeadlineKind
from documents.content import RecipientRole

LONGEST: Final = 20_000
"""Characters of one text."""
_HEADS: Final = (
    "title", "symbol", "place", "urgency", "parent_issuer", "issuer",
    "authority_id", "content_reviewer", "form_reviewer",
)  # fmt: skip
_ITEM: Final = re.compile(r"(o|b|k|p\d{1,2})\.(\d{1,4})\.(x|n|h\.\d{1,2}|c\.\d{1,3}\.\d{1,2})")
_ROW: Final = re.compile(r"([alt])\.(\d{1,3})\.([a-z]{1,8})")
_ROLES: Final = frozenset(str(role) for role in RecipientRole)


def put(body: Body, fields: Mapping[str, str]) -> None:
    """Puts the fields of a form into a body; a place that is not there any more is passed over.

    Raises:
        InvalidInputError: a text is longer than one can be.
    """
    for name, given in fields.items():
        text = _line_ends(given)
        head = name.removeprefix("h.")
        if head != name and head in _HEADS:
            setattr(body, head, " ".join(text.split()))
        elif name == "h.addressees":
            body.addressees = [" ".join(one.split()) for one in text.splitlines() if one.strip()]
        elif found := _ITEM.fullmatch(name):
            _put_item(body, found[1], int(found[2]), found[3], text)
        elif found := _ROW.fullmatch(name):
            _put_row(body, found[1], int(found[2]), found[3], text)


def _line_ends(text: str) -> str:
    if len(text) > LONGEST:
        reason = f"Một đoạn dài hơn {LONGEST} chữ. Tách thành nhiều đoạn."
        raise InvalidInputError(Problem(place=text[:40] + "…", reason=reason))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _put_item(body: Body, key: str, index: int, part: str, text: str) -> None:
    items = body.list_of(key)
    if items is None or index >= len(items):
        return
    item = items[index]
    if part == "x":
        if text != item.text:
            follow_text(body, item, text)
            item.text = text
    elif part == "n":
        item.label = " ".join(text.split())[:40]
    else:
        _put_cell(item, [int(one) for one in part.split(".")[1:]], " ".join(text.split()))


def _put_cell(item: Item, place: list[int], text: str) -> None:
    rows = [item.header] if len(place) == 1 else item.rows
    row, column = (0, place[0]) if len(place) == 1 else (place[0], place[1])
    if row < len(rows) and column < len(rows[row]):
        rows[row][column] = text


def _put_row(body: Body, key: str, index: int, part: str, text: str) -> None:
    if key == "a" and index < len(body.annexes):
        if part in {"n", "t"}:
            setattr(body.annexes[index], {"n": "label", "t": "title"}[part], " ".join(text.split()))
    elif key == "l" and index < len(body.lines):
        if part == "x":
            body.lines[index].raw = " ".join(text.split())
        elif part == "r" and text in _ROLES:
            body.lines[index].role = RecipientRole(text).value
    elif key == "t" and index < len(body.tasks):
        _put_task(body.tasks[index], part, text)


def _put_task(task: Task, part: str, text: str) -> None:
    words = " ".join(text.split())
    if part in {"what", "ref"}:
        setattr(task, part, words)
    elif part == "report":
        task.is_report = words == "1"
    elif part == "raw" and words != task.deadline_raw:
        read_deadline(task, words)
        task.deadline_raw = words
    elif part == "day":
        _put_day(task, words)


def _put_day(task: Task, words: str) -> None:
    """A day that somebody chose goes before what the words were read as."""
    try:
        chosen = date.fromisoformat(words)
    except ValueError:
        return
    if chosen != task.named_date:
        task.kind, task.named_date, task.inclusive = DeadlineKind.BEFORE_DATE.value, chosen, True


def texts_missing(body: Body, fields: Mapping[str, str]) -> list[str]:
    """Returns the texts of a form that stand nowhere in a body, in the form's order.

    For a form whose places are not the body's any more.
    """
    ticked = "1"  # what a box says
    texts = (*all_texts(body), "\n".join(body.addressees), ticked)
    there = {" ".join(text.split()) for text in texts}
    found = (
        text.strip()
        for name, text in fields.items()
        if _ITEM.fullmatch(name) or _ROW.fullmatch(name) or name.startswith("h.")
    )
    return [text for text in dict.fromkeys(found) if text and " ".join(text.split()) not in there]


def all_texts(body: Body) -> Iterator[str]:
    """Yields every text that stands in a body."""

    def walk(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from (text for inner in value.values() for text in walk(inner))
        elif isinstance(value, list):
            yield from (text for inner in value for text in walk(inner))

    yield from walk(body.model_dump(mode="json"))
