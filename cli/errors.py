"""Why a command of the terminal did nothing.

CommandRefusedError
├── FileUnreadableError     no such file, or it may not be read
├── FolderUnwritableError   nothing can be written into a folder
├── NoOfficeError           there is no office where the settings say
├── DirectiveUnclearError   what was typed names no directive, or several
├── NotReadyError           something speaks against signing; no PIN was asked for
├── BatchIncompleteError    not every file of a batch was signed
└── SecretsDifferError      a new password was typed in two ways, or not at all
"""

from typing import ClassVar

from typing_extensions import override


class CommandRefusedError(Exception):
    """Base: the command did nothing."""

    code: ClassVar[str] = "command_refused"

    def diagnosis(self) -> str:
        """Returns the sentence for the person, in Vietnamese."""
        return "Lệnh không thực hiện được."


class FileUnreadableError(CommandRefusedError):
    """There is no such file, or it may not be read."""

    code = "file_unreadable"

    def __init__(self, file: str, *, there: bool) -> None:
        super().__init__(file, there)
        self.file = file
        self.there = there

    @override
    def diagnosis(self) -> str:
        if self.there:
            return f"Không đọc được {self.file}. Kiểm tra quyền đọc; đường dẫn phải là một tệp."
        return f"Không tìm thấy tệp {self.file}. Kiểm tra lại đường dẫn."


class FolderUnwritableError(CommandRefusedError):
    """Nothing can be written into a folder."""

    code = "folder_unwritable"

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(folder, reason)
        self.folder = folder
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return f"Không ghi được vào thư mục {self.folder} ({self.reason})."


class NoOfficeError(CommandRefusedError):
    """There is no office where the settings say."""

    code = "no_office"

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.folder = folder

    @override
    def diagnosis(self) -> str:
        return (
            f"Chưa có dữ liệu của cơ quan nào ở {self.folder}. Đặt TRINHKY_FOLDER hoặc "
            "TRINHKY_DATABASE cho đúng, hoặc nạp dữ liệu: trinhky office load TỆP.toml "
            "(chưa có tệp thì tạo: trinhky office new TỆP.toml)"
        )


class DirectiveUnclearError(CommandRefusedError):
    """What was typed names no directive, or several."""

    code = "directive_unclear"

    def __init__(self, typed: str, candidates: tuple[str, ...]) -> None:
        super().__init__(typed, candidates)
        self.typed = typed
        self.candidates = candidates

    @override
    def diagnosis(self) -> str:
        if not self.candidates:
            return f"Không có văn bản nào là “{self.typed}”. Xem: trinhky directive list"
        return f"“{self.typed}” chỉ nhiều văn bản: {', '.join(self.candidates)}. Gõ đủ mã."


class NotReadyError(CommandRefusedError):
    """Something speaks against signing; no PIN was asked for."""

    code = "not_ready"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(what, reason)
        self.what = what
        self.reason = reason

    @override
    def diagnosis(self) -> str:
        return f"{self.what} chưa được, mã PIN chưa được hỏi: {self.reason}"


class BatchIncompleteError(CommandRefusedError):
    """Not every file of a batch was signed; the others were."""

    code = "batch_incomplete"

    def __init__(self, signed: int, wanted: int) -> None:
        super().__init__(signed, wanted)
        self.signed = signed
        self.wanted = wanted

    @override
    def diagnosis(self) -> str:
        return (
            f"Xong {self.signed}/{self.wanted} văn bản. "
            "Việc cần làm: xem lý do từng văn bản ở trên, rồi lập lại danh sách cho phần còn lại."
        )


class NoTerminalError(CommandRefusedError):
    """A password is to be typed, and there is no terminal where it would stay unseen."""

    code = "no_terminal"

    @override
    def diagnosis(self) -> str:
        return (
            "Không có màn hình lệnh để nhập mật khẩu mà không hiện ra. Chạy lại lệnh trong cửa sổ "
            "lệnh, hoặc thêm --stdin và đưa mật khẩu qua đầu vào chuẩn."
        )


class SecretsDifferError(CommandRefusedError):
    """A new password was typed in two ways, or not at all."""

    code = "secrets_differ"

    @override
    def diagnosis(self) -> str:
        return "Mật khẩu trống hoặc hai lần nhập không giống nhau. Nhập lại từ đầu."
