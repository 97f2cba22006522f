"""`trinhky template`: the words of the letters that chase."""

from pathlib import Path
from typing import Annotated

import typer

from cli.ladder import AsUser, Stdin
from cli.usage import Command, make_group

app = make_group(
    "Lời thư đôn đốc: mẫu có sẵn hoặc mẫu riêng của cơ quan.\n\n"
    "Tệp mẫu: dòng đầu là tiêu đề thư, để một dòng trống, sau đó là nội dung. Trường viết trong "
    "ngoặc nhọn, thí dụ {don_vi}; `trinhky template list` nêu các trường."
)

Key = Annotated[str, typer.Argument(metavar="MẪU", help="Tên mẫu, xem bằng `template list`.")]
File = Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp văn bản, mã UTF-8.")]


@app.command("list", cls=Command)
def list_() -> None:
    """Liệt kê các mẫu thư và trường dùng được."""
    from cli.chasing_deeds import list_templates  # noqa: PLC0415 (slow to load)

    list_templates()


@app.command(cls=Command)
def show(key: Key) -> None:
    """Xem một mẫu thư như đang dùng."""
    from cli.chasing_deeds import show_template  # noqa: PLC0415 (slow to load)

    show_template(key)


@app.command("set", cls=Command)
def set_(key: Key, file: File, *, as_user: AsUser, stdin: Stdin = False) -> None:
    """Đặt lời thư riêng của cơ quan."""
    from cli.chasing_deeds import put_template  # noqa: PLC0415 (slow to load)

    put_template(key, file, username=as_user, from_stdin=stdin)


@app.command(cls=Command)
def reset(key: Key, *, as_user: AsUser, stdin: Stdin = False) -> None:
    """Bỏ lời thư riêng, dùng lại mẫu có sẵn."""
    from cli.chasing_deeds import drop_template  # noqa: PLC0415 (slow to load)

    drop_template(key, username=as_user, from_stdin=stdin)


@app.command(cls=Command)
def preview(
    key: Key,
    file: Annotated[
        Path | None, typer.Argument(metavar="TỆP", help="Tệp mẫu; không ghi: mẫu đang dùng.")
    ] = None,
) -> None:
    """Xem thử thư với dữ liệu mẫu, chưa ghi gì."""
    from cli.chasing_deeds import preview_template  # noqa: PLC0415 (slow to load)

    preview_template(key, file)
