"""Which ladder holds: the file's, or the one that a person set in the office's own pages.

A kind of directive has one ladder at a time. What a person set stays until that person's setting is
taken away; else the file's ladder takes the place of what stands, as a whole.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.office_file.rows import Wanted
from models.audit import AuditEvent
from models.organisation import LadderStepRow

_DEEDS = ("set_ladder", "reset_ladder")
"""As `actions.reminding.setting` names its deeds; the latest one tells who decides."""
_COLUMNS = ("working_days", "audience", "wording")


def kept_kinds(session: Session, wanted: Iterable[Wanted]) -> frozenset[str]:
    """Returns the kinds whose ladder a person set otherwise than the file has it."""
    return frozenset(
        kind
        for kind, steps in _of_file(wanted).items()
        if steps != _standing(session, kind) and _set_by_person(session, kind)
    )


def surplus(session: Session, wanted: Iterable[Wanted]) -> list[LadderStepRow]:
    """Returns the steps that stand beside a ladder of the file and are not in it."""
    return [
        row
        for kind, steps in _of_file(wanted).items()
        for row in session.scalars(select(LadderStepRow).where(LadderStepRow.doc_type == kind))
        if row.key not in steps
    ]


def facts_of(row: LadderStepRow) -> dict[str, Any]:
    """Returns what a step says, for the record."""
    return {column: getattr(row, column) for column in _COLUMNS}


def _of_file(wanted: Iterable[Wanted]) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for want in wanted:
        if want.table is LadderStepRow:
            found.setdefault(want.key["doc_type"], {})[want.key["key"]] = dict(want.values)
    return found


def _standing(session: Session, kind: str) -> dict[str, dict[str, Any]]:
    rows = session.scalars(select(LadderStepRow).where(LadderStepRow.doc_type == kind))
    return {row.key: facts_of(row) for row in rows}


def _set_by_person(session: Session, kind: str) -> bool:
    last = session.scalars(
        select(AuditEvent.deed)
        .where(
            AuditEvent.subject_kind == "office",
            AuditEvent.subject_id == kind,
            AuditEvent.deed.in_(_DEEDS),
            AuditEvent.outcome == "done",
        )
        .order_by(AuditEvent.sequence.desc())
        .limit(1)
    ).first()
    return last == _DEEDS[0]
