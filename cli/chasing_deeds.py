"""What `trinhky ladder …` and `trinhky template …` do."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from actions.auditing import Actor
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.ladders import all_ladders
from actions.reminding.built_in import BUILT_IN, FIELDS
from actions.reminding.quiet import quiet_hours
from actions.reminding.setting import (
    preview,
    reset_ladder,
    reset_template,
    set_ladder,
    set_quiet_hours,
    set_template,
)
from actions.reminding.templates import Template, template_of
from cli.acting import sign_in_as
from cli.errors import FileUnreadableError
from cli.opening import opened_office, opened_tables
from cli.visible import visible
from deadlines.ladder import Audience, LadderStep, Wording
from wiring.bootstrap import Office

_AUDIENCES = {
    Audience.UNIT: "đơn vị", Audience.SUPERIOR: "cấp trên", Audience.FOLLOW_UP: "người theo dõi",
}  # fmt: skip


def show_ladders() -> None:
    """Prints every ladder and the quiet hours."""
    with opened_tables() as tables, tables.database.reading() as session:
        ladders, quiet = all_ladders(session), quiet_hours(session)
    lines: list[str] = []
    for kind, steps in ({"*": ladders.usual} | dict(ladders.own)).items():
        lines.append("Mọi loại văn bản chưa có thang riêng:" if kind == "*" else f"{kind}:")
        lines += [
            f"  {step.working_days:+4} ngày làm việc  {step.key}: {_AUDIENCES[step.audience]}"
            for step in sorted(steps, key=lambda step: step.working_days)
        ]
    none = quiet.begins == quiet.ends
    said = "không có" if none else f"từ {quiet.begins:%H:%M} đến {quiet.ends:%H:%M}"
    lines.append(f"Giờ yên lặng: {said}; không gửi vào ngày nghỉ.")
    typer.echo("\n".join(map(visible, lines)))


def put_ladder(doc_type: str, file: Path, *, username: str, from_stdin: bool) -> None:
    """Puts the ladder of a file in place.

    Raises:
        FileUnreadableError: the file cannot be read.
        InvalidInputError: it is no ladder; says why.
    """
    steps = _steps(_read(file))
    with _as(username, from_stdin=from_stdin) as (office, actor):
        set_ladder(office.desk, actor, doc_type, steps)
    typer.echo(visible(f"Đã đặt thang đôn đốc {len(steps)} bậc cho: {doc_type}."))


def drop_ladder(doc_type: str, *, username: str, from_stdin: bool) -> None:
    """Takes a ladder of its own away."""
    with _as(username, from_stdin=from_stdin) as (office, actor):
        reset_ladder(office.desk, actor, doc_type)
    typer.echo(visible(f"Đã bỏ thang đôn đốc riêng của: {doc_type}."))


def put_quiet_hours(begins: str, ends: str, *, username: str, from_stdin: bool) -> None:
    """Sets the quiet hours."""
    with _as(username, from_stdin=from_stdin) as (office, actor):
        set_quiet_hours(office.desk, actor, begins=begins, ends=ends)
    typer.echo("Đã đặt giờ yên lặng.")


def list_templates() -> None:
    """Prints every letter with its fields."""
    with opened_tables() as tables, tables.database.reading() as session:
        own = {key for key in BUILT_IN if template_of(session, key).own}
    for key, known in BUILT_IN.items():
        typer.echo(f"{key}: {known.title}{' (mẫu riêng)' if key in own else ''}")
        typer.echo("  trường: " + ", ".join(f"{{{name}}}" for name in known.fields))
        typer.echo("  phải có: " + ", ".join(f"{{{name}}}" for name in known.needed))
    typer.echo("Ý nghĩa các trường:")
    for name, said in FIELDS.items():
        typer.echo(f"  {{{name}}}: {said}")


def show_template(key: str) -> None:
    """Prints a template as it is used.

    Raises:
        NotFoundError: there is no such letter.
    """
    one = _used(key)
    typer.echo(visible(one.subject))
    typer.echo("\n" + "\n".join(map(visible, one.text.splitlines())))


def put_template(key: str, file: Path, *, username: str, from_stdin: bool) -> None:
    """Puts the words of a file in place.

    Raises:
        FileUnreadableError: the file cannot be read.
        InvalidInputError: unknown or missing fields; names each.
    """
    subject, text = _words(_read(file))
    with _as(username, from_stdin=from_stdin) as (office, actor):
        set_template(office.desk, actor, key, subject=subject, text=text)
    typer.echo(f"Đã đặt lời thư riêng: {BUILT_IN[key].title}.")


def drop_template(key: str, *, username: str, from_stdin: bool) -> None:
    """Takes the office's own words away."""
    with _as(username, from_stdin=from_stdin) as (office, actor):
        reset_template(office.desk, actor, key)
    typer.echo("Đã dùng lại mẫu có sẵn.")


def preview_template(key: str, file: Path | None) -> None:
    """Prints a letter with sample values."""
    if file is None:
        one = _used(key)
    else:
        subject, text = _words(_read(file))
        one = Template(key=key, subject=subject, text=text, own=True)
    subject, text = preview(one)
    typer.echo(visible(subject))
    typer.echo("\n" + "\n".join(map(visible, text.splitlines())))


def _used(key: str) -> Template:
    if key not in BUILT_IN:
        raise NotFoundError("mẫu thư", key)
    with opened_tables() as tables, tables.database.reading() as session:
        return template_of(session, key)


@contextmanager
def _as(username: str, *, from_stdin: bool) -> Iterator[tuple[Office, Actor]]:
    with opened_office() as office:
        at = office.clock.now()
        actor, _ = sign_in_as(office.database, username, at=at, from_stdin=from_stdin)
        yield office, actor


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as err:
        raise FileUnreadableError(str(file), there=file.exists()) from err


def _words(raw: str) -> tuple[str, str]:
    subject, _, text = raw.strip().partition("\n")
    return subject.strip(), text.strip() + "\n"


def _steps(raw: str) -> list[LadderStep]:
    try:
        return [_step(one) for one in tomllib.loads(raw)["step"]]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as err:
        said = (
            "Tệp không đúng dạng: mỗi bậc là một mục [[step]] có key, working_days, audience, "
            f"wording ({err})."
        )
        raise InvalidInputError(Problem(place="Thang đôn đốc", reason=said)) from err


def _step(one: dict[str, Any]) -> LadderStep:
    key, days = one["key"], one["working_days"]
    if not isinstance(key, str) or not isinstance(days, int) or not 0 < len(key) <= 40:  # noqa: PLR2004 (the column's width)
        raise ValueError("key, working_days")
    return LadderStep(
        key=key, working_days=days, audience=Audience(one["audience"]),
        wording=Wording(one["wording"]),
    )  # fmt: skip
