"""What a later revision did, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Level(IntEnum):
    """How far a step goes. Source: ISO 32000-2, table 257 (DocMDP); ETSI EN 319 142-1, 5.4."""

    NOTHING = 0
    """What is shown and what is filled in stays as it was."""

    EVIDENCE = 1
    """Data for long-term validation, and document time stamps that show nothing."""

    FILLING = 2
    """Fields filled in or signed."""


class Kind(StrEnum):
    """What changed, in the words of whoever explains it."""

    SIGNATURE_ADDED = "signature_added"
    TIMESTAMP_ADDED = "timestamp_added"
    FIELD_FILLED = "field_filled"
    VALUE_CHANGED = "value_changed"
    ANNOTATION = "annotation"
    PAGE_CONTENT = "page_content"
    ATTACHMENT = "attachment"
    SCRIPT = "script"
    EVIDENCE_ADDED = "evidence_added"
    METADATA = "metadata"
    FORM = "form"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a revision changed."""

    kind: Kind
    detail: str = ""
    """Of a field its fully qualified name; else the key or the object, as the file has it."""

    old: str = ""
    """The value before, as text; empty where there is none."""

    new: str = ""
    page: int | None = None
    """From 1; None where it is on no page, or that cannot be told."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A signature field that a step made or signed."""

    name: str
    """Fully qualified."""

    is_new: bool
    """The step made the field too."""

    visible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One later revision, compared with the one before it."""

    revision: int
    """Index of the later one."""

    level: Level
    changes: tuple[Change, ...]
    fields: tuple[Filled, ...] = ()
    """Signature fields that were made or signed; at most one is signed."""

    understood: bool = True
    """False of steps that were only observed: no signature allows them."""

    values: tuple[Change, ...] = ()
    """Values of other fields that changed: field, old, new."""

    misfilled: tuple[str, ...] = ()
    """Fields of an own directive that changed otherwise than it allows (`filling`)."""
