"""XML that strangers wrote, as a plain tree: no DTD, no entities of theirs, within limits.

The parser is Python's expat. A document type is refused where it begins, so nothing in it is ever
declared, expanded or fetched.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate

from delivery.edxml.errors import EdxmlUnreadableError
from delivery.edxml.message import NAMESPACE

_OURS: Final = frozenset({NAMESPACE, ""})
"""An element of another namespace never counts as one of the message, whatever its name."""
MOST_DEPTH: Final = 40
MOST_NODES: Final = 50_000
LONGEST_TAG: Final = 1 << 20
"""Bytes of one tag or comment; expat holds it whole, and one of 100 MB takes ten seconds."""
_PIECE: Final = 1 << 16
_SEPARATOR: Final = "\n"


@dataclass(slots=True)
class Node:
    """One element."""

    name: str
    """Without a prefix."""
    namespace: str = ""
    parts: list[str] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own characters, trimmed."""
        return "".join(self.parts).strip()

    def first(self, *path: str) -> "Node | None":
        """Returns the first element by names from here downwards, or None."""
        found: Node | None = self
        for name in path:
            if found is None:
                return None
            found = next(iter(found.every(name)), None)
        return found

    def every(self, name: str) -> "list[Node]":
        """Returns all children of a name; none of another namespace."""
        return [one for one in self.children if one.name == name and one.namespace in _OURS]

    def said(self, *path: str) -> str:
        """Returns the text of the first element by names; empty where there is none."""
        found = self.first(*path)
        return found.text if found is not None else ""

    def walk(self) -> "Iterator[Node]":
        """Yields this element and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


class _Builder:
    """Grows the tree while expat reads."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._nodes = 0

    def start(self, name: str, _attributes: object) -> None:
        namespace, _, local = name.rpartition(_SEPARATOR)
        node = Node(local, namespace)
        self._nodes += 1
        if len(self._open) >= MOST_DEPTH or self._nodes > MOST_NODES:
            raise EdxmlUnreadableError("too_large")
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, _name: str) -> None:
        self._open.pop()

    def characters(self, text: str) -> None:
        if self._open:
            self._open[-1].parts.append(text)

    @staticmethod
    def doctype(*_declared: object) -> None:
        raise EdxmlUnreadableError("doctype")


def parse(raw: bytes) -> Node:
    """Returns the root element.

    Raises:
        EdxmlUnreadableError: no XML, a document type, too deep, too many elements.
    """
    builder = _Builder()
    parser = ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = builder.doctype
    try:
        for start in range(0, len(raw), _PIECE):
            parser.Parse(raw[start : start + _PIECE], False)  # noqa: FBT003 (expat takes it by place)
            if start + _PIECE - parser.CurrentByteIndex > LONGEST_TAG:
                raise EdxmlUnreadableError("too_large", f"dòng {parser.CurrentLineNumber}")
        parser.Parse(b"", True)  # noqa: FBT003 (as above)
    except ExpatError as err:
        raise EdxmlUnreadableError("not_xml", f"dòng {err.lineno}") from err
    except (ValueError, LookupError) as err:  # an encoding that is none
        raise EdxmlUnreadableError("not_xml") from err
    if builder.root is None:
        raise EdxmlUnreadableError("not_xml")
    return builder.root
