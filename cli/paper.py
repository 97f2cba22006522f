"""`trinhky paper`: papers from outside that others have signed; signed here too."""

from pathlib import Path
from typing import Annotated

import typer

from cli.usage import Command, make_group

app = make_group(
    "Văn bản từ ngoài đã có chữ ký: tiếp nhận, xem, ký thêm mà không làm hỏng chữ ký đang có.\n\n"
    "take kiểm tra chữ ký khi nhận và giữ lại kết quả; sign ký bằng khoá của lãnh đạo (approval) "
    "hoặc của cơ quan (seal). Mỗi việc cần --as và mật khẩu."
)

As = Annotated[str, typer.Option("--as", metavar="TÊN_ĐĂNG_NHẬP", help="Ai làm; hỏi mật khẩu.")]
Stdin = Annotated[
    bool,
    typer.Option("--stdin", help="Đọc mật khẩu (và mã PIN) từ đầu vào chuẩn, mỗi thứ một dòng."),
]
Paper = Annotated[str, typer.Argument(metavar="MÃ", help="Mã của văn bản; ít nhất 4 ký tự đầu.")]


@app.command(cls=Command)
def take(
    path: Annotated[Path, typer.Argument(metavar="TỆP.pdf", help="Văn bản nhận được.")],
    *,
    as_user: As,
    name: Annotated[str, typer.Option(metavar="TÊN", help="Tên văn bản.")],
    kinds: Annotated[
        str,
        typer.Option(
            metavar="approval|seal|approval,seal",
            help="Lãnh đạo ký, cơ quan ký, hay lần lượt cả hai; mặc định approval.",
        ),
    ] = "approval",
    at: Annotated[
        str,
        typer.Option(
            metavar="TRANG,TRÁI,DƯỚI",
            help="Chỗ hiện chữ ký: trang, rồi milimét tính từ mép trái và mép dưới. Bỏ trống thì "
            "chữ ký không hiện trên trang.",
        ),
    ] = "",
    into: Annotated[
        str | None, typer.Option(metavar="Ô", help="Ký vào ô chữ ký trống có sẵn này của tệp.")
    ] = None,
    stdin: Stdin = False,
) -> None:
    """Tiếp nhận một văn bản đã có chữ ký: kiểm tra, giữ nguyên bản đến, mở ô để ký thêm."""
    from cli.papers import take_in  # noqa: PLC0415 (slow to load)

    take_in(path, as_user, name=name, kinds=kinds, at=at, into=into, from_stdin=stdin)


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
    """Ký văn bản đến lượt mình ký, gắn dấu thời gian, kiểm tra lại mọi chữ ký trên đó."""
    from cli.copies import sign_one  # noqa: PLC0415 (slow to load)

    sign_one(paper, as_user, sha256, from_stdin=stdin)


@app.command(cls=Command)
def show(
    paper: Paper,
    *,
    save: Annotated[
        Path | None, typer.Option(metavar="TỆP.pdf", help="Ghi bản hiện hành ra tệp này.")
    ] = None,
) -> None:
    """Xem một văn bản từ ngoài: trạng thái, kết quả kiểm tra khi nhận, mã băm; ghi tệp PDF."""
    from cli.copies import show_one  # noqa: PLC0415 (slow to load)

    show_one(paper, save)
