"""The process in which strangers' files are judged. Started by `signing.sandbox`, never by hand.

Reads tasks from standard input and writes one JSON report for each to standard output; lengths
go before as eight bytes. It limits itself before it touches a file, and dies rather
than go on after a limit.
"""

from __future__ import annotations

import os
import pickle
import resource
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

from signing.policy import VerificationPolicy
from signing.transport import dump_report
from signing.trust import TrustStore

HEADER_BYTES: Final = 8
OUT_OF_MEMORY: Final = 86
"""Exit status after a MemoryError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may cost."""

    file_bytes: int = 50 << 20
    memory_bytes: int = 1536 << 20
    cpu_seconds: int = 15
    wall_seconds: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be judged, but for the bytes."""

    name: str
    policy: VerificationPolicy
    trust: TrustStore
    at: datetime
    limits: Limits


def write_block(stream: BinaryIO, data: bytes) -> None:
    """Writes a length and that many bytes."""
    stream.write(len(data).to_bytes(HEADER_BYTES, "big"))
    stream.write(data)
    stream.flush()


def read_block(stream: BinaryIO) -> bytes | None:
    """Reads what `write_block` wrote; None at the end."""
    header = stream.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        return None
    data = stream.read(int.from_bytes(header, "big"))
    return data if len(data) == int.from_bytes(header, "big") else None


def _restrain(limits: Limits) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(time.process_time()) + 1 + limits.cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(task: Task, data: bytes) -> bytes:
    # The judge takes most of a second to import, which the parent never needs.
    from signing.verify import verify  # noqa: PLC0415

    report = verify(
        data,
        name=task.name,
        policy=task.policy,
        trust=task.trust,
        at=task.at,
        max_bytes=task.limits.file_bytes,
    )
    return dump_report(report).encode()


def main() -> None:
    """Serves tasks until the parent closes the pipe."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing but reports goes to the parent
    while (head := read_block(source)) is not None:
        task: Task = pickle.loads(head)  # noqa: S301 (written by our own parent, not by the file)
        _restrain(task.limits)
        try:
            data = read_block(source)
            if data is None:
                return
            write_block(sink, _answer(task, data))
        except MemoryError:
            # Nothing can be trusted to work after this; the parent starts another process.
            os._exit(OUT_OF_MEMORY)
