"""What the commands of `trinhky report` do."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import UUID

import typer
from sqlalchemy import select

from actions.amending.showing import unit_keys
from actions.auditing import Actor
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.follow_up_words import REPORT_WORDS
from actions.reporting import accept, return_report
from actions.reports.forms import define_form, drop_form, forms_of
from actions.reports.linking import revoke_link, send_link
from cli.acting import sign_in_as
from cli.case import LEAST, SHORT, find_directive
from cli.errors import FileUnreadableError
from cli.opening import opened_office, opened_tables
from cli.usage import WrongUsageError
from cli.visible import visible
from documents.report_forms import KIND_WORDS, FormColumn, column_from_json
from models.organisation import Organisation
from models.report import Report
from models.session import Database
from signing.words import say_time
from wiring.bootstrap import Office


def print_reports(directive: str) -> None:
    """Prints the reports on a directive, each with its version, state and files."""
    with opened_tables() as tables:
        meant = find_directive(tables.database, directive)
        with tables.database.reading() as session:
            rows = session.execute(
                select(Report, Organisation.name)
                .join(Organisation, Organisation.id == Report.organisation_id)
                .where(Report.directive_id == meant.id)
                .order_by(Report.received_at.desc(), Report.version.desc())
            ).all()
    if not rows:
        typer.echo("Chưa có báo cáo nào.")
    for one, unit in rows:
        period = f", kỳ {one.period_key}" if one.period_key else ""
        head = (
            f"{str(one.id)[:SHORT]}  {unit}: lần {one.version}{period}, {REPORT_WORDS[one.state]}"
        )
        typer.echo(visible(head))
        files = ", ".join((one.file_name, *(file["name"] for file in one.attachments)))
        typer.echo(visible(f"          {say_time(one.received_at)}  {files}"))
        if one.reason:
            typer.echo(visible(f"          {one.reason}"))


def accept_report(key: str, note: str, username: str, *, from_stdin: bool) -> None:
    """Accepts a report."""
    with _acting(username, from_stdin=from_stdin) as (office, actor):
        report = _find(office.database, key)
        accept(office.desk, actor, report.id, note=note)
        office.nudge(report.directive_id)
    typer.echo("Đã nhận báo cáo.")


def return_to_unit(
    key: str, reason: str, new_due: date | None, username: str, *, from_stdin: bool
) -> None:
    """Returns a report with a reason, and perhaps a new day."""
    with _acting(username, from_stdin=from_stdin) as (office, actor):
        report = _find(office.database, key)
        return_report(office.desk, actor, report.id, reason=reason, new_due=new_due)
        office.nudge(report.directive_id)
    typer.echo("Đã trả lại báo cáo; đơn vị được báo bằng thư.")


def print_form(directive: str, task: str) -> None:
    """Prints the form of a task."""
    with opened_tables() as tables:
        meant = find_directive(tables.database, directive)
        with tables.database.reading() as session:
            found = forms_of(session, meant.id, [task])
    if not found:
        typer.echo("Nhiệm vụ này không yêu cầu biểu số liệu.")
    for form in found:
        typer.echo(visible(f"{form.title} (bản {form.version})"))
        for one in form.columns:
            marks = "".join((", bắt buộc" if one.required else "", ", cộng" if one.sum else ""))
            typer.echo(visible(f"  {one.key}: {one.title} ({KIND_WORDS[one.kind]}{marks})"))
        for row in form.rows:
            typer.echo(visible(f"  dòng: {row}"))


def change_form(
    directive: str, task: str, file: Path | None, username: str, *, from_stdin: bool
) -> None:
    """Defines the form of a task from a file, or drops it where there is none.

    Raises:
        WrongUsageError: nobody was named who acts.
        FileUnreadableError: the file cannot be read.
        InvalidInputError: it is no form.
    """
    if not username:
        raise WrongUsageError("Cần --as TÊN_ĐĂNG_NHẬP để lập hoặc bỏ biểu.")
    title, columns, rows = _form_in(file) if file else ("", [], [])
    with _acting(username, from_stdin=from_stdin) as (office, actor):
        meant = find_directive(office.database, directive)
        if file is None:
            drop_form(office.desk, actor, meant.id, task)
        else:
            define_form(office.desk, actor, meant.id, task, title=title, columns=columns, rows=rows)
    typer.echo("Đã lập biểu số liệu." if file else "Đã bỏ biểu số liệu.")


def revoke_unit_link(
    directive: str, unit: str, reason: str, username: str, *, from_stdin: bool
) -> None:
    """Ends a unit's link and sends the next one."""
    with _acting(username, from_stdin=from_stdin) as (office, actor):
        meant = find_directive(office.database, directive)
        revoke_link(office.desk, actor, _unit(office.database, unit), meant.id, reason=reason)
        office.nudge(meant.id)
    typer.echo("Đã thu hồi đường dẫn; thư có đường dẫn mới được xếp gửi.")


def send_unit_link(directive: str, unit: str, username: str, *, from_stdin: bool) -> None:
    """Sends a unit its link again."""
    with _acting(username, from_stdin=from_stdin) as (office, actor):
        meant = find_directive(office.database, directive)
        send_link(office.desk, actor, _unit(office.database, unit), meant.id)
        office.nudge(meant.id)
    typer.echo("Thư có đường dẫn được xếp gửi.")


@contextmanager
def _acting(username: str, *, from_stdin: bool) -> Iterator[tuple[Office, Actor]]:
    with opened_office() as office:
        at = office.clock.now()
        actor, _ = sign_in_as(office.database, username, at=at, from_stdin=from_stdin)
        yield office, actor


def _unit(database: Database, typed: str) -> str:
    with database.reading() as session:
        found, unknown = unit_keys(session, [typed])
    if unknown or not found:
        raise NotFoundError("đơn vị", typed)
    return next(iter(found.values()))


def _find(database: Database, typed: str) -> Report:
    """Returns the report whose identifier begins so.

    Raises:
        NotFoundError: none does, or several.
    """
    wanted = typed.strip().lower()
    with database.reading() as session:
        keys: list[UUID] = [
            key for key in session.scalars(select(Report.id)) if str(key).startswith(wanted)
        ]
        if len(wanted) < LEAST or len(keys) != 1:
            raise NotFoundError("báo cáo", typed)
        return session.get_one(Report, keys[0])


def _form_in(file: Path) -> tuple[str, list[FormColumn], list[str]]:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as err:
        raise FileUnreadableError(str(file), there=file.exists()) from err
    except tomllib.TOMLDecodeError as err:
        raise InvalidInputError(Problem(place=file.name, reason=f"không đúng TOML: {err}")) from err
    try:
        columns = [column_from_json(one) for one in data["columns"]]
        return str(data["title"]), columns, [str(row) for row in data.get("rows", [])]
    except (KeyError, TypeError, ValueError) as err:
        said = (
            "cần title và [[columns]] với key, title, kind (text, integer, decimal, date, choice)."
        )
        raise InvalidInputError(Problem(place=file.name, reason=said)) from err
