"""What `trinhky calendar …` does."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer

from actions.obligations.calendar_files import read_lists
from actions.obligations.calendars import compare_year, import_year, show_year
from actions.obligations.recomputing import Moved, differing
from actions.offices import working_calendar
from actions.year_calendars import years_entered
from cli.acting import sign_in_as
from cli.deciding import be_sure
from cli.errors import FileUnreadableError
from cli.opening import opened_office, opened_tables
from cli.visible import visible

MOST_LINES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What was typed for an import."""

    year: int
    file: Path
    username: str
    basis: str
    confirmed: bool
    from_stdin: bool
    sure: bool


def show_calendar(year: int) -> None:
    """Prints both lists of a year."""
    with opened_tables() as tables, tables.database.reading() as session:
        shown = show_year(session, year)
    if not shown.entered:
        typer.echo(f"Chưa có lịch nghỉ năm {year}. Nhập bằng: trinhky calendar import {year} TỆP")
        return
    lists = shown.lists
    state = "đã xác nhận" if lists.confirmed else "chưa xác nhận, ngày tính tạm"
    lines = [
        f"Lịch nghỉ năm {year} ({state}). Căn cứ: {lists.basis or 'chưa ghi'}.",
        "Ngày nghỉ:",
        *(f"  {day:%d/%m/%Y}  {label}" for day, label in lists.off.items()),
        "Ngày làm bù:" if lists.working else "Ngày làm bù: không có.",
        *(f"  {day:%d/%m/%Y}  {label}" for day, label in lists.working.items()),
        *(f"Cần xem lại: {one}" for one in shown.doubts),
    ]
    typer.echo("\n".join(map(visible, lines)))


def check_calendar(year: int) -> None:
    """Prints what is owed and would have other days by the calendar as it is."""
    with opened_tables() as tables, tables.database.reading() as session:
        shown = show_year(session, year)
        years = years_entered(session)
        found = differing(session, working_calendar(session), years, year)
    for one in shown.doubts:
        typer.echo(visible(f"Cần xem lại: {one}"))
    if not shown.entered:
        typer.echo(f"Chưa có lịch nghỉ năm {year}; thời hạn trong năm này là tính tạm.")
    moved = [one for one in found if one.moves]
    _print_moved(moved)
    if not moved:
        typer.echo(f"Mọi thời hạn quanh năm {year} đều khớp với lịch hiện có.")


def import_calendar(order: Taking) -> None:
    """Shows what would change, asks, takes the lists in.

    Raises:
        FileUnreadableError: the file cannot be read.
        InvalidInputError: the lists cannot be taken; says why.
    """
    try:
        raw = order.file.read_bytes()
    except OSError as err:
        raise FileUnreadableError(str(order.file), there=order.file.exists()) from err
    lists = read_lists(
        order.file.name, raw, order.year, basis=order.basis, confirmed=order.confirmed
    )
    with opened_office() as office:
        at = office.clock.now()
        actor, _ = sign_in_as(office.database, order.username, at=at, from_stdin=order.from_stdin)
        with office.database.reading() as session:
            seen = compare_year(session, lists)
        lines = [
            *(f"+ {one}" for one in seen.added),
            *(f"- {one}" for one in seen.removed),
            *(f"Cần xem lại: {one}" for one in seen.doubts),
        ]
        typer.echo("\n".join(map(visible, lines)) if lines else "Không có ngày nào thay đổi.")
        _print_moved(seen.moved)
        if not order.sure and not order.from_stdin:
            be_sure(f"Nhập lịch nghỉ năm {order.year}")
        moved = import_year(office.desk, actor, lists)
    typer.echo(f"Đã nhập lịch nghỉ năm {order.year}; {moved} thời hạn được tính lại.")


def _print_moved(moved: Sequence[Moved]) -> None:
    for one in moved[:MOST_LINES]:
        before = one.obligation.due
        words = (
            f"{one.directive} {one.obligation.task_ref}, {one.unit}: "
            f"{f'{before:%d/%m/%Y}' if before else '–'} -> {one.due:%d/%m/%Y}"
        )
        typer.echo(visible(words))
    if len(moved) > MOST_LINES:
        typer.echo(f"… và {len(moved) - MOST_LINES} thời hạn khác.")
