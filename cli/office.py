"""`trinhky office`: the office's data, from one TOML file."""

from pathlib import Path
from typing import Annotated, Final

import typer

from actions.office_file.starting import Regime
from cli.usage import Command, WrongUsageError, make_group

app = make_group(
    "Tạo, nạp và kiểm tra tệp dữ liệu của cơ quan (đơn vị, cán bộ, quyền ký, dãy số, lịch)."
)

_REGIMES: Final = {
    "party": Regime.PARTY, "đảng": Regime.PARTY, "cơ quan đảng": Regime.PARTY,
    "state": Regime.STATE, "nhà nước": Regime.STATE, "cơ quan nhà nước": Regime.STATE,
}  # fmt: skip


def _regime(typed: str) -> Regime:
    """Reads the answer as people give it, with or without marks."""
    from actions.office_file.starting import key_of  # noqa: PLC0415 (slow)

    found = {key_of(words): regime for words, regime in _REGIMES.items()}.get(key_of(typed))
    if found is None:
        raise typer.BadParameter(f"“{typed}”: ghi “đảng” (party) hoặc “nhà nước” (state).")
    return found


OfficeFile = Annotated[Path, typer.Argument(metavar="TỆP.toml", help="Tệp dữ liệu của cơ quan.")]


@app.command(cls=Command)
def new(
    file: Annotated[Path, typer.Argument(metavar="TỆP.toml", help="Tệp sẽ được tạo.")],
    *,
    name: Annotated[str, typer.Option(prompt="Tên cơ quan", help="Tên cơ quan.")],
    abbreviation: Annotated[
        str,
        typer.Option(prompt="Chữ viết tắt trong số, ký hiệu", help="Ví dụ: BTGTU."),
    ],
    place: Annotated[str, typer.Option(prompt="Địa danh", help="Nơi cơ quan đóng trụ sở.")],
    mailbox: Annotated[
        str, typer.Option(prompt="Hộp thư của cơ quan", help="Gửi và nhận văn bản, báo cáo.")
    ],
    administrator: Annotated[
        str, typer.Option(prompt="Họ tên người quản trị đầu tiên", help="Người thiết lập.")
    ],
    regime: Annotated[
        Regime,
        typer.Option(
            prompt="Cơ quan Đảng hay nhà nước (ghi đảng hoặc nhà nước)",
            help="Theo quy định nào.",
            metavar="party|state",
            parser=_regime,
            show_choices=False,
        ),
    ],
) -> None:
    """Tạo tệp dữ liệu đầu tiên của một cơ quan; hỏi những gì chưa nêu.

    Tệp nạp được ngay: có cơ quan, người quản trị đầu tiên, dãy số, thang đôn đốc; đơn vị, cán bộ,
    quyền ký có ví dụ để sửa. Không ghi đè tệp đã có.
    """
    from actions.office_file.starting import Beginning, key_of, starting_file  # noqa: PLC0415 (slow)
    from cli.writing import write_whole  # noqa: PLC0415 (same)
    from wiring.clock import real_now  # noqa: PLC0415 (same)

    if file.exists():
        raise WrongUsageError(f"Tệp {file} đã có; chọn tên khác, hoặc sửa chính tệp ấy.")
    about = Beginning(
        name=name, abbreviation=abbreviation, regime=regime, place=place,
        mailbox=mailbox, administrator=administrator,
    )  # fmt: skip
    write_whole(file, starting_file(about, real_now().date()).encode())
    officer = key_of(administrator)
    typer.echo(
        f"Đã tạo {file}. Bước tiếp theo:\n"
        f"  trinhky office load {file}\n"
        f"  trinhky account add {officer} {officer.replace('-', '.')} --lasting\n"
        "  trinhky serve\n"
        "rồi đăng nhập, mở Quản trị để thêm đơn vị, cán bộ, tài khoản, chứng thư."
    )


@app.command(cls=Command)
def load(file: OfficeFile) -> None:
    """Nạp tệp dữ liệu: thêm mục mới, sửa mục khác đi, không xoá gì.

    Tệp được nhận toàn bộ hoặc không nhận gì; nếu sai thì nêu mọi chỗ sai cùng lý do, mã kết thúc 1.
    """
    from actions.office_loading import load_office  # noqa: PLC0415 (slow to load)
    from cli.acting import OPERATOR  # noqa: PLC0415 (same)
    from cli.opening import opened_tables  # noqa: PLC0415 (same)

    with opened_tables(new=True) as tables:
        summary = load_office(tables.database, file, at=tables.clock.now(), actor=OPERATOR)
    typer.echo(summary.sentence())


@app.command(cls=Command)
def check(file: OfficeFile) -> None:
    """Kiểm tra tệp dữ liệu mà không ghi gì; nêu mọi chỗ sai cùng lý do, mã kết thúc 1 nếu sai."""
    from actions.office_loading import check_office_file  # noqa: PLC0415 (same)

    problems = check_office_file(file)
    if not problems:
        typer.echo(f"Tệp {file.name} dùng được.")
        return
    head = f"Tệp {file.name} có {len(problems)} chỗ chưa đúng:"
    lines = [f"{file.name}: {one.place}: {one.reason}." for one in problems]
    typer.echo("\n".join([head, *lines]), err=True)
    raise typer.Exit(1)
