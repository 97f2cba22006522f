"""Errors of the room of pages.

DocumentsError
├── ContentError         stored content does not have the shape of a directive
├── TextRefusedError     the content may not become a page: secrecy, characters, no recipients
├── RenderError          the page could not be set
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
