"""The agent's own folder: the pairing, documents on their way, signatures on their way.

Files are for their owner alone, and are there whole or not at all. No key and no PIN is ever here.
"""

import contextlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from cli.agent.errors import HomeUnusableError, NotPairedError

_PAIRING: Final = "agent.json"
_PRIVATE: Final = 0o600
_OWN: Final = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlace:
    """Where a key lies on this machine; nothing here is secret."""

    module: str = ""
    """PKCS#11 library."""
    token: str = ""
    """Label of the token; empty where the certificate finds it."""
    key: str = ""
    """Label of the key; empty where the certificate finds it."""
    p12: str = ""
    """PKCS#12 file."""

    @property
    def is_named(self) -> bool:
        """Tells whether there is any place."""
        return bool(self.module or self.p12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """The portal that this machine is paired with."""

    portal: str
    """Address, without a slash at its end."""
    token: str = field(repr=False)
    device: str
    officer: str
    office: str
    label: str
    pin: str = ""
    """SHA-256 of the portal's public key (SPKI), hex; empty where the authorities of the system
    are believed."""
    key: KeyPlace = KeyPlace()


class Home:
    """One folder of one person."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def documents(self) -> Path:
        """Documents that were fetched, by their SHA-256."""
        return self._made("documents")

    @property
    def pages(self) -> Path:
        """Page images, a folder for each document."""
        return self._made("pages")

    @property
    def signatures(self) -> Path:
        """One file for each signature on its way."""
        return self._made("signatures")

    def _made(self, name: str) -> Path:
        path = self.folder / name
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=_OWN)
            path.mkdir(exist_ok=True, mode=_OWN)
        except OSError as err:
            raise HomeUnusableError(str(path), err.strerror or "lỗi ghi") from err
        return path

    def pairing(self) -> Pairing:
        """Returns the pairing.

        Raises:
            NotPairedError: there is none.
            HomeUnusableError: it cannot be read.
        """
        path = self.folder / _PAIRING
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            return Pairing(**{**told, "key": KeyPlace(**told["key"])})
        except FileNotFoundError as err:
            raise NotPairedError from err
        except OSError as err:
            raise HomeUnusableError(str(path), err.strerror or "lỗi đọc") from err
        except (ValueError, TypeError, KeyError) as err:
            raise HomeUnusableError(str(path), "tệp hỏng") from err

    def keep_pairing(self, pairing: Pairing) -> None:
        """Writes the pairing down."""
        write_private(self.folder / _PAIRING, asdict(pairing))

    def keep_key(self, place: KeyPlace) -> None:
        """Remembers where the key lies, for the next time."""
        pairing = self.pairing()
        if pairing.key != place:
            self.keep_pairing(replace(pairing, key=place))

    def forget(self) -> None:
        """Removes the pairing."""
        with contextlib.suppress(FileNotFoundError):
            (self.folder / _PAIRING).unlink()


def write_private(path: Path, told: dict[str, Any]) -> None:
    """Writes a file for its owner alone; after a crash the old one or the new one is there, whole.

    Raises:
        HomeUnusableError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=_OWN)
        handle, made = tempfile.mkstemp(dir=path.parent, prefix=".")  # for the owner alone
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(told, stream, ensure_ascii=False, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        Path(made).chmod(_PRIVATE)
        Path(made).replace(path)
        _settle(path.parent)
    except OSError as err:
        raise HomeUnusableError(str(path), err.strerror or "lỗi ghi") from err


def _settle(folder: Path) -> None:
    """Makes the name last, too; not every system lets a folder be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
