"""Runs of flows, one row each: asked for by a person, by a schedule, or in Prefect's own pages.

A run that a person asked for has its row before Prefect hears of it: where Prefect does not answer
the row waits, and `reconcile` starts it. A row says in the end what was done, or what to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.access import ROLE_WORDS, roles_on
from actions.auditing import Actor
from actions.desk import Desk, doing
from actions.errors import NotAuthorisedError, NotFoundError
from actions.offices import office_facts
from actions.operating.operations import operation, require_subject
from models.operation import RunRecord

ASKED, RUNNING, DONE, FAILED = "asked", "running", "done", "failed"
UNENDED: Final = (ASKED, RUNNING)

RUN_WORDS: Final = {
    ASKED: "chờ chạy",
    RUNNING: "đang chạy",
    DONE: "đã xong",
    FAILED: "không thành",
}
"""How states of runs are called to people."""

SCHEDULE, PREFECT, SYSTEM = "schedule", "prefect", "machine"
STARTER_WORDS: Final = {
    SCHEDULE: "theo lịch",
    PREFECT: "trang của Prefect",
    SYSTEM: "hệ thống",
}
"""Who started a run, where no officer did."""

AGAIN: Final = "Bấm “Chạy lại”; nếu vẫn vậy, chuyển trang này cho người vận hành."


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A run that has begun, as its own process tells it."""

    flow: str
    flow_run_id: str
    started_by: str
    """`schedule`, `prefect` or `machine`; not looked at where a person asked for the run."""
    record_id: UUID | None = None
    """The row of the person who asked for it."""
    directive_id: UUID | None = None
    parameters: Mapping[str, Any] | None = None


def ask_for_run(desk: Desk, actor: Actor, flow: str, *, directive_id: UUID | None = None) -> UUID:
    """Writes down that an officer wants a flow to run. Returns the row's identifier.

    Raises:
        NotFoundError: no such flow or directive.
        NotAuthorisedError: the officer holds none of its roles.
        InvalidInputError: a directive is missing, or named where none belongs.
        WrongStateError: the directive stands where this flow has nothing to do.
    """
    with doing(desk, actor, "ask_for_run", kind="run") as deed:
        wanted = operation(flow)
        deed.detail |= {"flow": flow, "directive": str(directive_id or "")}
        own = office_facts(deed.session).organisation_id
        held = (
            roles_on(deed.session, actor.id, own, deed.day)
            if actor.kind == "officer"
            else frozenset()
        )
        if not held & wanted.roles:
            who = " hoặc ".join(sorted(ROLE_WORDS[role] for role in wanted.roles))
            raise NotAuthorisedError(actor.name, f"chạy “{wanted.title}”", who)
        require_subject(deed.session, wanted, directive_id)
        row = RunRecord(flow=flow, directive_id=directive_id, started_by=actor.id, asked_at=deed.at)
        deed.session.add(row)
        deed.session.flush()
        deed.subject_id = str(row.id)
        return row.id


def note_started(desk: Desk, record_id: UUID, flow_run_id: str) -> None:
    """Notes under which run Prefect knows it. Idempotent."""
    with desk.database.writing() as session:
        session.execute(
            update(RunRecord)
            .where(RunRecord.id == record_id, RunRecord.flow_run_id.is_(None))
            .values(flow_run_id=flow_run_id)
            .execution_options(synchronize_session=False)
        )


def note_running(desk: Desk, begun: Begun) -> None:
    """Notes that a run has begun, or goes on. Idempotent."""
    at = desk.clock()
    with desk.database.writing() as session:
        row = _row(session, begun) or _new(session, begun, at)
        row.flow_run_id = begun.flow_run_id
        row.state = RUNNING
        row.started_at = row.started_at or at


def note_ended(
    desk: Desk, begun: Begun, *, failed: bool, summary: str, advice: str | None = None
) -> None:
    """Notes how a run ended. Idempotent: the last word counts.

    Args:
        desk: the tools.
        begun: the run.
        failed: whether it failed.
        summary: what it did, or what went wrong; one Vietnamese sentence or a few.
        advice: what to do, where it failed.
    """
    at = desk.clock()
    with desk.database.writing() as session:
        row = _row(session, begun) or _new(session, begun, at)
        row.flow_run_id = begun.flow_run_id
        row.state = FAILED if failed else DONE
        row.summary, row.advice = summary, advice
        row.started_at, row.ended_at = row.started_at or at, at


def unended(session: Session, *, before: datetime) -> list[RunRecord]:
    """Returns runs asked for before an instant that have not ended, the oldest first."""
    return list(
        session.scalars(
            select(RunRecord)
            .where(RunRecord.state.in_(UNENDED), RunRecord.asked_at <= before)
            .order_by(RunRecord.asked_at)
        )
    )


def recent_runs(
    session: Session, *, limit: int = 100, state: str | None = None, flow: str | None = None
) -> list[RunRecord]:
    """Returns the newest runs first.

    Args:
        session: an open look.
        limit: at most so many.
        state: asked, running, done or failed; all where None.
        flow: of one flow; of all where None.
    """
    query = select(RunRecord).order_by(RunRecord.asked_at.desc(), RunRecord.id).limit(limit)
    if state is not None:
        query = query.where(RunRecord.state == state)
    if flow is not None:
        query = query.where(RunRecord.flow == flow)
    return list(session.scalars(query))


def get_run(session: Session, record_id: UUID) -> RunRecord:
    """Returns one run.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(RunRecord, record_id)
    if found is None:
        raise NotFoundError("lượt chạy", record_id)
    return found


def _row(session: Session, begun: Begun) -> RunRecord | None:
    if begun.record_id is not None:
        found = session.get(RunRecord, begun.record_id)
        if found is not None:
            return found
    known = select(RunRecord).where(RunRecord.flow_run_id == begun.flow_run_id)
    return session.scalars(known).first()


def _new(session: Session, begun: Begun, at: datetime) -> RunRecord:
    row = RunRecord(
        flow=begun.flow, directive_id=begun.directive_id, started_by=begun.started_by,
        parameters=dict(begun.parameters or {}), flow_run_id=begun.flow_run_id, asked_at=at,
    )  # fmt: skip
    session.add(row)
    return row
