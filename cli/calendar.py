"""`trinhky calendar`: days off and swapped days of a year."""

from pathlib import Path
from typing import Annotated

import typer

from cli.usage import Command, make_group

app = make_group(
    "Lịch làm việc: ngày nghỉ và ngày làm bù của từng năm.\n\n"
    "Danh sách đọc từ tệp .toml (như trong tệp dữ liệu cơ quan), .csv hoặc .xlsx có các cột ngày, "
    "đến ngày, loại (nghỉ, làm bù), tên."
)

Year = Annotated[int, typer.Argument(metavar="NĂM", min=2000, max=2200, help="Năm của lịch.")]


@app.command(cls=Command)
def show(year: Year) -> None:
    """Xem lịch của một năm, kèm căn cứ và chỗ cần xem lại."""
    from cli.calendar_deeds import show_calendar  # noqa: PLC0415 (slow to load)

    show_calendar(year)


@app.command(cls=Command)
def check(year: Year) -> None:
    """Xem thời hạn nào chưa khớp với lịch hiện có của một năm."""
    from cli.calendar_deeds import check_calendar  # noqa: PLC0415 (slow to load)

    check_calendar(year)


@app.command("import", cls=Command)
def import_(
    year: Year,
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp .toml, .csv hoặc .xlsx.")],
    *,
    as_user: Annotated[
        str,
        typer.Option("--as", metavar="TÊN_ĐĂNG_NHẬP", help="Quản trị hoặc người theo dõi."),
    ],
    basis: Annotated[
        str,
        typer.Option(metavar="CĂN_CỨ", help="Số, ngày thông báo nghỉ; tệp .toml có thể tự ghi."),
    ] = "",
    preliminary: Annotated[
        bool, typer.Option("--preliminary", help="Danh sách tạm, chưa có thông báo chính thức.")
    ] = False,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Đọc mật khẩu từ đầu vào chuẩn; không hỏi lại.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại trước khi nhập.")] = False,
) -> None:
    """Nhập lịch của một năm: hiện thay đổi và thời hạn sẽ dời, hỏi lại, rồi ghi."""
    from cli.calendar_deeds import Taking, import_calendar  # noqa: PLC0415 (slow to load)

    import_calendar(
        Taking(
            year=year, file=file, username=as_user, basis=basis, confirmed=not preliminary,
            from_stdin=stdin, sure=yes,
        )
    )  # fmt: skip
