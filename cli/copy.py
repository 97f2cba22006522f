"""`trinhky copy`: copies in due form and annexes, by the registry clerk."""

from pathlib import Path
from typing import Annotated

import typer

from cli.usage import Command, make_group

app = make_group(
    "Sao y, sao lục, trích sao ra bản điện tử; phụ lục ký ở tệp riêng.\n\n"
    "Chuẩn bị bằng file, directive, scan hoặc annex, xem lại tệp (show --save), rồi sign: cơ quan "
    "ký bằng khoá của cơ quan, khối chữ ở góc trên bên phải trang 1. Mỗi việc cần --as của văn thư "
    "và mật khẩu."
)

As = Annotated[str, typer.Option("--as", metavar="TÊN_ĐĂNG_NHẬP", help="Văn thư; hỏi mật khẩu.")]
Stdin = Annotated[
    bool,
    typer.Option("--stdin", help="Đọc mật khẩu (và mã PIN) từ đầu vào chuẩn, mỗi thứ một dòng."),
]
Form = Annotated[
    str, typer.Option(metavar="sao_y|sao_luc|trich_sao", help="Hình thức sao; mặc định sao_y.")
]
Name = Annotated[
    str, typer.Option(metavar="TÊN", help="Tên văn bản được sao, ví dụ “Kế hoạch 53-KH/TU”.")
]
Pages = Annotated[str, typer.Option(metavar="TRANG", help="Khi trích sao: các trang, ví dụ 1,3-5.")]
Decided = Annotated[
    str, typer.Option("--decided-by", metavar="NGƯỜI", help="Người quyết định việc sao; ghi lại.")
]
Paper = Annotated[
    str, typer.Argument(metavar="MÃ", help="Mã của bản sao, phụ lục; ít nhất 4 ký tự đầu.")
]


@app.command(cls=Command)
def file(
    path: Annotated[Path, typer.Argument(metavar="TỆP.pdf", help="Bản gốc điện tử.")],
    *,
    as_user: As,
    name: Name,
    form: Form = "sao_y",
    pages: Pages = "",
    decided_by: Decided = "",
    stdin: Stdin = False,
) -> None:
    """Chuẩn bị bản sao của một tệp PDF; giữ nguyên từng byte nếu chữ ký trên đó cho phép."""
    from cli.copies import Wish, prepare_file  # noqa: PLC0415 (slow to load)

    wish = Wish(form=form, name=name, pages=pages, decided_by=decided_by)
    prepare_file(wish, path, as_user, from_stdin=stdin)


@app.command(cls=Command)
def directive(
    key: Annotated[str, typer.Argument(metavar="VĂN_BẢN", help="Số ký hiệu hoặc mã.")],
    *,
    as_user: As,
    form: Form = "sao_y",
    pages: Pages = "",
    decided_by: Decided = "",
    stdin: Stdin = False,
) -> None:
    """Chuẩn bị bản sao của một văn bản đã đóng dấu của cơ quan; bản gốc nằm trong tệp sao."""
    from cli.copies import Wish, prepare_directive  # noqa: PLC0415 (slow to load)

    wish = Wish(form=form, name="", pages=pages, decided_by=decided_by)
    prepare_directive(wish, key, as_user, from_stdin=stdin)


@app.command(cls=Command)
def scan(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="TỆP…", help="Ảnh quét PNG, JPEG, TIFF hoặc PDF, theo thứ tự."),
    ],
    *,
    as_user: As,
    name: Name,
    form: Form = "sao_y",
    pages: Pages = "",
    decided_by: Decided = "",
    stdin: Stdin = False,
) -> None:
    """Chuẩn bị bản sao điện tử của văn bản giấy: ảnh màu, từ 200 dpi, tỷ lệ 100 %."""
    from cli.copies import Wish, prepare_scans  # noqa: PLC0415 (slow to load)

    wish = Wish(form=form, name=name, pages=pages, decided_by=decided_by)
    prepare_scans(wish, paths, as_user, from_stdin=stdin)


@app.command(cls=Command)
def annex(
    key: Annotated[str, typer.Argument(metavar="VĂN_BẢN", help="Số ký hiệu hoặc mã.")],
    attachment: Annotated[str, typer.Argument(metavar="TÊN_TỆP", help="Tên tệp đính kèm.")],
    *,
    as_user: As,
    stdin: Stdin = False,
) -> None:
    """Chuẩn bị một tệp đính kèm (PDF) của văn bản đã ký để cơ quan ký ở tệp riêng."""
    from cli.copies import prepare_annex  # noqa: PLC0415 (slow to load)

    prepare_annex(key, attachment, as_user, from_stdin=stdin)


@app.command(cls=Command)
def sign(
    paper: Paper,
    *,
    as_user: As,
    sha256: Annotated[
        str | None,
        typer.Option(metavar="MÃ_BĂM", help="Mã băm của bản đã xem. Bắt buộc khi dùng --stdin."),
    ] = None,
    stdin: Stdin = False,
) -> None:
    """Ký bản sao hoặc phụ lục bằng khoá của cơ quan, gắn dấu thời gian, kiểm tra lại."""
    from cli.copies import sign_one  # noqa: PLC0415 (slow to load)

    sign_one(paper, as_user, sha256, from_stdin=stdin)


@app.command("list", cls=Command)
def list_papers() -> None:
    """Liệt kê bản sao, phụ lục và giấy tờ khác, mới trước."""
    from cli.copies import list_all  # noqa: PLC0415 (slow to load)

    list_all()


@app.command(cls=Command)
def show(
    paper: Paper,
    *,
    save: Annotated[
        Path | None, typer.Option(metavar="TỆP.pdf", help="Ghi bản hiện hành ra tệp này.")
    ] = None,
) -> None:
    """Xem một bản sao, phụ lục: hình thức, nguồn, cảnh báo, mã băm; ghi tệp PDF nếu cần."""
    from cli.copies import show_one  # noqa: PLC0415 (slow to load)

    show_one(paper, save)


@app.command(cls=Command)
def finish() -> None:
    """Hoàn tất chữ ký còn dở: dấu thời gian, bằng chứng, kiểm tra lại."""
    from cli.copies import finish_all  # noqa: PLC0415 (slow to load)

    finish_all()
