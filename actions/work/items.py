"""One thing that waits for a person, and the kinds of them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from models.officer import Role


class Kind(StrEnum):
    """What is waited for. The values stand in addresses of pages."""

    DRAFT = "soan"
    CHECK = "kiem-tra"
    APPROVAL = "phe-duyet"
    OPINION = "y-kien"
    NUMBER = "cap-so"
    SIGNATURE = "ky"
    SEAL = "dong-dau"
    ISSUE = "phat-hanh"
    DELIVERY = "gui-loi"
    REPORT = "bao-cao"
    EXTENSION = "gia-han"
    INCOMING = "den"
    MAIL = "thu"


KIND_OF: Final = {
    "submit": Kind.DRAFT,
    "revise": Kind.DRAFT,
    "check_content": Kind.CHECK,
    "check_form": Kind.CHECK,
    "approve": Kind.APPROVAL,
    "take_number": Kind.NUMBER,
    "sign": Kind.SIGNATURE,
    "seal": Kind.SEAL,
    "issue": Kind.ISSUE,
}
"""Kinds of the steps of a directive, by `actions.progress.NextStep.deed`."""

DIRECTIVE, INCOMING, MESSAGE = "directive", "incoming", "message"
"""What a thing that waits is about, as in `models.work.Claim.about`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What can be claimed: a thing and what is to be done with it."""

    about: str
    """`DIRECTIVE`, `INCOMING` or `MESSAGE`."""
    id: UUID
    step: str
    """The deed that is asked: `take_number`, `report`, `accept`, …"""
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who has taken something up."""

    officer_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that waits for a person."""

    kind: Kind
    subject: Subject
    title: str
    """Number, `Dự thảo`, or who sent it."""
    text: str
    """What it is about: trích yếu, subject of a mail."""
    doc_type: str = ""
    urgency: str | None = None
    words: str
    """What is asked of the reader, one sentence."""
    due: date | None = None
    why_due: str = ""
    """Where the day comes from."""
    since: datetime
    organisation_id: str = ""
    """Whose work it is, where it waits for everybody with a role."""
    roles: frozenset[Role] = frozenset()
    """Whose holders at the organisation may do it; empty where it is one person's."""
    queue: str = ""
    """Name of the queue it lies in; empty where nobody else could do it."""
    holder: Holder | None = None
    """Who has taken it up."""
