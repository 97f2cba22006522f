"""What `trinhky obligation …` does."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import typer

from actions.auditing import Actor
from actions.closing import cancel_obligation
from actions.desk import VIETNAM, Desk
from actions.obligations.changing import change_due, change_lead, transfer_obligation
from actions.obligations.events import fix_event
from actions.obligations.schedules import set_schedule
from actions.obligations.showing import (
    OwedRow,
    change_rows,
    find_obligation,
    owed_row,
    owed_rows,
)
from cli.acting import sign_in_as
from cli.case import find_directive
from cli.days import parse_day
from cli.opening import opened_office, opened_tables
from cli.usage import WrongUsageError
from cli.visible import visible
from models.obligation import Obligation
from wiring.bootstrap import Office

SHORT: Final = 8


@dataclass(frozen=True, slots=True)
class By:
    """Who does it."""

    username: str
    from_stdin: bool


def list_obligations(key: str) -> None:
    """Prints what is owed of a directive."""
    with opened_tables() as tables:
        directive = find_directive(tables.database, key)
        with tables.database.reading() as session:
            rows = owed_rows(session, directive.id, tables.clock.now())
    lines = [line for one in rows for line in _lines(one)]
    typer.echo("\n".join(map(visible, lines)) if lines else "Văn bản này chưa có nhiệm vụ nào.")


def _lines(row: OwedRow) -> Iterator[str]:
    one = row.obligation
    role = "chủ trì" if one.leads else "phối hợp"
    yield f"{one.id.hex[:SHORT]}  {row.place}  {row.unit} ({role})  [{row.state}]"
    yield f"          {one.deadline_raw or 'không nêu ngày'} -> {_day(one.due)}"


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "chưa có ngày"


def show_obligation(key: str) -> None:
    """Prints one obligation with how its day was computed and what changed."""
    with opened_tables() as tables, tables.database.reading() as session:
        one = find_obligation(session, key)
        row = owed_row(session, one, tables.clock.now())
        changes = change_rows(session, one.id)
    lines = [
        *_lines(row),
        f"Việc: {one.what}",
        f"Theo văn bản: {one.sentence}",
        f"Cách tính: {one.computed}",
        *([f"Báo cáo qua: {row.through}"] if row.through else ()),
        *(f"Lưu ý: {flag['message']}" for flag in one.flags),
        *(
            f"{change.at.astimezone(VIETNAM):%d/%m/%Y %H:%M} {change.who}: {change.what} "
            f"{change.before or '–'} -> {change.after or '–'}. Lý do: {change.reason}"
            for change in changes
        ),
    ]
    typer.echo("\n".join(map(visible, lines)))


def set_schedule_of(by: By, key: str, task: str, data: str, reason: str) -> None:
    """Sets the schedule of a periodic task.

    Raises:
        WrongUsageError: the schedule is no JSON object.
    """
    try:
        schedule: Any = json.loads(data)
    except json.JSONDecodeError as err:
        raise WrongUsageError(f"--schedule không phải JSON: {err}.") from err
    if not isinstance(schedule, dict):
        raise WrongUsageError("--schedule phải là một đối tượng JSON.")

    def deed(office: Office, actor: Actor) -> str:
        directive = find_directive(office.database, key)
        made = set_schedule(office.desk, actor, directive.id, task, schedule, reason=reason)
        return f"Đã đặt lịch báo cáo của mục {task}; mở {made} nhiệm vụ."

    _do(by, deed)


def fix_event_of(by: By, key: str, task: str, *, day: str, note: str, until: str | None) -> None:
    """Fixes the event that a task waits for."""
    event, last = _typed_day("--day", day), parse_day("--until", until)

    def deed(office: Office, actor: Actor) -> str:
        directive = find_directive(office.database, key)
        moved = fix_event(
            office.desk, actor, directive.id, task, day=event, note=note, last_allowed_day=last
        )
        return f"Đã ghi sự kiện ngày {event:%d/%m/%Y}; {moved} nhiệm vụ có thời hạn mới."

    _do(by, deed)


def change_due_of(by: By, key: str, until: str, reason: str) -> None:
    """Changes the day of one obligation."""
    last = _typed_day("--until", until)

    def deed(desk: Desk, actor: Actor, one: Obligation) -> str:
        due = change_due(desk, actor, one.id, last_allowed_day=last, reason=reason)
        return f"Đã đổi thời hạn; ngày làm việc cuối cùng: {due:%d/%m/%Y}."

    _do_to(by, key, deed)


def transfer_of(by: By, key: str, to: str, reason: str) -> None:
    """Passes one obligation to another unit."""

    def deed(desk: Desk, actor: Actor, one: Obligation) -> str:
        heir = transfer_obligation(desk, actor, one.id, to_organisation=to, reason=reason)
        return f"Đã chuyển cho {to}; mã nhiệm vụ mới: {heir.hex[:SHORT]}."

    _do_to(by, key, deed)


def change_lead_of(by: By, key: str, *, leads: bool, reason: str) -> None:
    """Changes who leads."""

    def deed(desk: Desk, actor: Actor, one: Obligation) -> str:
        change_lead(desk, actor, one.id, leads=leads, reason=reason)
        return f"Đã đổi thành đơn vị {'chủ trì' if leads else 'phối hợp'}."

    _do_to(by, key, deed)


def cancel_of(by: By, key: str, reason: str) -> None:
    """Cancels one obligation."""

    def deed(desk: Desk, actor: Actor, one: Obligation) -> str:
        cancel_obligation(desk, actor, one.id, reason=reason)
        return "Đã huỷ nhiệm vụ."

    _do_to(by, key, deed)


def _typed_day(option: str, text: str) -> date:
    day = parse_day(option, text)
    if day is None:
        raise WrongUsageError(f"Thiếu {option}.")
    return day


def _do(by: By, deed: Callable[[Office, Actor], str]) -> None:
    with opened_office() as office:
        at = office.clock.now()
        actor, _ = sign_in_as(office.database, by.username, at=at, from_stdin=by.from_stdin)
        typer.echo(visible(deed(office, actor)))


def _do_to(by: By, key: str, deed: Callable[[Desk, Actor, Obligation], str]) -> None:
    def found(office: Office, actor: Actor) -> str:
        with office.database.reading() as session:
            one = find_obligation(session, key)
        return deed(office.desk, actor, one)

    _do(by, found)
