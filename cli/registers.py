"""Registers at a terminal."""

from pathlib import Path

import typer

from actions.desk import local_day
from actions.registers.books import books, spans
from actions.registers.importing import import_register, read_old_register
from actions.registers.printing import print_register
from cli.acting import sign_in_as
from cli.errors import FileUnreadableError
from cli.opening import opened_office, opened_tables
from cli.visible import visible
from cli.writing import write_whole
from documents.grids import read_grid


def print_book(key: str, out: Path, span: str) -> None:
    """Writes a register to a file, in the form that its ending says.

    Raises:
        NotFoundError: no such register, span or form.
    """
    with opened_office() as office:
        made = print_register(office.desk, key, span=span, form=out.suffix.lower().lstrip("."))
    write_whole(out, made.content)
    typer.echo(visible(f"Đã ghi {made.lines} dòng vào {out}."))


def list_books() -> None:
    """Prints every register and every year and term."""
    for one in books().values():
        typer.echo(f"{one.key}: {one.title} ({len(one.columns)} cột)")
    with opened_tables() as tables, tables.database.reading() as session:
        for when in spans(session, local_day(tables.clock.now())):
            typer.echo(f"  {when.key}: {when.words}")


def import_book(
    file: Path, username: str, key: str, series: str | None, *, from_stdin: bool
) -> None:
    """Takes an old register over.

    Raises:
        FileUnreadableError: the file cannot be read.
        WorkbookRefusedError: it is no workbook.
        ActionRefusedError: a line cannot be right, or the officer may not do it.
    """
    try:
        raw = file.read_bytes()
    except OSError as err:
        raise FileUnreadableError(str(file), there=file.exists()) from err
    old = read_old_register(key, read_grid(raw))
    with opened_office() as office:
        at = office.clock.now()
        actor, _ = sign_in_as(office.database, username, at=at, from_stdin=from_stdin)
        taken = import_register(office.desk, actor, old, file_name=file.name, series_id=series)
    typer.echo(f"Đã nhập {taken} dòng của sổ cũ.")
