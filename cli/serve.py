"""`trinhky serve`: everything for daily use on this machine, in the foreground."""

import typer


def serve() -> None:
    """Khởi động mọi dịch vụ trên máy này và chạy đến khi nhận tín hiệu dừng (Ctrl+C, SIGTERM).

    Cơ sở dữ liệu trống được nạp cơ quan thử nghiệm kèm tài khoản đăng nhập. Cổng đã có chương
    trình khác dùng thì lấy cổng trống kế tiếp.
    """
    from wiring.serving import serve as serve_office  # noqa: PLC0415 (heavy; help must be quick)
    from wiring.settings import load_settings  # noqa: PLC0415 (same)

    serve_office(load_settings(), _tell)


def _tell(line: str) -> None:
    typer.echo(line)
