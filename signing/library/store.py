"""The document security store: evidence that others add, renew and clear away, but no content."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from asn1crypto import parser
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    PdfObject,
    Reference,
    StreamObject,
)
from pyhanko.pdf_utils.reader import HistoricalResolver, RawPdfPath
from pyhanko.sign.diff_analysis import SuspiciousModification
from pyhanko.sign.diff_analysis.rules_api import Context, ReferenceUpdate, WhitelistRule
from typing_extensions import TypeIs, override

_STORE_ARRAYS: Final = frozenset({"/Certs", "/OCSPs", "/CRLs"})
_ENTRY_ARRAYS: Final = frozenset({"/Cert", "/OCSP", "/CRL"})
_STORE_KEYS: Final = _STORE_ARRAYS | {"/Type", "/VRI"}
_ENTRY_KEYS: Final = _ENTRY_ARRAYS | {"/Type", "/TU", "/TS"}
_ENTRY_NAME: Final = re.compile(r"/(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})")
"""SHA-1 of the signature in hexadecimal; some write SHA-256."""

_STREAM_KEYS: Final = frozenset({"/Length", "/Filter", "/DecodeParms", "/Type"})
_SEQUENCE: Final = 0x30


class EvidenceStoreRule(WhitelistRule):
    """Entries of the store may be added, changed and removed; its structure is checked.

    1. The store, /VRI and each of its entries are dictionaries with the standard's keys and no
       others, before and after: such keys mean nothing in any other role, so that a dictionary
       which serves two roles changes nothing elsewhere.
    2. Their arrays hold nothing but references to streams; a new stream is one DER structure.
    3. A redefined dictionary or array is explained on its way through the store alone; another
       way that leads to it, from a page say, stays unexplained. Streams are never redefined.
    4. The store as a whole, once there, stays.

    The evidence is then judged by what it says; what is missing is missed there.
    Source: ETSI EN 319 142-1, 5.4.2 (DSS and VRI; entries may be removed when superseded).
    """

    @override
    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        """Explains the changed parts of the store, or raises SuspiciousModification."""
        before, after = _dictionary(old.root, "/DSS"), _dictionary(new.root, "/DSS")
        if before is not None:
            _check_store(before)
            if after is None:
                raise SuspiciousModification("/DSS was removed")
        if after is None:
            return
        _check_store(after)
        for key, parent_before, parent_after, path in _places(old, new):
            yield from _explain(old, key, parent_before, parent_after, path)
        for reference in _streams(after):
            if old.is_ref_unassignable(reference):
                yield from _new_stream(old, new, reference)


_Place = tuple[str, DictionaryObject | None, DictionaryObject, RawPdfPath]


def _places(old: HistoricalResolver, new: HistoricalResolver) -> Iterable[_Place]:
    """Every place of the store where an object may be: key, holder before and after, path."""
    root = RawPdfPath("/Root")
    yield "/DSS", old.root, new.root, root + "/DSS"
    store_before, store = _dictionary(old.root, "/DSS"), _dictionary(new.root, "/DSS")
    if store is None:
        return
    for key in (*_STORE_ARRAYS, "/VRI"):
        yield key, store_before, store, root + "/DSS" + key
    entries_before, entries = _dictionary(store_before, "/VRI"), _dictionary(store, "/VRI")
    for name, entry in _entries(entries):
        path = root + "/DSS" + "/VRI" + name
        yield name, entries_before, entry.holder, path
        for key in _ENTRY_ARRAYS:
            yield key, _dictionary(entries_before, name), entry.value, path + key


def _explain(
    old: HistoricalResolver,
    key: str,
    before: DictionaryObject | None,
    after: DictionaryObject,
    path: RawPdfPath,
) -> Iterable[ReferenceUpdate]:
    value = after.raw_get(key) if key in after else None
    if not isinstance(value, IndirectObject):
        return
    former = before.raw_get(key) if before is not None and key in before else None
    kept = isinstance(former, IndirectObject) and former.reference == value.reference
    if kept or old.is_ref_unassignable(value.reference):
        context = Context.from_absolute(old, path)
        yield ReferenceUpdate(value.reference, context_checked=context)
    # Another old object, unchanged, may be named; if it was changed too, that stays unexplained.


def _new_stream(
    old: HistoricalResolver, new: HistoricalResolver, reference: Reference
) -> Iterable[ReferenceUpdate]:
    stream = new(reference)
    if not set(stream) <= _STREAM_KEYS or not _is_der(stream.data):
        raise SuspiciousModification(f"object {reference.idnum} is no evidence")
    yield ReferenceUpdate(reference)
    length = stream.raw_get("/Length") if "/Length" in stream else None
    if isinstance(length, IndirectObject) and old.is_ref_unassignable(length.reference):
        yield ReferenceUpdate(length.reference)


def _is_der(data: bytes) -> bool:
    """One DER structure; line ends that a writer left behind it are no part of it."""
    try:
        return data[:1] == bytes([_SEQUENCE]) and not data[parser.peek(data) :].strip(b"\r\n\0")
    except ValueError:
        return False


def _check_store(store: DictionaryObject) -> None:
    _check_dictionary(store, _STORE_KEYS, _STORE_ARRAYS)
    for name, entry in _entries(_dictionary(store, "/VRI")):
        if not _ENTRY_NAME.fullmatch(name):
            raise SuspiciousModification("/VRI is not as the standard has it")
        _check_dictionary(entry.value, _ENTRY_KEYS, _ENTRY_ARRAYS)
        stamp = _get(entry.value, "/TS")
        if stamp is not None and not isinstance(stamp, StreamObject):
            raise SuspiciousModification("/TS is no stream")


def _check_dictionary(one: DictionaryObject, keys: frozenset[str], arrays: frozenset[str]) -> None:
    if not set(one) <= keys:
        raise SuspiciousModification("/DSS is not as the standard has it")
    for key in arrays & set(one):
        if not _is_stream_list(one[key]):
            raise SuspiciousModification(f"{key} is no list of streams")


def _is_dictionary(one: object) -> TypeIs[DictionaryObject]:
    return isinstance(one, DictionaryObject) and not isinstance(one, StreamObject)


def _is_stream_list(one: PdfObject) -> bool:
    return isinstance(one, ArrayObject) and all(
        isinstance(one.raw_get(at), IndirectObject) and isinstance(one[at], StreamObject)
        for at in range(len(one))
    )


def _streams(store: DictionaryObject) -> set[Reference]:
    """All streams that a well-formed store names."""
    found = {one for key in _STORE_ARRAYS & set(store) for one in _references(store[key])}
    for _, entry in _entries(_dictionary(store, "/VRI")):
        value = entry.value
        found.update(one for key in _ENTRY_ARRAYS & set(value) for one in _references(value[key]))
        if "/TS" in value and isinstance(value.raw_get("/TS"), IndirectObject):
            found.add(value.raw_get("/TS").reference)
    return found


def _references(array: ArrayObject) -> list[Reference]:
    return [array.raw_get(at).reference for at in range(len(array))]


class _Entry(NamedTuple):
    holder: DictionaryObject
    value: DictionaryObject


def _entries(entries: DictionaryObject | None) -> Iterable[tuple[str, _Entry]]:
    """Name, and dictionary with its holder, of each entry of /VRI."""
    if entries is None:
        return
    for name in entries:
        value = _dictionary(entries, name)
        if value is None:
            raise SuspiciousModification("/VRI is not as the standard has it")
        yield str(name), _Entry(entries, value)


def _dictionary(holder: PdfObject | None, key: str) -> DictionaryObject | None:
    """A dictionary with its reference followed; None where it is absent.

    Raises:
        SuspiciousModification: Something else stands there.
    """
    found = _get(holder, key)
    if found is None or _is_dictionary(found):
        return found
    raise SuspiciousModification(f"{key} is no dictionary")


def _get(holder: PdfObject | None, key: str) -> PdfObject | None:
    """A value with its reference followed; None where it is absent."""
    if not isinstance(holder, DictionaryObject) or key not in holder:
        return None
    found: PdfObject = holder[key]
    return found
