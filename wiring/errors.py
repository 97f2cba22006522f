"""What can go wrong while the office is opened or its services are started.

WiringError
├── SettingsError            a setting is unknown or cannot be right
├── ClockError               the simulated clock has no reading, or was to go backwards
├── OrchestratorError        Prefect does not answer, or refuses
├── ServiceError             a process of ours did not start, or ended too early
├── LeaseLostError           another run drives the directive
├── StuckStepError           a step of the machine was done and is still the next one
├── SignOnUnavailableError   the sign-on service does not answer as it should
├── SignOnRefusedError       what came back from the sign-on service is no proof
└── ArchiveUnsoundError      the archive, the audit trail or a stored signature needs a person
"""

from typing import ClassVar

from typing_extensions import override


class WiringError(Exception):
    """Base of this room's errors."""

    code: ClassVar[str] = "wiring"

    def diagnosis(self) -> str:
        """Returns the sentence for the person, in Vietnamese."""
        return "Hệ thống chưa khởi động được."


class SettingsError(WiringError):
    """A setting is unknown or has a value that cannot be right."""

    code = "settings"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return f"Thiết lập {self.name}: {self.reason} Xem docs/settings.md."


class ClockError(WiringError):
    """The simulated clock cannot be read or set as asked."""

    code = "clock"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return f"Đồng hồ mô phỏng: {self.reason}"


class OrchestratorError(WiringError):
    """Prefect does not answer, or refuses what was asked of it."""

    code = "orchestrator"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(what, reason)
        self.what = what
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return (
            f"Bộ điều phối chưa thực hiện được việc “{self.what}” ({self.reason}). "
            "Quyết định đã ghi không bị mất; hệ thống sẽ tự thử lại."
        )


class ServiceError(WiringError):
    """A process of ours did not start in time, or ended too early."""

    code = "service"

    def __init__(self, service: str, reason: str, log: str) -> None:
        super().__init__(service, reason, log)
        self.service = service
        self.reason = reason
        self.log = log

    @override
    def diagnosis(self) -> str:
        return f"{self.service} không khởi động được: {self.reason}. Xem nhật ký: {self.log}"


class LeaseLostError(WiringError):
    """Another run drives this directive: this one must stop, and has nothing to undo."""

    code = "lease_lost"

    def __init__(self, directive_id: object) -> None:
        super().__init__(directive_id)
        self.directive_id = directive_id

    @override
    def diagnosis(self) -> str:
        return f"Văn bản {self.directive_id} đang được một lượt chạy khác xử lý; lượt này dừng lại."


class StuckStepError(WiringError):
    """A step of the machine was done and is still the next one."""

    code = "stuck_step"

    def __init__(self, deed: str) -> None:
        super().__init__(deed)
        self.deed = deed

    @override
    def diagnosis(self) -> str:
        return (
            f"Bước “{self.deed}” đã thực hiện nhiều lần mà không chuyển bước. Báo người vận hành."
        )


class ArchiveUnsoundError(WiringError):
    """Archive or trail are not as written, a verdict got worse, or a time stamp is overdue."""

    code = "archive_unsound"
    SHOWN: ClassVar[int] = 20

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(*problems)
        self.problems = problems

    @override
    def diagnosis(self) -> str:
        shown = "".join(f"\n- {one}" for one in self.problems[: self.SHOWN])
        more = len(self.problems) - self.SHOWN
        rest = f"\n- và {more} việc nữa; xem nhật ký của lượt chạy." if more > 0 else ""
        return (
            f"Kho lưu trữ và nhật ký: {len(self.problems)} việc phải xử lý, báo quản trị ngay."
            f"{shown}{rest}"
        )


class SignOnUnavailableError(WiringError):
    """The sign-on service does not answer, or not as its kind does. `reason` is for the log."""

    code = "sign_on_unavailable"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return (
            "Dịch vụ đăng nhập một lần chưa trả lời. Đợi ít phút rồi thử lại, hoặc đăng nhập bằng "
            "tên và mật khẩu."
        )


class SignOnRefusedError(WiringError):
    """What came back from the sign-on service is no proof. `reason` is for the audit trail."""

    code = "sign_on_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return (
            "Không đăng nhập được qua dịch vụ đăng nhập một lần: đã bỏ qua, quá thời gian, hoặc "
            "trả lời của dịch vụ không hợp lệ. Làm lại từ trang đăng nhập."
        )
