"""`trinhky register`: the registers of the office, printed, and begun from old ones."""

from pathlib import Path
from typing import Annotated

import typer

from cli.usage import Command, make_group

BOOK_HELP = "Sổ: outgoing (đi), incoming (đến), follow_up (theo dõi giải quyết), postal (bưu điện)."

app = make_group("Sổ đăng ký văn bản: in theo năm hoặc nhiệm kỳ, nhập sổ cũ.")


@app.command("print", cls=Command)
def print_(
    book: Annotated[str, typer.Argument(help=BOOK_HELP)],
    out: Annotated[Path, typer.Option(help="Tệp để ghi; đuôi .pdf hoặc .xlsx.")],
    span: Annotated[
        str, typer.Option(help="Năm (2026) hoặc nhiệm kỳ (xem bằng `register list`).")
    ] = "",
) -> None:
    """In một sổ ra PDF hoặc bảng tính. Mã kết thúc: 0."""
    from cli.registers import print_book  # noqa: PLC0415 (slow to load)

    print_book(book, out, span)


@app.command("list", cls=Command)
def list_() -> None:
    """Liệt kê các sổ, các năm và nhiệm kỳ có trong sổ. Mã kết thúc: 0."""
    from cli.registers import list_books  # noqa: PLC0415 (slow to load)

    list_books()


@app.command("import", cls=Command)
def import_(
    file: Annotated[Path, typer.Argument(help="Bảng tính XLSX của sổ cũ.")],
    username: Annotated[str, typer.Option("--as", help="Tên đăng nhập của văn thư.")],
    book: Annotated[str, typer.Option(help="Sổ: outgoing hoặc incoming.")] = "outgoing",
    series: Annotated[
        str | None, typer.Option(help="Mã dãy số đi tiếp sau số lớn nhất của sổ này.")
    ] = None,
    *,
    stdin: Annotated[bool, typer.Option("--stdin", help="Đọc mật khẩu từ đầu vào chuẩn.")] = False,
) -> None:
    """Nhập sổ cũ: nhập tất cả hoặc không dòng nào. Mã kết thúc: 0."""
    from cli.registers import import_book  # noqa: PLC0415 (slow to load)

    import_book(file, username, book, series, from_stdin=stdin)
