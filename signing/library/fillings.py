"""Number and date of an own directive, where the library judges: as our own judge demands.

The library lets whoever holds a certified document fill its form. Of our own directives only number
and date are filled, once, with the seal (`signing.judge.changes.filling`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from signing.judge.changes.filling import Misfilled, bears_own_names, find_misfilled
from signing.judge.faults import Refused, Unsure
from signing.judge.file.document import open_document
from signing.judge.file.signatures import list_signatures


@dataclass(frozen=True, slots=True)
class Fillings:
    """What later revisions filled in wrongly."""

    wrong: tuple[Misfilled, ...] = ()
    unread: bool = False
    """Our own reader cannot tell; of a file with names of ours then no value may change."""

    def after(self, end: int) -> frozenset[str]:
        """Fields that a revision behind an offset filled in wrongly."""
        return frozenset(name for one in self.wrong if one.end > end for name in one.fields)

    def forbid(self, values: Collection[str], fields: Collection[str]) -> bool:
        """Whether values must not change, whatever a certification allows.

        Args:
            values: names of fields that changed.
            fields: names of the file's signature fields.
        """
        return self.unread and bears_own_names((*values, *fields))


def read_fillings(data: bytes) -> Fillings:
    """Looks through all revisions of a file for changes that an own directive does not allow."""
    try:
        document = open_document(data)
        return Fillings(wrong=find_misfilled(document, list_signatures(document)))
    except (Refused, Unsure):
        return Fillings(unread=True)
