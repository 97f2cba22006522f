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
import struct
import sys
import time
from dataclasses import dataclass
from importlib import import_module
from typing import BinaryIO, Final, Protocol

OUT_OF_MEMORY: Final = 86
"""Exit status after a MemoryError."""

TASK: Final = struct.Struct(">16sQQQ")
ANSWER: Final = struct.Struct(">16sQ")


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


def main(entry: str, memory_bytes: int, cpu_seconds: int) -> None:
    """Serves tasks until the parent closes the pipe.

    Args:
        entry: `module:Class` of the reader; made with one argument, the setting's bytes.
        memory_bytes: Limit of the address space, for good.
        cpu_seconds: Processor time of each task.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, sink = _private_pipes()
    try:
        _serve(entry, source, sink, cpu_seconds)
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


def _serve(entry: str, source: BinaryIO, sink: BinaryIO, cpu_seconds: int) -> None:
    make = _load(entry)
    reader: Reader | None = None
    while len(begin := source.read(TASK.size)) == TASK.size:
        _renew(cpu_seconds)
        token, *lengths = TASK.unpack(begin)
        setting, head, data = (_read(source, size) for size in lengths)
        if setting or reader is None:
            reader = make(setting)
        answer = reader.answer(head, data)
        del data  # the next file takes its place in memory
        sink.write(ANSWER.pack(token, len(answer)) + answer)
        sink.flush()


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


def _renew(cpu_seconds: int) -> None:
    """The processor time of one more task; the kernel counts whole seconds of the process."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(time.process_time()) + 1 + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
