"""The account of one step: what a revision redefined, and what has been explained of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from signing.judge.changes.rules import RULES, unsure
from signing.judge.changes.shapes import Change, Filled, Kind, Level
from signing.judge.changes.values import same
from signing.judge.file.document import Document
from signing.judge.file.faults import UnsureStructure
from signing.judge.file.objects import Obj, Ref, Text
from signing.judge.file.signatures import SignatureField

_MOST_UNREAD: Final = 4
_MARK: Final = "ITXT"
"""iText writes its version under this key into dictionaries that it rewrites: a string, which
means nothing in any role."""


def _unmarked(one: dict[str, Obj]) -> dict[str, Obj]:
    return {key: value for key, value in one.items() if key != _MARK or not isinstance(value, Text)}


class Account:
    """One revision beside its predecessor.

    Every part of the judgement explains redefined objects; what nobody explained in the end is a
    doubt. A new object needs no explanation: what an accepted key leads to is checked by the part
    that accepts the key, and nothing else can lead to it (see `owners`).
    """

    def __init__(self, document: Document, revision: int, signature: SignatureField | None) -> None:
        self.document = document
        self.data = document.data
        self.revision = revision
        self.before = document.at(revision - 1)
        self.after = document.at(revision)
        self.signature = signature
        """The one that signs this revision."""

        entries = document.revisions[revision].entries
        self.new = {number for number in entries if self.before.entry(number) is None}
        self.redefined = self._redefined(set(entries) - self.new)
        """Numbers whose object is another one now, not explained yet."""

        self.owners: dict[int, int] = {}
        """Numbers that may be named once only, and by whom."""

        self.roles: set[int] = set()
        """Dictionaries that were redefined: they have the keys of one role, so they are no map."""

        self.may_certify = False
        """Its signature is the document's first, which alone may certify."""

        self.sole_catalog = False
        """The catalog must have no other role."""

        self.doubts: list[UnsureStructure] = []
        self.unread = 0
        """How many of them the reader raised."""

        self.level = Level.NOTHING
        self.changes: list[Change] = []
        self.fields: list[Filled] = []
        self.values: list[Change] = []

    def _redefined(self, numbers: set[int]) -> set[int]:
        return {
            number
            for number in numbers
            if self.before.entry(number) != self.after.entry(number)
            and not self._alike(self.before.get(Ref(number)), self.after.get(Ref(number)))
        }

    def _alike(self, before: Obj, after: Obj) -> bool:
        """Whether an object is the same, but for the mark of software that rewrote it."""
        if isinstance(before, dict) and isinstance(after, dict) and _MARK in after:
            before, after = _unmarked(before), _unmarked(after)
        return same(self.data, before, after)

    @property
    def root(self) -> int:
        """Number of the catalog."""
        reference = self.after.trailer.get("Root")
        return reference.number if isinstance(reference, Ref) else 0

    @contextmanager
    def part(self) -> Iterator[None]:
        """One part of the judgement: its doubt is noted, and the other parts go on.

        What must be refused is found so also in a revision that holds something unknown. What
        cannot be read is tried a few times only: it may be long.

        Raises:
            UnsureStructure: too many objects cannot be read.
        """
        try:
            yield
        except UnsureStructure as err:
            self.doubts.append(err)
            self.unread += err.rule not in RULES
            if self.unread > _MOST_UNREAD:
                raise

    def explain(self, value: Obj, *, owner: int | None = None) -> None:
        """Accepts the redefinition of an object that a part has checked.

        Args:
            value: a reference to it; anything else needs no explanation.
            owner: whoever alone may name it, where its kind has more roles than one.
        """
        if isinstance(value, Ref) and value.number in self.redefined:
            self.redefined.discard(value.number)
            if owner is None:
                self.roles.add(value.number)
            else:
                self.own(value.number, owner)

    def own(self, number: int, owner: int) -> None:
        """Demands that an object is named once, by its owner."""
        if self.owners.setdefault(number, owner) != owner:
            raise unsure("one_owner", str(number))

    def is_new(self, value: Obj) -> bool:
        """Whether a value is a reference to an object that this revision makes."""
        return isinstance(value, Ref) and value.number in self.new

    def note(self, kind: Kind, level: Level, detail: str = "") -> None:
        """Reports a change that was accepted."""
        self.changes.append(Change(kind, detail))
        self.level = max(self.level, level)
