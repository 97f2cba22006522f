"""`trinhky audit`: the trail of everything that was done, and of everything that was refused."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli.usage import Command, make_group

if TYPE_CHECKING:
    from models.audit import AuditEvent

app = make_group("Nhật ký: mọi việc đã làm và mọi việc bị từ chối, nối nhau bằng mã băm.")


class Format(StrEnum):
    """How events look."""

    TEXT = "text"
    JSON = "json"


@app.command(cls=Command)
def verify() -> None:
    """Tính lại mã băm của toàn bộ nhật ký. Mã kết thúc: 0 còn nguyên vẹn, 1 đã bị sửa hoặc xoá."""
    from actions.auditing import verify_chain  # noqa: PLC0415 (slow to load)
    from cli.opening import opened_tables  # noqa: PLC0415 (same)

    with opened_tables() as tables, tables.database.reading() as session:
        report = verify_chain(session)
    if report.broken_at is not None:
        typer.echo(f"{report.reason} Giữ nguyên hiện trạng và báo quản trị ngay.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{report.reason} Mã băm cuối: {report.head}")


@app.command("list", cls=Command)
def list_events(
    *,
    after: Annotated[
        int | None,
        typer.Option(min=0, metavar="SỐ", help="Chỉ các sự kiện sau số thứ tự này."),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, metavar="SỐ", help="Nhiều nhất bao nhiêu sự kiện; mặc định 50.")
    ] = 50,
    subject: Annotated[
        str | None,
        typer.Option(metavar="MÃ", help="Chỉ sự kiện về đối tượng này (mã văn bản, cán bộ, tệp)."),
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", metavar="text|json", help="Dạng kết quả; mặc định text.")
    ] = Format.TEXT,
) -> None:
    """Liệt kê các sự kiện, cũ trước mới sau; không nói --after thì là các sự kiện mới nhất."""
    from actions.auditing import events  # noqa: PLC0415 (slow to load)
    from cli.opening import opened_tables  # noqa: PLC0415 (same)

    with opened_tables() as tables, tables.database.reading() as session:
        found = [one for one in events(session, after=after or 0) if _about(one, subject)]
    shown = found[-limit:] if after is None else found[:limit]
    for event in shown:
        typer.echo(_line(event) if form is Format.JSON else _words(event))
    if not shown:
        typer.echo("Không có sự kiện nào.", err=True)


def _about(event: "AuditEvent", subject: str | None) -> bool:
    return subject is None or event.subject_id == subject


def _line(event: "AuditEvent") -> str:
    names = (
        "sequence", "actor_kind", "actor_id", "actor_name", "deed", "outcome", "subject_kind",
        "subject_id", "detail", "previous_hash", "hash",
    )  # fmt: skip
    facts = {name: getattr(event, name) for name in names}
    return json.dumps({**facts, "at": event.at.isoformat()}, ensure_ascii=False)


def _words(event: "AuditEvent") -> str:
    from actions.deed_words import deed_words  # noqa: PLC0415 (loaded by now)
    from cli.visible import visible  # noqa: PLC0415 (same)
    from signing.words import say_time  # noqa: PLC0415 (same)

    deed = deed_words(event.deed, refused=event.outcome == "refused")
    about = f"{event.subject_kind} {event.subject_id}".strip()
    return visible(
        f"{event.sequence}. {say_time(event.at)} | {event.actor_name} | {deed} | {about}"
    )
