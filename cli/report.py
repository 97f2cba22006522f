"""`trinhky report`: reports of units, forms that they fill, their personal links."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.usage import Command, make_group

app = make_group(
    "Báo cáo của đơn vị: xem, nhận, trả lại; biểu số liệu; đường dẫn riêng của đơn vị.\n\n"
    "VĂN_BẢN là số ký hiệu hoặc mã. MÃ_BÁO_CÁO là mã hiện ở lệnh list, ít nhất 4 ký tự đầu."
)

Directive = Annotated[str, typer.Argument(metavar="VĂN_BẢN", help="Số ký hiệu hoặc mã văn bản.")]
Key = Annotated[str, typer.Argument(metavar="MÃ_BÁO_CÁO", help="Mã của báo cáo.")]
Unit = Annotated[str, typer.Argument(metavar="ĐƠN_VỊ", help="Tên hoặc mã của đơn vị.")]
As = Annotated[
    str, typer.Option("--as", metavar="TÊN_ĐĂNG_NHẬP", help="Người thực hiện; sẽ hỏi mật khẩu.")
]
Stdin = Annotated[bool, typer.Option("--stdin", help="Đọc mật khẩu từ đầu vào chuẩn.")]
Reason = Annotated[str, typer.Option(metavar="LÝ_DO", help="Lý do; được ghi lại.")]


@app.command("list", cls=Command)
def list_reports(directive: Directive) -> None:
    """Liệt kê báo cáo của các đơn vị về một văn bản, mới nhất trước."""
    from cli.report_deeds import print_reports  # noqa: PLC0415 (slow to load)

    print_reports(directive)


@app.command(cls=Command)
def accept(key: Key, *, as_user: As, note: Reason = "", stdin: Stdin = False) -> None:
    """Nhận một báo cáo đang chờ xem xét."""
    from cli.report_deeds import accept_report  # noqa: PLC0415 (slow to load)

    accept_report(key, note, as_user, from_stdin=stdin)


@app.command("return", cls=Command)
def return_one(
    key: Key,
    *,
    reason: Reason,
    as_user: As,
    due: Annotated[
        datetime | None,
        typer.Option(
            formats=["%d/%m/%Y", "%Y-%m-%d"], metavar="NGÀY", help="Hạn gửi lại; bỏ trống: hạn cũ."
        ),
    ] = None,
    stdin: Stdin = False,
) -> None:
    """Trả lại một báo cáo kèm lý do, có thể kèm hạn mới."""
    from cli.report_deeds import return_to_unit  # noqa: PLC0415 (slow to load)

    return_to_unit(key, reason, due.date() if due else None, as_user, from_stdin=stdin)


@app.command(cls=Command)
def form(
    directive: Directive,
    task: Annotated[str, typer.Argument(metavar="MỤC", help="Mục nhiệm vụ, ví dụ R1.")],
    *,
    file: Annotated[
        Path | None,
        typer.Option("--from", metavar="TỆP_TOML", help="Biểu: title, [[columns]], rows."),
    ] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Bỏ biểu này.")] = False,
    as_user: As = "",
    stdin: Stdin = False,
) -> None:
    """Xem, lập hoặc bỏ biểu số liệu mà đơn vị phải điền cho một nhiệm vụ."""
    from cli.report_deeds import change_form, print_form  # noqa: PLC0415 (slow to load)

    if file is None and not drop:
        print_form(directive, task)
    else:
        change_form(directive, task, file, as_user, from_stdin=stdin)


@app.command("revoke-link", cls=Command)
def revoke(
    directive: Directive, unit: Unit, *, reason: Reason, as_user: As, stdin: Stdin = False
) -> None:
    """Thu hồi đường dẫn riêng của một đơn vị và gửi đường dẫn mới."""
    from cli.report_deeds import revoke_unit_link  # noqa: PLC0415 (slow to load)

    revoke_unit_link(directive, unit, reason, as_user, from_stdin=stdin)


@app.command("send-link", cls=Command)
def send(directive: Directive, unit: Unit, *, as_user: As, stdin: Stdin = False) -> None:
    """Gửi lại đường dẫn riêng cho một đơn vị; đường dẫn đã hết hạn dùng lại được."""
    from cli.report_deeds import send_unit_link  # noqa: PLC0415 (slow to load)

    send_unit_link(directive, unit, as_user, from_stdin=stdin)
