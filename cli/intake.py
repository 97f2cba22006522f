"""`trinhky intake`: what does this paper say, and what in it could not be understood?"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How the answer looks."""

    TEXT = "text"
    JSON = "json"


def intake(
    file: Annotated[
        Path, typer.Argument(metavar="TỆP", help="Văn bản: .txt, PDF, DOCX hoặc ảnh (PNG, JPEG).")
    ],
    *,
    directory: Annotated[
        str | None,
        typer.Option(
            metavar="NGUỒN",
            help="Danh mục đơn vị để khớp nơi nhận: tệp dữ liệu cơ quan (.toml), “office” (cơ "
            "quan đang dùng) hoặc “demo”. Không chọn thì chỉ đọc theo lời văn.",
        ),
    ] = None,
    form: Annotated[
        Format,
        typer.Option("--format", metavar="text|json", help="Dạng kết quả; mặc định text."),
    ] = Format.TEXT,
) -> None:
    """Đọc một văn bản: số, ngày, trích yếu, nơi nhận, thời hạn, người ký.

    Mỗi mục kèm độ tin cậy và đoạn chữ làm căn cứ; phần nào chưa hiểu được nêu riêng để người dùng
    xem lại, không bỏ qua phần nào. Không ghi gì vào hệ thống.
    """
    # The readers are slow to load; help and wrong usage are answered without them.
    from cli.paper_reading import read  # noqa: PLC0415
    from cli.paper_words import to_line, to_words  # noqa: PLC0415

    result = read(file, directory)
    typer.echo(to_line(result) if form is Format.JSON else to_words(result))
