"""`trinhky office`: the office's data, from one TOML file."""

from pathlib import Path
from typing import Annotated

import typer

from cli.usage import Command, make_group

app = make_group(
    "Nạp và kiểm tra tệp dữ liệu của cơ quan (đơn vị, cán bộ, quyền ký, dãy số, lịch)."
)

OfficeFile = Annotated[Path, typer.Argument(metavar="TỆP.toml", help="Tệp dữ liệu của cơ quan.")]


@app.command(cls=Command)
def load(file: OfficeFile) -> None:
    """Nạp tệp dữ liệu: thêm mục mới, sửa mục khác đi, không xoá gì.

    Tệp được nhận toàn bộ hoặc không nhận gì; nếu sai thì nêu mọi chỗ sai cùng lý do, mã kết thúc 1.
    """
    from actions.office_loading import load_office  # noqa: PLC0415 (slow to load)
    from cli.acting import OPERATOR  # noqa: PLC0415 (same)
    from cli.opening import opened_tables  # noqa: PLC0415 (same)

    with opened_tables(new=True) as tables:
        summary = load_office(tables.database, file, at=tables.clock.now(), actor=OPERATOR)
    typer.echo(summary.sentence())


@app.command(cls=Command)
def check(file: OfficeFile) -> None:
    """Kiểm tra tệp dữ liệu mà không ghi gì; nêu mọi chỗ sai cùng lý do, mã kết thúc 1 nếu sai."""
    from actions.office_loading import check_office_file  # noqa: PLC0415 (same)

    problems = check_office_file(file)
    if not problems:
        typer.echo(f"Tệp {file.name} dùng được.")
        return
    head = f"Tệp {file.name} có {len(problems)} chỗ chưa đúng:"
    lines = [f"{file.name}: {one.place}: {one.reason}." for one in problems]
    typer.echo("\n".join([head, *lines]), err=True)
    raise typer.Exit(1)
