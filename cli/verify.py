"""`trinhky verify`: are the signatures in these files good? Needs no database and no settings."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.usage import WrongUsageError
from signing.language import Language


class Profile(StrEnum):
    """Which rules a file is judged by."""

    INTEGRITY = "integrity"
    OFFICIAL = "official"


class Format(StrEnum):
    """How the answer looks."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    PDF = "pdf"
    ETSI = "etsi"


class SealLevel(StrEnum):
    """How much proof goes with the office's signature on a report."""

    B_B = "B-B"
    B_LT = "B-LT"


FILES = (Format.HTML, Format.PDF, Format.ETSI)
"""Forms that need a folder."""


def verify(
    files: Annotated[list[str], typer.Argument(metavar="TỆP...", help="Các tệp PDF.")],
    *,
    profile: Annotated[
        Profile,
        typer.Option(
            metavar="official|integrity",
            help="official (mặc định): xét cả người ký, chuỗi chứng thư, thu hồi; "
            "integrity: chỉ xét văn bản có bị thay đổi sau khi ký không.",
        ),
    ] = Profile.OFFICIAL,
    trust: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="ĐƯỜNG_DẪN",
            help="Chứng thư gốc tin cậy (PEM, DER, P7B) hoặc thư mục chứa chúng; dùng được "
            "nhiều lần.",
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="ISO8601",
            help="Xét tại thời điểm này thay vì lúc này; không ghi múi giờ thì hiểu là giờ "
            "Việt Nam.",
        ),
    ] = None,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            metavar="text|json|html|pdf|etsi",
            help="Dạng kết quả; mặc định text. html, pdf và etsi (XML theo ETSI TS 119 102-2) ghi "
            "vào --out.",
        ),
    ] = Format.TEXT,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="THƯ_MỤC",
            help="Nơi ghi <tên>.html, <tên>.pdf hoặc <tên>.etsi.xml; bắt buộc với ba dạng đó. "
            "Không ghi đè lên tệp được kiểm tra.",
        ),
    ] = None,
    lang: Annotated[
        Language,
        typer.Option(metavar="vi|en", help="Ngôn ngữ của kết quả; mặc định vi."),
    ] = Language.VI,
    seal_key: Annotated[
        Path | None,
        typer.Option(
            metavar="TỆP",
            help="Ký báo cáo dạng pdf bằng khoá PKCS#12 của cơ quan; mã PIN được hỏi khi chạy.",
        ),
    ] = None,
    seal_level: Annotated[
        SealLevel,
        typer.Option(
            metavar="B-B|B-LT",
            help="B-B (mặc định): chỉ có chữ ký; B-LT: thêm dấu thời gian và bằng chứng thu hồi "
            "theo thiết lập của cơ quan.",
        ),
    ] = SealLevel.B_B,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Đọc mã PIN từ đầu vào chuẩn, một dòng.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, max=64, metavar="SỐ", help="Số tệp xét cùng lúc; mặc định theo số nhân máy."
        ),
    ] = None,
    password_file: Annotated[
        Path | None,
        typer.Option(metavar="TỆP", help="Tệp có mật khẩu ở dòng đầu, cho tệp PDF được mã hoá."),
    ] = None,
    ask_password: Annotated[
        bool, typer.Option("--ask-password", help="Hỏi mật khẩu của tệp PDF được mã hoá.")
    ] = False,
    evidence: Annotated[
        Path | None,
        typer.Option(
            metavar="THƯ_MỤC", help="Lưu lại những gì mỗi kết luận đã dựa vào, mỗi tệp một bản ghi."
        ),
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(
            metavar="THƯ_MỤC",
            help="Kiểm tra lại bằng đúng chính sách, gốc tin cậy, thời điểm và bằng chứng đã lưu "
            "ở đó (hoặc trong kho lưu trữ của cơ quan); không hỏi ai, không phải bằng chứng mới.",
        ),
    ] = None,
    online: Annotated[
        bool,
        typer.Option(
            "--online",
            help="Hỏi thêm tình trạng thu hồi (OCSP, CRL) khi tệp thiếu bằng chứng, chỉ ở những "
            "máy chủ ghi trong TRINHKY_REVOCATION__HOSTS; mặc định không hỏi ai.",
        ),
    ] = False,
) -> None:
    """Kiểm tra chữ ký số của tệp PDF: có hợp lệ không, ai ký, văn bản có bị thay đổi không.

    Mã kết thúc: 0 mọi tệp hợp lệ; 1 có tệp không hợp lệ; 2 có tệp chưa thể kết luận, không có chữ
    ký hoặc không đọc được; 64 gọi lệnh sai. Giải thích từ ngữ và mã: trinhky explain.
    """
    if replay is not None:
        _refuse_beside_replay(form, trust, at, evidence)
        if online:
            raise WrongUsageError("--replay không hỏi ai; bỏ --online.")
    if form in FILES and out is None:
        raise WrongUsageError(f"Dạng {form} cần --out THƯ_MỤC để ghi kết quả.")
    if seal_key is not None and form is not Format.PDF:
        raise WrongUsageError("--seal-key chỉ dùng với --format pdf.")
    # The judge is slow to load; help and wrong usage are answered without it.
    from cli.judgement import (  # noqa: PLC0415
        Order,
        exit_status,
        judge_files,
        open_sandbox,
        parse_instant,
        read_online,
        read_trust,
    )
    from cli.presenting import presenter  # noqa: PLC0415
    from cli.unlocking import read_password  # noqa: PLC0415

    password = read_password(password_file, ask=ask_password)
    if replay is not None:
        from cli.replaying import replay_files  # noqa: PLC0415 (same)

        with open_sandbox(1, 1) as sandbox:
            raise typer.Exit(replay_files(files, replay, sandbox, password=password, form=form))
    asking = read_online() if online else None
    seal = None
    if seal_key is not None:
        from cli.sealing import open_seal  # noqa: PLC0415 (same)

        seal = open_seal(seal_key, stamped=seal_level is SealLevel.B_LT, from_stdin=stdin)
    with open_sandbox(len(files), jobs) as sandbox:
        order = Order(
            profile=profile,
            trust=read_trust(trust or ()),
            at=parse_instant(at),
            password=password,
            online=asking,
        )
        show = presenter(form, out, language=lang, judged=files, seal=seal)
        if evidence is None:
            judged = judge_files(files, order, sandbox)
        else:
            from cli.keeping import judge_and_keep  # noqa: PLC0415 (same)

            judged = judge_and_keep(files, order, sandbox, evidence)
        verdicts = [show(name, report) for name, report in judged]
    raise typer.Exit(exit_status(verdicts))


def _refuse_beside_replay(
    form: Format, trust: list[Path] | None, at: str | None, evidence: Path | None
) -> None:
    """A record says itself by what a file is judged."""
    if trust or at is not None or evidence is not None:
        raise WrongUsageError(
            "--replay dùng đúng gốc tin cậy và thời điểm đã lưu; bỏ --trust, --at và --evidence."
        )
    if form not in {Format.TEXT, Format.JSON}:
        raise WrongUsageError("--replay chỉ trả lời dạng text hoặc json.")
