"""Runs of flows on a terminal: the list, and one that is started and waited for."""

from typing import Final
from uuid import UUID

import typer
from sqlalchemy.orm import Session

from actions.access import ROLE_WORDS
from actions.operating.operations import OPERATIONS
from actions.operating.runs import (
    FAILED,
    RUN_WORDS,
    STARTER_WORDS,
    UNENDED,
    ask_for_run,
    get_run,
    recent_runs,
)
from cli.acting import sign_in_as
from cli.case import find_directive
from cli.opening import opened_office, opened_tables
from cli.visible import visible
from models.directive import Directive
from models.officer import Officer
from models.operation import RunRecord
from signing.words import say_time
from wiring.bootstrap import Office
from wiring.clock import monotonic_s, sleep
from wiring.errors import OrchestratorError
from wiring.running import Starter

POLL_S: Final = 0.5
LATER: Final = "Chưa nối được với máy chủ điều phối; lượt chạy được ghi lại và sẽ tự chạy sau."


def print_runs(*, limit: int, state: str | None) -> None:
    """Prints the newest runs, a few lines each."""
    with opened_tables() as tables, tables.database.reading() as session:
        for row in recent_runs(session, limit=limit, state=state):
            for line in _lines(session, row):
                typer.echo(visible(line))


def print_flows() -> None:
    """Prints which flows there are and who may start them."""
    for one in OPERATIONS.values():
        about = " (cho một văn bản)" if one.about_directive else ""
        who = ", ".join(sorted(ROLE_WORDS[role] for role in one.roles))
        typer.echo(f"{one.flow}{about}: {one.title}. Được chạy: {who}.")


def start_run(
    flow: str, username: str, directive: str | None, *, wait_s: float, from_stdin: bool
) -> None:
    """Asks for a run as an officer, hands it to Prefect and waits for its row to end.

    Raises:
        ActionRefusedError: no such flow, no right, wrong directive.
        Exit: with 1 where the run failed.
    """
    with opened_office() as office:
        at = office.clock.now()
        actor, _ = sign_in_as(office.database, username, at=at, from_stdin=from_stdin)
        about = find_directive(office.database, directive).id if directive else None
        record_id = ask_for_run(office.desk, actor, flow, directive_id=about)
        starter = Starter(desk=office.desk, clock=office.clock, runs=office.orchestrator)
        try:
            starter.start(record_id)
        except OrchestratorError:
            typer.echo(LATER)
            return
        failed = _await(office, record_id, wait_s)
        with office.database.reading() as session:
            for line in _lines(session, get_run(session, record_id)):
                typer.echo(visible(line))
    if failed:
        raise typer.Exit(1)


def _await(office: Office, record_id: UUID, wait_s: float) -> bool:
    """Looks until the run has ended or time is up; tells whether it failed."""
    until = monotonic_s() + wait_s
    while True:
        with office.database.reading() as session:
            state = get_run(session, record_id).state
        if state not in UNENDED or monotonic_s() >= until:
            return state == FAILED
        sleep(POLL_S)


def _lines(session: Session, row: RunRecord) -> list[str]:
    title = OPERATIONS[row.flow].title if row.flow in OPERATIONS else row.flow
    directive = session.get(Directive, row.directive_id) if row.directive_id else None
    about = f" · {directive.number_text or directive.subject}" if directive else ""
    officer = session.get(Officer, row.started_by)
    who = officer.name if officer else STARTER_WORDS.get(row.started_by, row.started_by)
    lines = [f"{say_time(row.asked_at)} {RUN_WORDS[row.state]}: {title}{about} ({who})"]
    lines += [f"    {words}" for words in (row.summary, row.advice) if words]
    return lines
