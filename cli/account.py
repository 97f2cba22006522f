"""`trinhky account`: how officers sign in. Without `--as` the operator of the server acts."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from cli.usage import Command, make_group
from models.officer import Scope

app = make_group(
    "Tài khoản đăng nhập của cán bộ.\n\n"
    "Không có --as thì người vận hành máy chủ thực hiện (cần khi tạo tài khoản quản trị đầu tiên); "
    "có --as thì người đó phải là quản trị và nhập mật khẩu. Mật khẩu không bao giờ là tham số."
)

token_app = make_group("Mã truy cập để chương trình dùng API thay một cán bộ.")

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

Lasting = Annotated[
    bool,
    typer.Option(
        "--lasting", help="Mật khẩu do chính cán bộ chọn và nhập; không phải đổi khi đăng nhập."
    ),
]


@app.command(cls=Command)
def add(
    officer: Officer,
    username: Annotated[
        str, typer.Argument(metavar="TÊN_ĐĂNG_NHẬP", help="Chữ thường không dấu, từ 3 ký tự.")
    ],
    *,
    lasting: Lasting = False,
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Tạo tài khoản cho một cán bộ; hỏi mật khẩu hai lần.

    Mật khẩu này chỉ dùng tạm: lần đăng nhập đầu tiên phải đổi.
    """
    from actions.accounts import add_account, require_no_account  # noqa: PLC0415 (slow to load)
    from cli.acting import acting, ask_new_secret  # noqa: PLC0415 (same)

    with acting(as_user, from_stdin=stdin) as by:
        require_no_account(by.tables.database, officer)
        password = ask_new_secret("Mật khẩu mới", from_stdin=stdin)
        add_account(
            by.tables.database,
            officer_id=officer, username=username, password=password, at=by.at, actor=by.actor,
            temporary=not lasting,
        )  # fmt: skip
    typer.echo(f"Đã tạo tài khoản {username} cho cán bộ {officer}.")


@app.command(cls=Command)
def password(
    officer: Officer, *, lasting: Lasting = False, as_user: As = None, stdin: Stdin = False
) -> None:
    """Đặt mật khẩu mới, mở khoá tài khoản và kết thúc các phiên đang mở; hỏi mật khẩu hai lần.

    Mật khẩu do người khác đặt chỉ dùng tạm: lần đăng nhập tiếp theo phải đổi.

    Cán bộ tự đổi mật khẩu của mình: --as là tên đăng nhập của chính người đó.
    """
    from actions.accounts import set_password  # noqa: PLC0415 (slow to load)
    from cli.acting import acting, ask_new_secret  # noqa: PLC0415 (same)

    with acting(as_user, from_stdin=stdin, changing=True) as by:
        new = ask_new_secret("Mật khẩu mới", from_stdin=stdin)
        set_password(
            by.tables.database,
            officer_id=officer,
            password=new,
            current=by.password,
            at=by.at,
            actor=by.actor,
            temporary=not lasting,
        )
    typer.echo(f"Đã đặt mật khẩu mới cho cán bộ {officer}; các phiên đang mở đã kết thúc.")


@app.command(cls=Command)
def disable(officer: Officer, *, as_user: As = None, stdin: Stdin = False) -> None:
    """Ngừng dùng tài khoản của một cán bộ và kết thúc các phiên đang mở."""
    from actions.accounts import disable_account  # noqa: PLC0415 (slow to load)
    from cli.acting import acting  # noqa: PLC0415 (same)

    with acting(as_user, from_stdin=stdin) as by:
        disable_account(by.tables.database, officer_id=officer, at=by.at, actor=by.actor)
    typer.echo(f"Đã ngừng dùng tài khoản của cán bộ {officer}.")


@app.command("factor-off", cls=Command)
def factor_off(
    officer: Officer,
    *,
    passkeys: Annotated[
        bool, typer.Option("--passkeys", help="Xoá cả các khoá đăng nhập (passkey) của người đó.")
    ] = False,
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Tắt xác thực hai lớp của một cán bộ mất điện thoại; kết thúc các phiên đang mở."""
    from actions.recovering import take_factors_off  # noqa: PLC0415 (slow to load)
    from cli.acting import acting  # noqa: PLC0415 (same)

    with acting(as_user, from_stdin=stdin) as by:
        done = take_factors_off(
            by.tables.database, officer_id=officer, passkeys=passkeys, at=by.at, actor=by.actor
        )
    said = "Đã tắt xác thực hai lớp" if done.factor else "Xác thực hai lớp vốn không bật"
    keys = f", xoá {done.passkeys} khoá đăng nhập" if passkeys else ""
    typer.echo(f"{said}{keys} của cán bộ {officer}; kết thúc {done.sessions} phiên.")


@app.command(cls=Command)
def link(
    officer: Officer,
    subject: Annotated[
        str, typer.Argument(metavar="MÃ", help="Mã của người đó ở dịch vụ (sub), đúng từng chữ.")
    ],
    *,
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Nối một cán bộ với tài khoản ở dịch vụ đăng nhập một lần (TRINHKY_SSO__ISSUER)."""
    from actions.single_sign_on import link_identity  # noqa: PLC0415 (slow to load)
    from cli.acting import acting  # noqa: PLC0415 (same)
    from wiring.errors import SettingsError  # noqa: PLC0415 (same)

    with acting(as_user, from_stdin=stdin) as by:
        issuer = by.tables.settings.sso.issuer
        if issuer is None:
            raise SettingsError("TRINHKY_SSO__ISSUER", "chưa đặt dịch vụ đăng nhập một lần.")
        link_identity(
            by.tables.database,
            officer_id=officer, issuer=issuer, subject=subject, at=by.at, actor=by.actor,
        )  # fmt: skip
    typer.echo(f"Đã nối cán bộ {officer} với mã {subject} ở {issuer}.")


@app.command(cls=Command)
def unlink(officer: Officer, *, as_user: As = None, stdin: Stdin = False) -> None:
    """Bỏ nối một cán bộ với dịch vụ đăng nhập một lần; mật khẩu và khoá đăng nhập giữ nguyên."""
    from actions.single_sign_on import unlink_identities  # noqa: PLC0415 (slow to load)
    from cli.acting import acting  # noqa: PLC0415 (same)

    with acting(as_user, from_stdin=stdin) as by:
        gone = unlink_identities(by.tables.database, officer_id=officer, at=by.at, actor=by.actor)
    typer.echo(f"Đã bỏ {gone} mối nối của cán bộ {officer}.")


app.add_typer(token_app, name="token")


@token_app.command("add", cls=Command)
def add_token(
    officer: Officer,
    label: Annotated[str, typer.Argument(metavar="TÊN", help="Tên chương trình sẽ dùng mã.")],
    *,
    scope: Annotated[
        list[Scope] | None,
        typer.Option(
            "--scope",
            help="Việc mã được làm, ghi nhiều lần: read (đọc), write (soạn và xử lý), decide (quyết"
            " định), sign (ký số, đóng dấu). Không ghi thì chỉ được đọc.",
        ),
    ] = None,
    days: Annotated[
        int | None,
        typer.Option("--days", min=1, max=3660, help="Số ngày dùng được; mặc định: không hạn."),
    ] = None,
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Tạo mã truy cập; mã chỉ hiện một lần, hệ thống không giữ lại."""
    from actions.api_tokens import add_api_token  # noqa: PLC0415 (slow to load)
    from cli.acting import acting  # noqa: PLC0415 (same)

    with acting(as_user, from_stdin=stdin) as by:
        made = add_api_token(
            by.tables.database, officer_id=officer, label=label, at=by.at, actor=by.actor,
            scopes=scope or (Scope.READ,),
            expires_at=by.at + timedelta(days=days) if days else None,
        )  # fmt: skip
    typer.echo(made.token)
    typer.echo(f"Mã số {made.id}. Cất giữ mã truy cập ở trên: không xem lại được.", err=True)


@token_app.command("list", cls=Command)
def list_tokens() -> None:
    """Liệt kê các mã truy cập đã tạo: mã số, cán bộ, tên, còn dùng hay đã huỷ."""
    from actions.api_tokens import api_tokens  # noqa: PLC0415 (slow to load)
    from cli.opening import opened_tables  # noqa: PLC0415 (same)
    from cli.visible import visible  # noqa: PLC0415 (same)
    from signing.words import say_time  # noqa: PLC0415 (same)

    with opened_tables() as tables, tables.database.reading() as session:
        rows = api_tokens(session)
    for row in rows:
        state = f"huỷ lúc {say_time(row.ended_at)}" if row.ended_at else "còn dùng"
        if row.expires_at and not row.ended_at:
            state = f"dùng đến {say_time(row.expires_at)}"
        made = f"tạo lúc {say_time(row.created_at)}"
        typer.echo(
            visible(
                f"{row.id}  {row.officer_id}  {row.label}  {','.join(row.scopes)}  {made}, {state}"
            )
        )
    if not rows:
        typer.echo("Chưa có mã truy cập nào.")


@token_app.command("end", cls=Command)
def end_token(
    token_id: Annotated[
        UUID, typer.Argument(metavar="MÃ_SỐ", help="Mã số của mã truy cập, xem ở lệnh list.")
    ],
    *,
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Huỷ một mã truy cập; chương trình dùng mã ấy không vào được nữa."""
    from actions.api_tokens import end_api_token  # noqa: PLC0415 (slow to load)
    from cli.acting import acting  # noqa: PLC0415 (same)

    with acting(as_user, from_stdin=stdin) as by:
        end_api_token(by.tables.database, token_id, at=by.at, actor=by.actor)
    typer.echo(f"Đã huỷ mã truy cập {token_id}.")
