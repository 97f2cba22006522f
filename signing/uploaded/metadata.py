"""What the metadata of an upload says: a tool may say when and by what it saved, and no more.

Nothing of it is drawn on a page, but a title stands over the window, and archives sort by it.
Source: ISO 32000-2, 14.3; ISO 16684-1, 7 (XMP as RDF), 8 (namespaces).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.parsers import expat  # a document type was refused before

from signing.judge.changes.values import differing, same
from signing.judge.file.document import Document, View
from signing.judge.file.faults import UnsureStructure
from signing.judge.file.objects import Obj, Stream, Text
from signing.judge.file.text import read_text

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns# "
_XML: Final = "http://www.w3.org/XML/1998/namespace "
_BASIC: Final = "http://ns.adobe.com/xap/1.0/ "
_TECHNICAL: Final = (
    "http://ns.adobe.com/xap/1.0/mm/ ",  # identifiers, and a history of savings
    "http://www.aiim.org/pdfa/ns/extension/ ",  # which properties there may be
)
_SAVING: Final = frozenset(
    {f"{_BASIC}{one}" for one in ("ModifyDate", "MetadataDate", "CreatorTool")}
    | {"http://ns.adobe.com/pdf/1.3/ Producer"}
)
"""What a tool says of its saving."""

_FORMAT: Final = ("http://purl.org/dc/elements/1.1/ format", ("application/pdf",))
_INFO_SAVING: Final = frozenset({"ModDate", "Producer"})

_Said = Mapping[str, tuple[str, ...]]


def other_words(document: Document, base: int) -> str:
    """What the newest revision says otherwise than what was handed out; empty where nothing.

    Args:
        document: the upload; the judge has looked at its later revision.
        base: index of the last revision that was handed out.

    Raises:
        UnsureStructure: an object cannot be read.
    """
    before, after = document.at(base), document.newest
    changed = _other_info(document, before, after)
    one, other = _packet(before), _packet(after)
    if one != other:
        changed |= _other_properties(_read(one), _read(other))
    return ", ".join(sorted(changed))


def _other_info(document: Document, before: View, after: View) -> set[str]:
    one, other = (view.get(view.trailer.get("Info")) for view in (before, after))
    former, later = (found if isinstance(found, dict) else {} for found in (one, other))
    return {
        key
        for key in differing(document.data, former, later) - _INFO_SAVING
        if not _reads_alike(document, former.get(key), later.get(key))
    }


def _reads_alike(document: Document, one: Obj, other: Obj) -> bool:
    if isinstance(one, Text) and isinstance(other, Text):
        return read_text(one) == read_text(other)
    return same(document.data, one, other)


def _packet(view: View) -> bytes:
    found = view.get(view.root.get("Metadata"))
    return view.stream_bytes(found) if isinstance(found, Stream) else b""


def _other_properties(one: _Said, other: _Said) -> set[str]:
    return {
        name.rsplit(" ", maxsplit=1)[-1]
        for name in one.keys() | other.keys()
        if one.get(name) != other.get(name)
        and name not in _SAVING
        and not name.startswith(_TECHNICAL)
        and not (name not in one and (name, other[name]) == _FORMAT)
    }


def _read(packet: bytes) -> _Said:
    """Each property with the texts in it, however RDF spells it, and in whatever order."""
    reading = _Reading()
    if packet:
        try:
            reading.parser.Parse(packet, True)  # noqa: FBT003 (C function: the last part)
        except expat.ExpatError as err:
            raise UnsureStructure("metadata", "no XML") from err
    return {name: tuple(sorted(texts)) for name, texts in reading.said.items()}


class _Reading:
    """Properties are the elements and attributes of the outer descriptions."""

    def __init__(self) -> None:
        self.said: dict[str, list[str]] = {}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._open: list[str] = []

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._open.append(name)
        own = self._property
        words = own or name == f"{_RDF}Description"
        for key, value in attributes.items():
            if words and " " in key and not key.startswith((_RDF, _XML)):
                self.said.setdefault(own or key, []).append(value)
        if own:
            self.said.setdefault(own, [])

    def _end(self, _: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        if self._property and text.strip():
            self.said[self._property].append(text.strip())

    @property
    def _property(self) -> str:
        """The element below the outer description that is open."""
        if f"{_RDF}Description" not in self._open:
            return ""
        at = self._open.index(f"{_RDF}Description") + 1
        return self._open[at] if len(self._open) > at else ""
