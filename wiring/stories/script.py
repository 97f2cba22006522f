"""The shape of a story file: who decides what when, how channels behave, which unit answers.

The format is explained in `docs/stories.md`. Unknown keys are refused, each with its place.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from wiring.stories.errors import StoryError
from wiring.stories.shape import Shape, read_shape


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("thiếu múi giờ, ví dụ 2022-09-21T13:54:12+07:00")
    return value.astimezone(UTC)


Instant = Annotated[datetime, AfterValidator(_aware)]


class Act(StrEnum):
    """What a person does."""

    DRAFT = "draft"
    SUBMIT = "submit"
    CHECK_CONTENT = "check_content"
    CHECK_FORM = "check_form"
    APPROVE = "approve"
    RETURN = "return"
    REVISE = "revise"
    TAKE_NUMBER = "take_number"
    SIGN = "sign"
    SEAL = "seal"
    ISSUE = "issue"
    ACCEPT_REPORTS = "accept_reports"
    RETURN_REPORTS = "return_reports"
    CONSOLIDATE = "consolidate"
    DRAFT_UPWARDS = "draft_upwards"
    RECALL = "recall"


class People(Shape):
    """Identifiers of officers in the office file."""

    drafter: str
    content_reviewer: str
    form_reviewer: str
    signatory: str
    clerk: str
    follow_up: str
    authority: str
    """Identifier of the signatory's authority in the office file."""


class Step(Shape):
    """One deed of one person at one instant."""

    at: Instant
    who: Literal["drafter", "content_reviewer", "form_reviewer", "signatory", "clerk", "follow_up"]
    does: Act
    reason: str = ""
    """Why: for returns, revisions, numbers typed by hand."""
    pin: str | None = None
    """A PIN to type instead of the right one, to see it refused."""
    changed: dict[str, str] = Field(default_factory=dict)
    """`draft` only: fields of the reviewed content that the first draft got wrong."""
    unit: str | None = None
    """`return_reports` only: whose reports are returned."""
    period: str | None = None
    """`consolidate`, `draft_upwards`: of one period (`2026-Q1`) alone."""
    refused: str | None = None
    """Code of the refusal that must follow, for instance `wrong_state`; the story goes on."""


class Channel(Shape):
    """How a unit's mail server behaves."""

    unit: str
    behaves: Literal["accept", "bounce", "defer", "accept_then_dsn", "silent", "slow"]
    times: int = 2
    """`defer` and `silent`: how often before the message is taken."""
    seconds: float = 0.2
    """`slow`: how long the server takes for each message."""


class AnswerLine(Shape):
    """One figure or sentence of an answer."""

    label: str
    value: str


class Answer(Shape):
    """That a unit reports."""

    unit: str
    at: Instant
    via: Literal["mail", "upload", "edxml"] = "mail"
    given: Literal["good", "broken", "unsigned", "empty", "not_a_pdf", "somebody_else"] = Field(
        "good", alias="with"
    )
    lines: tuple[AnswerLine, ...] = ()


class Status(Shape):
    """That a unit's document system says how far a directive came there (QCVN 102)."""

    unit: str
    at: Instant
    code: Annotated[str, Field(pattern=r"^\d{2}$")]
    description: str = ""


class Consent(Shape):
    """What a unit says to a recall."""

    unit: str
    at: Instant
    agrees: bool = True
    reason: str = ""


class Extension(Shape):
    """That a unit asks for more time, and what the follow-up officer says."""

    unit: str
    task: str
    at: Instant
    until: date
    reason: str
    decided_at: Instant
    granted: bool = True
    answer: str = ""


class Kill(Shape):
    """SIGKILL to the worker in the middle of something; it is started again afterwards."""

    during: Literal["signing", "sealing", "sending", "chasing"]
    after: int = 1
    """`sending`: how many consignments are sent before the kill."""


class Walk(Shape):
    """How the simulated clock walks between the steps."""

    chase_at: str = "08:00"
    """Local time at which `chase-reports` runs each working day after issue."""


class Story(Shape):
    """A whole journey."""

    title: str
    office: str = "demo"
    """`demo` for the built-in office, else the path of an office file."""
    source: Path
    """The text as it came in."""
    reviewed: Path
    """The fields as a person corrected them."""
    starts: Instant
    ends: Instant
    people: People
    step: tuple[Step, ...]
    channel: tuple[Channel, ...] = ()
    answer: tuple[Answer, ...] = ()
    status: tuple[Status, ...] = ()
    consent: tuple[Consent, ...] = ()
    extension: tuple[Extension, ...] = ()
    kill: tuple[Kill, ...] = ()
    walk: Walk = Walk()


def read_story(path: Path) -> Story:
    """Reads a story file; its paths become absolute, relative to the file.

    Raises:
        StoryError: the file cannot be read or says something impossible; names the place.
    """
    story = read_shape(path, Story)
    folder = path.resolve().parent
    office = story.office if story.office == "demo" else str(folder / story.office)
    moved = {"source": folder / story.source, "reviewed": folder / story.reviewed, "office": office}
    _check(story, path)
    return story.model_copy(update=moved)


def _check(story: Story, path: Path) -> None:
    if story.ends <= story.starts:
        raise StoryError(str(path), "ends phải sau starts.")
    instants = [step.at for step in story.step]
    if instants != sorted(instants):
        raise StoryError(str(path), "các bước [[step]] phải theo thứ tự thời gian.")
    timed = [*instants, *(one.at for one in story.answer), *(one.at for one in story.extension)]
    timed += [*(one.at for one in story.status), *(one.at for one in story.consent)]
    if any(not story.starts <= at <= story.ends for at in timed):
        raise StoryError(str(path), "mọi mốc thời gian phải nằm giữa starts và ends.")
