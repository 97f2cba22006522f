"""What no honest writer makes: rules that refuse a file before anybody else is asked.

They run for every file that bears a signature, also where our own reader is unsure: the library
passes most of these. Each rule is a function that gives codes of findings.

1. `structure`: an object has one place, revisions lie behind each other, two tables agree.
2. `end`: nothing stands behind the last %%EOF.
3. `rollback`: every startxref names a section that the last one leads to.
4. `byte_range`: a signature leaves out exactly its own value, and ends with its revision.
5. `unreached_signature`: each signature dictionary in the bytes is the value of a field.
6. `hidden_bytes`: behind the first signature every byte belongs to a revision.
7. `redirection`: no revision gives a number a place in the bytes of a later one, and behind the
   first signature none gives it a new place in the bytes of an older one.

Sources: ISO 32000-2, 7.5 and 12.8.1; Mladenov and others, "1 Trillion Dollar Refund" (2019:
signature wrapping, incremental saving, universal forgery); Mainka and others, "Shadow Attacks"
(2021).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from signing.judge.file.bodies import Bodies, Parts, parts_to_search
from signing.judge.file.coverage import gap_contents
from signing.judge.file.document import Document, open_document
from signing.judge.file.faults import RefusedStructure, UnsureStructure
from signing.judge.file.objects import Packed, Ref
from signing.judge.file.parsing import BLANK
from signing.judge.file.revisions import Revision, read_revisions
from signing.judge.file.signatures import Signatures, list_signatures
from signing.judge.file.tiling import hides_bytes, looks_ahead, redirects
from signing.judge.file.traces import (
    bytes_behind_end,
    carries_a_file,
    followed_sections,
    is_blank,
    named_sections,
    range_places,
)
from signing.verdict import Finding, Verdict
from signing.words import finding

_NUMBERS: Final = re.compile(
    rb"/ByteRange" + BLANK + rb"{0,64}+\[" + (BLANK + rb"{0,64}+(\d{1,12}+)") * 4 + BLANK + rb"*+\]"
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as far as our own reader understood it."""

    data: bytes
    document: Document | None = None
    signatures: Signatures | None = None
    refused: RefusedStructure | None = None
    unsure: UnsureStructure | None = None
    """The first thing that is not understood: of what is None above, or of a rule."""

    parts: Parts = ()
    """Where words of structure are looked for."""

    findings: tuple[Finding, ...] = ()
    """Of the rules; empty of a file without any signature."""

    accounted: bool = False
    """Whether every byte behind the first signature is known to belong to its revision: else
    somebody must say that nothing stands there, or doubt the file."""

    @property
    def is_refused(self) -> bool:
        """Whether a finding speaks against the file. There is no second opinion then."""
        return any(one.effect is not Verdict.PASSED for one in self.findings)


def open_and_refuse(data: bytes) -> Opened:
    """Reads a file as far as we are sure of it, and applies every rule. Never raises.

    Args:
        data: the whole file.
    """
    opened = _open(data)
    opened = replace(opened, parts=parts_to_search(data, opened.document))
    if not _bears_a_signature(opened):
        return opened
    codes: dict[str, None] = {}
    opened = replace(opened, accounted=opened.document is not None)
    for rule in RULES:
        try:
            codes.update(dict.fromkeys(rule(opened)))
        except UnsureStructure as err:
            opened = replace(opened, unsure=opened.unsure or err, accounted=False)
    return replace(opened, findings=tuple(finding(code) for code in codes))


def _open(data: bytes) -> Opened:
    document = None
    try:
        document = open_document(data)
        return Opened(data, document, list_signatures(document))
    except RefusedStructure as err:
        return Opened(data, document, refused=err)
    except UnsureStructure as err:
        if err.rule == "encrypted":
            document = Document(data, read_revisions(data, encrypted=True))
        return Opened(data, document, unsure=err)


def _bears_a_signature(opened: Opened) -> bool:
    if opened.signatures is not None and opened.signatures.filled:
        return True
    if next(range_places(opened.data, opened.parts), None) is not None:
        return True
    if opened.document is None:
        return False
    return opened.refused is not None or _packs_a_signature(opened.document)


def _packs_a_signature(document: Document) -> bool:
    """Whether a signature dictionary stands in an object stream: no software signs it there."""
    containers = {
        entry.container
        for one in document.revisions
        for entry in one.entries.values()
        if isinstance(entry, Packed)
    }
    places = {document.newest.entry(one) for one in containers}
    try:
        return any(
            b"/ByteRange" in document.container(place).data
            for place in places
            if isinstance(place, int)
        )
    except UnsureStructure:
        return False  # a damaged stream in a file that shows no signature


def structure(opened: Opened) -> Iterator[str]:
    """An object has one place in a section, revisions do not overlap, a hybrid's tables agree.

    Source: ISO 32000-2, 7.5.4, 7.5.6, 7.5.8.4.
    """
    if opened.refused is not None:
        yield opened.refused.code


def end(opened: Opened) -> Iterator[str]:
    """Nothing stands behind the last startxref and its %%EOF. Source: ISO 32000-2, 7.5.5."""
    rest = bytes_behind_end(opened.data)
    if not is_blank(rest):
        yield "trailing_bytes"
    elif rest or _ends_unsigned(opened):
        yield "trailing_blank"


def _ends_unsigned(opened: Opened) -> bool:
    """Whether a line end that the newest signature left out stands at the end of the file."""
    if opened.document is None or opened.signatures is None or not opened.signatures.filled:
        return False
    last = opened.signatures.filled[-1]
    newest = last.revision == len(opened.document.revisions) - 1
    return newest and last.byte_range is not None and sum(last.byte_range[2:]) < len(opened.data)


def rollback(opened: Opened) -> Iterator[str]:
    """Every startxref names a section that the last one leads to.

    Else the file shows an older state and hides a newer one, or leaves out a signature between two
    others. A linearised file's first end names 0. Source: ISO 32000-2, 7.5.5, annex F.
    """
    document = opened.document
    named = named_sections(opened.data, opened.parts)
    if document is not None:
        reached = {one.at for each in document.revisions for one in each.sections} | {0}
        bodies = Bodies(document)
        hidden = any(names not in reached and not bodies.hold(at) for at, names in named)
    elif followed := followed_sections(opened.data):
        lost = {names for _, names in named} - followed - {0}
        hidden = bool(lost) and not carries_a_file(opened.data)
    else:
        hidden = False
    if hidden:
        yield "revision_unreached"


def byte_range(opened: Opened) -> Iterator[str]:
    """A signature leaves out exactly its own value, and ends with its revision.

    Source: ISO 32000-2, 12.8.1; see `signing.judge.file.coverage`.
    """
    if opened.signatures is not None:
        yield from (one.fault for one in opened.signatures.filled if one.fault)
    elif not carries_a_file(opened.data):
        faults = (_range_fault(opened.data, at) for at in range_places(opened.data, opened.parts))
        yield from islice(filter(None, faults), 1)


def _range_fault(data: bytes, at: int) -> str:
    """What is wrong with a byte range by its numbers and its gap alone."""
    numbers = _NUMBERS.match(data, at)
    if numbers is None:
        return "coverage_partial"
    zero, first, second, length = map(int, numbers.groups())
    contents = gap_contents(data, first, second) if first < second else None
    if second + length > len(data):
        return "saved_anew"
    if zero or contents is None:
        return "coverage_partial"
    return "" if any(contents) else "contents_missing"


def unreached_signature(opened: Opened) -> Iterator[str]:
    """Each signature dictionary in the bytes is the value of a field, or grants usage rights.

    Else a signature was made to vanish, or, where its range is wrong by now, software that knew
    nothing of signatures has saved the file anew. Source: ISO 32000-2, 12.7.5.5, 12.8.2.3.
    """
    if opened.document is None or opened.signatures is None:
        return
    known = {start for one in opened.signatures.filled for start in _said(opened.data, one.place)}
    known.update(_said(opened.data, _usage_rights(opened.document)))
    bodies = Bodies(opened.document)
    places = range_places(opened.data, opened.parts)
    lost = next((at for at in places if at not in known and not bodies.hold(at)), None)
    if lost is None:
        if not opened.signatures.filled and _packs_a_signature(opened.document):
            yield "saved_anew"
    else:
        yield "saved_anew" if _range_fault(opened.data, lost) else "signature_removed"


def _said(data: bytes, place: tuple[int, int]) -> list[int]:
    """Where /ByteRange stands in an object."""
    return list(range_places(data, (place,)))


def _usage_rights(document: Document) -> tuple[int, int]:
    """Where the signature that extends rights in a reader stands: it signs no document."""
    permissions = document.newest.get(document.newest.root.get("Perms"))
    rights = permissions.get("UR3") if isinstance(permissions, dict) else None
    place = document.newest.entry(rights.number) if isinstance(rights, Ref) else None
    if not isinstance(place, int):
        return (0, 0)
    located = document.object_at(place)
    return (located.start, located.end)


def hidden_bytes(opened: Opened) -> Iterator[str]:
    """Behind the first signature every byte belongs to a revision. Source: ISO 32000-2, 7.5.6."""
    if opened.document and any(hides_bytes(opened.document, one) for one in _later(opened)):
        yield "hidden_objects"


def redirection(opened: Opened) -> Iterator[str]:
    """Objects lie in the revision that gives them their place. Source: ISO 32000-2, 7.5.6."""
    if opened.document is None:
        return
    later = _later(opened)
    if looks_ahead(opened.document) or (later and redirects(opened.document, later[0].index)):
        yield "entry_redirected"


def _later(opened: Opened) -> tuple[Revision, ...]:
    """The revisions behind the first signed one."""
    if opened.document is None:
        return ()
    revisions = opened.document.revisions
    if opened.signatures is None:
        return revisions[_first_range(opened, revisions) + 1 :]
    filled = opened.signatures.filled
    return revisions[filled[0].revision + 1 :] if filled else ()


def _first_range(opened: Opened, revisions: tuple[Revision, ...]) -> int:
    """Where the signatures are not understood: the first revision that says /ByteRange."""
    at = next(range_places(opened.data, opened.parts), 0)
    return next((one.index for one in revisions if at < one.end), 0)


RULES: Final[tuple[Callable[[Opened], Iterator[str]], ...]] = (
    structure,
    end,
    rollback,
    byte_range,
    unreached_signature,
    hidden_bytes,
    redirection,
)
"""In the order in which they are applied."""
