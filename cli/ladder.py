"""`trinhky ladder`: which reminder goes out when, and the hours in which none does."""

from pathlib import Path
from typing import Annotated

import typer

from cli.usage import Command, make_group

app = make_group(
    "Thang đôn đốc: bậc nào gửi vào ngày làm việc nào so với thời hạn.\n\n"
    "Tệp .toml, mỗi bậc một mục [[step]]: key (tên bậc), working_days (số ngày làm việc so với "
    "thời hạn; số âm là trước hạn), audience (unit: đơn vị; superior: cấp trên; follow_up: người "
    "theo dõi), wording (reminder: nhắc; overdue: quá hạn; escalation: báo cấp trên)."
)

DocType = Annotated[
    str, typer.Argument(metavar="LOẠI", help="Loại văn bản, thí dụ “Hướng dẫn”; “*”: mọi loại.")
]
AsUser = Annotated[
    str, typer.Option("--as", metavar="TÊN_ĐĂNG_NHẬP", help="Quản trị hoặc người theo dõi.")
]
Stdin = Annotated[
    bool, typer.Option("--stdin", help="Đọc mật khẩu từ đầu vào chuẩn; không hỏi lại.")
]


@app.command(cls=Command)
def show() -> None:
    """Xem các thang đôn đốc đang dùng và giờ yên lặng."""
    from cli.chasing_deeds import show_ladders  # noqa: PLC0415 (slow to load)

    show_ladders()


@app.command("set", cls=Command)
def set_(
    doc_type: DocType,
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp .toml có các bậc.")],
    *,
    as_user: AsUser,
    stdin: Stdin = False,
) -> None:
    """Đặt thang đôn đốc của một loại văn bản; bậc đã gửi không gửi lại."""
    from cli.chasing_deeds import put_ladder  # noqa: PLC0415 (slow to load)

    put_ladder(doc_type, file, username=as_user, from_stdin=stdin)


@app.command(cls=Command)
def reset(doc_type: DocType, *, as_user: AsUser, stdin: Stdin = False) -> None:
    """Bỏ thang riêng của một loại văn bản, dùng lại thang chung."""
    from cli.chasing_deeds import drop_ladder  # noqa: PLC0415 (slow to load)

    drop_ladder(doc_type, username=as_user, from_stdin=stdin)


@app.command(cls=Command)
def quiet(
    begins: Annotated[str, typer.Argument(metavar="TỪ", help="Giờ bắt đầu, thí dụ 20:00.")],
    ends: Annotated[str, typer.Argument(metavar="ĐẾN", help="Giờ kết thúc, thí dụ 06:30.")],
    *,
    as_user: AsUser,
    stdin: Stdin = False,
) -> None:
    """Đặt giờ yên lặng: thư đôn đốc chờ đến hết giờ này; hai giờ bằng nhau là không có."""
    from cli.chasing_deeds import put_quiet_hours  # noqa: PLC0415 (slow to load)

    put_quiet_hours(begins, ends, username=as_user, from_stdin=stdin)
