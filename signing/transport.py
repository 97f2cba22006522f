"""A report as JSON and back: how it leaves the sandbox, and how the product stores it.

Only plain JSON comes out of the process that touched a stranger's file; nothing in it is executed.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from functools import cache
from math import isfinite
from types import UnionType
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from signing.certificates import CertificateFacts
from signing.outcome import ChangeReport, RevocationNeed, SignatureReport, VerificationReport
from signing.verdict import Finding, Severity, Verdict

_T = TypeVar("_T")
_NAMES: Final[dict[type, tuple[str, ...]]] = {
    shape: tuple(one.name for one in fields(shape))
    for shape in (
        ChangeReport,
        Finding,
        CertificateFacts,
        SignatureReport,
        RevocationNeed,
        VerificationReport,
    )
}


def dump_report(report: VerificationReport) -> str:
    """The whole report; `load_report` gives it back."""
    return json.dumps(report, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    """What JSON knows, one step of it: the rest comes here again."""
    names = _NAMES.get(type(value))
    if names is not None:
        return {name: getattr(value, name) for name in names}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError(type(value).__name__)


def load_report(text: str) -> VerificationReport:
    """The report that `dump_report` wrote.

    Raises:
        ValueError: The text is no such report: no JSON, other fields, or values of another kind.
    """
    try:
        state: dict[str, Any] = json.loads(text)
        state["at"] = datetime.fromisoformat(state["at"])
        state["signatures"] = tuple(_signature(one) for one in state["signatures"])
        state["findings"] = _findings(state["findings"])
        state["needs"] = tuple(_need(one) for one in state.get("needs", ()))
        return _make(VerificationReport, state)
    except (TypeError, KeyError, RecursionError) as err:
        raise ValueError(f"no report: {type(err).__name__}") from err


def _signature(state: dict[str, Any]) -> SignatureReport:
    state["claimed_time"] = _moment(state["claimed_time"])
    state["proven_time"] = _moment(state["proven_time"])
    state["chain"] = tuple(_facts(one) for one in state["chain"])
    state["changes"] = tuple(_make(ChangeReport, one) for one in state["changes"])
    state["findings"] = _findings(state["findings"])
    return _make(SignatureReport, state)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _facts(state: dict[str, Any]) -> CertificateFacts:
    state["not_before"] = datetime.fromisoformat(state["not_before"])
    state["not_after"] = datetime.fromisoformat(state["not_after"])
    state["key_usage"] = frozenset(_usage(one) for one in state["key_usage"])
    return _make(CertificateFacts, state)


def _usage(name: object) -> str:
    return _text(name, "key_usage")


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise TypeError(name)
    value.encode()
    return value


def _need(state: dict[str, Any]) -> RevocationNeed:
    for name in ("certificate", "issuer"):
        state[name] = b64decode(state[name], validate=True)
    for name in ("ocsp_urls", "crl_urls"):
        state[name] = tuple(_text(one, name) for one in state[name])
    return _make(RevocationNeed, state)


def _place(name: object, words: object) -> tuple[str, str]:
    if not isinstance(name, str) or not isinstance(words, str):
        raise TypeError("places")
    for text in (name, words):
        text.encode()
    return name, words


def _findings(states: list[dict[str, Any]]) -> tuple[Finding, ...]:
    return tuple(
        _make(
            Finding,
            {
                "code": one["code"],
                "severity": Severity(one["severity"]),
                "effect": Verdict(one["effect"]),
                "message": one["message"],
                "places": tuple(_place(*pair) for pair in one["places"]),
            },
        )
        for one in states
    )


def _make(kind: Callable[..., _T], state: dict[str, Any]) -> _T:
    """The object, every field of which holds what its annotation says."""
    made = kind(**state)
    for name, types in _kinds(kind):
        value = getattr(made, name)
        found = type(value)
        if found not in types:
            raise TypeError(name)
        if found is str:
            _refuse_halves(value)
        elif not _sound(value):
            raise ValueError(name)
    return made


def _sound(value: object) -> bool:
    """Whether it can be compared: instants are aware, numbers finite."""
    if isinstance(value, datetime):
        return value.tzinfo is not None
    return not isinstance(value, float) or isfinite(value)


def _refuse_halves(text: str) -> None:
    """Half a character cannot be written out."""
    if not text.isascii():
        text.encode()


@cache
def _kinds(kind: Callable[..., object]) -> tuple[tuple[str, tuple[type, ...]], ...]:
    return tuple((name, _types(hint)) for name, hint in get_type_hints(kind).items())


def _types(hint: object) -> tuple[type, ...]:
    """The classes of an annotation; what a tuple holds was made, and so checked, before it."""
    parts = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return tuple(get_origin(part) or part for part in parts)
