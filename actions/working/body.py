"""What somebody is writing: a directive in pieces that can be edited, also where it is not whole.

Unlike a `Draft`, a body may lack anything: it is what stands in the editor at this instant.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = str
MOST_ITEMS: Final = 1500
"""Parts, paragraphs and tables of one list; more is no directive."""
MOST_COLUMNS: Final = 20
MOST_ROWS: Final = 400


class Piece(BaseModel):
    """A piece of the body; unknown names are an error, never lost in silence."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class Item(Piece):
    """One block of a list: a heading, a paragraph or a table."""

    kind: Literal["heading", "paragraph", "table"]
    level: int = Field(default=0, ge=0, le=9)
    """Of a heading, from 1 down; 0 for the others."""
    label: str = ""
    """Of a heading, as printed: `I.`, `1.`, `Điều 2.`; empty where it bears no number."""
    text: str = ""
    """Title, paragraph or name of the table."""
    header: list[str] = Field(default_factory=list, max_length=MOST_COLUMNS)
    rows: list[list[str]] = Field(default_factory=list, max_length=MOST_ROWS)


Items = list[Item]


class Annex(Piece):
    """One annex."""

    label: str = ""
    title: str = ""
    items: Items = Field(default_factory=list, max_length=MOST_ITEMS)


class Line(Piece):
    """One line of the recipient list."""

    raw: str = ""
    role: Literal["action", "report", "know", "archive", "as_above", "as_article", "unmarked"]
    organisations: list[str] = Field(default_factory=list)
    groups: list[str] = Field(default_factory=list)


class Task(Piece):
    """One thing that is asked of units."""

    ref: str = ""
    what: str = ""
    sentence: str = ""
    is_report: bool = False
    deadline_raw: str = ""
    kind: str = "no_deadline"
    named_date: date | None = None
    inclusive: bool | None = None
    organisations: list[str] = Field(default_factory=list)
    groups: list[str] = Field(default_factory=list)
    coordinating: list[str] = Field(default_factory=list)
    schedule: dict[str, Any] = Field(default_factory=dict)
    reports_through: str | None = None


class Attached(Piece):
    """A file that travels beside the directive; its bytes lie in the archive."""

    name: str
    media_type: str
    sha256: str
    size_bytes: int


class Body(Piece):
    """A directive while it is written."""

    regime: Literal["party", "state"]
    doc_type: str
    symbol: str = ""
    parent_issuer: str = ""
    issuer: str = ""
    place: str = ""
    title: str = ""
    urgency: str = ""
    addressees: list[str] = Field(default_factory=list)
    opening: Items = Field(default_factory=list, max_length=MOST_ITEMS)
    outline: Items = Field(default_factory=list, max_length=MOST_ITEMS)
    closing: Items = Field(default_factory=list, max_length=MOST_ITEMS)
    annexes: list[Annex] = Field(default_factory=list, max_length=50)
    lines: list[Line] = Field(default_factory=list, max_length=500)
    tasks: list[Task] = Field(default_factory=list, max_length=200)
    attachments: list[Attached] = Field(default_factory=list, max_length=50)
    authority_id: str = ""
    content_reviewer: str = ""
    form_reviewer: str = ""

    def lists(self) -> Iterator[tuple[str, Items]]:
        """Every list of items with its key, in the order of the page."""
        yield from (("o", self.opening), ("b", self.outline), ("k", self.closing))
        for index, annex in enumerate(self.annexes):
            yield f"p{index}", annex.items

    def list_of(self, key: str) -> Items | None:
        """Returns the list of items by its key, or None."""
        return dict(self.lists()).get(key)

    def paragraphs(self) -> Iterator[tuple[str, Item]]:
        """Every paragraph of the text proper, with its anchor; annexes give no tasks."""
        for key, items in self.lists():
            if key.startswith("p"):
                continue
            for index, item in enumerate(items):
                if item.kind == "paragraph":
                    yield f"{key}-{index}", item


def paragraph(text: str = "") -> Item:
    """Returns a paragraph."""
    return Item(kind="paragraph", text=text)


def heading(level: int, title: str = "", label: str = "?") -> Item:
    """Returns a heading; the label `?` is given its number by `actions.working.outline`."""
    return Item(kind="heading", level=level, text=title, label=label)


def table(columns: int = 3, rows: int = 2) -> Item:
    """Returns an empty table."""
    return Item(kind="table", header=[""] * columns, rows=[[""] * columns for _ in range(rows)])
