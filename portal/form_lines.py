"""Columns of a form as an officer types them: one a line, its marks after bars.

Số lớp | số nguyên | bắt buộc | cộng
Hình thức | chọn: Tập trung; Từ xa
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from actions.errors import InvalidInputError, Problem
from documents.report_forms import ColumnKind, FormColumn

KINDS: Final = {
    "chữ": ColumnKind.TEXT, "số nguyên": ColumnKind.INTEGER, "số": ColumnKind.DECIMAL,
    "ngày": ColumnKind.DATE,
}  # fmt: skip
REQUIRED: Final = "bắt buộc"
SUM: Final = "cộng"
CHOICE: Final = "chọn:"


def columns_in(text: str) -> list[FormColumn]:
    """Reads columns; an empty line is none.

    Raises:
        InvalidInputError: a mark is none that is known; each line is named.
    """
    problems: list[Problem] = []
    columns: list[FormColumn] = []
    for number, line in enumerate((one for one in text.splitlines() if one.strip()), start=1):
        title, *marks = (part.strip() for part in line.split("|"))
        column = FormColumn(key=f"c{number}", title=title)
        for mark in filter(None, marks):
            found = _marked(column, mark)
            if found is None:
                said = (
                    f"không hiểu “{mark}”. Ghi: chữ, số nguyên, số, ngày, chọn: …; bắt buộc; cộng."
                )
                problems.append(Problem(place=f"Cột {number}", reason=said))
            else:
                column = found
        columns.append(column)
    if problems:
        raise InvalidInputError(*problems)
    return columns


def _marked(column: FormColumn, mark: str) -> FormColumn | None:
    word = mark.casefold()
    if word in KINDS:
        return replace(column, kind=KINDS[word])
    if word == REQUIRED:
        return replace(column, required=True)
    if word == SUM:
        return replace(column, sum=True)
    if word.startswith(CHOICE):
        choices = (one.strip() for one in mark[len(CHOICE) :].split(";"))
        return replace(column, kind=ColumnKind.CHOICE, choices=tuple(filter(None, choices)))
    return None


def lines_of(columns: Sequence[FormColumn]) -> str:
    """Returns columns as they are typed."""
    return "\n".join(" | ".join(_parts(one)) for one in columns)


def _parts(column: FormColumn) -> Iterator[str]:
    yield column.title
    if column.kind is ColumnKind.CHOICE:
        yield f"{CHOICE} {'; '.join(column.choices)}"
    else:
        yield next(word for word, kind in KINDS.items() if kind is column.kind)
    if column.required:
        yield REQUIRED
    if column.sum:
        yield SUM
