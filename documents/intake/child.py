"""The child process that parses a file: its limits, and what it says of how far it is.

What the child says is not believed: pages are numbers within bounds or nothing at all. When the
caller loses interest, the child and everything that it started are ended.
"""

import os
import re
import shutil
import signal
import subprocess  # the children are our own module and tesseract, called without a shell
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from documents.intake.errors import ExtractionFailedError

_ROOT: Final = Path(__file__).resolve().parents[2]
_LOOK_S: Final = 0.3
"""Between two looks at how far the child is."""
_PAGE: Final = re.compile(rb"^page ([1-9]\d{0,5})/([1-9]\d{0,5})$", re.MULTILINE)

Watching = Callable[[int, int], None]
"""Told the page that is being read and how many there are; zeros while nothing is known of them."""


def nobody(_page: int, _count: int) -> None:
    """Nobody wants to know how far the reading is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractionLimits:
    """What one extraction may take."""

    size_bytes: int = 50_000_000
    """Largest file; the setting that limits files everywhere."""
    memory_bytes: int = 1_500_000_000
    """Address space of the child."""
    cpu_s: int = 40
    """Processor time of the child."""
    wall_s: float = 60.0
    """Time until the child is ended."""


DEFAULT_LIMITS: Final = ExtractionLimits()


def run_child(
    data: bytes, name: str, kind: str, limits: ExtractionLimits, watching: Watching
) -> str:
    """Run `documents.intake.extract` on the bytes, within the limits.

    Args:
        data: the file.
        name: what it is called, for the refusal.
        kind: as that module names it.
        limits: what the child may take.
        watching: told how far it is; what it raises goes on to the caller, and the child is ended.

    Raises:
        ExtractionFailedError: the file is broken or took more than the limits.
    """
    with tempfile.TemporaryDirectory(prefix="trinhky-intake-") as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        command = [sys.executable, "-m", "documents.intake.extract", kind, str(path)]
        command += [str(limits.memory_bytes), str(limits.cpu_s), shutil.which("tesseract") or "-"]
        # The child gets no environment of ours: a parser has no use for its secrets.
        with subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "OMP_THREAD_LIMIT": "1"},
            start_new_session=True,
        ) as child:
            try:
                text, said = _listen(child, name, limits.wall_s, watching)
            finally:
                _end(child)
    if child.returncode != 0:
        lines = _PAGE.sub(b"", said).decode("utf-8", "replace").strip()
        reason = lines.split("\n")[-1].replace(str(path), name)[:200]
        raise ExtractionFailedError(name, reason or f"child ended with {child.returncode}")
    watching(*_far(said))  # the very last page: of a file that is too long it is not the last one
    return text.decode("utf-8", "replace")


def _listen(
    child: "subprocess.Popen[bytes]", name: str, wall_s: float, watching: Watching
) -> tuple[bytes, bytes]:
    """Wait for the child and pass on how far it is."""
    ends = time.monotonic() + wall_s
    while True:
        try:
            return child.communicate(timeout=_LOOK_S)
        except subprocess.TimeoutExpired as still:
            if time.monotonic() > ends:
                raise ExtractionFailedError(name, f"over {wall_s} s") from still
            watching(*_far(still.stderr or b""))


def _far(said: bytes) -> tuple[int, int]:
    """Return the page that was named last and how many there are."""
    found = _PAGE.findall(said)
    page, count = (int(found[-1][0]), int(found[-1][1])) if found else (0, 0)
    return (page, count) if page <= count else (0, 0)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End a child with whatever it started; one that is over stays as it ended."""
    # Not asked anew: until its end is taken note of, its number is nobody else's.
    if child.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
