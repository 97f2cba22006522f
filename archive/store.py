"""Stores of bytes by SHA-256, write-once.

Rules every store keeps:

1. An object's name is the SHA-256 of its bytes, 64 lower-case hexadecimal characters.
2. What is stored is never written again; putting the same bytes once more changes nothing.
3. `put` returns only when the bytes are safe and have been read back.
4. `get` never returns bytes that do not give the digest asked for.
5. `remove` is the one way out, for what the law has destroyed; nothing else takes bytes away.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from archive.errors import DamagedObjectError, NotStoredError, StoreUnavailableError

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


class FindingKind(StrEnum):
    """What a verification of the store found."""

    DAMAGED = "damaged"
    """The bytes do not give the digest they are stored under, or cannot be read."""
    MISSING = "missing"
    """An expected object is not there."""
    FOREIGN = "foreign"
    """A file lies in the store that no `put` has written there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong with the store."""

    kind: FindingKind
    """What is wrong."""

    sha256_hex: str
    """The object meant, 64 lower-case hexadecimal characters; empty for a foreign file."""

    detail: str
    """The digest found, the system's own sentence, or the foreign file's place in the store."""


class Store(Protocol):
    """Where bytes lie by their SHA-256; the rules stand in the module's docstring."""

    def put(self, data: bytes) -> str:
        """Store the bytes and return their SHA-256 in hex. Idempotent."""

    def get(self, sha256_hex: str) -> bytes:
        """Return the bytes of that digest."""

    def has(self, sha256_hex: str) -> bool:
        """Say whether an object of that digest is there; its bytes are not checked."""

    def remove(self, sha256_hex: str) -> bool:
        """Destroy the object of that digest; False where there was none. Idempotent.

        Only for what the law has destroyed (an incoming paper that was taken back), by a deed that
        leaves a record.
        """

    def verify(self, expected: Iterable[str] = ()) -> tuple[Finding, ...]:
        """Read every object and list what is damaged, foreign, or expected and missing."""


@contextmanager
def _wrapped() -> Iterator[None]:
    try:
        yield
    except OSError as err:
        raise StoreUnavailableError(err.strerror or str(err)) from err


def _sync_folder(folder: Path) -> None:
    """Make a rename in the folder outlast a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class LocalStore:
    """A store in one folder: ``objects/ab/cdef…``, written by way of ``incoming/``.

    Safe for any number of threads and processes at once on one file system.
    """

    def __init__(self, folder: Path) -> None:
        self._objects = folder / "objects"
        self._incoming = folder / "incoming"

    def put(self, data: bytes) -> str:
        """Store the bytes and return their SHA-256 in hex. Idempotent.

        Raises:
            DamagedObjectError: an object of that digest is there and damaged (it is left as it is,
                as evidence), or the disk did not give back what was written.
            StoreUnavailableError: the disk is full, missing, or not ours to write.
        """
        digest = hashlib.sha256(data).hexdigest()
        with _wrapped():
            if self._path(digest).exists():
                self._check(digest, self._path(digest).read_bytes())
            else:
                self._write(digest, data)
        return digest

    def get(self, sha256_hex: str) -> bytes:
        """Return the bytes of that digest.

        Raises:
            NotStoredError: no such object, or no digest at all.
            DamagedObjectError: the bytes there give another digest.
            StoreUnavailableError: the disk cannot be read.
        """
        if not _DIGEST.fullmatch(sha256_hex):
            raise NotStoredError(sha256_hex)
        with _wrapped():
            try:
                data = self._path(sha256_hex).read_bytes()
            except FileNotFoundError as err:
                raise NotStoredError(sha256_hex) from err
        self._check(sha256_hex, data)
        return data

    def has(self, sha256_hex: str) -> bool:
        """Say whether an object of that digest is there; its bytes are not checked."""
        return bool(_DIGEST.fullmatch(sha256_hex)) and self._path(sha256_hex).is_file()

    def remove(self, sha256_hex: str) -> bool:
        """Destroy the object of that digest; False where there was none. Idempotent.

        Raises:
            StoreUnavailableError: the disk does not let it go.
        """
        if not self.has(sha256_hex):
            return False
        with _wrapped():
            self._path(sha256_hex).unlink(missing_ok=True)
            _sync_folder(self._path(sha256_hex).parent)
        return True

    def verify(self, expected: Iterable[str] = ()) -> tuple[Finding, ...]:
        """Read every object and list what is damaged, foreign, or expected and missing.

        Raises:
            StoreUnavailableError: the folders themselves cannot be listed.
        """
        with _wrapped():
            present = sorted(path for path in self._objects.glob("**/*") if not path.is_dir())
        findings = [finding for path in present for finding in self._examine(path)]
        findings += [
            Finding(kind=FindingKind.MISSING, sha256_hex=digest, detail="")
            for digest in sorted(set(expected))
            if not self.has(digest)
        ]
        return tuple(findings)

    def _path(self, digest: str) -> Path:
        return self._objects / digest[:2] / digest[2:]

    @staticmethod
    def _check(digest: str, data: bytes) -> None:
        found = hashlib.sha256(data).hexdigest()
        if found != digest:
            raise DamagedObjectError(digest, found_sha256_hex=found)

    def _write(self, digest: str, data: bytes) -> None:
        """Write beside, sync, read back, and only then let the bytes appear under their name."""
        target = self._path(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        self._incoming.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._incoming)
        part = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            self._check(digest, part.read_bytes())
            part.chmod(0o444)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        _sync_folder(target.parent)
        _sync_folder(self._objects)

    def _examine(self, path: Path) -> Iterator[Finding]:
        digest = path.parent.name + path.name
        if not _DIGEST.fullmatch(digest) or path != self._path(digest):
            place = str(path.relative_to(self._objects))
            yield Finding(kind=FindingKind.FOREIGN, sha256_hex="", detail=place)
            return
        try:
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as err:
            found = err.strerror or str(err)
        if found != digest:
            yield Finding(kind=FindingKind.DAMAGED, sha256_hex=digest, detail=found)
