"""`trinhky account`: how officers sign in. Without `--as` the operator of the server acts."""

from typing import Annotated

import typer

from cli.usage import Command, make_group

app = make_group(
    "Tài khoản đăng nhập của cán bộ.\n\n"
    "Không có --as thì người vận hành máy chủ thực hiện (cần khi tạo tài khoản quản trị đầu tiên); "
    "có --as thì người đó phải là quản trị và nhập mật khẩu. Mật khẩu không bao giờ là tham số."
)

Officer = Annotated[
    str, typer.Argument(metavar="CÁN_BỘ", help="Mã cán bộ trong tệp dữ liệu của cơ quan.")
]
As = Annotated[
    str | None,
    typer.Option("--as", metavar="TÊN_ĐĂNG_NHẬP", help="Thực hiện với tư cách người quản trị này."),
]
Stdin = Annotated[
    bool,
    typer.Option(
        "--stdin",
        help="Đọc mật khẩu từ đầu vào chuẩn, mỗi mật khẩu một dòng (của --as trước, mới sau).",
    ),
]


@app.command(cls=Command)
def add(
    officer: Officer,
    username: Annotated[
        str, typer.Argument(metavar="TÊN_ĐĂNG_NHẬP", help="Chữ thường không dấu, từ 3 ký tự.")
    ],
    *,
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Tạo tài khoản cho một cán bộ; hỏi mật khẩu hai lần."""
    from actions.accounts import add_account  # noqa: PLC0415 (slow to load)
    from cli.acting import actor_for, ask_new_secret  # noqa: PLC0415 (same)
    from cli.opening import opened_tables  # noqa: PLC0415 (same)

    with opened_tables() as tables:
        at = tables.clock.now()
        actor, _ = actor_for(tables.database, as_user, at=at, from_stdin=stdin)
        password = ask_new_secret("Mật khẩu mới", from_stdin=stdin)
        add_account(
            tables.database,
            officer_id=officer, username=username, password=password, at=at, actor=actor,
        )  # fmt: skip
    typer.echo(f"Đã tạo tài khoản {username} cho cán bộ {officer}.")


@app.command(cls=Command)
def password(officer: Officer, *, as_user: As = None, stdin: Stdin = False) -> None:
    """Đặt mật khẩu mới, mở khoá tài khoản và kết thúc các phiên đang mở; hỏi mật khẩu hai lần.

    Cán bộ tự đổi mật khẩu của mình: --as là tên đăng nhập của chính người đó.
    """
    from actions.accounts import set_password  # noqa: PLC0415 (slow to load)
    from cli.acting import actor_for, ask_new_secret  # noqa: PLC0415 (same)
    from cli.opening import opened_tables  # noqa: PLC0415 (same)

    with opened_tables() as tables:
        at = tables.clock.now()
        actor, current = actor_for(tables.database, as_user, at=at, from_stdin=stdin)
        new = ask_new_secret("Mật khẩu mới", from_stdin=stdin)
        set_password(
            tables.database, officer_id=officer, password=new, current=current, at=at, actor=actor
        )
    typer.echo(f"Đã đặt mật khẩu mới cho cán bộ {officer}; các phiên đang mở đã kết thúc.")


@app.command(cls=Command)
def disable(officer: Officer, *, as_user: As = None, stdin: Stdin = False) -> None:
    """Ngừng dùng tài khoản của một cán bộ và kết thúc các phiên đang mở."""
    from actions.accounts import disable_account  # noqa: PLC0415 (slow to load)
    from cli.acting import actor_for  # noqa: PLC0415 (same)
    from cli.opening import opened_tables  # noqa: PLC0415 (same)

    with opened_tables() as tables:
        at = tables.clock.now()
        actor, _ = actor_for(tables.database, as_user, at=at, from_stdin=stdin)
        disable_account(tables.database, officer_id=officer, at=at, actor=actor)
    typer.echo(f"Đã ngừng dùng tài khoản của cán bộ {officer}.")
