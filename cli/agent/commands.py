"""The commands of `trinhky agent`; each loads what it needs when it is called."""

from pathlib import Path
from typing import Annotated

import typer

from cli.agent.home import Home, KeyPlace
from cli.usage import Command, WrongUsageError, make_group

app = make_group(
    "Ký trên máy của người ký, bằng thiết bị cắm ở máy đó; khoá và mã PIN không rời khỏi máy.\n\n"
    "Ghép nối một lần bằng mã lấy ở trang “Máy ký của tôi” trên cổng thông tin. Mọi văn bản được "
    "kiểm tra mã băm tại đây trước khi hỏi mã PIN; đứt mạng thì chạy lại đúng lệnh cũ."
)

Folder = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="THƯ_MỤC",
        help="Thư mục riêng của trinhky agent; mặc định trong thư mục cấu hình của người dùng.",
    ),
]


def home_of(folder: Path | None) -> Home:
    """Returns the agent's folder."""
    return Home((folder or Path(typer.get_app_dir("trinhky")) / "agent").absolute())


@app.command(cls=Command)
def pair(
    portal: Annotated[str, typer.Argument(metavar="ĐỊA_CHỈ", help="Địa chỉ cổng thông tin.")],
    *,
    pin: Annotated[
        str | None,
        typer.Option(
            "--pin-key",
            metavar="SHA256",
            help="Chỉ tin máy chủ có khoá công khai này (SHA-256 của SPKI), thay cho danh sách "
            "tin cậy của hệ thống.",
        ),
    ] = None,
    unencrypted: Annotated[
        bool,
        typer.Option(
            "--accept-unencrypted",
            help="Nhận địa chỉ http ngoài máy này. Không an toàn: người khác trên mạng đọc được.",
        ),
    ] = False,
    home: Folder = None,
) -> None:
    """Ghép nối máy này với cổng thông tin: hỏi tên máy và mã ghép nối."""
    from cli.agent.pairing import pair as pair_now  # noqa: PLC0415 (slow to load)

    pair_now(home_of(home), portal, pin=pin, unencrypted=unencrypted)


@app.command("list", cls=Command)
def list_work(home: Folder = None) -> None:
    """Liệt kê văn bản đang chờ ký hoặc đóng dấu."""
    from cli.agent.looking import list_work as list_now  # noqa: PLC0415 (slow to load)

    list_now(home_of(home))


@app.command(cls=Command)
def show(
    which: Annotated[
        str, typer.Argument(metavar="VĂN_BẢN", help="STT trong danh sách, số ký hiệu hoặc mã.")
    ],
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="THƯ_MỤC", help="Ghi ảnh các trang vào thư mục này.")
    ] = None,
    home: Folder = None,
) -> None:
    """Tải một văn bản, kiểm tra mã băm, ghi ảnh các trang; hiện sẽ ký gì, với tư cách nào."""
    from cli.agent.looking import show_item  # noqa: PLC0415 (slow to load)

    show_item(home_of(home), which, out)


@app.command(cls=Command)
def sign(
    which: Annotated[
        list[str],
        typer.Argument(
            metavar="VĂN_BẢN…", help="STT, số ký hiệu hoặc mã; hoặc all cho mọi văn bản đang chờ."
        ),
    ],
    *,
    module: Annotated[
        Path | None,
        typer.Option(metavar="TỆP", help="Thư viện PKCS#11 của thiết bị ký số; sẽ được nhớ."),
    ] = None,
    token: Annotated[
        str, typer.Option(metavar="TÊN", help="Tên thiết bị; mặc định tìm theo chứng thư.")
    ] = "",
    key: Annotated[
        str, typer.Option(metavar="TÊN", help="Tên khoá trên thiết bị; mặc định như trên.")
    ] = "",
    p12: Annotated[
        Path | None, typer.Option(metavar="TỆP", help="Tệp khoá PKCS#12, thay cho thiết bị.")
    ] = None,
    home: Folder = None,
) -> None:
    """Ký hoặc đóng dấu: kiểm tra bản chuẩn bị, hỏi lại, hỏi mã PIN tại máy này, ký rồi gửi chữ ký.

    Mã PIN chỉ nhập ở màn hình lệnh, không lưu, không gửi đi; mỗi lần nhập chỉ thử một lần.
    """
    from cli.agent.signing_there import sign_work  # noqa: PLC0415 (slow to load)

    if p12 is not None and (module is not None or token or key):
        raise WrongUsageError("Chỉ dùng một trong hai: --p12, hoặc --module với --token, --key.")
    place = KeyPlace(
        module=str(module.absolute()) if module else "",
        token=token,
        key=key,
        p12=str(p12.absolute()) if p12 else "",
    )
    sign_work(home_of(home), which, place)


@app.command(cls=Command)
def status(home: Folder = None) -> None:
    """Máy này ghép nối với ai, còn chữ ký nào chưa gửi."""
    from cli.agent.pairing import tell  # noqa: PLC0415 (slow to load)

    tell(home_of(home))


@app.command(cls=Command)
def unpair(home: Folder = None) -> None:
    """Ngừng máy này trên cổng thông tin và xoá mã truy cập khỏi máy."""
    from cli.agent.pairing import unpair as unpair_now  # noqa: PLC0415 (slow to load)

    unpair_now(home_of(home))
