"""What a drafter hands in: the content, and what each recipient line and task was read as."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from documents.content import DirectiveContent, RecipientRole


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReading:
    """One recipient line, with the units and groups that it names."""

    raw: str
    """As printed; equal to the line of the content at the same place."""
    role: RecipientRole
    organisations: tuple[str, ...] = ()
    """Identifiers of organisations that the line names alone."""
    groups: tuple[str, ...] = ()
    """Identifiers of groups that the line names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReading:
    """One thing that the directive asks of units."""

    ref: str
    """Place in the text: `III.2`, `R1`. Each once."""
    what: str
    sentence: str
    """The words of the directive from which it was read."""
    is_report: bool = False
    deadline_raw: str | None = None
    kind: str
    """Kind of deadline, as in the intake contract: before_date, within_month, …"""
    named_date: date | None = None
    inclusive: bool | None = None
    organisations: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    coordinating: tuple[str, ...] = ()
    """Organisations that coordinate (phối hợp); those above lead (chủ trì)."""
    schedule: Mapping[str, Any] = field(default_factory=dict)
    """When a periodic task comes again, as `deadlines.schedule` reads it; empty: by its words."""
    reports_through: str | None = None
    """The organisation through which the others report (qua …)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttachment:
    """A file that travels beside the directive."""

    name: str
    """File name without a folder."""
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One version of a directive before it is signed, and who takes which step with it."""

    content: DirectiveContent
    """Number and date are not taken from here: the registry clerk gives them."""
    lines: tuple[LineReading, ...]
    """As many as the content has recipient lines, in the same order."""
    tasks: tuple[TaskReading, ...] = ()
    content_reviewer: str
    form_reviewer: str
    signatory: str
    authority_id: str
    """The signing authority by which the signatory signs."""
    attachments: tuple[NewAttachment, ...] = ()
