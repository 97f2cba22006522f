"""Sending to units on a terminal: looked at, and decided by the registry clerk."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.consigning import preview_units
from actions.desk import local_day
from actions.distribution.showing import sending_to
from actions.distribution.trials import send_test
from actions.expanding import ExpandedUnit
from actions.follow_up_words import DELIVERY_WORDS
from actions.journey import RECIPIENT_ROLE_WORDS
from actions.ways import channel_words
from cli.acting import sign_in_as
from cli.case import find_directive
from cli.opening import opened_office, opened_tables
from cli.visible import visible
from models.directive import Directive
from models.dispatch import Consignment
from models.lifecycle import NEEDS_A_PERSON, DeliveryState
from models.organisation import Organisation
from signing.words import say_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which unit of which directive, and who decides."""

    directive: str
    unit: str
    username: str
    from_stdin: bool


def print_preview(directive: str) -> None:
    """Prints who would get a directive now, one unit a line, held ones with their reason."""
    with opened_office() as office:
        found = find_directive(office.database, directive)
        with office.database.reading() as session:
            ours = session.get_one(Directive, found.id)
            units = preview_units(session, ours, local_day(office.clock.now()))
    for unit in units:
        for line in _preview_lines(unit):
            typer.echo(visible(line))
    held = sum(1 for unit in units if unit.problem)
    typer.echo(f"{len(units)} đơn vị, {held} đơn vị chưa gửi được ngay. Dòng “Lưu” không gửi.")


def _preview_lines(unit: ExpandedUnit) -> Iterator[str]:
    role = RECIPIENT_ROLE_WORDS.get(unit.role, unit.role)
    yield f"{unit.organisation_id}  {unit.name} ({role})"
    after = "".join(f"; sau đó {channel_words(way.channel)}" for way in unit.further)
    yield f"    {channel_words(unit.channel)}: {unit.address or 'chưa có địa chỉ'}{after}"
    for words in (unit.detail, unit.problem):
        if words:
            yield f"    {words}"


def print_units(directive: str, *, stuck: bool) -> None:
    """Prints how far a directive came to each unit."""
    with opened_tables() as tables:
        found = find_directive(tables.database, directive)
        with tables.database.reading() as session:
            rows = session.execute(
                select(Consignment, Organisation.name)
                .join(Organisation, Organisation.id == Consignment.organisation_id)
                .where(Consignment.directive_id == found.id, Consignment.rerouted_to_id.is_(None))
                .order_by(Organisation.sort_key)
            ).all()
    shown = [(one, name) for one, name in rows if not stuck or one.state in NEEDS_A_PERSON]
    for one, name in shown:
        words = DELIVERY_WORDS[DeliveryState(one.state)]
        where = f" {one.address}" if one.address else ""
        typer.echo(visible(f"{one.organisation_id}  {name}: {words}"))
        typer.echo(visible(f"    {channel_words(one.channel)}{where}"))
        if one.state in NEEDS_A_PERSON and one.detail:
            typer.echo(visible(f"    {one.detail}"))
    typer.echo(f"{len(shown)}/{len(rows)} đơn vị.")


def print_history(directive: str, unit: str) -> None:
    """Prints every attempt and word of the sending to one unit, the newest first."""
    with opened_tables() as tables:
        found = find_directive(tables.database, directive)
        with tables.database.reading() as session:
            sending = sending_to(session, found, unit)
    for line in sending.history:
        typer.echo(visible(f"{say_time(line.at)} {line.title}"))
        if line.words:
            typer.echo(visible(f"    {line.words}"))
    words = DELIVERY_WORDS[DeliveryState(sending.current.state)]
    typer.echo(visible(f"{sending.unit.name}: {words}."))


def decide(chosen: Chosen, deed: Callable[..., object], **named: object) -> None:
    """Does a deed about what a unit is sent now, as an officer; prints what it came to.

    Raises:
        ActionRefusedError: as the deed does.
    """
    with opened_office() as office:
        at = office.clock.now()
        actor, _ = sign_in_as(office.database, chosen.username, at=at, from_stdin=chosen.from_stdin)
        found = find_directive(office.database, chosen.directive)
        with office.database.reading() as session:
            key = sending_to(session, found, chosen.unit).current.id
        deed(office.desk, actor, key, **named)
        with office.database.reading() as session:
            typer.echo(visible(_stands(session, found, chosen.unit)))
        office.nudge(found.id)


def _stands(session: Session, directive: Directive, unit: str) -> str:
    sending = sending_to(session, directive, unit)
    state = DELIVERY_WORDS[DeliveryState(sending.current.state)]
    return f"{sending.unit.name}: {state} (kênh {channel_words(sending.current.channel)})."


def send_trial(unit: str, username: str, channel: str, *, from_stdin: bool) -> None:
    """Queues a test message as an officer."""
    with opened_office() as office:
        at = office.clock.now()
        actor, _ = sign_in_as(office.database, username, at=at, from_stdin=from_stdin)
        notice = send_test(office.desk, actor, unit, channel=channel)
    typer.echo(
        visible(
            f"Đã xếp thư thử nghiệm đến {notice.address} qua {channel_words(notice.channel)}; "
            "thư đi ở lượt gửi tới."
        )
    )
