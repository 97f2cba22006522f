"""`trinhky run`: flows of the machine, started and looked at by people."""

from typing import Annotated, Final

import typer

from cli.usage import Command, make_group

WAIT_S: Final = 300.0
AsOption = Annotated[str, typer.Option("--as", help="Tên đăng nhập của người chạy.")]
StdinOption = Annotated[bool, typer.Option("--stdin", help="Đọc mật khẩu từ đầu vào chuẩn.")]

app = make_group("Việc của máy: gửi, nhận, đôn đốc, tổng hợp, đối chiếu; chạy ngay và xem kết quả.")


@app.command("list", cls=Command)
def list_runs(
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Số lượt gần nhất.")] = 20,
    failed: Annotated[bool, typer.Option("--failed", help="Chỉ các lượt không thành.")] = False,
) -> None:
    """Liệt kê các lượt chạy gần nhất, mới nhất trước. Mã kết thúc: 0."""
    from actions.operating.runs import FAILED  # noqa: PLC0415 (slow to load)
    from cli.runs import print_runs  # noqa: PLC0415 (same)

    print_runs(limit=limit, state=FAILED if failed else None)


@app.command(cls=Command)
def flows() -> None:
    """Liệt kê các luồng có thể chạy và ai được chạy."""
    from cli.runs import print_flows  # noqa: PLC0415 (slow to load)

    print_flows()


@app.command(cls=Command)
def start(
    *,
    flow: Annotated[str, typer.Argument(help="Tên luồng, xem ở `trinhky run flows`.")],
    username: AsOption,
    directive: Annotated[
        str | None, typer.Option(help="Số hoặc mã văn bản, với luồng chạy cho một văn bản.")
    ] = None,
    wait: Annotated[
        float, typer.Option(min=0, max=86_400, help="Chờ kết quả nhiều nhất bao nhiêu giây.")
    ] = WAIT_S,
    stdin: StdinOption = False,
) -> None:
    """Chạy một luồng ngay. Mã kết thúc: 0 đã xong hoặc đã giao, 1 không thành."""
    from cli.runs import start_run  # noqa: PLC0415 (slow to load)

    start_run(flow, username, directive, wait_s=wait, from_stdin=stdin)
