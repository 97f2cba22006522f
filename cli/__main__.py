"""The command `trinhky`: one module per group of commands, loaded when it is called.

The outermost door: our own errors become one sentence on standard error, anything else a reference
to a file with the trace. Nothing else in this package catches broadly.
"""

import contextlib
import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, Final

import typer
from typer.main import get_command
from typing_extensions import override

from cli.usage import WRONG_USAGE, Group, make_group, make_single, usage_sentence

REFUSED: Final = 1
INTERRUPTED: Final = 130

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "verify": ("cli.verify:verify", "Kiểm tra chữ ký số của tệp PDF."),
    "compare": ("cli.compare:compare", "So sánh tệp PDF nhận được với bản khi ký, từng trang."),
    "explain": ("cli.explain:explain", "Giải thích từ ngữ, mã nhận xét của kết quả kiểm tra."),
    "intake": ("cli.intake:intake", "Đọc một văn bản: số, ngày, nơi nhận, thời hạn, người ký."),
    "directive": ("cli.directive:app", "Xem và xử lý văn bản: kiểm tra, phê duyệt, ký, phát hành."),
    "dispatch": ("cli.dispatch:app", "Gửi đến đơn vị: xem, gửi lại, tạm giữ, chuyển kênh, in."),
    "mail": ("cli.mail:app", "Thư đến cần người xử lý: xem, gắn với văn bản, xếp riêng."),
    "copy": ("cli.copy:app", "Sao y, sao lục, trích sao; phụ lục ký ở tệp riêng."),
    "paper": ("cli.paper:app", "Văn bản từ ngoài đã có chữ ký: tiếp nhận, ký thêm."),
    "incoming": ("cli.incoming:app", "Văn bản đến: tiếp nhận, phân công, giải quyết, trả lời."),
    "obligation": (
        "cli.obligation:app",
        "Nhiệm vụ của đơn vị: lịch định kỳ, thời hạn, chuyển, huỷ.",
    ),
    "report": ("cli.report:app", "Báo cáo của đơn vị: nhận, trả lại; biểu số liệu; đường dẫn."),
    "ladder": ("cli.ladder:app", "Thang đôn đốc theo loại văn bản; giờ yên lặng."),
    "template": ("cli.template:app", "Lời thư đôn đốc: xem, đặt, xem thử."),
    "calendar": ("cli.calendar:app", "Lịch làm việc: ngày nghỉ, ngày làm bù từng năm."),
    "office": ("cli.office:app", "Nạp và kiểm tra tệp dữ liệu của cơ quan."),
    "account": ("cli.account:app", "Tài khoản đăng nhập của cán bộ."),
    "officer": ("cli.officer:app", "Cán bộ thôi công tác, bàn giao việc."),
    "key": ("cli.key:app", "Chứng thư của cán bộ, cơ quan và cách dùng khoá."),
    "setup": ("cli.setup:app", "Đưa cơ quan từ thử nghiệm đến khoá, dấu thời gian, nơi tin thật."),
    "trust": ("cli.trust:app", "Chứng thư gốc mà cơ quan tin cậy."),
    "story": ("cli.story:story", "Diễn một kịch bản từ đầu đến cuối trên đồng hồ mô phỏng."),
    "serve": ("cli.serve:serve", "Khởi động mọi dịch vụ trên máy này, chạy đến khi được dừng."),
    "run": ("cli.run:app", "Việc của máy: chạy ngay một luồng, xem các lượt đã chạy."),
    "edxml": ("cli.edxml:app", "Gói tin văn bản điện tử (QCVN 102): kiểm tra, xem."),
    "register": ("cli.register:app", "Sổ đăng ký văn bản: in, nhập sổ cũ."),
    "work": ("cli.work:work", "Chạy một tiến trình thực hiện các luồng."),
    "archive": ("cli.archive:app", "Kho lưu trữ: kiểm tra lại chữ ký, gia hạn dấu thời gian."),
    "audit": ("cli.audit:app", "Nhật ký: kiểm tra tính nguyên vẹn, liệt kê."),
    "agent": ("cli.agent.commands:app", "Ký trên máy của người ký, bằng thiết bị ở máy đó."),
}
"""Each command by name: `module:function`, or `module:app` of a group, and one line of help."""


class LazyGroup(Group):
    """Loads a command's module when the command is called, and outlives whatever it raises."""

    @override
    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # Typer's context class is private
        return list(COMMANDS)

    @override
    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]  # same
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        found = getattr(import_module(module), name)
        return get_command(found if isinstance(found, typer.Typer) else make_single(found))

    @override
    def summaries(self, ctx: typer.Context) -> tuple[tuple[str, str], ...]:
        return tuple((name, line) for name, (_, line) in COMMANDS.items())

    @override
    def main(self, *args: Any, **extra: Any) -> Any:
        _speak_utf8()
        inner = partial(super().main, *args, **{**extra, "standalone_mode": False})
        sys.exit(_guarded(inner))


def _guarded(inner: Callable[[], Any]) -> int:
    """Runs a command; returns its exit status."""
    try:
        return int(inner() or 0)
    except typer.Abort:
        return _refuse("Đã dừng; chưa có gì được thay đổi.")
    except typer.TyperException as error:
        return _refuse(usage_sentence(error), WRONG_USAGE)
    except KeyboardInterrupt:
        return _refuse("Đã dừng theo yêu cầu.", INTERRUPTED)
    except Exception as error:  # noqa: BLE001 (the outermost handler of this door)
        return _refuse(_sentence(error))


app = make_group(
    "Trình Ký: từ dự thảo của một văn bản chỉ đạo đến báo cáo cuối cùng.\n\n"
    "Thiết lập đọc từ các biến TRINHKY_…; lệnh verify và intake không cần thiết lập nào.",
    LazyGroup,
)


def _refuse(sentence: str, status: int = REFUSED) -> int:
    typer.echo(sentence, err=True)
    return status


def _sentence(error: Exception) -> str:
    """Our errors explain themselves; the trace of another goes to a file that is named."""
    diagnosis = getattr(error, "diagnosis", None)
    if callable(diagnosis):
        return str(diagnosis())
    kept = _keep_trace(error)
    from models.session import is_unavailable  # noqa: PLC0415 (loaded before, if it was raised)

    if is_unavailable(error):
        return (
            "Không dùng được cơ sở dữ liệu lúc này. Kiểm tra TRINHKY_DATABASE và máy chủ cơ sở dữ "
            f"liệu rồi thử lại; chi tiết ở {kept}."
        )
    return f"Lỗi ngoài dự kiến. Chuyển tệp {kept} cho người vận hành để tra cứu."


def _keep_trace(error: Exception) -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix="trinhky-", suffix=".log", encoding="utf-8", delete=False
    ) as kept:
        traceback.print_exception(error, file=kept)
    return kept.name


def _speak_utf8() -> None:
    """Whatever the locale: a file name that is no text must not stop the answer about it."""
    for stream in (sys.stdout, sys.stderr):
        # A test may put something else in their place.
        with contextlib.suppress(AttributeError):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # asked for just above


def main() -> None:
    """Entry of the command; ends the process with its status."""
    app()


if __name__ == "__main__":
    main()
