"""What the editor of a draft shows."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from actions.working.body import Body, Item, Line, Task
from actions.working.choices import (
    Authority,
    Person,
    authorities,
    names_of,
    reviewers,
)
from actions.working.faults import Fault, faults_of
from actions.working.naming import Opened, chosen_at, opened
from actions.working.tasks import DueShown, due_shown, stands
from models.directive import Directive
from models.officer import Role
from models.working import WorkingDraft
from portal.i18n.catalogue import noted

ROLE_WORDS: Final = {
    "action": noted("để thực hiện"),
    "report": noted("để báo cáo"),
    "know": noted("để biết"),
    "as_above": noted("như trên (nơi kính gửi)"),
    "as_article": noted("như điều khoản thi hành"),
    "unmarked": noted("không ghi mục đích"),
    "archive": noted("lưu, không gửi"),
}
"""Why a line is on the list, as a drafter chooses it."""
URGENCIES: Final = ("", "KHẨN", "THƯỢNG KHẨN", "HỎA TỐC")
"""Source: NĐ 30/2020 PL I II.3 and HD 36-HD/VPTW."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownList:
    """One list of blocks with its key and what it is called."""

    key: str
    title: str
    help: str
    items: list[Item]
    has_headings: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTask:
    """One task with what its deadline comes to."""

    task: Task
    due: DueShown
    stands: bool
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """One recipient line with the names of its units."""

    line: Line
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """A draft as the editor shows it."""

    id: UUID
    body: Body
    version: int
    directive: Directive | None
    """The one that is revised."""
    lists: tuple[ShownList, ...]
    annexes: tuple[ShownList, ...]
    lines: tuple[ShownLine, ...]
    tasks: tuple[ShownTask, ...]
    task_of: dict[str, int]
    """Which paragraphs give a task: `b-3` to the number of the task."""
    faults: tuple[Fault, ...]
    opened: Opened
    authorities: tuple[Authority, ...]
    content_reviewers: tuple[Person, ...]
    form_reviewers: tuple[Person, ...]
    may_take_back: bool
    saved: WorkingDraft

    @property
    def stops(self) -> int:
        """How many faults must be put right before the draft can be handed in."""
        return sum(one.stops for one in self.faults)

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was written yet: what is missing then is no fault."""
        return self.version == 1 and not self.body.title and not self.saved.source_sha256

    def faults_at(self, anchor: str) -> list[Fault]:
        """What is wrong at a place of the editor; nothing where nothing was written yet."""
        return [] if self.is_untouched else [one for one in self.faults if one.anchor == anchor]


def editor_of(session: Session, row: WorkingDraft, body: Body, day: date) -> Editor:
    """Returns a draft as the editor shows it.

    Args:
        session: an open look.
        row: the working copy.
        body: what stands in it, or what was typed and not taken.
        day: today.
    """
    office = row.organisation_id
    names = names_of(session)
    return Editor(
        id=row.id,
        body=body,
        version=row.version,
        directive=session.get(Directive, row.directive_id) if row.directive_id else None,
        lists=_lists(body),
        annexes=tuple(
            ShownList(key=f"p{index}", title=one.label, help="", items=one.items, has_headings=True)
            for index, one in enumerate(body.annexes)
        ),
        lines=tuple(
            ShownLine(line=one, units=tuple(names.get(key, key) for key in chosen_at(one)))
            for one in body.lines
        ),
        tasks=tuple(
            ShownTask(
                task=one, due=due_shown(session, one, day), stands=stands(body, one),
                units=tuple(names.get(key, key) for key in chosen_at(one)),
            )
            for one in body.tasks
        ),
        task_of=_places_of_tasks(body),
        faults=faults_of(session, body, day),
        opened=opened(session, body, office, day),
        authorities=authorities(session, office, body.doc_type, day),
        content_reviewers=reviewers(session, office, Role.CONTENT_REVIEWER, day),
        form_reviewers=reviewers(session, office, Role.FORM_REVIEWER, day),
        may_take_back=bool(row.before),
        saved=row,
    )  # fmt: skip


def _lists(body: Body) -> tuple[ShownList, ...]:
    return (
        ShownList(
            key="o", title=noted("Phần mở đầu"), items=body.opening, has_headings=False,
            help=noted("Căn cứ, lý do ban hành."),
        ),
        ShownList(
            key="b", title=noted("Nội dung"), items=body.outline, has_headings=True,
            help=noted("Số của các mục do hệ thống đánh; thêm, bớt, chuyển mục thì số đổi theo."),
        ),
        ShownList(
            key="k", title=noted("Phần kết"), items=body.closing, has_headings=False,
            help=noted("Yêu cầu tổ chức thực hiện, nơi nhận báo cáo."),
        ),
    )  # fmt: skip


def _places_of_tasks(body: Body) -> dict[str, int]:
    found: dict[str, int] = {}
    for anchor, item in body.paragraphs():
        text = " ".join(item.text.split())
        for number, task in enumerate(body.tasks):
            if task.sentence and task.sentence in text:
                found.setdefault(anchor, number)
    return found
