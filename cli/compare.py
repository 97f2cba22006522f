"""`trinhky compare`: the file as it was signed beside the file as it came."""

from pathlib import Path
from typing import Annotated

import typer


def compare(
    file: Annotated[str, typer.Argument(metavar="TỆP", help="Tệp PDF đã ký.")],
    *,
    out: Annotated[
        Path,
        typer.Option(metavar="THƯ_MỤC", help="Nơi ghi bản khi ký, hình so sánh và so-sanh.html."),
    ],
    field: Annotated[
        str | None,
        typer.Option(metavar="TÊN", help="Chỉ xét chữ ký trong ô này; mặc định mọi chữ ký."),
    ] = None,
    password_file: Annotated[
        Path | None,
        typer.Option(metavar="TỆP", help="Tệp có mật khẩu ở dòng đầu, nếu tệp PDF được mã hoá."),
    ] = None,
    ask_password: Annotated[
        bool, typer.Option("--ask-password", help="Hỏi mật khẩu của tệp PDF được mã hoá.")
    ] = False,
) -> None:
    """So sánh bản nhận được với bản khi ký: trích bản khi ký, đánh dấu chỗ khác trên từng trang.

    Mã kết thúc: 0 đã so sánh; 2 có chữ ký không so sánh được hoặc tệp không có chữ ký nào đọc
    được; 64 gọi lệnh sai.
    """
    # Slow to load; help and wrong usage are answered without it.
    from cli.comparison import compare_file  # noqa: PLC0415
    from cli.unlocking import read_password  # noqa: PLC0415

    password = read_password(password_file, ask=ask_password)
    complete = compare_file(file, out=out, field=field, password=password)
    raise typer.Exit(0 if complete else 2)
