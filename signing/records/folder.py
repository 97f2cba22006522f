"""Records in a folder of the disk: one folder each, never overwritten, whole or not there at all.

`<file name>-<first 16 digits of the manifest's SHA-256>/manifest.json` and `<SHA-256>.der` beside
it. Two files of one name, and one file judged twice, so get folders of their own.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from signing.records.manifest import Record
from signing.records.replay import PartMissingError, StoredRecord

MANIFEST: Final = "manifest.json"
DIGITS: Final = 16
_LONGEST: Final = 60
_LARGEST_MANIFEST: Final = 32 << 20
_LARGEST_PART: Final = 64 << 20


def write_record(folder: Path, name: str, record: Record) -> Path:
    """Writes a record; one that is there already stays as it is.

    Args:
        folder: Holds all records; made where it is missing.
        name: Of the judged file.
        record: What is kept.

    Returns:
        The record's folder.

    Raises:
        OSError: It cannot be written.
    """
    place = folder / f"{plain_name(name)}-{record.sha256_hex[:DIGITS]}"
    folder.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".", dir=folder))
    try:
        for digest, der in record.parts.items():
            _write(made / f"{digest}.der", der)
        _write(made / MANIFEST, record.manifest)
        made.chmod(0o755)
        if not place.exists():
            made.rename(place)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return place


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def plain_name(name: str) -> str:
    """The beginning of a folder's name, out of a file's name, which may be anything."""
    return re.sub(r"[^\w.-]+", "-", Path(name).stem)[:_LONGEST].strip("-.") or "tep"


def records_in(folder: Path) -> Iterator[StoredRecord]:
    """Every record in a folder, or the one that the folder is.

    Raises:
        OSError: The folder cannot be read.
    """
    if (folder / MANIFEST).is_file():
        yield _open(folder)
        return
    for place in sorted(folder.iterdir()):
        if not place.name.startswith(".") and (place / MANIFEST).is_file():
            yield _open(place)


def _open(place: Path) -> StoredRecord:
    def part(digest: str) -> bytes:
        try:
            return _read(place / f"{digest}.der", _LARGEST_PART)
        except OSError as err:
            raise PartMissingError(digest) from err

    manifest = _read(place / MANIFEST, _LARGEST_MANIFEST)
    bound = re.fullmatch(rf".*-([0-9a-f]{{{DIGITS}}})", place.name)
    return StoredRecord(
        place=str(place),
        manifest=manifest,
        part=part,
        bound_to=bound.group(1) if bound is not None else "",
    )


def _read(path: Path, largest: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(largest)
