"""The fields of a directive as a person corrected them after intake, read from a TOML file."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from actions.draft import Draft, LineReading, TaskReading
from documents.content import (
    DirectiveContent,
    RecipientLine,
    RecipientRole,
    Regime,
    SignatureBlock,
)
from documents.marking import with_marks
from documents.plain import parse_plain
from wiring.stories.script import People
from wiring.stories.shape import Shape, read_shape


class ReviewedSigner(Shape):
    """The signature block."""

    capacity: str
    on_behalf_of: str
    position: str
    name: str
    capacity_lines: tuple[str, ...]
    """As printed above the position."""


class ReviewedRecipient(Shape):
    """One line of the recipient list and what it names."""

    raw: str
    role: RecipientRole
    group: bool = False
    organisations: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class ReviewedTask(Shape):
    """One task and of whom it is asked."""

    ref: str
    what: str
    sentence: str
    is_report: bool = False
    units: tuple[str, ...] = ()
    """As the text names them."""
    deadline_raw: str | None = None
    kind: str
    named_date: date | None = None
    last_allowed_day: date | None = None
    inclusive: bool | None = None
    organisations: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    coordinating: tuple[str, ...] = ()
    schedule: dict[str, Any] = Field(default_factory=dict)
    """When a periodic task comes again, where its words leave that open."""
    reports_through: str | None = None
    """The organisation through which the others report."""


class ReviewedCitation(Shape):
    """A paper that the directive rests on."""

    number_full: str
    date: date


class Reviewed(Shape):
    """Everything a person confirmed or corrected."""

    number_full: str
    """As the paper that came in bears it; the number itself is taken from the series."""
    issue_date: date
    regime: Regime
    doc_type: str
    symbol: str
    issuer: str
    parent_issuer: str
    place: str
    title: str
    header_issuer: str
    """The issuer as the head of the page prints it, below its superior."""
    header_parent: str
    body: Path
    """Plain text of the body, relative to this file."""
    signer: ReviewedSigner
    recipient: tuple[ReviewedRecipient, ...]
    task: tuple[ReviewedTask, ...]
    cited: tuple[ReviewedCitation, ...] = ()


def read_reviewed(path: Path) -> Reviewed:
    """Reads the file; `body` becomes absolute.

    Raises:
        StoryError: it cannot be read or a field is wrong; names the place.
    """
    reviewed = read_shape(path, Reviewed)
    return reviewed.model_copy(update={"body": path.resolve().parent / reviewed.body})


def make_draft(reviewed: Reviewed, people: People, changed: Mapping[str, str]) -> Draft:
    """Turns the reviewed fields into a draft.

    Args:
        reviewed: the fields.
        people: who takes which step.
        changed: fields of the content that this version has otherwise (a first draft's slips).
    """
    fields: dict[str, Any] = {
        "doc_type": reviewed.doc_type,
        "symbol": reviewed.symbol,
        "place": reviewed.place,
        "title": reviewed.title,
        **changed,
    }
    body = parse_plain(reviewed.body.read_text(encoding="utf-8"))
    content = DirectiveContent(
        regime=reviewed.regime,
        issuer=reviewed.header_issuer,
        parent_issuer=reviewed.header_parent,
        opening=body.opening,
        sections=body.sections,
        closing=body.closing,
        recipients=tuple(
            RecipientLine(raw=one.raw, role=one.role, group=one.group) for one in reviewed.recipient
        ),
        signature=SignatureBlock(
            capacity_lines=reviewed.signer.capacity_lines,
            position=reviewed.signer.position.upper(),
            name=reviewed.signer.name,
        ),
        **fields,
    )
    return Draft(
        content=with_marks(content, {one.ref: one.sentence for one in reviewed.task}),
        lines=tuple(_line(one) for one in reviewed.recipient),
        tasks=tuple(_task(one) for one in reviewed.task),
        content_reviewer=people.content_reviewer,
        form_reviewer=people.form_reviewer,
        signatory=people.signatory,
        authority_id=people.authority,
    )


def _line(one: ReviewedRecipient) -> LineReading:
    return LineReading(
        raw=one.raw, role=one.role, organisations=one.organisations, groups=one.groups
    )


def _task(one: ReviewedTask) -> TaskReading:
    return TaskReading(
        ref=one.ref,
        what=one.what,
        sentence=one.sentence,
        is_report=one.is_report,
        deadline_raw=one.deadline_raw,
        kind=one.kind,
        named_date=one.named_date,
        inclusive=one.inclusive,
        organisations=one.organisations,
        groups=one.groups,
        coordinating=one.coordinating,
        schedule=one.schedule,
        reports_through=one.reports_through,
    )
