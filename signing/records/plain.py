"""Frozen data as JSON and back, by the annotations alone; bytes become parts by their SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

Put = Callable[[bytes], str]
"""Keeps bytes; returns their SHA-256 in hexadecimal."""

Get = Callable[[str], bytes]
"""The bytes of that SHA-256."""


def sha256_hex(data: bytes) -> str:
    """SHA-256, 64 lower-case hexadecimal characters."""
    return hashlib.sha256(data).hexdigest()


def to_plain(value: object, put: Put) -> Any:  # noqa: ANN401 (JSON)
    """A value as plain JSON: data classes, tuples, sets, mappings, enums, days, instants.

    Args:
        value: What is kept.
        put: Keeps the bytes in it.

    Raises:
        TypeError: There is something else in it.
    """
    if isinstance(value, bytes):
        return put(value)
    if isinstance(value, date):  # an instant is one too
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if is_dataclass(value):
        return {one.name: to_plain(getattr(value, one.name), put) for one in fields(value)}
    return _collection(value, put)


def _collection(value: object, put: Put) -> Any:  # noqa: ANN401 (JSON)
    if isinstance(value, tuple):
        return [to_plain(one, put) for one in value]
    if isinstance(value, frozenset):
        return sorted(to_plain(one, put) for one in value)
    if isinstance(value, Mapping):
        return {str(key): to_plain(one, put) for key, one in sorted(value.items())}
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(type(value).__name__)


def from_plain(hint: Any, state: Any, get: Get) -> Any:  # noqa: ANN401 (an annotation, and JSON)
    """The value that `to_plain` wrote.

    Args:
        hint: Its annotation.
        state: The JSON.
        get: Gives the bytes of parts.

    Raises:
        ValueError: The JSON is of another shape.
    """
    try:
        return _read(hint, state, get)
    except (TypeError, KeyError, AttributeError) as err:
        raise ValueError(f"another shape: {err}") from err


def _read(hint: Any, state: Any, get: Get) -> Any:  # noqa: ANN401 (same)
    if isinstance(hint, UnionType):
        rest = [one for one in get_args(hint) if one is not type(None)]
        return None if state is None else _read(rest[0], state, get)
    if is_dataclass(hint):
        return _object(cast("type", hint), state, get)
    origin, inner = get_origin(hint) or hint, get_args(hint)
    if origin in {tuple, frozenset}:
        return origin(_read(inner[0], one, get) for one in _as(list, state))
    if origin is Mapping:
        return {key: _read(inner[1], one, get) for key, one in _as(dict, state).items()}
    return _single(hint, state, get)


def _object(kind: type, state: Any, get: Get) -> object:  # noqa: ANN401 (same)
    """A field that an older manifest does not have keeps its default; an unknown one is refused."""
    hints, known = get_type_hints(kind), {one.name: one for one in fields(kind)}
    unknown = set(_as(dict, state)) - set(known)
    missing = [
        name
        for name, one in known.items()
        if name not in state and one.default is MISSING and one.default_factory is MISSING
    ]
    if unknown or missing:
        raise KeyError(*sorted(unknown), *missing)
    return kind(**{name: _read(hints[name], one, get) for name, one in state.items()})


def _single(hint: Any, state: Any, get: Get) -> Any:  # noqa: ANN401 (same)
    if hint is bytes:
        return get(_as(str, state))
    if hint is datetime:
        return _aware(datetime.fromisoformat(state))
    if hint is date:
        return date.fromisoformat(state)
    if hint is timedelta:
        return timedelta(seconds=state)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(state)
    return _as(hint, state)


def _as(kind: type, state: Any) -> Any:  # noqa: ANN401 (same)
    if type(state) is not kind:
        raise TypeError(kind.__name__)
    return state


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise TypeError("naive")
    return moment
