"""`trinhky obligation`: what units owe, and its changes, from a terminal."""

from typing import Annotated

import typer

from cli.usage import Command, make_group

app = make_group(
    "Nhiệm vụ của các đơn vị: xem, đặt lịch định kỳ, ghi sự kiện, đổi thời hạn, chuyển, huỷ.\n\n"
    "VĂN_BẢN là số ký hiệu hoặc mã; NHIỆM_VỤ là ít nhất 4 ký tự đầu của mã trong danh sách. Mỗi "
    "việc cần --as TÊN_ĐĂNG_NHẬP của người theo dõi và lý do; đơn vị được báo bằng thư."
)

Directive = Annotated[str, typer.Argument(metavar="VĂN_BẢN", help="Số ký hiệu hoặc mã.")]
Owed = Annotated[str, typer.Argument(metavar="NHIỆM_VỤ", help="Mã, hoặc 4 ký tự đầu của mã.")]
Task = Annotated[str, typer.Argument(metavar="MỤC", help="Ký hiệu của mục, ví dụ R1.")]
As = Annotated[
    str, typer.Option("--as", metavar="TÊN_ĐĂNG_NHẬP", help="Người thực hiện; sẽ hỏi mật khẩu.")
]
Reason = Annotated[str, typer.Option(metavar="LÝ_DO", help="Lý do; được ghi lại, đơn vị đọc được.")]
Stdin = Annotated[
    bool, typer.Option("--stdin", help="Đọc mật khẩu từ đầu vào chuẩn; không hỏi lại.")
]


@app.command("list", cls=Command)
def list_owed(key: Directive) -> None:
    """Liệt kê nhiệm vụ của một văn bản: thời hạn như văn bản ghi và như đã tính."""
    from cli.obligation_deeds import list_obligations  # noqa: PLC0415 (slow to load)

    list_obligations(key)


@app.command(cls=Command)
def show(key: Owed) -> None:
    """Xem một nhiệm vụ: cách tính thời hạn, chỗ cần lưu ý, các lần thay đổi."""
    from cli.obligation_deeds import show_obligation  # noqa: PLC0415 (slow to load)

    show_obligation(key)


@app.command(cls=Command)
def schedule(
    key: Directive,
    task: Task,
    *,
    data: Annotated[
        str,
        typer.Option(
            "--schedule", metavar="JSON",
            help='Ví dụ {"frequencies": ["quarterly"], "day": {"kind": "after_cut_off", '
            '"count": 2, "working": true}}.',
        ),
    ],
    as_user: As,
    reason: Reason = "",
    stdin: Stdin = False,
) -> None:  # fmt: skip
    """Đặt hoặc đổi lịch báo cáo định kỳ của một mục."""
    from cli.obligation_deeds import By, set_schedule_of  # noqa: PLC0415 (slow to load)

    set_schedule_of(By(as_user, stdin), key, task, data, reason)


@app.command(cls=Command)
def event(
    key: Directive,
    task: Task,
    *,
    day: Annotated[str, typer.Option(metavar="NGÀY", help="Ngày của sự kiện, năm-tháng-ngày.")],
    note: Annotated[str, typer.Option(metavar="SỰ_KIỆN", help="Sự kiện, văn bản nào.")],
    until: Annotated[
        str | None,
        typer.Option(metavar="NGÀY", help="Ngày cuối, khi văn bản không nêu số ngày."),
    ] = None,
    as_user: As,
    stdin: Stdin = False,
) -> None:
    """Ghi ngày của sự kiện mà thời hạn tính từ đó."""
    from cli.obligation_deeds import By, fix_event_of  # noqa: PLC0415 (slow to load)

    fix_event_of(By(as_user, stdin), key, task, day=day, note=note, until=until)


@app.command(cls=Command)
def due(
    key: Owed,
    *,
    until: Annotated[
        str, typer.Option(metavar="NGÀY", help="Ngày cuối cùng còn trong hạn, năm-tháng-ngày.")
    ],
    as_user: As,
    reason: Reason,
    stdin: Stdin = False,
) -> None:
    """Đổi thời hạn của một nhiệm vụ."""
    from cli.obligation_deeds import By, change_due_of  # noqa: PLC0415 (slow to load)

    change_due_of(By(as_user, stdin), key, until, reason)


@app.command(cls=Command)
def transfer(
    key: Owed,
    *,
    to: Annotated[str, typer.Option(metavar="ĐƠN_VỊ", help="Mã của đơn vị nhận nhiệm vụ.")],
    as_user: As,
    reason: Reason,
    stdin: Stdin = False,
) -> None:
    """Chuyển một nhiệm vụ cho đơn vị khác."""
    from cli.obligation_deeds import By, transfer_of  # noqa: PLC0415 (slow to load)

    transfer_of(By(as_user, stdin), key, to, reason)


@app.command(cls=Command)
def lead(
    key: Owed,
    *,
    coordinating: Annotated[
        bool, typer.Option("--coordinating", help="Thành đơn vị phối hợp, thay vì chủ trì.")
    ] = False,
    as_user: As,
    reason: Reason,
    stdin: Stdin = False,
) -> None:
    """Đổi đơn vị thành chủ trì (hoặc phối hợp)."""
    from cli.obligation_deeds import By, change_lead_of  # noqa: PLC0415 (slow to load)

    change_lead_of(By(as_user, stdin), key, leads=not coordinating, reason=reason)


@app.command(cls=Command)
def cancel(key: Owed, *, as_user: As, reason: Reason, stdin: Stdin = False) -> None:
    """Huỷ một nhiệm vụ của một đơn vị."""
    from cli.obligation_deeds import By, cancel_of  # noqa: PLC0415 (slow to load)

    cancel_of(By(as_user, stdin), key, reason)
