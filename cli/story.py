"""`trinhky story`: plays a whole journey on a simulated clock and leaves its files."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from actions.desk import VIETNAM
from actions.errors import STATE_WORDS
from signing.report.labels import VERDICT_WORDS
from wiring.stories.outcome import Outcome
from wiring.stories.player import play
from wiring.stories.reading import FieldReading
from wiring.stories.script import read_story


def story(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="Tệp kịch bản.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Thư mục kết quả.")],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="In nội dung demo.json ra đầu ra chuẩn.")
    ] = False,
) -> None:
    """Chơi một kịch bản từ văn bản quét đến báo cáo tổng hợp, trên đồng hồ mô phỏng."""
    script = read_story(file)
    console = Console(stderr=as_json)
    console.print(f"[bold]{script.title}[/bold]")
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with progress:
        outcome = play(script, out.resolve(), _Screen(console, progress))
    _show_reading(console, outcome.reading.fields, outcome.reading.unresolved)
    _show_outcome(console, outcome)
    if as_json:
        sys.stdout.write(json.dumps(outcome.figures, ensure_ascii=False) + "\n")


@dataclass(slots=True)
class _Screen:
    """Shows what happens, line by line, over a bar."""

    console: Console
    progress: Progress
    _task: list[Any] = field(default_factory=list)

    def begin(self, total: int) -> None:
        """Starts the bar."""
        self._task.append(self.progress.add_task("Diễn biến", total=total))

    def tell(self, at: datetime | None, words: str) -> None:
        """Prints one line."""
        when = f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if at else "chuẩn bị        "
        self.console.print(f"[dim]{when}[/dim]  {words}", highlight=False)

    def step(self) -> None:
        """Moves the bar."""
        self.progress.advance(self._task[0])


def _show_reading(
    console: Console, fields: Sequence[FieldReading], unresolved: Sequence[str]
) -> None:
    right = sum(one.right for one in fields)
    table = Table(title=f"Máy đọc đúng {right}/{len(fields)} trường; người rà soát sửa:")
    for heading in ("Trường", "Máy đọc", "Sau rà soát"):
        table.add_column(heading, overflow="fold")
    for one in fields:
        if not one.right:
            table.add_row(one.field, one.read[:160], one.reviewed[:160])
    console.print(table)
    for piece in unresolved:
        console.print(f"  Máy chưa hiểu, để người xem: {piece[:200]}", highlight=False)


def _show_outcome(console: Console, outcome: Outcome) -> None:
    words = {
        "number": "Số, ký hiệu",
        "state": "Trạng thái",
        "recipients": "Đơn vị nhận",
        "delivered": "Đã gửi đến",
        "obligations": "Nhiệm vụ",
        "reported": "Đã báo cáo",
        "overdue": "Quá hạn",
        "reminders": "Thư đôn đốc",
        "verdict": "Kiểm tra chữ ký hôm nay",
        "read_right": "Máy đọc đúng",
        "seconds": "Thời gian chạy (giây)",
    }
    table = Table(title="Hành trình của văn bản", show_header=False)
    called = STATE_WORDS | {one.value: said for one, said in VERDICT_WORDS.items()}
    for key, name in words.items():
        said = str(outcome.figures[key])
        table.add_row(name, called.get(said, said))
    console.print(table)
    console.print(f"Tệp kết quả: {outcome.folder}", highlight=False)
