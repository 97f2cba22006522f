"""`trinhky incoming`: papers that come in, from the list to our reply."""

from pathlib import Path
from typing import Annotated

import typer

from cli.usage import Command, make_group

app = make_group(
    "Văn bản đến: xem, tiếp nhận hoặc trả lại, phân công, giải quyết, trả lời nơi gửi.\n\n"
    "list và show chỉ xem; các việc khác cần --as và mật khẩu, có kiểm tra như trên cổng."
)

As = Annotated[str, typer.Option("--as", metavar="TÊN_ĐĂNG_NHẬP", help="Ai làm; hỏi mật khẩu.")]
Stdin = Annotated[bool, typer.Option("--stdin", help="Đọc mật khẩu từ đầu vào chuẩn.")]
Key = Annotated[
    str, typer.Argument(metavar="SỐ_ĐẾN|MÃ", help="Số đến (12 hoặc 12/2026) hoặc mã văn bản.")
]
Why = Annotated[str, typer.Option(metavar="LÝ_DO", help="Lý do, gửi cho nơi gửi biết.")]


@app.command("list", cls=Command)
def list_all(
    *,
    which: Annotated[
        str,
        typer.Option(
            "--filter",
            metavar="LỌC",
            help="cho-tiep-nhan, cho-phan-cong, dang-giai-quyet, qua-han, thu-hoi, xong, tra-lai.",
        ),
    ] = "",
) -> None:
    """Liệt kê văn bản đến, mới nhất trước; nêu rõ văn bản quá hạn."""
    from cli.incoming_deeds import list_papers_of  # noqa: PLC0415 (slow to load)

    list_papers_of(which)


@app.command(cls=Command)
def show(
    key: Key,
    *,
    save: Annotated[
        Path | None, typer.Option(metavar="THƯ_MỤC", help="Ghi các tệp của văn bản vào đây.")
    ] = None,
) -> None:
    """Xem một văn bản đến: nơi gửi, kết quả kiểm tra chữ ký, phân công, trả lời."""
    from cli.incoming_deeds import show_paper  # noqa: PLC0415 (slow to load)

    show_paper(key, save)


@app.command(cls=Command)
def accept(
    key: Key,
    *,
    as_user: As,
    note: Annotated[
        str,
        typer.Option(metavar="GHI_CHÚ", help="Bắt buộc khi chữ ký chưa đạt: lý do vẫn tiếp nhận."),
    ] = "",
    to: Annotated[
        str | None, typer.Option(metavar="CÁN_BỘ", help="Trình ai phân công (mã cán bộ).")
    ] = None,
    stdin: Stdin = False,
) -> None:
    """Tiếp nhận, lấy số đến, vào sổ; báo nơi gửi."""
    from cli.incoming_deeds import accept_paper  # noqa: PLC0415 (slow to load)

    accept_paper(key, as_user, note=note, to=to, from_stdin=stdin)


@app.command(cls=Command)
def refuse(key: Key, *, reason: Why, as_user: As, stdin: Stdin = False) -> None:
    """Trả lại nơi gửi kèm lý do."""
    from cli.incoming_deeds import refuse_paper  # noqa: PLC0415 (slow to load)

    refuse_paper(key, as_user, reason=reason, from_stdin=stdin)


@app.command(cls=Command)
def assign(
    key: Key,
    *,
    lead: Annotated[
        str,
        typer.Option(
            metavar="AI[=NGÀY]",
            help="Chủ trì: mã cán bộ hoặc unit:MÃ_ĐƠN_VỊ, kèm hạn, ví dụ le-van-a=2026-12-01.",
        ),
    ],
    beside: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="AI[=NGÀY]", help="Phối hợp; dùng nhiều lần được."),
    ] = None,
    opinion: Annotated[str, typer.Option(metavar="Ý_KIẾN", help="Ý kiến chỉ đạo.")] = "",
    as_user: As,
    stdin: Stdin = False,
) -> None:
    """Phân công: một nơi chủ trì, các nơi phối hợp, mỗi nơi một hạn."""
    from cli.incoming_deeds import assign_paper  # noqa: PLC0415 (slow to load)

    assign_paper(key, as_user, lead=lead, beside=beside or [], opinion=opinion, from_stdin=stdin)


@app.command(cls=Command)
def begin(key: Key, *, as_user: As, stdin: Stdin = False) -> None:
    """Bắt đầu phần việc của mình."""
    from cli.incoming_deeds import begin_part  # noqa: PLC0415 (slow to load)

    begin_part(key, as_user, from_stdin=stdin)


@app.command(cls=Command)
def finish(
    key: Key,
    *,
    result: Annotated[str, typer.Option(metavar="KẾT_QUẢ", help="Kết quả giải quyết.")],
    as_user: As,
    stdin: Stdin = False,
) -> None:
    """Báo xong phần việc của mình; nơi chủ trì báo xong là văn bản xong."""
    from cli.incoming_deeds import finish_part  # noqa: PLC0415 (slow to load)

    finish_part(key, as_user, result=result, from_stdin=stdin)


@app.command(cls=Command)
def reply(
    key: Key,
    file: Annotated[Path, typer.Argument(metavar="TỆP.pdf", help="Văn bản trả lời đã ký số.")],
    *,
    number: Annotated[str, typer.Option(metavar="SỐ", help="Số của văn bản trả lời.")],
    symbol: Annotated[str, typer.Option(metavar="KÝ_HIỆU", help="Ví dụ BC/BTGTU.")],
    subject: Annotated[str, typer.Option(metavar="TRÍCH_YẾU", help="Trích yếu.")],
    day: Annotated[
        str, typer.Option(metavar="NĂM-THÁNG-NGÀY", help="Ngày văn bản; mặc định hôm nay.")
    ] = "",
    as_user: As,
    stdin: Stdin = False,
) -> None:
    """Kiểm tra chữ ký của văn bản trả lời rồi gửi lại nơi gửi."""
    from cli.incoming_deeds import Typed, send_reply  # noqa: PLC0415 (slow to load)

    typed = Typed(number=number, symbol=symbol, subject=subject, day=day)
    send_reply(key, as_user, file, typed, from_stdin=stdin)


@app.command(cls=Command)
def answer(
    key: Key,
    *,
    agree: Annotated[
        bool, typer.Option("--agree/--refuse", help="Đồng ý hay từ chối đề nghị của nơi gửi.")
    ],
    reason: Why = "",
    as_user: As,
    stdin: Stdin = False,
) -> None:
    """Trả lời đề nghị thu hồi, thay thế, cập nhật. Đồng ý thu hồi thì huỷ tệp."""
    from cli.incoming_deeds import answer_request  # noqa: PLC0415 (slow to load)

    answer_request(key, as_user, agree=agree, reason=reason, from_stdin=stdin)


@app.command("start-number", cls=Command)
def start_number(
    year: Annotated[int, typer.Argument(metavar="NĂM")],
    number: Annotated[int, typer.Argument(metavar="SỐ", help="Số đến đầu tiên ở đây.")],
    *,
    as_user: As,
    stdin: Stdin = False,
) -> None:
    """Đặt số đến bắt đầu của một năm, khi dùng hệ thống giữa năm."""
    from cli.incoming_deeds import start_series  # noqa: PLC0415 (slow to load)

    start_series(year, number, as_user, from_stdin=stdin)
