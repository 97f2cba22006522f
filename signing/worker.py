"""The process in which strangers' files are read. Started by `signing.pool`, never by hand.

It limits itself before it loads anything that reads files, and dies rather than go on after a
limit. On its standard input come tasks, on its standard output goes one answer for each:

    task    a token (16 bytes), three lengths (eight bytes each, big-endian): setting, head, data;
            then their bytes
    answer  the task's token, one length; then its bytes

What the bytes mean is the matter of the reader that the pool names, `module:Class`: an object of
it is made for each setting, and its `answer(head, data)` gives the bytes that go back. A setting of
length zero means the same as before.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import BinaryIO, Final, Protocol

OUT_OF_MEMORY: Final = 86
"""Exit status after a MemoryError."""

TASK: Final = struct.Struct(">16sQQQ")
ANSWER: Final = struct.Struct(">16sQ")

_GRACE_SECONDS: Final = 5.0
"""The parent's clock comes first: it knows what to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may cost."""

    file_bytes: int = 50 << 20
    memory_bytes: int = 1536 << 20
    """Address space of the whole process."""

    cpu_seconds: int = 15
    wall_seconds: float = 20.0


class Reader(Protocol):
    """What works in the process. Its state is the setting, and caches by content."""

    def __init__(self, setting: bytes) -> None: ...

    def answer(self, head: bytes, data: bytes) -> bytes:
        """The answer about one file; `head` says what is asked."""


def main(entry: str, memory_bytes: int, cpu_seconds: int, wall_seconds: float) -> None:
    """Serves tasks until the parent closes the pipe.

    Args:
        entry: `module:Class` of the reader; made with one argument, the setting's bytes.
        memory_bytes: Limit of the address space, for good.
        cpu_seconds: Processor time of each task.
        wall_seconds: Of each task; the parent keeps this clock, and a parent that was killed
            leaves nobody behind for long.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, sink = _private_pipes()
    try:
        _serve(entry, source, sink, partial(_renew, cpu_seconds, wall_seconds + _GRACE_SECONDS))
    except MemoryError:
        # Nothing can be trusted to work after this; the parent starts another process.
        os._exit(OUT_OF_MEMORY)


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes under numbers of their own: what a library prints must not become an answer."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return source, sink


def _serve(entry: str, source: BinaryIO, sink: BinaryIO, renew: Callable[[], None]) -> None:
    make = _load(entry)
    reader: Reader | None = None
    while len(begin := source.read(TASK.size)) == TASK.size:
        renew()
        token, *lengths = TASK.unpack(begin)
        setting, head, data = (_read(source, size) for size in lengths)
        if setting or reader is None:
            reader = make(setting)
        answer = reader.answer(head, data)
        del data  # the next file takes its place in memory
        sink.write(ANSWER.pack(token, len(answer)) + answer)
        sink.flush()
        signal.setitimer(signal.ITIMER_REAL, 0)


def _load(entry: str) -> type[Reader]:
    module, _, name = entry.partition(":")
    found: type[Reader] = getattr(import_module(module), name)
    # What was loaded stays for good: the collector need not look at it again for every file.
    gc.collect()
    gc.freeze()
    return found


def _read(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    if len(data) < size:
        sys.exit()  # the parent is gone
    return data


def _renew(cpu_seconds: int, wall_seconds: float) -> None:
    """The time of one more task; of processor time the kernel counts whole seconds."""
    signal.setitimer(signal.ITIMER_REAL, wall_seconds)  # nobody handles SIGALRM: it kills
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(time.process_time()) + 1 + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
