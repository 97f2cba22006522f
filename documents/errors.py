"""Errors of the room of pages.

DocumentsError
├── ContentError         stored content does not have the shape of a directive
├── TextRefusedError     the content may not become a page: secrecy, characters, no recipients
├── RenderError          the page could not be set
├── CopyRefusedError     a file cannot be copied in due form
├── WorkbookRefusedError a workbook cannot be read, or must not be
└── PageImageError       pages of a PDF could not be turned into images
"""

from collections.abc import Sequence
from typing import ClassVar

from typing_extensions import override


class DocumentsError(Exception):
    """Base of everything that this room raises."""

    code: ClassVar[str] = "documents"
    """Stable word for logs, answers and tables."""

    def diagnosis(self) -> str:
        """Says in Vietnamese what is wrong and what to do."""
        return f"Không xử lý được văn bản: {self}"


class ContentError(DocumentsError):
    """Stored or received content does not have the shape of a directive."""

    code = "content_malformed"

    def __init__(self, place: str, problem: str) -> None:
        self.place = place
        """Path of the field, such as `sections[1].blocks[0].text`."""
        self.problem = problem
        super().__init__(f"{place}: {problem}")

    @override
    def diagnosis(self) -> str:
        """Says in Vietnamese which field is malformed."""
        return (
            f"Nội dung văn bản sai cấu trúc tại “{self.place}”: {self.problem}. Đề nghị nhập lại."
        )


class TextRefusedError(DocumentsError):
    """The content may not become a page; every reason is kept."""

    code = "text_refused"

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        """Vietnamese sentences, one for each reason, each naming its place."""
        super().__init__("; ".join(self.reasons))

    @override
    def diagnosis(self) -> str:
        """Lists in Vietnamese what has to be changed."""
        return "Chưa nhận được văn bản này: " + " ".join(self.reasons)


class RenderError(DocumentsError):
    """The page could not be set; holds the words of the typesetter."""

    code = "render_failed"

    def __init__(self, problem: str, hints: Sequence[str] = ()) -> None:
        self.problem = problem
        self.hints = tuple(hints)
        super().__init__(" ".join((problem, *self.hints)))

    @override
    def diagnosis(self) -> str:
        """Says in Vietnamese that the page could not be set, with the cause."""
        return f"Không dựng được trang văn bản: {self.problem}. Đề nghị kiểm tra lại nội dung."


class CopyRefusedError(DocumentsError):
    """A file cannot be copied in due form."""

    code = "copy_refused"

    def __init__(self, reason: str, place: str = "") -> None:
        self.reason = reason
        """Stable word, such as `no_room`."""
        self.place = place
        """Which file or page, from 1; how many there are; empty where it is the whole."""
        super().__init__(f"{reason} {place}".rstrip())

    @override
    def diagnosis(self) -> str:
        """Says in Vietnamese what is wrong with the file and what to do."""
        sentence, advice = _COPY_WORDS.get(self.reason, _COPY_WORDS["unreadable"])
        return f"{sentence.format(place=self.place)}. Việc cần làm: {advice}."


class WorkbookRefusedError(DocumentsError):
    """A workbook (XLSX) cannot be read, or must not be."""

    code = "workbook_refused"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        """Stable word, such as `macros`."""
        super().__init__(reason)

    @override
    def diagnosis(self) -> str:
        """Says in Vietnamese what is wrong with the file and what to do."""
        return _WORKBOOK_WORDS.get(self.reason, _WORKBOOK_WORDS["unreadable"])


_WORKBOOK_WORDS = {
    "not_a_workbook": "Tệp không phải bảng tính XLSX. Lưu lại ở dạng XLSX rồi gửi lại.",
    "macros": "Bảng tính có chứa macro nên không được nhận. Lưu lại ở dạng XLSX không có macro.",
    "too_large": "Bảng tính quá lớn hoặc quá phức tạp. Chia thành nhiều tệp nhỏ hơn rồi gửi lại.",
    "too_many_rows": "Bảng tính có quá nhiều dòng. Chia thành nhiều tệp rồi gửi lại.",
    "too_many_columns": "Bảng tính có quá nhiều cột. Chỉ giữ các cột của biểu rồi gửi lại.",
    "other_form": "Bảng tính không phải tệp mẫu của biểu này. Tải tệp mẫu, ghi rồi gửi lại.",
    "old_form": "Bảng tính làm theo mẫu cũ, nay biểu đã thay đổi. Tải lại tệp mẫu rồi chép sang.",
    "no_such_sheet": "Bảng tính không có trang cần đọc. Dùng đúng tệp mẫu rồi gửi lại.",
    "unreadable": "Không đọc được bảng tính: tệp bị hỏng. Mở, lưu lại ở dạng XLSX rồi gửi lại.",
}

_COPY_WORDS = {
    "unreadable": ("Không đọc được tệp PDF để sao", "kiểm tra lại tệp hoặc xin lại bản gốc"),
    "too_costly": (
        "Tệp quá lớn hoặc quá phức tạp để sao",
        "chia tệp thành nhiều phần hoặc quét lại ở 300 dpi",
    ),
    "rotated": (
        "Trang 1 của tệp bị đặt xoay nên không đặt được khối chữ của cơ quan",
        "xoay trang cho thẳng, lưu lại thành PDF rồi sao",
    ),
    "page_too_large": ("Trang 1 lớn hơn khổ A2", "dùng bản có khổ giấy nhỏ hơn"),
    "no_room": (
        "Góc trên bên phải trang 1 không còn chỗ trống cho khối chữ của cơ quan (chữ cỡ 10)",
        "dùng bản có lề trên từ 20 mm trở lên, hoặc quét lại để lề trên còn trống",
    ),
    "no_such_page": ("Tệp chỉ có {place} trang", "chọn lại các trang cần trích sao"),
    "whole_extract": (
        "Trích sao chỉ lấy một phần của văn bản, đây là toàn bộ {place} trang",
        "chọn các trang cần trích, hoặc dùng hình thức sao y",
    ),
    "no_picture": (
        "Tệp số {place} không phải ảnh PNG, JPEG, TIFF hay PDF đọc được",
        "quét lại và lưu theo một trong các định dạng này",
    ),
    "picture_too_large": ("Ảnh trong tệp số {place} quá lớn", "quét lại ở 200 đến 300 dpi"),
    "too_many_pages": ("Có quá nhiều trang, tính đến tệp số {place}", "chia thành nhiều bản sao"),
    "no_scan": (
        "Tệp PDF số {place} có trang không phải ảnh quét",
        "dùng sao điện tử cho tệp PDF có chữ, hoặc quét lại bản giấy",
    ),
    "dpi_low": (
        "Bản quét không đủ nét: {place}; yêu cầu tối thiểu 200 dpi",
        "quét lại bản giấy, ảnh màu, từ 200 dpi, tỷ lệ 100 %",
    ),
    "secret": (
        "Văn bản có dấu chỉ độ mật nên không được sao trên hệ thống này",
        "chuyển sang quy trình văn bản mật",
    ),
    "nothing": ("Chưa có tệp nào để sao", "chọn ít nhất một tệp"),
}


class PageImageError(DocumentsError):
    """The pages of a PDF could not be turned into images."""

    code = "page_image_failed"

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)

    @override
    def diagnosis(self) -> str:
        """Says in Vietnamese that the pages cannot be shown."""
        return f"Không hiển thị được trang của tệp PDF này: {self.problem}."
