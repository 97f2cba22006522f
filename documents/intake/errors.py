"""What can go wrong when a file is read in.

IntakeError
└── IntakeRefusedError         the file is not read, with the reason that the uploader sees
    ├── FileTooLargeError      larger than the limit
    ├── TextTooLongError       more text than a directive and its annexes have
    ├── UnknownFormatError     a kind of file that is not read
    ├── UndecodableTextError   text in an unknown encoding
    ├── NoTextError            nothing to read inside, such as a scan without a text layer
    ├── ExtractionFailedError  the file is broken or beyond its limits of time and memory
    └── NoOCRError             an image, and no OCR program on this machine
"""

from typing import ClassVar


class IntakeError(Exception):
    """Base of everything that reading in raises."""

    code: ClassVar[str] = "intake"
    """Stable word for logs, answers and tables."""

    def __init__(self, message: str, sentence: str) -> None:
        super().__init__(message)
        self._sentence = sentence

    def diagnosis(self) -> str:
        """Say in Vietnamese what is wrong and what to do."""
        return self._sentence


class IntakeRefusedError(IntakeError):
    """The file is not read; the reason is for the person who brought it."""

    code = "intake_refused"


class FileTooLargeError(IntakeRefusedError):
    """The file is larger than the limit."""

    code = "intake_too_large"

    def __init__(self, size_bytes: int, limit_bytes: int) -> None:
        limit_mb = limit_bytes // 1_000_000
        super().__init__(
            f"{size_bytes} bytes, limit {limit_bytes}",
            f"Tệp vượt quá giới hạn {limit_mb} MB. Đề nghị tách hoặc nén lại tệp.",
        )
        self.size_bytes = size_bytes
        self.limit_bytes = limit_bytes


class TextTooLongError(IntakeRefusedError):
    """There is more text than a directive has, and reading it would take long."""

    code = "intake_text_too_long"

    def __init__(self, characters: int, lines: int, limits: tuple[int, int]) -> None:
        most = [f"{number:,}".replace(",", ".") for number in limits]
        super().__init__(
            f"{characters} characters in {lines} lines, limits {limits}",
            f"Văn bản dài quá giới hạn {most[0]} ký tự hoặc {most[1]} dòng. "
            "Đề nghị chỉ nhập phần văn bản chính, phụ lục để riêng.",
        )
        self.characters = characters
        self.lines = lines


class UnknownFormatError(IntakeRefusedError):
    """The kind of file is not one that is read."""

    code = "intake_unknown_format"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"unknown format: {name!r}",
            "Chỉ nhận tệp văn bản thuần (.txt), PDF, DOCX hoặc ảnh (PNG, JPEG, TIFF). "
            "Đề nghị chuyển tệp sang một trong các định dạng này.",
        )
        self.name = name


class UndecodableTextError(IntakeRefusedError):
    """The text is neither UTF-8 nor UTF-16 with a byte order mark."""

    code = "intake_undecodable"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"undecodable text: {name!r}",
            "Không xác định được bảng mã của tệp văn bản. Đề nghị lưu lại tệp với bảng mã UTF-8.",
        )
        self.name = name


class NoTextError(IntakeRefusedError):
    """The file holds no text that could be read."""

    code = "intake_no_text"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"no text: {name!r}",
            "Tệp không có lớp chữ đọc được (có thể là bản quét). "
            "Đề nghị nhận dạng chữ (OCR) rồi nhập lại, hoặc tải lên ảnh từng trang.",
        )
        self.name = name


class ExtractionFailedError(IntakeRefusedError):
    """The file is broken, hostile, or beyond the limits of time and memory."""

    code = "intake_extraction_failed"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"extraction of {name!r} failed: {reason}",
            "Không trích được nội dung của tệp (tệp hỏng hoặc quá nặng). "
            "Đề nghị xuất lại tệp từ phần mềm gốc rồi nhập lại.",
        )
        self.name = name
        self.reason = reason


class NoOCRError(IntakeRefusedError):
    """An image was brought, and no OCR program is installed."""

    code = "intake_no_ocr"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"no OCR program for {name!r}",
            "Máy chủ chưa cài chương trình nhận dạng chữ tesseract (gói tesseract-ocr và "
            "tesseract-ocr-vie). Đề nghị cài đặt hoặc nhập tệp có sẵn lớp chữ.",
        )
        self.name = name
