"""From a file to its text: plain text here, everything with a parser in a child with limits.

A hostile PDF or DOCX can at worst end its child process; the caller gets `IntakeRefusedError` with
a sentence for the person who brought the file.
"""

import codecs
import shutil
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from documents.intake.child import DEFAULT_LIMITS, ExtractionLimits, Watching, nobody, run_child
from documents.intake.errors import (
    FileTooLargeError,
    NoOCRError,
    NoTextError,
    UndecodableTextError,
    UnknownFormatError,
)

_TEXT_NAMES: Final = (".txt", ".text", ".md")
_IMAGES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_MIN_LETTERS: Final = 20
_SCAN: Final = "scan"
_SCAN_PATIENCE: Final = 3
"""Times the usual limits: each page of a scan takes about two seconds."""


class FileKind(StrEnum):
    """Kinds of files that are read."""

    TEXT = "text"
    PDF = "pdf"
    DOCX = "docx"
    IMAGE = "image"


def read_file(
    source: Path | bytes,
    name: str | None = None,
    *,
    limits: ExtractionLimits = DEFAULT_LIMITS,
    watching: Watching = nobody,
) -> str:
    """Return the text of a file (txt, PDF, DOCX, image).

    Args:
        source: a path, or the bytes themselves.
        name: the name the file came under; by default that of the path.
        limits: what the extraction may take.
        watching: told again and again how far the reading is; what it raises ends the reading.

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
    text = run_child(data, name, kind.value, limits, watching)
    if kind is FileKind.PDF and _letters(text) < _MIN_LETTERS and shutil.which("tesseract"):
        # Pictures of pages without a text layer: what a scanner gives.
        patient = replace(
            limits, wall_s=limits.wall_s * _SCAN_PATIENCE, cpu_s=limits.cpu_s * _SCAN_PATIENCE
        )
        text = run_child(data, name, _SCAN, patient, watching)
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
