"""Why an office file was refused.

ActionRefusedError
└── InvalidInputError
    └── OfficeFileRefusedError   the file, with every place and reason
"""

from typing import Any

from typing_extensions import override

from actions.errors import InvalidInputError, Problem


class OfficeFileRefusedError(InvalidInputError):
    """The file is wrong somewhere; nothing of it was taken."""

    code = "office_file_refused"

    def __init__(self, file: str, *problems: Problem) -> None:
        super().__init__(*problems)
        self.file = file

    @override
    def diagnosis(self) -> str:
        count = len(self.problems)
        head = f"Tệp {self.file} có {count} chỗ chưa đúng; chưa có gì được ghi. Sửa rồi nạp lại:"
        return "\n".join(
            [head, *(f"{self.file}: {one.place}: {one.reason}." for one in self.problems)]
        )

    @override
    def facts(self) -> dict[str, Any]:
        return {"file": self.file, **super().facts()}
