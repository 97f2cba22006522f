"""The process in which a stranger's workbook is opened. Started by `documents.grids` alone.

    python -m documents.grids_child FOLDER

In the folder lie `task.json`, `in.xlsx`, and afterwards `answer.json`. The process limits itself
before it loads what reads workbooks. Cells come back as `["s", text]`, `["n", figure]`, `["d",
day]` or null; only values count, formulas are what was last computed, or nothing.
"""

import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

MOST_PARTS: Final = 2000
"""Parts of the package; a register has a few dozen."""
MOST_UNPACKED: Final = 200 << 20
MOST_TEXT: Final = 4000
"""Characters of a cell; more is no entry of a table."""

Cell = list[str] | None


class RefusedError(Exception):
    """The workbook is refused for a reason that people are told."""


def main(folder: Path) -> None:
    """Reads the cells of one sheet."""
    task: dict[str, Any] = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    _limit(int(task["memory_bytes"]), int(task["cpu_s"]))
    try:
        answer: dict[str, Any] = {"rows": read(folder / "in.xlsx", task)}
    except RefusedError as refusal:
        answer = {"refused": str(refusal)}
    (folder / "answer.json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")


def read(path: Path, task: dict[str, Any]) -> list[list[Cell]]:
    """Returns the rows of a sheet, empty ones at its end left out."""
    _check_package(path)
    # Only now: readers of workbooks run within the limits.
    from openpyxl import load_workbook  # noqa: PLC0415

    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    wanted = task["sheet"] or book.sheetnames[0]
    if wanted not in book.sheetnames:
        raise RefusedError("no_such_sheet")
    rows = list(_rows(book[wanted], int(task["most_rows"]), int(task["most_columns"])))
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _check_package(path: Path) -> None:
    """Looks at the package before anything of it is unpacked."""
    if not zipfile.is_zipfile(path):
        raise RefusedError("not_a_workbook")
    with zipfile.ZipFile(path) as package:
        parts = package.infolist()
        names = {part.filename.lower() for part in parts}
        if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
            raise RefusedError("not_a_workbook")
        if any(name.endswith(("vbaproject.bin", ".exe")) for name in names):
            raise RefusedError("macros")
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise RefusedError("too_large")


def _rows(page: Any, most_rows: int, most_columns: int) -> Iterator[list[Cell]]:  # noqa: ANN401 (the library's own class for reading)
    # What the sheet claims of its own size counts for nothing.
    page.reset_dimensions()
    for at, row in enumerate(page.iter_rows(values_only=True)):
        if at >= most_rows:
            raise RefusedError("too_many_rows")
        if len(row) > most_columns and any(cell is not None for cell in row[most_columns:]):
            raise RefusedError("too_many_columns")
        cells = [_cell(value) for value in row[:most_columns]]
        yield cells


def _cell(value: object) -> Cell:
    if value is None:
        return None
    if isinstance(value, bool):
        return ["s", "Có" if value else "Không"]
    if isinstance(value, datetime):
        return ["d", value.date().isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, int | float):
        return ["n", repr(value)]
    text = str(value).strip()
    if len(text) > MOST_TEXT:
        raise RefusedError("too_large")
    return ["s", text] if text else None


def _limit(memory_bytes: int, cpu_s: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
