"""`trinhky archive`: whether what is stored is whole, and whether its signatures still hold."""

import typer

from cli.usage import Command, make_group

app = make_group(
    "Kho lưu trữ: tệp còn nguyên vẹn không, chữ ký còn hợp lệ không, dấu thời gian còn hạn không."
)


@app.command(cls=Command)
def verify() -> None:
    """Kiểm tra tệp và nhật ký, kiểm tra lại chữ ký đến hạn, bổ sung và gia hạn dấu thời gian.

    Mã kết thúc: 0 không có gì phải xử lý, 1 có việc phải xử lý (nêu trên lỗi chuẩn).
    """
    from actions.archive_checking import verify_archive  # noqa: PLC0415 (slow to load)
    from actions.auditing import verify_chain  # noqa: PLC0415 (same)
    from cli.opening import opened_office  # noqa: PLC0415 (same)
    from wiring.renewal import add_timestamps, care_for_documents  # noqa: PLC0415 (same)

    with opened_office() as office:
        files = verify_archive(office.desk)
        with office.database.reading() as session:
            trail = verify_chain(session)
        added = add_timestamps(office)
        judged = care_for_documents(office)
    broken = [one.message for one in files.findings]
    if trail.broken_at is not None:
        broken.append(f"{trail.reason} Giữ nguyên hiện trạng và báo quản trị ngay.")
    _say([f"Đã đối chiếu {files.expected} tệp với cơ sở dữ liệu.", trail.reason])
    _say([*(f"Văn bản {name}: đã bổ sung dấu thời gian." for name in added.added)])
    _say([judged.summary, *judged.renewed, *judged.turned])
    _end([*broken, *added.waiting, *judged.problems])


@app.command(cls=Command)
def status() -> None:
    """Liệt kê văn bản mà lần kiểm tra gần nhất không đạt. Mã kết thúc: 0 không có, 1 có."""
    from actions.renewing import standing  # noqa: PLC0415 (slow to load)
    from cli.opening import opened_tables  # noqa: PLC0415 (same)

    with opened_tables() as tables, tables.database.reading() as session:
        found = standing(session)
    _say([found.summary])
    _end(list(found.problems))


def _say(lines: list[str]) -> None:
    from cli.visible import visible  # noqa: PLC0415 (loaded by now)

    for line in lines:
        typer.echo(visible(line))


def _end(problems: list[str]) -> None:
    from cli.visible import visible  # noqa: PLC0415 (loaded by now)

    for line in problems:
        typer.echo(visible(line), err=True)
    if problems:
        raise typer.Exit(1)
