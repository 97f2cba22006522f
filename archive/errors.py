"""What can go wrong with the archive.

ArchiveError
├── NotStoredError          no object bears that digest
├── DamagedObjectError      the bytes no longer give the digest they are stored under
└── StoreUnavailableError   the folder or disk did not do what was asked
"""

from typing import ClassVar


class ArchiveError(Exception):
    """Base of this room's errors; ``code`` is stable, ``diagnosis()`` is what a person reads."""

    code: ClassVar[str] = "archive.error"

    def __init__(self, message: str, *, advice: str) -> None:
        super().__init__(message)
        self._advice = advice

    def diagnosis(self) -> str:
        """Return one Vietnamese sentence that says what to do."""
        return self._advice


class NotStoredError(ArchiveError):
    """No object bears this digest."""

    code: ClassVar[str] = "archive.not_stored"

    def __init__(self, sha256_hex: str) -> None:
        super().__init__(
            f"nothing stored under {sha256_hex!r}",
            advice=(
                f"Kho lưu trữ không có tệp mang mã băm {sha256_hex[:16]}…; "
                "đề nghị khôi phục tệp từ bản sao lưu."
            ),
        )
        self.sha256_hex = sha256_hex


class DamagedObjectError(ArchiveError):
    """The stored bytes do not give the digest they are stored under."""

    code: ClassVar[str] = "archive.damaged"

    def __init__(self, sha256_hex: str, *, found_sha256_hex: str) -> None:
        super().__init__(
            f"{sha256_hex} holds bytes of {found_sha256_hex}",
            advice=(
                f"Tệp mang mã băm {sha256_hex[:16]}… trong kho lưu trữ đã bị hỏng hoặc bị sửa; "
                "không sử dụng tệp này, đề nghị khôi phục từ bản sao lưu."
            ),
        )
        self.sha256_hex = sha256_hex
        self.found_sha256_hex = found_sha256_hex


class StoreUnavailableError(ArchiveError):
    """The store could not read or write; ``reason`` is the system's own sentence."""

    code: ClassVar[str] = "archive.unavailable"

    def __init__(self, reason: str) -> None:
        super().__init__(
            reason,
            advice=(
                f"Không đọc hoặc ghi được kho lưu trữ ({reason}); "
                "đề nghị kiểm tra ổ đĩa và quyền truy cập."
            ),
        )
        self.reason = reason
