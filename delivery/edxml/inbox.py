"""Messages of QCVN 102:2016 that other systems put into a folder: one sub-folder a sender.

Who may write into a sub-folder is the operator's to set; what lies in it counts as that sender's.
A message is handed out until `done` is called for it, which takes it away. ``.part`` and hidden
files are passed over.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from delivery.errors import InboxUnavailableError

TOO_LARGE: Final = ".too-large"
"""Where a message lies that is larger than the limit; hidden, so that it is not handed out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingEdxml:
    """One message as it lies there."""

    handle: str
    """Path below the folder; for `done` only."""
    sender: str
    """Name of the sub-folder: the sender's identifier here; empty for the folder itself."""
    dedupe_key: str
    """SHA-256 in hex of sender and bytes, after `edxml:`."""
    raw: bytes = field(repr=False)
    """The whole message; its beginning where it is too large."""
    too_large: bool = False


def dedupe_key(raw: bytes, *, sender: str = "") -> str:
    """Return the key under which the same bytes of the same sender are known again.

    Receivers of one message have its very bytes: what one of them sends on is not the sender's.
    """
    whose = hashlib.sha256(sender.encode("utf-8", "replace")).digest() if sender else b""
    return f"edxml:{hashlib.sha256(whose + raw).hexdigest()}"


class EdxmlFolderInbox:
    """Hands out each message in the folder and its sub-folders, the oldest first."""

    def __init__(self, folder: Path, *, size_limit_bytes: int) -> None:
        """Keep the settings.

        Args:
            folder: with a sub-folder for each sender; one that is not there yet is empty.
            size_limit_bytes: of a message; of a larger one only the beginning is read.
        """
        self._folder, self._limit = folder, size_limit_bytes

    def fetch(self) -> Iterator[IncomingEdxml]:
        """Yield what is not done, oldest first.

        Raises:
            InboxUnavailableError: the folder cannot be read; or, after all others were handed out,
                a message in it cannot.
        """
        unread: OSError | None = None
        for path in self._waiting():
            try:
                with path.open("rb") as stream:
                    raw = stream.read(self._limit + 1)
            except FileNotFoundError:
                continue  # Another reader was quicker.
            except OSError as err:
                unread = err  # One sender's file must not stop the others'.
                continue
            sender = path.parent.name if path.parent != self._folder else ""
            yield IncomingEdxml(
                handle=path.relative_to(self._folder).as_posix(),
                sender=sender,
                dedupe_key=dedupe_key(raw, sender=sender),
                raw=raw[: self._limit],
                too_large=len(raw) > self._limit,
            )
        if unread is not None:
            raise InboxUnavailableError(f"{unread.filename}: {unread.strerror}") from unread

    def done(self, message: IncomingEdxml) -> None:
        """Take this message out of the folder; whoever calls has kept its bytes. Idempotent.

        No copy stays here: what is recalled later must not lie about unseen. One that is too large
        was not kept whole; it stays, under ``.too-large/`` beside it, for a person.

        Raises:
            InboxUnavailableError: the folder cannot be written.
        """
        try:
            path = self._folder / message.handle
            if not message.too_large:
                path.unlink(missing_ok=True)
            elif path.exists():
                (path.parent / TOO_LARGE).mkdir(exist_ok=True)
                path.replace(path.parent / TOO_LARGE / f"{message.dedupe_key[-16:]}-{path.name}")
        except OSError as err:
            raise InboxUnavailableError(err.strerror or str(err)) from err

    def _waiting(self) -> list[Path]:
        if not self._folder.exists():
            return []
        try:
            places = [self._folder, *(one for one in self._folder.iterdir() if _is_sender(one))]
            found = [
                (path.stat().st_mtime_ns, path.name, path)
                for place in places
                for path in place.iterdir()
                if path.is_file() and not path.is_symlink() and _is_message(path.name)
            ]
        except OSError as err:
            raise InboxUnavailableError(err.strerror or str(err)) from err
        return [path for _, _, path in sorted(found)]


def _is_sender(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and not path.name.startswith(".")


def _is_message(name: str) -> bool:
    return not name.startswith(".") and not name.endswith(".part")
