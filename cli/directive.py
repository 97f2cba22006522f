"""`trinhky directive`: the deeds of officers without the portal. Rights are those of the deeds."""

from pathlib import Path
from typing import Annotated

import typer

from cli.usage import Command, make_group

app = make_group(
    "Xem và xử lý văn bản từ dòng lệnh, cho người không dùng cổng thông tin.\n\n"
    "VĂN_BẢN là số ký hiệu (96-HD/BTGTU), mã đầy đủ hoặc ít nhất 4 ký tự đầu của mã. Mỗi việc cần "
    "--as TÊN_ĐĂNG_NHẬP và mật khẩu; quyền hạn như trên cổng thông tin."
)

Key = Annotated[str, typer.Argument(metavar="VĂN_BẢN", help="Số ký hiệu hoặc mã của văn bản.")]
As = Annotated[
    str, typer.Option("--as", metavar="TÊN_ĐĂNG_NHẬP", help="Người thực hiện; sẽ hỏi mật khẩu.")
]
Stdin = Annotated[
    bool,
    typer.Option(
        "--stdin",
        help="Đọc mật khẩu (và mã PIN) từ đầu vào chuẩn, mỗi thứ một dòng; không hỏi lại.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Không hỏi lại trước khi thực hiện.")]
Reason = Annotated[str, typer.Option(metavar="LÝ_DO", help="Lý do; được ghi lại.")]
Seen = Annotated[
    str | None,
    typer.Option(
        "--sha256",
        metavar="MÃ_BĂM",
        help="Mã băm của bản đã xem; khác với bản hiện hành thì bị từ chối. Bắt buộc khi dùng "
        "--stdin.",
    ),
]
Keys = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="VĂN_BẢN…", help="Số ký hiệu hoặc mã; bỏ trống thì lấy mọi văn bản đang chờ."
    ),
]
Batch = Annotated[
    str | None,
    typer.Option(
        metavar="MÃ_DANH_SÁCH",
        help="Thực hiện danh sách đã lập bằng --summary. Bắt buộc khi dùng --stdin.",
    ),
]
Summary = Annotated[
    bool, typer.Option("--summary", help="Chỉ lập và hiện danh sách cùng mã của nó, chưa ký.")
]


@app.command("list", cls=Command)
def list_directives(
    *,
    state: Annotated[
        str | None,
        typer.Option(metavar="TRẠNG_THÁI", help="Chỉ văn bản ở trạng thái này, ví dụ numbered."),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, metavar="SỐ", help="Nhiều nhất bao nhiêu văn bản; mặc định 50.")
    ] = 50,
) -> None:
    """Liệt kê văn bản, mới thay đổi trước, kèm việc đang chờ."""
    from cli.case import list_cases  # noqa: PLC0415 (slow to load)

    list_cases(state, limit)


@app.command(cls=Command)
def show(
    key: Key,
    *,
    save: Annotated[
        Path | None,
        typer.Option(metavar="TỆP.pdf", help="Ghi bản hiện hành (dự thảo, bản để ký…) ra tệp này."),
    ] = None,
) -> None:
    """Xem một văn bản: trạng thái, người phụ trách, mã băm, diễn biến; ghi bản PDF nếu cần."""
    from cli.case import save_page, show_case  # noqa: PLC0415 (slow to load)

    show_case(key)
    if save is not None:
        save_page(key, save)


@app.command(cls=Command)
def evidence(
    key: Key,
    *,
    out: Annotated[Path, typer.Option(metavar="TỆP.zip", help="Ghi hồ sơ chứng cứ ra tệp này.")],
) -> None:
    """Lập hồ sơ chứng cứ: mọi tệp, chữ ký, nhật ký có mã băm, diễn biến, trong một tệp ZIP."""
    from cli.case import save_dossier  # noqa: PLC0415 (slow to load)

    save_dossier(key, out)


@app.command("next", cls=Command)
def next_steps(
    key: Annotated[
        str | None,
        typer.Argument(metavar="VĂN_BẢN", help="Số ký hiệu hoặc mã; bỏ trống thì cần --as."),
    ] = None,
    *,
    as_user: Annotated[
        str | None,
        typer.Option("--as", metavar="TÊN_ĐĂNG_NHẬP", help="Mọi việc đang chờ người này."),
    ] = None,
    stdin: Stdin = False,
) -> None:
    """Việc tiếp theo của một văn bản, hoặc mọi việc đang chờ một người."""
    from cli.case import show_next, show_work  # noqa: PLC0415 (slow to load)

    if key is not None:
        show_next(key)
    else:
        show_work(as_user, from_stdin=stdin)


@app.command(cls=Command)
def check_content(key: Key, *, as_user: As, stdin: Stdin = False, yes: Yes = False) -> None:
    """Xác nhận đã kiểm tra nội dung: đạt."""
    from cli.deciding import Decision, pass_review  # noqa: PLC0415 (slow to load)

    pass_review(Decision(key=key, username=as_user, from_stdin=stdin, sure=yes), "content")


@app.command(cls=Command)
def check_form(key: Key, *, as_user: As, stdin: Stdin = False, yes: Yes = False) -> None:
    """Xác nhận đã kiểm tra thể thức: đạt."""
    from cli.deciding import Decision, pass_review  # noqa: PLC0415 (slow to load)

    pass_review(Decision(key=key, username=as_user, from_stdin=stdin, sure=yes), "form")


@app.command(cls=Command)
def approve(key: Key, *, as_user: As, stdin: Stdin = False, yes: Yes = False) -> None:
    """Phê duyệt dự thảo."""
    from cli.deciding import Decision, pass_review  # noqa: PLC0415 (slow to load)

    pass_review(Decision(key=key, username=as_user, from_stdin=stdin, sure=yes), "approval")


@app.command("return", cls=Command)
def return_draft(
    key: Key, *, reason: Reason, as_user: As, stdin: Stdin = False, yes: Yes = False
) -> None:
    """Trả lại dự thảo cho người soạn, kèm lý do."""
    from cli.deciding import Decision, return_for_correction  # noqa: PLC0415 (slow to load)

    order = Decision(key=key, username=as_user, from_stdin=stdin, sure=yes)
    return_for_correction(order, reason)


@app.command(cls=Command)
def take_back(
    key: Key, *, reason: Reason, as_user: As, stdin: Stdin = False, yes: Yes = False
) -> None:
    """Rút lại dự thảo của mình đang được kiểm tra để sửa, kèm lý do (người soạn)."""
    from cli.deciding import Decision, take_back_to_change  # noqa: PLC0415 (slow to load)

    order = Decision(key=key, username=as_user, from_stdin=stdin, sure=yes)
    take_back_to_change(order, reason)


@app.command(cls=Command)
def number(
    key: Key,
    *,
    as_user: As,
    number: Annotated[
        int | None,
        typer.Option(min=1, metavar="SỐ", help="Số nhập tay thay cho số kế tiếp; cần --reason."),
    ] = None,
    reason: Annotated[
        str | None, typer.Option(metavar="LÝ_DO", help="Vì sao nhập số bằng tay.")
    ] = None,
    stdin: Stdin = False,
    yes: Yes = False,
) -> None:
    """Cấp số và ngày cho văn bản đã phê duyệt (văn thư)."""
    from cli.deciding import Decision, give_number  # noqa: PLC0415 (slow to load)

    order = Decision(key=key, username=as_user, from_stdin=stdin, sure=yes)
    give_number(order, number, reason)


@app.command(cls=Command)
def sign(key: Key, *, as_user: As, seen: Seen = None, stdin: Stdin = False) -> None:
    """Ký số văn bản: hiện những gì sẽ ký, hỏi lại, rồi hỏi mã PIN."""
    from cli.signing_here import SIGN, make_mark  # noqa: PLC0415 (slow to load)

    make_mark(SIGN, key, as_user, seen, from_stdin=stdin)


@app.command(cls=Command)
def seal(key: Key, *, as_user: As, seen: Seen = None, stdin: Stdin = False) -> None:
    """Đóng dấu cơ quan lên văn bản đã ký (văn thư): hiện nội dung, hỏi lại, rồi hỏi mã PIN."""
    from cli.signing_here import SEAL, make_mark  # noqa: PLC0415 (slow to load)

    make_mark(SEAL, key, as_user, seen, from_stdin=stdin)


@app.command(cls=Command)
def sign_batch(
    keys: Keys = None,
    *,
    as_user: As,
    batch: Batch = None,
    summary: Summary = False,
    stdin: Stdin = False,
) -> None:
    """Ký số nhiều văn bản bằng một lần nhập mã PIN: hiện danh sách, hỏi lại, kết quả từng văn bản.

    Ctrl-C dừng sau văn bản đang ký.
    """
    from cli.batch import SIGN, make_batch  # noqa: PLC0415 (slow to load)

    make_batch(SIGN, keys or [], as_user, batch, summary_only=summary, from_stdin=stdin)


@app.command(cls=Command)
def seal_batch(
    keys: Keys = None,
    *,
    as_user: As,
    batch: Batch = None,
    summary: Summary = False,
    stdin: Stdin = False,
) -> None:
    """Đóng dấu nhiều văn bản bằng một lần nhập mã PIN (văn thư), như sign-batch."""
    from cli.batch import SEAL, make_batch  # noqa: PLC0415 (slow to load)

    make_batch(SEAL, keys or [], as_user, batch, summary_only=summary, from_stdin=stdin)


@app.command(cls=Command)
def issue(key: Key, *, as_user: As, stdin: Stdin = False, yes: Yes = False) -> None:
    """Phát hành văn bản đã đóng dấu (văn thư): hiện nơi nhận, hỏi lại, rồi phát hành."""
    from cli.deciding import Decision, issue_now  # noqa: PLC0415 (slow to load)

    issue_now(Decision(key=key, username=as_user, from_stdin=stdin, sure=yes))


Other = Annotated[
    str, typer.Option("--by", metavar="VĂN_BẢN_MỚI", help="Số ký hiệu hoặc mã của văn bản mới.")
]


@app.command(cls=Command)
def recall(
    key: Key, *, reason: Reason, as_user: As, stdin: Stdin = False, yes: Yes = False
) -> None:
    """Thu hồi văn bản đã phát hành: báo mọi đơn vị, huỷ nhiệm vụ chưa xong (người ký, văn thư)."""
    from cli.amending import recall_now  # noqa: PLC0415 (slow to load)
    from cli.deciding import Decision  # noqa: PLC0415 (slow to load)

    recall_now(Decision(key=key, username=as_user, from_stdin=stdin, sure=yes), reason)


@app.command(cls=Command)
def replace(
    key: Key,
    *,
    by: Other,
    reason: Reason,
    as_user: As,
    keep: Annotated[
        bool,
        typer.Option("--keep-tasks", help="Chuyển nhiệm vụ chưa xong sang văn bản mới, giữ hạn."),
    ] = False,
    stdin: Stdin = False,
    yes: Yes = False,
) -> None:
    """Thay thế văn bản đã phát hành bằng một văn bản khác đã phát hành."""
    from cli.amending import replace_now  # noqa: PLC0415 (slow to load)
    from cli.deciding import Decision  # noqa: PLC0415 (slow to load)

    order = Decision(key=key, username=as_user, from_stdin=stdin, sure=yes)
    replace_now(order, by, reason, keep=keep)


@app.command(cls=Command)
def correct(
    key: Key,
    *,
    by: Other,
    reason: Reason,
    as_user: As,
    printed: Annotated[str, typer.Option(metavar="CHỮ", help="Chữ đã in.")] = "",
    corrected: Annotated[str, typer.Option(metavar="CHỮ", help="Đọc là.")] = "",
    stdin: Stdin = False,
    yes: Yes = False,
) -> None:
    """Đính chính văn bản bằng một công văn đã phát hành; văn bản vẫn có hiệu lực."""
    from cli.amending import correct_now  # noqa: PLC0415 (slow to load)
    from cli.deciding import Decision  # noqa: PLC0415 (slow to load)

    order = Decision(key=key, username=as_user, from_stdin=stdin, sure=yes)
    correct_now(order, by, reason, (printed, corrected))


@app.command(cls=Command)
def recipients(
    key: Key,
    *,
    reason: Reason,
    as_user: As,
    add: Annotated[
        list[str] | None, typer.Option(metavar="ĐƠN_VỊ", help="Đơn vị thêm; ghi được nhiều lần.")
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option(metavar="ĐƠN_VỊ", help="Đơn vị bớt; ghi được nhiều lần.")
    ] = None,
    role: Annotated[
        str, typer.Option(metavar="VAI_TRÒ", help="action, report hoặc know (để biết).")
    ] = "know",
    stdin: Stdin = False,
    yes: Yes = False,
) -> None:
    """Thêm, bớt đơn vị nhận sau khi phát hành."""
    from cli.amending import recipients_now  # noqa: PLC0415 (slow to load)
    from cli.deciding import Decision  # noqa: PLC0415 (slow to load)

    order = Decision(key=key, username=as_user, from_stdin=stdin, sure=yes)
    recipients_now(order, add or [], remove or [], role, reason)
