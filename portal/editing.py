"""The texts of a draft as fields of a form, and back.

Texts only: titles, paragraphs, place. A paragraph from which a task was read, a table and the
recipient list are shown and left as they are: with them days and units would have to be read anew.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from documents.content import DirectiveContent, from_json, to_json

PREFIX: Final = "t:"
"""Before the path of a text, in the names of the form's fields."""
_HEADS: Final = {"title": "Trích yếu", "place": "Nơi ban hành"}
_PARTS: Final = ("opening", "sections", "closing", "annexes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text of a draft."""

    path: str
    """Where it stands in the content: `sections.0.blocks.1.text`."""
    label: str
    text: str
    is_head: bool = False
    """A title, in one line."""
    is_locked: bool = False
    """A task was read from it."""

    @property
    def field(self) -> str:
        """Name of the form's field."""
        return PREFIX + self.path


def texts_of(content: DirectiveContent) -> tuple[Text, ...]:
    """Returns the texts in the order of the page."""
    data = to_json(content)
    heads = (
        Text(path=key, label=label, text=str(data.get(key) or ""), is_head=True)
        for key, label in _HEADS.items()
    )
    bodies = (text for part in _PARTS for text in _walk(data.get(part), part))
    return (*heads, *bodies)


def _walk(value: object, path: str) -> Iterator[Text]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, f"{path}.{index}")
    elif isinstance(value, Mapping):
        if "text" in value:
            yield Text(
                path=f"{path}.text", label="Đoạn văn", text=str(value["text"]),
                is_locked=bool(value.get("mark")),
            )  # fmt: skip
            return
        if value.get("title"):
            yield Text(
                path=f"{path}.title", label=f"Đề mục {value.get('label') or ''}".strip(),
                text=str(value["title"]), is_head=True,
            )  # fmt: skip
        yield from _walk(value.get("blocks"), f"{path}.blocks")


def changed(content: DirectiveContent, given: Mapping[str, str]) -> DirectiveContent:
    """Returns the content with the texts that a form gave; line ends of browsers are folded.

    What is locked or unknown is left alone.

    Raises:
        ContentError: a text is not one that a directive may hold.
    """
    data: dict[str, Any] = deepcopy(dict(to_json(content)))
    for text in texts_of(content):
        new = given.get(text.field)
        if new is not None and not text.is_locked:
            _put(data, text.path, " ".join(new.split()))
    return from_json(data)


def _put(data: Any, path: str, value: str) -> None:  # noqa: ANN401 (plain JSON of every shape)
    *way, last = path.split(".")
    for key in way:
        data = data[int(key)] if isinstance(data, list) else data[key]
    data[last] = value
