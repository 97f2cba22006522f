"""Who names what, in the whole file: the reference scan.

Two things can be told only by looking at every object of every revision:

1. No revision names a number that a later one introduces. Such a reference means nothing when it
   is signed, and anything afterwards.
2. What was redefined in place because its owner has one role is named by this owner alone, once.
3. A dictionary that was redefined by its role is nowhere a map, in which every key is a name of
   something: a page could call its font /V, and draw with it once a signature stands there.

Short objects are not parsed for that: the bytes between one and the next are searched for
references. Spellings that the search does not know (comments inside a reference, digits that touch
the R) make their object be parsed strictly, as long ones are.

Source: Mainka and others: Shadow Attacks (NDSS 2021).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from signing.judge.changes.account import Account
from signing.judge.changes.lexing import is_object, is_value
from signing.judge.changes.rules import refused, unsure
from signing.judge.changes.values import references
from signing.judge.file.document import Document
from signing.judge.file.objects import Obj, Packed, Ref, Stream
from signing.judge.file.parsing import REGULAR, parse
from signing.judge.file.sections import Section

_LONG: Final = 600
"""Bytes; longer objects are mostly streams and signatures: they are parsed."""

_ODD: Final = re.compile(rb"R(?:(?<![0-9] 0 R)(?<=[\0\t\n\f\r 0-9]R)|(?<= R)(?=" + REGULAR + rb"))")
"""An R that may end a reference, but is not spelled `n 0 R`."""

_PLAIN: Final = re.compile(rb"(\d++) 0 R")
_CONTEXT: Final = 24
_FEW: Final = 64
"""So many numbers are looked for one by one."""


class _Piece(NamedTuple):
    """An object whose bytes are searched."""

    owner: int
    revision: int
    offset: int
    """Where it begins, in the file or in a container's data."""

    end: int
    """Where the next one begins."""

    container: bytes | None
    """Decoded object stream that holds it; None where the file does."""


class _Search(NamedTuple):
    """The bytes of all pieces, one behind the other."""

    data: bytes
    starts: list[int]
    """Where each piece begins in it."""

    pieces: list[_Piece]

    def piece(self, at: int) -> _Piece:
        return self.pieces[bisect_right(self.starts, at) - 1]


class Mention(NamedTuple):
    """One reference, and the object that holds it."""

    number: int
    piece: _Piece
    before: bytes = b""
    """What stands before it, a few bytes; empty where the object was parsed."""


_NO_MAP: Final = re.compile(
    rb"(?:[0-9] 0 R|\[|/(?:P|Parent|Pg|Obj|AcroForm|DSS|VRI|StructTreeRoot))[\0\t\n\f\r ]*+\Z"
)
"""Before a reference: it stands in an array, or under a key that is no map's."""

_MAPS: Final = frozenset(
    {"Font", "XObject", "ExtGState", "ColorSpace", "Pattern", "Shading", "Properties"}
    | {"CharProcs", "Colorants", "N", "R", "D"}
)
"""Keys whose value maps names of somebody's choice. ISO 32000-2, 7.8.3, 9.6.4, 12.5.5."""


def check_owners(document: Document, accounts: list[Account]) -> None:
    """Scans the file once for all later revisions.

    Raises:
        RefusedStructure: `object_shared`.
        UnsureStructure: `future_number`, `one_owner`, `one_role`, `overlap`.
    """
    introduced = {number: one.revision for one in reversed(accounts) for number in one.new}
    owners: dict[int, int] = {}
    for one in accounts:
        for number, owner in one.owners.items():
            if owners.setdefault(number, owner) != owner:
                raise unsure("one_owner", str(number))
    catalogs = {one.root for one in accounts if one.sole_catalog}
    roles = {number for one in accounts for number in one.roles}
    wanted = introduced.keys() | owners.keys() | catalogs | roles
    if wanted:
        mentions = list(_mentions(document, wanted))
        _check_catalogs(document, mentions, catalogs)
        _check_future(mentions, introduced)
        _check_sole(document, mentions, owners)
        _check_roles(document, mentions, roles)


def _check_future(mentions: list[Mention], introduced: dict[int, int]) -> None:
    for one in mentions:
        if one.piece.revision < introduced.get(one.number, 0):
            raise unsure("future_number", f"{one.number} in {one.piece.owner}")


def _check_sole(document: Document, mentions: list[Mention], owners: dict[int, int]) -> None:
    """Each version of the owner names it once at most, and nobody else does."""
    found: dict[int, list[_Piece]] = {number: [] for number in owners}
    for one in mentions:
        if one.number in found:
            found[one.number].append(one.piece)
    trailers = {number for one in document.revisions for number in references(dict(one.trailer))}
    for number, pieces in found.items():
        if any(one.owner != owners[number] for one in pieces) or len(set(pieces)) != len(pieces):
            raise unsure("one_owner", str(number))
        if number in trailers:
            raise unsure("one_owner", f"{number} in a trailer")


def _check_catalogs(document: Document, mentions: list[Mention], catalogs: set[int]) -> None:
    """Signatures name the catalog as the data of a transform; nobody else does."""
    for number, piece in {(one.number, one.piece) for one in mentions if one.number in catalogs}:
        if not _transforms(_value(document, piece), number):
            raise refused("object_shared", f"catalog in {piece.owner}")


def _transforms(value: Obj, catalog: int) -> bool:
    """Whether an object names the catalog as /Data of a transform, and nowhere else."""
    if not isinstance(value, dict):
        return False
    if value.get("Type") == "SigRef":
        rest = {key: part for key, part in value.items() if key != "Data"}
    elif "ByteRange" in value:
        rest = {key: part for key, part in value.items() if key != "Reference"}
    else:
        return False
    return catalog not in references(rest)


def _check_roles(document: Document, mentions: list[Mention], roles: set[int]) -> None:
    suspects = {
        (one.number, one.piece)
        for one in mentions
        if one.number in roles and not _NO_MAP.search(one.before)
    }
    for number, piece in suspects:
        if _is_map(_value(document, piece), number):
            raise unsure("one_role", f"{number} in {piece.owner}")


def _is_map(value: Obj, number: int) -> bool:
    """Whether a value takes an object for a map of names, or stands for it."""
    if isinstance(value, Ref):
        return value.number == number
    waiting: list[Obj] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Stream):
            one = one.dictionary
        if isinstance(one, dict):
            if any(
                isinstance(v, Ref) and v.number == number and k in _MAPS for k, v in one.items()
            ):
                return True
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return False


def _mentions(document: Document, wanted: set[int]) -> Iterator[Mention]:
    """Every reference to one of these numbers, in any object of any revision."""
    search, parsed = _searched(document)
    parsed |= {search.piece(found.start()) for found in _ODD.finditer(search.data)}
    for number, at in _plain(search.data, wanted):
        piece = search.piece(at)
        if piece not in parsed:
            yield Mention(number, piece, search.data[max(at - _CONTEXT, 0) : at])
    for piece in parsed:
        for number in references(_value(document, piece)):
            if number in wanted:
                yield Mention(number, piece)


def _plain(data: bytes, wanted: set[int]) -> Iterator[tuple[int, int]]:
    """Number and place of each reference spelled `n 0 R`; n may have zeros before it."""
    if len(wanted) > _FEW:
        for found in _PLAIN.finditer(data):
            if int(found[1]) in wanted:
                yield int(found[1]), found.start()
        return
    for number in wanted:
        spelled = b"%d 0 R" % number
        at = data.find(spelled)
        while at >= 0:
            first = at
            while first and data[first - 1 : first].isdigit():
                first -= 1
            if not data[first:at].strip(b"0"):
                yield number, at
            at = data.find(spelled, at + 1)


def _is_whole(piece: _Piece, data: bytes) -> bool:
    return is_object(data) if piece.container is None else is_value(data)


def _value(document: Document, piece: _Piece) -> Obj:
    """An object, parsed strictly; it ends before the next one begins."""
    if piece.container is None:
        located = document.object_at(piece.offset)
        value, end = located.value, located.end
    else:
        value, end = parse(piece.container, piece.offset)
    if end > piece.end:
        raise unsure("overlap", str(piece.owner))
    return value


def _searched(document: Document) -> tuple[_Search, set[_Piece]]:
    """The bytes of the short objects, and the long ones."""
    parts: list[bytes] = []
    starts: list[int] = []
    pieces: list[_Piece] = []
    long: set[_Piece] = set()
    size = 0
    for piece, data in _pieces(document):
        if len(data) > _LONG or not _is_whole(piece, data):
            long.add(piece)
            continue
        pieces.append(piece)
        starts.append(size)
        parts.append(data)
        size += len(data) + 1
    return _Search(b"\n".join(parts), starts, pieces), long


def _pieces(document: Document) -> Iterator[tuple[_Piece, bytes]]:
    """Every object of every revision, also those that a later one replaced."""
    sections = {
        place
        for each in document.revisions
        for section in each.sections
        for one in _both(section)
        for place in (one.at, one.start)
    }
    places = {
        entry for one in document.revisions for entry in one.entries.values() if type(entry) is int
    }
    bounds = sorted(places | sections | {one.end for one in document.revisions})
    after, size = dict(pairwise(bounds)), len(document.data)
    for revision in document.revisions:
        containers: set[int] = set()
        for number, entry in revision.entries.items():
            if isinstance(entry, Packed):
                containers.add(entry.container)
            elif entry not in sections:
                end = after.get(entry, size)
                piece = _Piece(number, revision.index, entry, end, None)
                yield piece, document.data[entry:end]
        for container in containers:
            yield from _packed(document, revision.index, container)


def _both(section: Section) -> tuple[Section, ...]:
    return (section,) if section.stream is None else (section, section.stream)


def _packed(document: Document, revision: int, number: int) -> Iterator[tuple[_Piece, bytes]]:
    place = document.at(revision).entry(number)
    if not isinstance(place, int):
        raise unsure("container_number", str(number))
    held = document.container(place)
    ends = (*held.starts[1:], len(held.data))
    for owner, start, end in zip(held.numbers, held.starts, ends, strict=True):
        yield _Piece(owner, revision, start, end, held.data), held.data[start:end]
