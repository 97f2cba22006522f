"""`trinhky dispatch`: who gets a directive, how far it came, what the registry clerk decides."""

from datetime import datetime
from typing import Annotated

import typer

from cli.usage import Command, make_group

DirectiveArgument = Annotated[str, typer.Argument(help="Số hoặc mã văn bản.")]
UnitArgument = Annotated[str, typer.Argument(help="Mã đơn vị trong dữ liệu cơ quan.")]
AsOption = Annotated[str, typer.Option("--as", help="Tên đăng nhập của văn thư.")]
StdinOption = Annotated[bool, typer.Option("--stdin", help="Đọc mật khẩu từ đầu vào chuẩn.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Lý do, ghi vào nhật ký.")]
AddressOption = Annotated[str, typer.Option("--address", help="Địa chỉ, nếu khác danh mục.")]

app = make_group("Gửi văn bản đến đơn vị: xem, gửi lại, tạm giữ, chuyển kênh, ghi sổ gửi tay.")


@app.command(cls=Command)
def preview(*, directive: DirectiveArgument) -> None:
    """Xem ai sẽ nhận, qua kênh nào, ở địa chỉ nào; không thay đổi gì."""
    from cli.dispatches import print_preview  # noqa: PLC0415 (slow to load)

    print_preview(directive)


@app.command("list", cls=Command)
def list_units(
    *,
    directive: DirectiveArgument,
    stuck: Annotated[bool, typer.Option("--stuck", help="Chỉ đơn vị cần xử lý.")] = False,
) -> None:
    """Liệt kê tình trạng gửi đến từng đơn vị."""
    from cli.dispatches import print_units  # noqa: PLC0415 (slow to load)

    print_units(directive, stuck=stuck)


@app.command(cls=Command)
def show(*, directive: DirectiveArgument, unit: UnitArgument) -> None:
    """Xem từng lần gửi đến một đơn vị với lời của kênh."""
    from cli.dispatches import print_history  # noqa: PLC0415 (slow to load)

    print_history(directive, unit)


@app.command(cls=Command)
def retry(
    *,
    directive: DirectiveArgument,
    unit: UnitArgument,
    username: AsOption,
    address: AddressOption = "",
    reason: ReasonOption = "",
    stdin: StdinOption = False,
) -> None:
    """Gửi lại, giữ nguyên mã thư; cũng để thả lượt gửi đang tạm giữ."""
    from actions.consigning import resend  # noqa: PLC0415 (slow to load)
    from cli.dispatches import Chosen, decide  # noqa: PLC0415 (same)

    chosen = Chosen(directive=directive, unit=unit, username=username, from_stdin=stdin)
    decide(chosen, resend, address=address.strip() or None, reason=reason)


@app.command(cls=Command)
def hold(
    *,
    directive: DirectiveArgument,
    unit: UnitArgument,
    username: AsOption,
    reason: ReasonOption,
    stdin: StdinOption = False,
) -> None:
    """Tạm giữ, chưa gửi."""
    from actions.distribution import clerk  # noqa: PLC0415 (slow to load)
    from cli.dispatches import Chosen, decide  # noqa: PLC0415 (same)

    chosen = Chosen(directive=directive, unit=unit, username=username, from_stdin=stdin)
    decide(chosen, clerk.hold, reason=reason)


@app.command(cls=Command)
def reroute(
    *,
    directive: DirectiveArgument,
    unit: UnitArgument,
    channel: Annotated[str, typer.Argument(help="Kênh mới, ví dụ webhook, paper.")],
    username: AsOption,
    reason: ReasonOption,
    address: AddressOption = "",
    stdin: StdinOption = False,
) -> None:
    """Chuyển sang kênh khác của đơn vị, hoặc sang bản giấy (paper)."""
    from actions.distribution import clerk  # noqa: PLC0415 (slow to load)
    from cli.dispatches import Chosen, decide  # noqa: PLC0415 (same)

    chosen = Chosen(directive=directive, unit=unit, username=username, from_stdin=stdin)
    decide(chosen, clerk.reroute, channel=channel, address=address, reason=reason)


@app.command(cls=Command)
def arrived(
    *,
    directive: DirectiveArgument,
    unit: UnitArgument,
    username: AsOption,
    reason: ReasonOption,
    stdin: StdinOption = False,
) -> None:
    """Ghi nhận đã đến, khi không rõ kết quả gửi và đơn vị cho biết đã nhận."""
    from actions.distribution import clerk  # noqa: PLC0415 (slow to load)
    from cli.dispatches import Chosen, decide  # noqa: PLC0415 (same)

    chosen = Chosen(directive=directive, unit=unit, username=username, from_stdin=stdin)
    decide(chosen, clerk.mark_arrived, reason=reason)


@app.command("by-hand", cls=Command)
def by_hand(
    *,
    directive: DirectiveArgument,
    unit: UnitArgument,
    tracking: Annotated[str, typer.Argument(help="Số bưu gửi, hoặc người nhận.")],
    sent_on: Annotated[
        datetime, typer.Option("--on", formats=["%d/%m/%Y", "%Y-%m-%d"], help="Ngày gửi.")
    ],
    username: AsOption,
    note: Annotated[str, typer.Option(help="Ghi chú trong sổ.")] = "",
    stdin: StdinOption = False,
) -> None:
    """Ghi sổ đã gửi bản giấy."""
    from actions.distribution import clerk  # noqa: PLC0415 (slow to load)
    from cli.dispatches import Chosen, decide  # noqa: PLC0415 (same)

    chosen = Chosen(directive=directive, unit=unit, username=username, from_stdin=stdin)
    how = clerk.ByHand(tracking=tracking, sent_on=sent_on.date(), note=note)
    decide(chosen, clerk.mark_sent_by_hand, how=how)


@app.command("test", cls=Command)
def send_test_message(
    *,
    unit: UnitArgument,
    username: AsOption,
    channel: Annotated[str, typer.Option(help="Một kênh của đơn vị; bỏ trống: kênh đầu.")] = "",
    stdin: StdinOption = False,
) -> None:
    """Gửi thư thử nghiệm đến một đơn vị."""
    from cli.dispatches import send_trial  # noqa: PLC0415 (slow to load)

    send_trial(unit, username, channel, from_stdin=stdin)
