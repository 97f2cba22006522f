"""Compares values of two revisions. Source: ISO 32000-2, 7.3."""

from __future__ import annotations

from collections.abc import Iterator

from signing.judge.file.objects import Name, Obj, Ref, Stream, Text
from signing.judge.file.text import read_text


def same(data: bytes, one: Obj, other: Obj) -> bool:
    """Whether two values are equal: types, keys in any order, raw bytes of streams.

    Args:
        data: the file that both come from.
        one: a value.
        other: the other one.
    """
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(data, one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, [data] * len(one), one, other))
    if isinstance(one, Stream) and isinstance(other, Stream):
        alike = data[one.start : one.end] == data[other.start : other.end]
        return alike and same(data, one.dictionary, other.dictionary)
    return one == other


def differing(data: bytes, one: dict[str, Obj], other: dict[str, Obj]) -> set[str]:
    """Keys that one of two dictionaries has alone, or that have another value."""
    return {
        key
        for key in one.keys() | other.keys()
        if key not in one or key not in other or not same(data, one[key], other[key])
    }


def references(value: Obj) -> Iterator[int]:
    """Numbers of all references in a value, as often as they stand there."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Ref):
            yield one.number
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, Stream):
            waiting.append(one.dictionary)


def as_text(value: Obj) -> str:
    """A field's value for people; a stream or dictionary shows as nothing."""
    if isinstance(value, Text):
        return read_text(value)
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, list):
        return ", ".join(as_text(one) for one in value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
