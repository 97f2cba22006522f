"""Plain tables of text for a terminal and for docs/performance.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in the words of Markdown, columns made even."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    lines = [_line(row, widths) for row in (header, ["-" * width for width in widths], *rows)]
    return "\n".join((f"{title}\n", *lines, ""))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return "| " + " | ".join(cells) + " |"


def milliseconds(seconds: float) -> str:
    """With one digit."""
    return f"{seconds * 1000:.1f}"


def ratio(value: float) -> str:
    """Two significant digits or so."""
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"  # noqa: PLR2004 (digits, no limit)


def peak_kb() -> int:
    """Of this program: `ru_maxrss` would be that of the process that started it (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
