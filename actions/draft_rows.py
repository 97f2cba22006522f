"""The rows of one revision: content, recipient lines, tasks, attachments; and back to a draft."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.desk import Deed
from actions.draft import Draft, LineReading, TaskReading
from actions.obliging import tasks_of
from actions.search_words import keep_words
from documents.content import DirectiveContent, RecipientRole, from_json, to_json
from models.directive import Directive, DirectiveTask, Document, RecipientLine, Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """An attachment whose bytes lie in the archive."""

    name: str
    media_type: str
    sha256_hex: str
    size_bytes: int


def add_revision(
    deed: Deed,
    directive: Directive,
    draft: Draft,
    files: tuple[StoredFile, ...],
    note: str | None,
) -> str:
    """Adds the rows of the directive's revision. Returns the SHA-256 of its content, in hex.

    Number and date are left out: they belong to the directive. The words by which it is found
    follow. Does not commit.
    """
    key: dict[str, Any] = {"directive_id": directive.id, "revision": directive.revision}
    content = to_json(replace(draft.content, number=None, issue_date=None))
    digest = content_sha256(content)
    deed.session.add(
        Revision(
            directive_id=directive.id,
            ordinal=directive.revision,
            content=content,
            content_sha256=digest,
            note=note,
            created_by=deed.actor.id,
            created_at=deed.at,
        )
    )
    for position, line in enumerate(draft.lines, start=1):
        deed.session.add(_line_row(line, position, key))
    for task in draft.tasks:
        deed.session.add(DirectiveTask(**key, **_lists(asdict(task))))
    for file in files:
        deed.session.add(
            Document(
                **key,
                kind="attachment",
                name=file.name,
                media_type=file.media_type,
                sha256=file.sha256_hex,
                size_bytes=file.size_bytes,
                created_at=deed.at,
            )
        )
    keep_words(deed.session, directive)
    return digest


def _line_row(line: LineReading, position: int, key: dict[str, Any]) -> RecipientLine:
    return RecipientLine(
        **key,
        ordinal=position,
        raw=line.raw,
        role=str(line.role),
        organisations=list(line.organisations),
        groups=list(line.groups),
    )


def _lists(values: dict[str, Any]) -> dict[str, Any]:
    return {key: list(it) if isinstance(it, tuple) else it for key, it in values.items()}


def content_sha256(content: dict[str, Any]) -> str:
    """Returns the SHA-256 of stored content, in hex; the order of keys does not matter."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def revision_of(session: Session, directive: Directive) -> Revision:
    """Returns the current revision; every directive has one."""
    return session.get_one(Revision, (directive.id, directive.revision))


def content_of(session: Session, directive: Directive) -> DirectiveContent:
    """Returns the content of the current revision, with number and date once they are given."""
    content = from_json(revision_of(session, directive).content)
    return replace(content, number=directive.number, issue_date=directive.issue_date)


def lines_of(session: Session, directive: Directive) -> list[RecipientLine]:
    """Returns the recipient lines of the current revision, as printed."""
    return list(
        session.scalars(
            select(RecipientLine)
            .where(
                RecipientLine.directive_id == directive.id,
                RecipientLine.revision == directive.revision,
            )
            .order_by(RecipientLine.ordinal)
        )
    )


def draft_of(session: Session, directive: Directive) -> Draft:
    """Returns the current revision as a draft, without the bytes of its attachments."""
    return Draft(
        content=content_of(session, directive),
        lines=tuple(
            LineReading(
                raw=row.raw,
                role=RecipientRole(row.role),
                organisations=tuple(row.organisations),
                groups=tuple(row.groups),
            )
            for row in lines_of(session, directive)
        ),
        tasks=tuple(_task_reading(row) for row in tasks_of(session, directive)),
        content_reviewer=directive.content_reviewer_id or "",
        form_reviewer=directive.form_reviewer_id or "",
        signatory=directive.signatory_id or "",
        authority_id=directive.authority_id or "",
    )


def _task_reading(row: DirectiveTask) -> TaskReading:
    return TaskReading(
        ref=row.ref,
        what=row.what,
        sentence=row.sentence,
        is_report=row.is_report,
        deadline_raw=row.deadline_raw,
        kind=row.kind,
        named_date=row.named_date,
        inclusive=row.inclusive,
        organisations=tuple(row.organisations),
        groups=tuple(row.groups),
        coordinating=tuple(row.coordinating),
        schedule=dict(row.schedule),
        reports_through=row.reports_through,
    )
