"""What the commands of `trinhky mail` do."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import typer
from sqlalchemy import select

from actions.amending.showing import unit_keys
from actions.answers.moving import current
from actions.errors import NotFoundError
from actions.receiving import match, set_aside
from actions.waiting_mail import (
    MEANING_WORDS,
    Meaning,
    match_to_delivery,
    read_message,
    waiting,
)
from cli.acting import sign_in_as
from cli.case import LEAST, SHORT, find_directive
from cli.opening import opened_office, opened_tables
from cli.usage import WrongUsageError
from cli.visible import visible
from models.dispatch import IncomingMessage
from models.session import Database
from signing.words import say_time

REPORT: Final = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a message is said to be about, as it was typed."""

    directive: str
    unit: str
    meaning: str
    """`report`, or a value of `Meaning`."""
    reason: str


def print_waiting(limit: int) -> None:
    """Prints what waits, one message in two lines."""
    with opened_tables() as tables, tables.database.reading() as session:
        rows = waiting(session, limit=limit)
    if not rows:
        typer.echo("Không có thư nào đang chờ.")
    for one in rows:
        typer.echo(
            visible(
                f"{str(one.id)[:SHORT]}  {say_time(one.received_at)}  {one.sender or 'không rõ'}"
            )
        )
        typer.echo(visible(f"          {one.subject or '(không có tiêu đề)'}"))
        if one.detail:
            typer.echo(visible(f"          {one.detail}"))


def print_message(key: str) -> None:
    """Prints a message as text, and the names of its files."""
    with opened_office() as office:
        incoming = _find(office.database, key)
        read = read_message(office.desk, incoming)
    typer.echo(visible(f"Từ: {incoming.sender or 'không rõ'}"))
    typer.echo(visible(f"Tiêu đề: {incoming.subject}"))
    for name, kind, size in read.files:
        typer.echo(visible(f"Tệp: {name} ({kind}, {size} byte)"))
    typer.echo("")
    for line in read.text.splitlines():
        typer.echo(visible(line))


def match_message(key: str, aim: Aim, username: str, *, from_stdin: bool) -> None:
    """Takes a message as a report or as a word about a delivery.

    Raises:
        WrongUsageError: there is no such meaning.
        NotFoundError: no such unit, or the directive did not go to it.
    """
    if aim.meaning != REPORT and aim.meaning not in set(Meaning):
        known = ", ".join((REPORT, *Meaning))
        raise WrongUsageError(f"Không có ý nghĩa “{aim.meaning}”. Có: {known}.")
    with opened_office() as office:
        at = office.clock.now()
        actor, _ = sign_in_as(office.database, username, at=at, from_stdin=from_stdin)
        incoming = _find(office.database, key)
        directive = find_directive(office.database, aim.directive)
        with office.database.reading() as session:
            found, unknown = unit_keys(session, [aim.unit])
            if unknown:
                raise NotFoundError("đơn vị", aim.unit)
            (unit,) = found.values()
            consignment = current(session, directive.id, unit)
        if aim.meaning == REPORT:
            match(
                office.desk, actor, incoming.id, organisation_id=unit, directive_id=directive.id
            )  # fmt: skip
            typer.echo("Đã nhận thư làm báo cáo của đơn vị.")
        elif consignment is None:
            raise NotFoundError("văn bản gửi cho đơn vị", aim.unit)
        else:
            meaning = Meaning(aim.meaning)
            match_to_delivery(
                office.desk, actor, incoming.id, consignment_id=consignment.id, meaning=meaning,
                reason=aim.reason,
            )  # fmt: skip
            typer.echo(f"Đã gắn thư với lượt gửi: {MEANING_WORDS[meaning]}.")
        office.nudge(directive.id)


def set_message_aside(key: str, reason: str, username: str, *, from_stdin: bool) -> None:
    """Sets a message aside."""
    with opened_office() as office:
        at = office.clock.now()
        actor, _ = sign_in_as(office.database, username, at=at, from_stdin=from_stdin)
        set_aside(office.desk, actor, _find(office.database, key).id, reason=reason)
        typer.echo("Đã xếp riêng thư; thư vẫn được giữ trong kho.")


def _find(database: Database, typed: str) -> IncomingMessage:
    """Returns the message whose identifier begins so.

    Raises:
        NotFoundError: none does, or several.
    """
    wanted = typed.strip().lower()
    with database.reading() as session:
        keys: list[UUID] = [
            key
            for key in session.scalars(select(IncomingMessage.id))
            if len(wanted) >= LEAST and str(key).startswith(wanted)
        ]
        if len(keys) != 1:
            raise NotFoundError("thư đến", typed)
        return session.get_one(IncomingMessage, keys[0])
