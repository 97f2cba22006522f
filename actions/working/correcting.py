"""What was read from a file is put right: fields that were doubted, doubts that are settled."""

import uuid
from collections.abc import Mapping
from typing import Any

from actions.auditing import Actor
from actions.desk import Desk
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.working.body import Body
from actions.working.importing import reading_of, settle
from actions.working.keeping import Save, body_of, save, working_draft
from actions.working.reading import Doubt, Reading
from actions.working.typed import put
from models.working import WorkingDraft


def reading_in(row: WorkingDraft) -> Reading:
    """Returns what was read from the file of a working copy.

    Raises:
        NotFoundError: it began without one.
    """
    reading = reading_of(row)
    if reading is None:
        raise NotFoundError("tệp gốc của dự thảo", row.id)
    return reading


def value_at(body: Body, field: str) -> str:
    """Returns what a draft has at a field, as `actions.working.typed` names it."""
    head, _, rest = field.partition(".")
    if head == "h":
        found: Any = getattr(body, rest, "")
        return "\n".join(found) if isinstance(found, list) else str(found)
    index, _, part = rest.partition(".")
    at = int(index) if index.isdigit() else -1
    if head == "l" and 0 <= at < len(body.lines):
        return body.lines[at].raw
    if head == "t" and 0 <= at < len(body.tasks):
        return body.tasks[at].deadline_raw if part == "raw" else body.tasks[at].what
    items = body.list_of(head) or []
    return items[at].text if 0 <= at < len(items) else ""


def correct(
    desk: Desk,
    actor: Actor,
    key: uuid.UUID,
    fields: Mapping[str, str],
    *,
    settled: frozenset[int],
    seen: int,
) -> list[Doubt]:
    """Puts fields that were doubted right; who corrects a field has settled its doubt.

    Args:
        desk: the tools.
        actor: whose copy it is.
        key: of the copy.
        fields: words by field, as doubts name them; those that stand already change nothing.
        settled: further doubts, by their place in the list, that are right as they stand.
        seen: the version that was looked at; asked for only where a field changes.

    Returns the doubts that are still open.

    Raises:
        NotFoundError: there is no such copy of the actor's, or it began without a file.
        StaleRevisionError: it was saved in between.
        InvalidInputError: nobody doubts such a field, or there is no such doubt.
    """
    with desk.database.reading() as session:
        row = working_draft(session, actor, key)
    doubts = reading_in(row).doubts
    problems = [
        *(
            Problem(place=name[:80], reason="không phải chỗ cần xem lại của dự thảo này.")
            for name in sorted(set(fields) - {one.field for one in doubts if one.field})
        ),
        *(
            Problem(place=f"Chỗ cần xem lại số {at}", reason="không có; tải lại dự thảo rồi xem.")
            for at in sorted(settled)
            if not 0 <= at < len(doubts)
        ),
    ]
    if problems:
        raise InvalidInputError(*problems)
    body = body_of(row)
    changed = {
        name: text
        for name, text in fields.items()
        if text.replace("\r\n", "\n").strip() != value_at(body, name).strip()
    }
    if changed:
        save(desk, actor, key, lambda body: put(body, changed), Save(version=seen))
    answered = {at for at, one in enumerate(doubts) if one.field in changed}
    return settle(desk, actor, key, settled | answered)
