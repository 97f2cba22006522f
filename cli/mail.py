"""`trinhky mail`: messages that came in and wait for a person."""

from typing import Annotated

import typer

from cli.usage import Command, make_group

app = make_group(
    "Thư đến cần xử lý: thư, trạng thái mà hệ thống chưa xác định được.\n\n"
    "MÃ_THƯ là mã hiện ở lệnh list, hoặc ít nhất 4 ký tự đầu của mã."
)

Key = Annotated[str, typer.Argument(metavar="MÃ_THƯ", help="Mã của thư, từ lệnh list.")]
As = Annotated[
    str, typer.Option("--as", metavar="TÊN_ĐĂNG_NHẬP", help="Người thực hiện; sẽ hỏi mật khẩu.")
]
Stdin = Annotated[bool, typer.Option("--stdin", help="Đọc mật khẩu từ đầu vào chuẩn.")]
Reason = Annotated[str, typer.Option(metavar="LÝ_DO", help="Lý do, căn cứ; được ghi lại.")]


@app.command("list", cls=Command)
def list_waiting(
    *,
    limit: Annotated[
        int, typer.Option(min=1, metavar="SỐ", help="Nhiều nhất bao nhiêu thư; mặc định 50.")
    ] = 50,
) -> None:
    """Liệt kê thư đang chờ người xử lý, thư đến trước đứng trước."""
    from cli.mail_deeds import print_waiting  # noqa: PLC0415 (slow to load)

    print_waiting(limit)


@app.command(cls=Command)
def show(key: Key) -> None:
    """Hiện nội dung một thư dạng chữ, cùng tên các tệp kèm theo."""
    from cli.mail_deeds import print_message  # noqa: PLC0415 (slow to load)

    print_message(key)


@app.command(cls=Command)
def match(
    key: Key,
    *,
    directive: Annotated[
        str, typer.Option(metavar="VĂN_BẢN", help="Số ký hiệu hoặc mã của văn bản.")
    ],
    unit: Annotated[str, typer.Option(metavar="ĐƠN_VỊ", help="Tên hoặc mã của đơn vị.")],
    as_user: As,
    meaning: Annotated[
        str,
        typer.Option(
            metavar="Ý_NGHĨA",
            help="report (nhận làm báo cáo), word, bounced, arrived, refused, accepted, recalled "
            "hoặc recall_refused.",
        ),
    ] = "report",
    reason: Reason = "",
    stdin: Stdin = False,
) -> None:
    """Gắn thư với báo cáo hoặc lượt gửi của một đơn vị."""
    from cli.mail_deeds import Aim, match_message  # noqa: PLC0415 (slow to load)

    aim = Aim(directive=directive, unit=unit, meaning=meaning, reason=reason)
    match_message(key, aim, as_user, from_stdin=stdin)


@app.command(cls=Command)
def set_aside(key: Key, *, reason: Reason, as_user: As, stdin: Stdin = False) -> None:
    """Xếp riêng một thư kèm lý do; thư vẫn được giữ trong kho."""
    from cli.mail_deeds import set_message_aside  # noqa: PLC0415 (slow to load)

    set_message_aside(key, reason, as_user, from_stdin=stdin)
