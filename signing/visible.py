"""Text of strangers: what could move the cursor or turn the writing is shown as its escape."""

import unicodedata
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Final, TypeVar, cast

T = TypeVar("T")

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, formats (bidirectional marks among them), surrogates, line and paragraph ends."""


def visible(text: str) -> str:
    """Returns the text with every character that cannot be seen written as its escape."""
    if text.isprintable():  # nearly every text, and none of those characters
        return text
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in _HIDDEN else char
        for char in text
    )


def made_visible(value: T) -> T:
    """Returns a frozen dataclass, tuple or text with all texts in it made visible."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return cast("T", visible(value))
    if isinstance(value, tuple):
        return cast("T", tuple(made_visible(one) for one in value))
    if is_dataclass(value) and not isinstance(value, type):
        changed = {one.name: made_visible(getattr(value, one.name)) for one in fields(value)}
        return replace(value, **changed)
    return value
