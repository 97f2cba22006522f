"""`trinhky officer`: an officer leaves. Without `--as` the operator of the server acts."""

from typing import Annotated

import typer

from cli.account import As, Officer, Stdin
from cli.days import parse_day
from cli.usage import Command, make_group

app = make_group(
    "Cán bộ thôi công tác, bàn giao việc.\n\n"
    "Không có --as thì người vận hành máy chủ thực hiện; có --as thì người đó phải là quản trị."
)


@app.command(cls=Command)
def leave(
    officer: Officer,
    *,
    on: Annotated[str, typer.Option(metavar="NĂM-THÁNG-NGÀY", help="Ngày công tác cuối cùng.")],
    reason: Annotated[str, typer.Option(metavar="LÝ_DO", help="Ghi vào nhật ký.")],
    to: Annotated[
        str | None,
        typer.Option(metavar="CÁN_BỘ", help="Người nhận việc đang mở, nếu đủ vai trò, thẩm quyền."),
    ] = None,
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Ghi một cán bộ thôi công tác và bàn giao việc đang mở.

    Chức vụ, quyền ký, chứng thư chấm dứt theo ngày ấy; phiên đăng nhập, mã truy cập, máy ký đã
    ghép kết thúc ngay nếu ngày ấy đã đến. Việc không ai nhận được thì được nêu ra; chạy lại với
    --to khác để bàn giao tiếp.
    """
    from actions.leaving import leave as let_go  # noqa: PLC0415 (slow to load)
    from cli.acting import acting  # noqa: PLC0415 (same)
    from cli.setup_words import left_lines  # noqa: PLC0415 (same)
    from cli.visible import visible  # noqa: PLC0415 (same)

    day = parse_day("--on", on)
    with acting(as_user, from_stdin=stdin) as by:
        left = let_go(
            by.tables.database, officer, on=day or by.at.date(), reason=reason, to=to,
            at=by.at, actor=by.actor,
        )  # fmt: skip
    for line in left_lines(left):
        typer.echo(visible(line))
