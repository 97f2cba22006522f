"""From a file to its text: plain text here, everything with a parser in a child with limits.

A hostile PDF or DOCX can at worst end its child process; the caller gets `IntakeRefusedError` with
a sentence for the person who brought the file.
"""

import codecs
import shutil
import subprocess  # the children are our own module and tesseract, called without a shell
import sys
import tempfile
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from documents.intake.errors import (
    ExtractionFailedError,
    FileTooLargeError,
    NoOCRError,
    NoTextError,
    UndecodableTextError,
    UnknownFormatError,
)

_ROOT: Final = Path(__file__).resolve().parents[2]
_TEXT_NAMES: Final = (".txt", ".text", ".md")
_IMAGES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_MIN_LETTERS: Final = 20
_SCAN: Final = "scan"
_SCAN_PATIENCE: Final = 3
"""Times the usual limit: each page of a scan takes about two seconds."""


class FileKind(StrEnum):
    """Kinds of files that are read."""

    TEXT = "text"
    PDF = "pdf"
    DOCX = "docx"
    IMAGE = "image"


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


def read_file(
    source: Path | bytes, name: str | None = None, *, limits: ExtractionLimits = DEFAULT_LIMITS
) -> str:
    """Return the text of a file (txt, PDF, DOCX, image).

    Args:
        source: a path, or the bytes themselves.
        name: the name the file came under; by default that of the path.
        limits: what the extraction may take.

    Raises:
        FileTooLargeError: the file is larger than the limit.
        UnknownFormatError: it is none of the kinds that are read.
        UndecodableTextError: it is text in an unknown encoding.
        NoTextError: there is no text in it.
        NoOCRError: it is an image and tesseract is not installed.
        ExtractionFailedError: it is broken or took more than the limits.
    """
    name = name or (source.name if isinstance(source, Path) else "")
    data = _bytes_of(source, limits)
    kind = kind_of(data, name)
    if kind is FileKind.TEXT:
        return decode(data, name)
    if kind is FileKind.IMAGE and shutil.which("tesseract") is None:
        raise NoOCRError(name)
    text = _in_child(data, name, kind.value, limits)
    if kind is FileKind.PDF and _letters(text) < _MIN_LETTERS and shutil.which("tesseract"):
        # Pictures of pages without a text layer: what a scanner gives.
        text = _in_child(data, name, _SCAN, replace(limits, wall_s=limits.wall_s * _SCAN_PATIENCE))
    if _letters(text) < _MIN_LETTERS:
        raise NoTextError(name)
    return text


def _letters(text: str) -> int:
    return sum(c.isalpha() for c in text)


def _bytes_of(source: Path | bytes, limits: ExtractionLimits) -> bytes:
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    if size > limits.size_bytes:
        raise FileTooLargeError(size, limits.size_bytes)
    if isinstance(source, bytes):
        return source
    with source.open("rb") as opened:  # a file that grows meanwhile stays within the limit
        return opened.read(limits.size_bytes)


def kind_of(data: bytes, name: str) -> FileKind:
    """Tell the kind of a file by its first bytes; the name decides only between texts.

    Raises:
        UnknownFormatError: it is none of the kinds that are read.
    """
    if b"%PDF-" in data[:1024]:
        return FileKind.PDF
    if data.startswith(_IMAGES):
        return FileKind.IMAGE
    suffix = Path(name).suffix.lower()
    if data.startswith(b"PK\x03\x04") and suffix in {".docx", ""}:
        return FileKind.DOCX
    if suffix in {*_TEXT_NAMES, ""} and not data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return FileKind.TEXT
    raise UnknownFormatError(name)


def decode(data: bytes, name: str) -> str:
    """Decode UTF-8, or UTF-16 with a byte order mark; nothing is guessed.

    Raises:
        UndecodableTextError: it is neither.
    """
    encoding = "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as err:
        raise UndecodableTextError(name) from err
    if "\x00" in text:
        raise UndecodableTextError(name)
    return text


def _in_child(data: bytes, name: str, kind: str, limits: ExtractionLimits) -> str:
    """Run `documents.intake.extract` on the bytes, within the limits."""
    with tempfile.TemporaryDirectory(prefix="trinhky-intake-") as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        command = [sys.executable, "-m", "documents.intake.extract", kind, str(path)]
        command += [str(limits.memory_bytes), str(limits.cpu_s), shutil.which("tesseract") or "-"]
        try:
            # The child gets no environment of ours: a parser has no use for its secrets.
            done = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
                command,
                capture_output=True,
                timeout=limits.wall_s,
                check=False,
                cwd=folder,
                env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "OMP_THREAD_LIMIT": "1"},
            )
        except subprocess.TimeoutExpired as err:
            raise ExtractionFailedError(name, f"over {limits.wall_s} s") from err
    if done.returncode != 0:
        reason = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
        reason = reason.replace(str(path), name)[:200]
        raise ExtractionFailedError(name, reason or f"child ended with {done.returncode}")
    return done.stdout.decode("utf-8", "replace")
