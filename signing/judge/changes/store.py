"""The document security store. Source: ETSI EN 319 142-1, 5.4.2.

It is evidence and no content: entries may come, change and go, and are judged by what they say.
"""

from __future__ import annotations

import re
from typing import Final

from signing.judge.changes.account import Account
from signing.judge.changes.rules import unsure
from signing.judge.changes.shapes import Kind, Level
from signing.judge.changes.values import references
from signing.judge.file.objects import Obj, Ref, Stream, Text

_ARRAYS: Final = ("Certs", "OCSPs", "CRLs")
_ENTRY_ARRAYS: Final = ("Cert", "OCSP", "CRL")
_KEYS: Final = frozenset({*_ARRAYS, "Type", "VRI"})
_ENTRY_KEYS: Final = frozenset({*_ENTRY_ARRAYS, "Type", "TU", "TS"})
_ENTRY_NAME: Final = re.compile(r"(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})")
_STREAM_KEYS: Final = frozenset({"Length", "Filter", "DecodeParms", "Type"})
_LONG: Final = 0x80


def check_store(account: Account) -> None:
    """The store keeps its form: a dictionary of it means nothing in any other role.

    Raises:
        UnsureStructure: `store`, `store_streams`, `one_owner`.
    """
    old, new = account.before.root.get("DSS"), account.after.root.get("DSS")
    if new is None and old is None:
        return
    if new == old and not _touched(account):
        return
    after = _dictionary(account.after.get(new), _KEYS)
    before = {} if old is None else _dictionary(account.before.get(old), _KEYS)
    _take(account, old, new)
    holder = _number(new, account.root)
    for key in _ARRAYS:
        _check_array(account, before.get(key), after.get(key), holder)
    _check_entries(account, before.get("VRI"), after.get("VRI"), holder)
    account.note(Kind.EVIDENCE_ADDED, Level.EVIDENCE)


def _touched(account: Account) -> bool:
    """Whether this revision redefines anything at all; then the store is looked through."""
    return bool(account.redefined)


def _take(account: Account, old: Obj, new: Obj) -> None:
    """Accepts a redefined dictionary of the store where it stood before, or in a new place."""
    if isinstance(new, Ref) and old == new:
        account.explain(new)
    elif isinstance(new, Ref) and not account.is_new(new) and new.number in account.redefined:
        raise unsure("store", "another object")


def _dictionary(value: Obj, keys: frozenset[str]) -> dict[str, Obj]:
    if not isinstance(value, dict) or not set(value) <= keys:
        raise unsure("store", "keys")
    return value


def _number(value: Obj, holder: int) -> int:
    return value.number if isinstance(value, Ref) else holder


def _check_array(account: Account, old: Obj, new: Obj, holder: int) -> None:
    """References to streams alone. An array has many roles, so one redefined has one owner."""
    if new is None:
        return
    found = account.after.get(new)
    if not isinstance(found, list):
        raise unsure("store_streams", "no array")
    if isinstance(new, Ref) and new == old:
        account.explain(new, owner=holder)
    former = account.before.get(old)
    known = set(references(former)) if isinstance(former, list) else set()
    for one in found:
        _check_stream(account, one, known=isinstance(one, Ref) and one.number in known)


def _check_stream(account: Account, value: Obj, *, known: bool = False) -> None:
    """A new stream is one DER structure, and no drawing; an old one stays as it was.

    Args:
        account: the step's.
        value: what an array of the store names.
        known: it named it before.
    """
    if not isinstance(value, Ref):
        raise unsure("store_streams", "not by reference")
    if value.number in account.redefined:
        raise unsure("store_streams", f"{value.number} redefined")
    if known:
        return
    stream = account.after.get(value)
    if value.number not in account.new:
        if not isinstance(stream, Stream):
            raise unsure("store_streams", f"{value.number} is no stream")
        return
    if not isinstance(stream, Stream) or not set(stream.dictionary) <= _STREAM_KEYS:
        raise unsure("store_streams", str(value.number))
    if not _is_der(account.document.stream_bytes(stream)):
        raise unsure("store_streams", f"{value.number} is no DER")


def _is_der(data: bytes) -> bool:
    """One SEQUENCE; line ends that a writer left behind it are no part of it."""
    if len(data) < 2 or data[0] != ord("0"):  # noqa: PLR2004 (tag and length)
        return False
    size, at = data[1], 2
    if size >= _LONG:
        at += size - _LONG
        size = int.from_bytes(data[2:at], "big")
    return size + at <= len(data) and not data[at + size :].strip(b"\r\n\0")


def _check_entries(account: Account, old: Obj, new: Obj, holder: int) -> None:
    """/VRI: per signature what belongs to it."""
    if new is None:
        return
    before, after = account.before.get(old), account.after.get(new)
    if not isinstance(after, dict) or not isinstance(before, dict | None):
        raise unsure("store", "VRI")
    _take(account, old, new)
    for name, entry in after.items():
        if name == "Type" and entry == "VRI":
            continue
        if not _ENTRY_NAME.fullmatch(name):
            raise unsure("store", name)
        _check_entry(account, (before or {}).get(name), entry, _number(new, holder))


def _check_entry(account: Account, old: Obj, new: Obj, holder: int) -> None:
    after = _dictionary(account.after.get(new), _ENTRY_KEYS)
    before = _dictionary(account.before.get(old), _ENTRY_KEYS) if old is not None else {}
    if not isinstance(after.get("TU", Text()), Text) or after.get("Type", "VRI") != "VRI":
        raise unsure("store", "VRI entry")
    if isinstance(new, Ref) and new == old and new.number in account.redefined:
        # Its /TS is a stream: whoever takes glyphs from this dictionary would draw it.
        replaced = after.get("TS") != before.get("TS")
        account.explain(new, owner=holder if replaced else None)
    else:
        _take(account, old, new)
    for key in _ENTRY_ARRAYS:
        _check_array(account, before.get(key), after.get(key), _number(new, holder))
    if "TS" in after:
        _check_stream(account, after["TS"])
