"""What a PDF file is made of, as plain Python values. Source: ISO 32000-2, 7.3.

Values are shared and must never be changed by whoever reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias


class Name(str):
    """A name without its slash, `#xx` resolved: `Type`. What is no UTF-8 stands as surrogates."""

    __slots__ = ()


class Text(bytes):
    """A string, literal or hexadecimal, decoded to its bytes."""

    __slots__ = ()


class Ref(NamedTuple):
    """A reference to an indirect object. The generation is always 0: others are not judged."""

    number: int
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream: its dictionary, and where its raw bytes lie in the file."""

    dictionary: dict[str, Obj]
    start: int
    """First raw byte."""

    end: int
    """One past the last raw byte."""


Obj: TypeAlias = "Name | Text | Ref | Stream | dict[str, Obj] | list[Obj] | int | float | None"
"""Any object; bool counts as int for the type checker only."""


class Packed(NamedTuple):
    """The place of an object inside an object stream. Source: ISO 32000-2, 7.5.7."""

    container: int
    """Number of the object stream."""

    position: int
    """Which of its objects, from 0."""


Entry: TypeAlias = int | Packed
"""Where an object lies: its offset in the file, or its place in an object stream."""


class Located(NamedTuple):
    """An indirect object and the bytes that it takes."""

    number: int
    value: Obj
    start: int
    """Offset of the first digit of its number."""

    end: int
    """One past `endobj`."""
