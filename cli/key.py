"""`trinhky key`: certificates and the ways to their keys. Without `--as` the operator acts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.account import As, Stdin
from cli.days import parse_day
from cli.usage import Command, WrongUsageError, make_group

if TYPE_CHECKING:
    from actions.certificate_rows import CertificateLine
    from actions.trial_signing import Trial

app = make_group(
    "Chứng thư của cán bộ, cơ quan và cách dùng khoá.\n\n"
    "Không có --as thì người vận hành máy chủ thực hiện; có --as thì người đó phải là quản trị. "
    "Mã PIN không bao giờ là tham số và không được giữ lại. Mỗi lần thêm, đổi, chấm dứt, ký thử "
    "đều ghi vào nhật ký."
)

Fingerprint = Annotated[
    str, typer.Argument(metavar="SHA256", help="Dấu vân tay chứng thư, ít nhất 8 chữ số đầu.")
]
Kind = Annotated[
    str | None,
    typer.Option(
        metavar="pkcs12|pkcs11|csc|agent|upload|none",
        help="Khoá ở đâu: tệp trong thư mục khoá; thiết bị tại máy chủ; dịch vụ ký từ xa; thiết bị "
        "tại máy người ký; phần mềm khác; không có.",
    ),
]
Location = Annotated[
    str | None, typer.Option("--file", metavar="TỆP.p12", help="Tệp khoá, cho pkcs12.")
]
Module = Annotated[
    str | None, typer.Option(metavar="TÊN", help="Tên mô-đun trong thiết lập, cho pkcs11.")
]
Token = Annotated[str | None, typer.Option(metavar="NHÃN", help="Nhãn thiết bị, cho pkcs11.")]
Label = Annotated[
    str | None, typer.Option("--key", metavar="NHÃN", help="Nhãn khoá trong thiết bị, cho pkcs11.")
]
Service = Annotated[
    str | None, typer.Option(metavar="TÊN", help="Tên dịch vụ trong thiết lập, cho csc.")
]
Credential = Annotated[
    str | None, typer.Option(metavar="MÃ", help="Mã chứng thư ở dịch vụ, cho csc.")
]
MechanismName = Annotated[
    str | None,
    typer.Option(metavar="TÊN", help="Cách ký, ví dụ rsa-pss/sha384; mặc định theo loại khoá."),
]


@app.command("list", cls=Command)
def list_keys() -> None:
    """Liệt kê chứng thư: người giữ, loại khoá, hạn, thử nghiệm hay thật, điều cần xem."""
    from actions.certificate_rows import certificate_lines  # noqa: PLC0415 (slow to load)
    from cli.opening import opened_tables  # noqa: PLC0415 (same)
    from cli.setup_words import warning_lines  # noqa: PLC0415 (same)
    from cli.visible import visible  # noqa: PLC0415 (same)

    with opened_tables() as tables:
        at = tables.clock.now()
        with tables.database.reading() as session:
            lines = certificate_lines(session, at)
        warnings = warning_lines(tables)
    for line in lines:
        typer.echo(visible(_words(line)))
    if not lines:
        typer.echo("Chưa có chứng thư nào. Thêm bằng lệnh trinhky key add.")
    for warning in warnings:
        typer.echo(visible(warning))


def _words(line: "CertificateLine") -> str:
    from actions.certificate_rows import KIND_WORDS  # noqa: PLC0415 (slow to load)

    until = f"đến {line.last_day:%d/%m/%Y}" if line.last_day else "không rõ hạn"
    trial = "thử nghiệm" if line.trial else "thật"
    tried = {"real": "đã ký thử", "trial": "đã ký thử", "failed": "ký thử chưa đạt"}
    parts = (line.fingerprint[:16], line.holder, KIND_WORDS[line.key_kind], until, trial)
    more = tried.get(line.tried, "chưa ký thử")
    problems = f"  ({'; '.join(line.problems)})" if line.problems else ""
    return "  ".join((*parts, more)) + problems


@app.command(cls=Command)
def add(
    *,
    officer: Annotated[
        str | None, typer.Option(metavar="CÁN_BỘ", help="Mã cán bộ giữ chứng thư; hoặc")
    ] = None,
    organisation: Annotated[
        str | None, typer.Option(metavar="CƠ_QUAN", help="mã cơ quan có con dấu.")
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option(
            metavar="TỆP", help="Chứng thư PEM hoặc DER; với pkcs12 có thể bỏ, khi đó hỏi mã PIN."
        ),
    ] = None,
    kind: Kind = None,
    file: Location = None,
    module: Module = None,
    token: Token = None,
    key: Label = None,
    service: Service = None,
    credential: Credential = None,
    mechanism: MechanismName = None,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="NĂM-THÁNG-NGÀY", help="Dùng từ ngày này; mặc định nay."),
    ] = None,
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Đăng ký chứng thư của một cán bộ hoặc của cơ quan, cùng cách dùng khoá."""
    from actions.certificates import NewCertificate, register  # noqa: PLC0415 (slow to load)
    from actions.desk import local_day  # noqa: PLC0415 (same)
    from cli.acting import acting  # noqa: PLC0415 (same)

    if (officer is None) == (organisation is None):
        raise WrongUsageError("Ghi đúng một trong hai: --officer hoặc --organisation.")
    if kind is None:
        raise WrongUsageError("Thiếu --kind.")
    with acting(as_user, from_stdin=stdin) as by:
        folder = by.tables.settings.keys_folder
        new = NewCertificate(
            der=read_certificate(
                certificate, folder, file if kind == "pkcs12" else None, stdin=stdin
            ),
            officer_id=officer,
            organisation_id=organisation,
            key_kind=kind,
            key_location=file,
            key_settings=_settings(module, token, key, service, credential),
            mechanism=mechanism,
            valid_from=parse_day("--from", since) or local_day(by.at),
        )
        made = register(by.tables.database, new, at=by.at, actor=by.actor)
    typer.echo(f"Đã đăng ký chứng thư {made.fingerprint[:16]}.")
    if made.trial:
        typer.echo("Chứng thư này là thử nghiệm: không có giá trị pháp lý.")
    for warning in made.warnings:
        typer.echo(warning)
    typer.echo(f"Việc tiếp theo: trinhky key try {made.fingerprint[:16]}")


def _settings(
    module: str | None,
    token: str | None,
    key: str | None,
    service: str | None,
    credential: str | None,
) -> dict[str, str] | None:
    given = {
        "module": module, "token": token, "key": key, "service": service,
        "credential": credential,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value is not None} or None


def read_certificate(
    given: Path | None, folder: Path, location: str | None, *, stdin: bool
) -> bytes:
    """Returns the certificate of a file, or the one in a PKCS#12 file, whose PIN is asked.

    Raises:
        WrongUsageError: there is none, or the PIN does not open it.
    """
    from cli.acting import ask_secret  # noqa: PLC0415 (slow to load)
    from signing.errors import SigningError, TrustStoreError  # noqa: PLC0415 (same)
    from signing.keys.software import open_pkcs12  # noqa: PLC0415 (same)
    from signing.trust import load_certificates  # noqa: PLC0415 (same)

    if given is not None:
        try:
            return load_certificates(given)[0]
        except TrustStoreError as err:
            raise WrongUsageError(f"Không đọc được chứng thư nào trong {given}.") from err
    if location is None:
        raise WrongUsageError("Thiếu --certificate TỆP (hoặc --file với --kind pkcs12).")
    pin = ask_secret(f"Mã PIN của {location}", from_stdin=stdin)
    try:
        with open_pkcs12(folder / location, pin) as opened:
            return opened.certificate.der
    except SigningError as err:
        # `from None`: the library's own error must not carry anything of the PIN into a log.
        raise WrongUsageError(f"{folder / location}: {err.diagnosis()}") from None


@app.command(cls=Command)
def change(
    fingerprint: Fingerprint,
    *,
    kind: Kind = None,
    file: Location = None,
    module: Module = None,
    token: Token = None,
    key: Label = None,
    service: Service = None,
    credential: Credential = None,
    mechanism: MechanismName = None,
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Khai lại cách dùng khoá của một chứng thư đã đăng ký."""
    from actions.certificates import change as say_anew  # noqa: PLC0415 (slow to load)
    from cli.acting import acting  # noqa: PLC0415 (same)

    settings = _settings(module, token, key, service, credential)
    said: dict[str, Any] = {} if mechanism is None else {"mechanism": mechanism}
    if kind is not None or file is not None or settings is not None:
        said |= {"key_location": file, "key_settings": settings}
    if kind is not None:
        said["key_kind"] = kind
    if not said:
        raise WrongUsageError("Ghi điều cần đổi: --kind, --file, --module, --mechanism …")
    with acting(as_user, from_stdin=stdin) as by:
        made = say_anew(by.tables.database, fingerprint, at=by.at, actor=by.actor, **said)
    typer.echo(
        f"Đã khai lại khoá của chứng thư {made.fingerprint[:16]}. Ký thử lại trước khi dùng."
    )


@app.command(cls=Command)
def end(
    fingerprint: Fingerprint,
    *,
    reason: Annotated[
        str, typer.Option(metavar="LÝ_DO", help="Vì sao: mất thiết bị, thôi công tác, đổi khoá.")
    ],
    on: Annotated[
        str | None,
        typer.Option(
            metavar="NĂM-THÁNG-NGÀY",
            help="Ngày cuối chữ ký còn giá trị; mặc định hôm nay: khi đó ngừng ký ngay.",
        ),
    ] = None,
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Chấm dứt một chứng thư; liệt kê việc đang chờ người giữ nó ký.

    Chữ ký tạo sau ngày này bị kiểm tra là không hợp lệ; chữ ký trước đó vẫn giữ giá trị.
    """
    from actions.certificate_ends import end as end_it  # noqa: PLC0415 (slow to load)
    from actions.desk import local_day  # noqa: PLC0415 (same)
    from cli.acting import acting  # noqa: PLC0415 (same)
    from cli.setup_words import ended_lines  # noqa: PLC0415 (same)

    with acting(as_user, from_stdin=stdin) as by:
        day = parse_day("--on", on) or local_day(by.at)
        ended = end_it(
            by.tables.database, fingerprint, on=day, reason=reason, at=by.at, actor=by.actor
        )
    for line in ended_lines(ended):
        typer.echo(line)


@app.command("try", cls=Command)
def try_it(
    fingerprint: Fingerprint,
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="TỆP.pdf", help="Ghi ra trang ký thử chưa ký, để ký bằng công cụ của người ký."
        ),
    ] = None,
    signed: Annotated[
        Path | None, typer.Option(metavar="TỆP.pdf", help="Nộp lại trang ký thử đã ký ở nơi khác.")
    ] = None,
    as_user: As = None,
    stdin: Stdin = False,
) -> None:
    """Ký thử trên một trang ghi THỬ NGHIỆM rồi kiểm tra; trang này không vào sổ, không lưu trữ.

    Hỏi mã PIN của người giữ khoá; với khoá ở nơi khác thì dùng --out rồi --signed.
    """
    from actions.trial_signing import take_trial, trial_paper_for, try_key  # noqa: PLC0415 (slow)
    from cli.acting import actor_for, ask_secret  # noqa: PLC0415 (same)
    from cli.opening import opened_office  # noqa: PLC0415 (same)
    from cli.writing import write_whole  # noqa: PLC0415 (same)
    from wiring.trial import trial_desk  # noqa: PLC0415 (same)

    if out is not None and signed is not None:
        raise WrongUsageError("Chỉ dùng một trong hai: --out hoặc --signed.")
    with opened_office() as office:
        desk = trial_desk(office)
        actor, _ = actor_for(
            office.database, as_user, at=office.clock.now(), from_stdin=stdin
        )  # fmt: skip
        if out is not None:
            write_whole(out, trial_paper_for(desk, actor, fingerprint))
            typer.echo(f"Đã ghi {out}. Ký tệp này rồi chạy lại với --signed.")
            return
        if signed is not None:
            trial = take_trial(desk, actor, fingerprint, pdf=_read(signed))
        else:
            pin = ask_secret(f"Mã PIN của khoá {fingerprint}", from_stdin=stdin)
            trial = try_key(desk, actor, fingerprint, pin=pin)
    tell_trial(trial)


def _read(path: Path) -> bytes:
    from cli.errors import FileUnreadableError  # noqa: PLC0415 (small)

    try:
        return path.read_bytes()
    except OSError as err:
        raise FileUnreadableError(str(path), there=path.exists()) from err


def tell_trial(trial: "Trial") -> None:
    """Prints what came of a trial; ends with status 1 where it failed."""
    from actions.setup_steps import StepState  # noqa: PLC0415 (slow to load)

    short = trial.fingerprint[:16]
    if trial.state is StepState.FAILED:
        typer.echo(f"Ký thử {trial.holder} ({short}) CHƯA ĐẠT: {trial.problem}", err=True)
        raise typer.Exit(1)
    words = "thật" if trial.state is StepState.REAL else "thử nghiệm, không có giá trị pháp lý"
    typer.echo(f"Ký thử {trial.holder} ({short}) đạt; chứng thư {words}.")
