"""Drafts while they are written, as programs read and write them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from actions.working.body import MOST_COLUMNS, MOST_ITEMS, MOST_ROWS, Body
from actions.working.replacing import OWN
from deadlines.kinds import DeadlineKind
from documents.content import RecipientRole
from portal.api.shapes import LARGEST, Day, Given, Line, Told

Keys = tuple[str, ...]
Cells = Annotated[tuple[str, ...], Field(max_length=MOST_COLUMNS)]
Version = Annotated[int, Field(ge=1, le=LARGEST, description="`version` of the draft as read.")]


class DraftBlock(Given):
    """A heading, a paragraph or a table; what follows a heading belongs to it."""

    kind: Literal["heading", "paragraph", "table"]
    level: Annotated[int, Field(ge=0, le=9, description="Of a heading, from 1 down.")] = 0
    label: Annotated[str, Field(description="Of a heading as printed; `?` is given a number.")] = ""
    text: str = ""
    header: Cells = ()
    rows: Annotated[tuple[Cells, ...], Field(max_length=MOST_ROWS)] = ()


Blocks = Annotated[tuple[DraftBlock, ...], Field(max_length=MOST_ITEMS)]


class DraftAnnex(Given):
    """One annex."""

    label: str = ""
    title: str = ""
    items: Blocks = ()


class DraftLine(Given):
    """One line of the recipient list, with whom it names."""

    raw: str = ""
    role: RecipientRole
    organisations: Keys = ()
    groups: Keys = ()


class DraftTask(Given):
    """One thing that is asked of units; its sentence stands in the text."""

    ref: str = ""
    what: str = ""
    sentence: str = ""
    is_report: bool = False
    deadline_raw: str = ""
    kind: DeadlineKind = DeadlineKind.NO_DEADLINE
    named_date: Day | None = None
    inclusive: bool | None = None
    organisations: Keys = ()
    groups: Keys = ()
    coordinating: Keys = ()
    schedule: Annotated[dict[str, Any], Field(default_factory=dict, max_length=20)]
    reports_through: str | None = None


class DraftText(Given):
    """All that a person writes in the editor; anything may still be missing.

    Read as it is written: what a text may hold is looked at by the deed.
    """

    symbol: str = ""
    parent_issuer: str = ""
    issuer: str = ""
    place: str = ""
    title: str = ""
    urgency: str = ""
    addressees: tuple[str, ...] = ()
    opening: Blocks = ()
    outline: Blocks = ()
    closing: Blocks = ()
    annexes: Annotated[tuple[DraftAnnex, ...], Field(max_length=50)] = ()
    lines: Annotated[tuple[DraftLine, ...], Field(max_length=500)] = ()
    tasks: Annotated[tuple[DraftTask, ...], Field(max_length=200)] = ()
    authority_id: str = ""
    content_reviewer: str = ""
    form_reviewer: str = ""

    def as_kept(self, regime: str, doc_type: str) -> Body:
        """Returns it as deeds take it."""
        values = {"regime": regime, "doc_type": doc_type, **self.model_dump(mode="json")}
        return Body.model_validate(values)

    @classmethod
    def of(cls, body: Body) -> "DraftText":
        """Returns the text of a body."""
        return cls.model_validate(body.model_dump(mode="json", exclude=set(OWN)))


class SavedDraft(Given):
    """The whole text, in place of what stood there."""

    version: Version
    body: DraftText
    attachments: Annotated[
        tuple[Line, ...] | None,
        Field(
            max_length=50,
            description="Names of the files that stay, in their order; all where left out.",
        ),
    ] = None


class DraftFile(Told):
    """A file that travels beside the directive."""

    name: str
    media_type: str
    sha256: str
    size_bytes: int


class DraftDoubt(Told):
    """One thing that was not read surely."""

    index: int
    """Its place in the list; given in `settled`."""
    field: str
    """Given in `fields` to correct it; empty where it has none."""
    label: str
    read: str
    """The words of the file."""
    value: str
    """What the draft has there now."""
    why: str
    settled: bool


class DraftReading(Told):
    """What was read from a file."""

    name: str
    kind: str
    """`text`, `docx`, `pdf`, `image`."""
    media_type: str
    size_bytes: int
    notes: list[str]
    """What was left out on purpose, with the reason."""
    doubts: list[DraftDoubt]


class DraftFault(Told):
    """One thing to look at before the draft is handed in."""

    place: str
    sentence: str
    clause: str
    """The rule it rests on; empty for a rule of this system."""
    stops: bool
    """It must be put right; else it is for the reviewers to judge."""


class BriefDraft(Told):
    """An unfinished draft in a list."""

    id: UUID
    doc_type: str
    title: str
    version: int
    directive_id: UUID | None
    """The directive that it revises; null for a new one."""
    source_name: str | None
    """The file that it was read from."""
    open_doubts: int
    created_at: datetime
    updated_at: datetime


class WholeDraft(BriefDraft):
    """An unfinished draft with what is still missing."""

    regime: str
    body: DraftText
    attachments: list[DraftFile]
    reading: DraftReading | None
    """Null for a draft that began without a file."""
    faults: list[DraftFault]


class KindOffered(Told):
    """A kind of paper that the office writes."""

    name: str
    symbol: str


class AuthorityOffered(Told):
    """One way in which somebody may sign."""

    id: str
    officer_id: str
    name: str
    position: str
    lines: list[str]
    away_until: date | None
    """Last day of an absence that holds today."""


class ReviewerOffered(Told):
    """One officer who may check."""

    id: str
    name: str
    post: str


class Choices(Told):
    """What a draft may name today."""

    kinds: list[KindOffered]
    authorities: list[AuthorityOffered]
    content_reviewers: list[ReviewerOffered]
    form_reviewers: list[ReviewerOffered]
