"""`trinhky setup`: from the trial authority to the office's own keys, stamps and anchors."""

from pathlib import Path
from typing import Annotated

import typer

from cli.account import As, Stdin
from cli.usage import Command, WrongUsageError, make_group
from signing.trust import Purpose

app = make_group(
    "Đưa cơ quan từ thử nghiệm đến khoá, dấu thời gian và nơi tin cậy thật.\n\n"
    "Không có lệnh con: dẫn từng bước, hỏi từng điều; dừng lúc nào cũng được, chạy lại thì đi tiếp "
    "từ bước chưa xong. Mỗi bước cũng chạy riêng được. Không có --as thì người vận hành máy chủ "
    "thực hiện; có --as thì người đó phải là quản trị."
)

REMOVED_WHY = "Cơ quan chuyển sang chứng thư gốc thật."


@app.callback(invoke_without_command=True)
def lead(ctx: typer.Context, *, as_user: As = None, stdin: Stdin = False) -> None:
    """Dẫn từng bước."""
    if ctx.invoked_subcommand is not None:
        return
    from cli.setup_lead import Leader  # noqa: PLC0415 (slow to load)

    Leader(as_user, from_stdin=stdin).lead()


@app.command(cls=Command)
def trial() -> None:
    """Trước mọi bước: cấp chứng thư THỬ NGHIỆM để chạy thử cả đường đi của văn bản.

    Cho cán bộ có vai trò người ký, cho cơ quan, và cho các đơn vị nhận (khoá của đơn vị nằm ở
    pki/keys trong thư mục dữ liệu). Chữ ký không có giá trị pháp lý. Có thêm người ký thì chạy
    lại. Ở cổng thông tin: Quản trị › Chứng thư.
    """
    from cli.opening import opened_tables  # noqa: PLC0415 (slow to load)
    from wiring.demo_pki.build import DEMO_PIN  # noqa: PLC0415 (same)
    from wiring.demo_setup import begin_trial  # noqa: PLC0415 (same)

    with opened_tables() as tables:
        names = begin_trial(tables.database, tables.settings, at=tables.clock.now())
    _tell(
        [f"Đã cấp chứng thư THỬ NGHIỆM cho {name}, mã PIN {DEMO_PIN}." for name in names]
        or ["Mọi người ký và cơ quan đã có chứng thư."]
    )


@app.command(cls=Command)
def anchors(
    file: Annotated[
        Path | None, typer.Argument(metavar="TỆP", help="Chứng thư gốc: PEM, DER hoặc P7B.")
    ] = None,
    *,
    source: Annotated[
        str, typer.Option(metavar="NGUỒN", help="Lấy chứng thư từ đâu (văn bản, trang, người).")
    ] = "",
    reason: Annotated[str, typer.Option(metavar="LÝ_DO", help="Vì sao cơ quan tin.")] = "",
    purpose: Annotated[
        list[Purpose] | None,
        typer.Option(metavar="officer|agency|stamp", help="Tin cho việc gì; mặc định cả ba."),
    ] = None,
    intermediate: Annotated[
        list[Path] | None,
        typer.Option(metavar="TỆP", help="Chứng thư trung gian, chỉ giúp dựng chuỗi."),
    ] = None,
    remove_trial: Annotated[
        bool, typer.Option("--remove-trial", help="Bỏ mọi chứng thư gốc thử nghiệm.")
    ] = False,
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Bước 1: chứng thư gốc tin cậy. Không có TỆP thì chỉ liệt kê."""
    from cli.acting import acting  # noqa: PLC0415 (slow to load)
    from cli.setup_steps import (  # noqa: PLC0415 (same)
        add_anchors,
        add_intermediates,
        anchor_lines,
        remove_trial_anchors,
    )

    with acting(as_user, from_stdin=stdin) as by:
        lines: list[str] = []
        if file is not None:
            lines += add_anchors(
                by, file, source=source, reason=reason, purposes=frozenset(purpose or Purpose)
            )
        lines += add_intermediates(by, intermediate or ())
        if remove_trial:
            lines += remove_trial_anchors(by, REMOVED_WHY)
        lines += anchor_lines(by)
    _tell(lines)


@app.command(cls=Command)
def timestamps(
    *,
    url: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ĐỊA_CHỈ",
            help="Thử địa chỉ này trước khi đặt; dùng được nhiều lần, theo thứ tự sẽ hỏi.",
        ),
    ] = None,
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Bước 2: dịch vụ dấu thời gian, mỗi dịch vụ được hỏi một dấu thử.

    Không có --url thì thử các địa chỉ đang đặt và ghi lại kết quả.
    """
    from cli.acting import actor_for  # noqa: PLC0415 (slow to load)
    from cli.opening import opened_office  # noqa: PLC0415 (same)
    from cli.setup_steps import try_timestamps  # noqa: PLC0415 (same)

    with opened_office() as office:
        actor, _ = actor_for(office.database, as_user, at=office.clock.now(), from_stdin=stdin)
        lines, good = try_timestamps(office, actor, url)
    _tell(lines)
    if not good:
        raise typer.Exit(1)


@app.command(cls=Command)
def keys(
    *,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="MÃ", help="Chỉ cán bộ hoặc cơ quan có mã này; dùng được nhiều lần."),
    ] = None,
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Bước 3: khoá của người ký và của cơ quan, mỗi khoá một chữ ký thử.

    Với khoá mở được từ máy chủ này thì hỏi mã PIN từng người; với khoá ở nơi khác thì nêu cách
    làm. Khoá đã thử đạt thì bỏ qua.
    """
    from cli.setup_lead import Leader  # noqa: PLC0415 (slow to load)

    Leader(as_user, from_stdin=stdin).keys(only=frozenset(only or ()), asking=False)


@app.command(cls=Command)
def mail(*, as_user: As = None, stdin: Stdin = False) -> None:
    """Bước 4: máy chủ thư, tên miền, máy chủ hỏi thu hồi: nêu dòng thiết lập còn phải đặt."""
    from cli.acting import acting  # noqa: PLC0415 (slow to load)
    from cli.setup_steps import setting_lines  # noqa: PLC0415 (same)

    with acting(as_user, from_stdin=stdin) as by:
        lines = setting_lines(by)
    _tell(lines)


@app.command(cls=Command)
def check(*, as_user: As = None, stdin: Stdin = False) -> None:
    """Bước 5: bảng mọi phần: thử nghiệm, thật hay chưa có, và việc còn lại."""
    from actions.setting_up import check as look  # noqa: PLC0415 (slow to load)
    from cli.acting import acting  # noqa: PLC0415 (same)
    from cli.setup_words import part_lines, warning_lines  # noqa: PLC0415 (same)
    from wiring.trial import surroundings  # noqa: PLC0415 (same)

    with acting(as_user, from_stdin=stdin) as by:
        around = surroundings(by.tables.settings)
        found = look(by.tables.database, around, at=by.at, actor=by.actor)
        lines = [*part_lines(found), *warning_lines(by.tables)]
    _tell(lines)


@app.command(cls=Command)
def finish(*, as_user: As = None, stdin: Stdin = False) -> None:
    """Kết thúc thử nghiệm khi mọi phần cần thiết đã thật; chữ THỬ NGHIỆM rời khỏi mọi trang."""
    from cli.acting import acting  # noqa: PLC0415 (slow to load)
    from cli.setup_steps import leave_trial  # noqa: PLC0415 (same)

    with acting(as_user, from_stdin=stdin) as by:
        lines = leave_trial(by)
    _tell(lines)


def _tell(lines: list[str]) -> None:
    from cli.visible import visible  # noqa: PLC0415 (slow to load)

    if not lines:
        raise WrongUsageError("Không có gì để làm.")
    for line in lines:
        typer.echo(visible(line))
