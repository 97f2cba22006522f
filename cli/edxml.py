"""`trinhky edxml`: messages between document systems (QCVN 102:2016), checked and shown."""

from pathlib import Path
from typing import Annotated

import typer

from cli.usage import Command, make_group

Files = Annotated[list[Path], typer.Argument(help="Gói tin edXML.")]

app = make_group("Gói tin văn bản điện tử (QCVN 102:2016): kiểm tra cấu trúc, xem nội dung.")


@app.command(cls=Command)
def check(files: Files) -> None:
    """Kiểm tra cấu trúc của gói tin. Mã kết thúc: 0 tất cả đúng, 1 có gói tin sai."""
    from cli.edxml_files import check_files  # noqa: PLC0415 (slow to load)

    check_files(files)


@app.command(cls=Command)
def show(files: Files) -> None:
    """Xem nội dung gói tin: nơi gửi, văn bản, trạng thái, tệp. Mã kết thúc: 0, 1 có lỗi đọc."""
    from cli.edxml_files import show_files  # noqa: PLC0415 (slow to load)

    show_files(files)
