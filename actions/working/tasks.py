"""Tasks of a draft: a sentence of the text, its deadline as words and as a day, its units."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from actions.obliging import due_of
from actions.wording import UNPLACED
from actions.working.body import Body, Item, Line, Task
from actions.working.outline import label_path
from deadlines.kinds import DeadlineKind, DeadlinePhrase
from deadlines.phrases import find_phrases
from documents.marking import folded
from models.directive import DirectiveTask

_REPORTS: Final = "báo cáo"
_MARKER: Final = re.compile(r"\s*\([^)]*\)\s*$")
"""The purpose behind a recipient: "(để báo cáo)"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueShown:
    """What the deadline of a task comes to, if the directive were issued today."""

    words: str
    """How it was computed, or what is missing; a sentence."""
    day: date | None
    """The last day in time; None where there is none or it cannot be told."""


def task_of(body: Body, key: str, index: int) -> Task:
    """Returns the task that a paragraph gives; its deadline read from the words.

    Those who act on the recipient list bear it until somebody chooses otherwise; where the sentence
    begins with one of them, only those that it names.
    """
    items = body.list_of(key) or []
    sentence = " ".join(items[index].text.split())
    task = Task(
        ref=free_ref(body, label_path(items, index)),
        what=sentence,
        sentence=sentence,
        is_report=_REPORTS in folded(sentence),
    )
    read_deadline(task, sentence)
    acting = [line for line in body.lines if line.role == "action"]
    named = acting or [line for line in body.lines if line.role != "archive"]
    named = _subjects(sentence, named) or named
    task.organisations = list(dict.fromkeys(one for line in named for one in line.organisations))
    task.groups = list(dict.fromkeys(one for line in named for one in line.groups))
    return task


def _subjects(sentence: str, lines: Sequence[Line]) -> list[Line]:
    """The lines that a sentence names, if it begins with one: "Báo Lâm Đồng, Đài … báo cáo …"."""
    words = folded(sentence)
    named = [(folded(_MARKER.sub("", line.raw)), line) for line in lines]
    named = [(name, line) for name, line in named if name and name in words]
    return [line for _, line in named] if any(words.startswith(name) for name, _ in named) else []


def read_deadline(task: Task, words: str) -> None:
    """Sets kind and day of a task by the words of its deadline; changes it in place."""
    phrase = _dated(words)
    task.deadline_raw = phrase.raw if phrase else words if words != task.sentence else ""
    task.kind = (phrase.kind if phrase else DeadlineKind.NO_DEADLINE).value
    task.named_date = phrase.named_date if phrase else None
    task.inclusive = phrase.inclusive if phrase else None


def _dated(words: str) -> DeadlinePhrase | None:
    phrases = find_phrases(words, issued=None)
    return next((one for one in phrases if one.named_date), phrases[0] if phrases else None)


def due_shown(session: Session, task: Task, day: date) -> DueShown:
    """Returns the day of a task, computed as it will be when the directive is issued.

    Args:
        session: an open look.
        task: the task.
        day: taken as the day of issue, to show what would follow.
    """
    if task.kind == DeadlineKind.NO_DEADLINE:
        return DueShown(words="Không có thời hạn: đơn vị không bị nhắc.", day=None)
    row = DirectiveTask(
        kind=task.kind, deadline_raw=task.deadline_raw, sentence=task.sentence,
        named_date=task.named_date, inclusive=task.inclusive,
    )  # fmt: skip
    due = due_of(session, row, issued=day)
    return DueShown(words=due.explanation, day=due.last_working_day)


def follow_text(body: Body, old: Item, new_text: str) -> None:
    """Lets a task that was the whole of a paragraph go along with the words of that paragraph."""
    before = folded(old.text)
    for task in body.tasks:
        if before and folded(task.sentence) == before:
            words = " ".join(new_text.split())
            if folded(task.what) == before:
                task.what = words
            task.sentence = words
            if task.deadline_raw not in words:
                read_deadline(task, words)


def stands(body: Body, task: Task) -> bool:
    """Tells whether the sentence of a task is still in the text."""
    wanted = folded(task.sentence)
    return bool(wanted) and any(wanted in folded(item.text) for _, item in body.paragraphs())


def free_ref(body: Body, path: str) -> str:
    """Returns how a further task is called: after its place, with a number where that is taken."""
    taken = {task.ref for task in body.tasks}
    base = path or UNPLACED
    candidates = (base, *(f"{base}.{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in candidates if one not in taken)
