"""Metadata of the document: XMP. Source: ISO 32000-2, 14.3.2; ISO 16684-1 (XMP)."""

from __future__ import annotations

import re
from typing import Final, NoReturn
from xml.parsers import expat  # a document type is refused before it is read

from signing.judge.changes.account import Account
from signing.judge.changes.rules import refused, unsure
from signing.judge.changes.shapes import Kind, Level
from signing.judge.file.objects import Obj, Ref, Stream

_KEYS: Final = frozenset({"Type", "Subtype", "Length", "Filter", "DecodeParms"})
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*")
_NESTED: Final = (
    "adobe:ns:meta/ xmpmeta",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns# RDF",
)
"""The outermost elements; the first one may be left out."""


def check_metadata(account: Account) -> None:
    """The catalog names one XMP stream, before and after; nobody else does.

    Who could draw it, draws what it says: so it has one owner, and the catalog no other role (a
    font may take its glyphs from the catalog, and call for the one named /Metadata).

    Raises:
        RefusedStructure: `metadata_unsafe`.
        UnsureStructure: `metadata`, `one_owner`.
    """
    old, new = account.before.root.get("Metadata"), account.after.root.get("Metadata")
    if new == old and not (isinstance(new, Ref) and new.number in account.redefined):
        return
    if not isinstance(new, Ref) or (new != old and not account.is_new(new)):
        raise unsure("metadata")
    if old is not None:
        _check_xmp(account, account.before.get(old), refuse=False)
    _check_xmp(account, account.after.get(new), refuse=True)
    account.explain(new, owner=account.root)
    account.sole_catalog = True
    account.note(Kind.METADATA, Level.EVIDENCE, "XMP")


def _check_xmp(account: Account, value: Obj, *, refuse: bool) -> None:
    if not isinstance(value, Stream):
        raise unsure("metadata", "no stream")
    keys = value.dictionary
    if refuse and keys.get("Subtype", "XML") != "XML":
        raise refused("metadata_unsafe", str(keys.get("Subtype")))
    if not set(keys) <= _KEYS or keys.get("Type", "Metadata") != "Metadata":
        raise unsure("metadata", "keys")
    _read(account.document.stream_bytes(value))


def _read(packet: bytes) -> None:
    names: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_document_type

    def note_name(name: str, _: object) -> None:
        if len(names) < len(_NESTED):
            names.append(name)

    parser.StartElementHandler = note_name
    parser.StartNamespaceDeclHandler = _check_namespace
    try:
        parser.Parse(packet, True)  # noqa: FBT003 (C function: the last part)
    except expat.ExpatError as err:
        raise unsure("metadata", "no XML") from err
    if tuple(names) != _NESTED and names[:1] != [_NESTED[1]]:
        raise unsure("metadata", ", ".join(names))


def _check_namespace(_: str | None, name: str | None) -> None:
    """Source: Namespaces in XML 1.0, 2.3: it is a URI."""
    if name is not None and not _URI.fullmatch(name):
        raise unsure("metadata", "a namespace that is no URI")


def _refuse_document_type(*_: object) -> NoReturn:
    raise refused("metadata_unsafe", "DTD")
