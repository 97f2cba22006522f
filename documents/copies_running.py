"""Runs one task on a stranger's file in a child with limits on memory, processor and wall time."""

import json
import subprocess  # the child is our own module, called without a shell
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from documents.errors import CopyRefusedError

_ROOT: Final = Path(__file__).parents[1]
_MEMORY_BYTES: Final = 2 << 30
_CPU_S: Final = 120
_WALL_S: Final = 150.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a child gave back."""

    answer: Mapping[str, Any]
    made: bytes | None
    """The PDF or picture that it made."""


def run_task(task: str, files: Sequence[bytes], **options: object) -> Done:
    """Runs a task of `documents.copies_tasks`.

    Raises:
        CopyRefusedError: it refused, with its reason; or it went beyond its limits, or died.
    """
    with tempfile.TemporaryDirectory(prefix="trinhky-copy-") as name:
        folder = Path(name)
        names = [f"in-{number}" for number in range(len(files))]
        for file, data in zip(names, files, strict=True):
            (folder / file).write_bytes(data)
        said = {"task": task, "files": names, "memory_bytes": _MEMORY_BYTES, "cpu_s": _CPU_S}
        (folder / "task.json").write_text(json.dumps(said | options), encoding="utf-8")
        answer = _answer(folder, _run(folder))
        made = folder / "made"
        return Done(answer=answer, made=made.read_bytes() if made.is_file() else None)


def _run(folder: Path) -> str:
    """Lets the child do it; returns its last word, for the log."""
    try:
        # The child gets no environment of ours: a decoder has no use for its secrets.
        done = subprocess.run(  # noqa: S603 (our own interpreter and module, no shell)
            [sys.executable, "-m", "documents.copies_child", str(folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_WALL_S,
            check=False,
            cwd=folder,
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired as err:
        raise CopyRefusedError("too_costly", f"over {_WALL_S} s") from err
    said = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1][:200]
    return said or f"child ended with {done.returncode}"


def _answer(folder: Path, said: str) -> Mapping[str, Any]:
    """Its answer, if it lived to give one.

    Raises:
        CopyRefusedError: it refused, or gave none.
    """
    path = folder / "answer.json"
    if not path.is_file():
        raise CopyRefusedError("too_costly", said)
    answer: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if "refused" in answer:
        raise CopyRefusedError(answer["refused"], answer.get("place", ""))
    return answer
