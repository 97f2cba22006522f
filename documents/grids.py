"""The cells of a stranger's workbook (XLSX), read in a child with limits; values only.

Macros are refused, links to other files and formulas are never followed or computed, and what a
sheet claims of its own size is not believed.
"""

import json
import subprocess  # the child is our own module, called without a shell
import sys
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from documents.errors import WorkbookRefusedError

MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
_ROOT: Final = Path(__file__).parents[1]
_MEMORY_BYTES: Final = 1 << 30
_CPU_S: Final = 30
_WALL_S: Final = 60.0

GridCell = str | int | Decimal | date | None
Grid = tuple[tuple[GridCell, ...], ...]
"""Rows of cells, all of one length; texts are trimmed, an empty cell is None."""


def read_grid(
    raw: bytes,
    *,
    sheet: str | None = None,
    most_rows: int = MOST_ROWS,
    most_columns: int = MOST_COLUMNS,
) -> Grid:
    """Returns the cells of one sheet.

    Args:
        raw: the file.
        sheet: its name; the first one where None.
        most_rows: a sheet with more is refused.
        most_columns: likewise.

    Raises:
        WorkbookRefusedError: no workbook, macros, too large, or it cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="trinhky-grid-") as name:
        folder = Path(name)
        (folder / "in.xlsx").write_bytes(raw)
        task = {
            "sheet": sheet, "most_rows": most_rows, "most_columns": most_columns,
            "memory_bytes": _MEMORY_BYTES, "cpu_s": _CPU_S,
        }  # fmt: skip
        (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
        _run(folder)
        return _grid(folder / "answer.json")


def _run(folder: Path) -> None:
    try:
        # The child gets no environment of ours: a reader of workbooks has no use for its secrets.
        subprocess.run(  # noqa: S603 (our own interpreter and module, no shell)
            [sys.executable, "-m", "documents.grids_child", str(folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_WALL_S,
            check=False,
            cwd=folder,
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired as err:
        raise WorkbookRefusedError("too_large") from err


def _grid(path: Path) -> Grid:
    """The child's answer; one that died gave none: the file is damaged or made to do harm."""
    if not path.is_file():
        raise WorkbookRefusedError("unreadable")
    answer: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if "refused" in answer:
        raise WorkbookRefusedError(answer["refused"])
    rows = [[_cell(cell) for cell in row] for row in answer["rows"]]
    width = max(map(len, rows), default=0)
    return tuple((*row, *[None] * (width - len(row))) for row in rows)


def _cell(cell: list[str] | None) -> GridCell:
    if cell is None:
        return None
    kind, text = cell
    if kind == "d":
        return date.fromisoformat(text)
    if kind == "n":
        number = Decimal(text)
        whole = number == number.to_integral_value() if number.is_finite() else False
        return int(number) if whole else number
    return text
