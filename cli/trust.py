"""`trinhky trust`: whom the office trusts. Without `--as` the operator of the server acts."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli.account import As, Stdin
from cli.usage import Command, WrongUsageError, make_group
from signing.trust import PURPOSE_WORDS, Anchor, Purpose

app = make_group(
    "Chứng thư gốc mà cơ quan tin cậy khi kiểm tra chữ ký.\n\n"
    "Không có --as thì người vận hành máy chủ thực hiện; có --as thì người đó phải là quản trị. "
    "Mỗi lần thêm, bỏ đều ghi vào nhật ký."
)

Fingerprint = Annotated[
    str,
    typer.Argument(metavar="SHA256", help="Dấu vân tay của chứng thư, ít nhất 8 chữ số đầu."),
]


@app.command(cls=Command)
def add(
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Chứng thư: PEM, DER hoặc P7B.")],
    *,
    source: Annotated[
        str, typer.Option(metavar="NGUỒN", help="Lấy chứng thư từ đâu (văn bản, trang, người).")
    ],
    reason: Annotated[str, typer.Option(metavar="LÝ_DO", help="Vì sao cơ quan tin.")],
    name: Annotated[
        str, typer.Option(metavar="TÊN", help="Tên gọi; mặc định theo chứng thư.")
    ] = "",
    since: Annotated[
        str | None, typer.Option("--from", metavar="NĂM-THÁNG-NGÀY", help="Tin từ ngày này.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="NĂM-THÁNG-NGÀY", help="Tin đến hết ngày này.")
    ] = None,
    purpose: Annotated[
        list[Purpose] | None,
        typer.Option(
            metavar="officer|agency|stamp",
            help="Tin cho việc gì: chữ ký cán bộ, con dấu cơ quan, dấu thời gian; dùng được nhiều "
            "lần, mặc định cả ba.",
        ),
    ] = None,
    organisation: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CƠ_QUAN",
            help="Chỉ tin chứng thư cấp cho cơ quan này (mã trong dữ liệu, hoặc tên như chứng thư "
            "ghi); dùng được nhiều lần, mặc định mọi cơ quan.",
        ),
    ] = None,
    end_entity: Annotated[
        bool,
        typer.Option("--end-entity", help="Nhận cả chứng thư không phải của cơ quan chứng thực."),
    ] = False,
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Tin mọi chứng thư trong một tệp; khai lại nếu đã có. Tệp sai thì không nhận gì."""
    from actions.trusting import AnchorTerms, add_trust_anchors  # noqa: PLC0415 (slow to load)
    from cli.acting import acting  # noqa: PLC0415 (same)

    terms = AnchorTerms(
        source=source,
        reason=reason,
        name=name,
        since=_day("--from", since),
        until=_day("--until", until),
        purposes=frozenset(purpose or Purpose),
        organisations=tuple(organisation or ()),
        end_entity=end_entity,
    )
    with acting(as_user, from_stdin=stdin) as by:
        folder = by.tables.settings.trust_folder
        made = add_trust_anchors(by.tables.database, folder, file, terms, at=by.at, actor=by.actor)
    for one in made:
        typer.echo(f"Đã tin chứng thư gốc {one.name} ({one.sha256_hex[:16]}).")


@app.command("list", cls=Command)
def list_anchors() -> None:
    """Liệt kê chứng thư gốc: dấu vân tay, tên, tin cho việc gì, thời hạn."""
    from cli.visible import visible  # noqa: PLC0415 (slow to load)

    found = _anchors()
    for one in found:
        words = (one.sha256_hex[:16], _name(one), _purposes(one), _days(one))
        typer.echo(visible("  ".join(words)))
    if not found:
        typer.echo("Cơ quan chưa tin chứng thư gốc nào. Thêm bằng lệnh trinhky trust add.")


@app.command(cls=Command)
def show(fingerprint: Fingerprint) -> None:
    """Cho xem một chứng thư gốc và mọi điều đã khai về nó."""
    from actions.anchor_rows import find_anchor  # noqa: PLC0415 (slow to load)
    from cli.opening import opened_tables  # noqa: PLC0415 (same)
    from cli.visible import visible  # noqa: PLC0415 (same)
    from signing.certificates import read_facts  # noqa: PLC0415 (same)
    from signing.words import say_day  # noqa: PLC0415 (same)

    with opened_tables() as tables:
        one = find_anchor(tables.settings.trust_folder, fingerprint)
    facts = read_facts(one.der)
    rows = (
        ("Tên", _name(one)),
        ("Dấu vân tay", one.sha256_hex),
        ("Chứng thư của", facts.name),
        ("Do", facts.issuer),
        ("Hạn chứng thư", f"{say_day(facts.not_before)} đến {say_day(facts.not_after)}"),
        ("Nguồn", one.source or "không ghi"),
        ("Lý do", one.reason or "không ghi"),
        ("Tin cho", _purposes(one)),
        ("Thời hạn tin", _days(one)),
        ("Cơ quan được cấp", "; ".join(one.organisations) or "mọi cơ quan"),
    )
    for label, words in rows:
        typer.echo(visible(f"{label}: {words}"))


@app.command(cls=Command)
def remove(
    fingerprint: Fingerprint,
    *,
    reason: Annotated[str, typer.Option(metavar="LÝ_DO", help="Vì sao không tin nữa.")],
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Không tin một chứng thư gốc nữa; kết quả đã ghi trước đó vẫn giữ nguyên."""
    from actions.trusting import remove_trust_anchor  # noqa: PLC0415 (slow to load)
    from cli.acting import acting  # noqa: PLC0415 (same)

    with acting(as_user, from_stdin=stdin) as by:
        folder = by.tables.settings.trust_folder
        gone = remove_trust_anchor(
            by.tables.database, folder, fingerprint, reason, at=by.at, actor=by.actor
        )
    typer.echo(f"Không tin chứng thư gốc {gone.name or gone.sha256_hex[:16]} nữa.")


def _anchors() -> tuple[Anchor, ...]:
    from cli.opening import opened_tables  # noqa: PLC0415 (slow to load)
    from signing.anchors import read_trust  # noqa: PLC0415 (same)

    with opened_tables() as tables:
        return read_trust(tables.settings.trust_folder).anchors


def _name(one: Anchor) -> str:
    from signing.certificates import read_facts  # noqa: PLC0415 (slow to load)

    return one.name or f"{read_facts(one.der).name} (chép vào thư mục, chưa khai)"


def _purposes(one: Anchor) -> str:
    return ", ".join(words for purpose, words in PURPOSE_WORDS.items() if purpose in one.purposes)


def _days(one: Anchor) -> str:
    from signing.words import say_date  # noqa: PLC0415 (slow to load)

    ends = (("từ", one.since), ("đến", one.until))
    return " ".join(f"{word} {say_date(day)}" for word, day in ends if day) or "không giới hạn"


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as err:
        raise WrongUsageError(
            f"{option} “{text}” không phải ngày có thật; ghi như 2026-01-31."
        ) from err
