"""The process in which files to be copied are opened. Started by `documents.copies_running` alone.

    python -m documents.copies_child FOLDER

In the folder lie `task.json`, the files that it names, and afterwards `answer.json` and perhaps
`made`. The process limits itself before it loads what reads files.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any


def main(folder: Path) -> None:
    """Does one task."""
    task: dict[str, Any] = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    _limit(int(task["memory_bytes"]), int(task["cpu_s"]))
    # Only now: decoders of pictures and PDF run within the limits.
    from documents import copies_tasks  # noqa: PLC0415

    answer = copies_tasks.TASKS[task["task"]](folder, task)
    (folder / "answer.json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")


def _limit(memory_bytes: int, cpu_s: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
