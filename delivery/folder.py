"""A folder that another system watches: each consignment is one file, whole or not there at all."""

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from delivery.channel import Receipt
from delivery.errors import PermanentDeliveryError, TransientDeliveryError
from delivery.names import ascii_file_name
from delivery.parcel import Parcel


class FolderChannel:
    """Writes ``<key>-<digest>.eml`` into a folder by way of ``….part``; watchers ignore ``.part``.

    The folder must exist: a share that is not mounted must not be mistaken for an empty one.
    """

    name = "folder"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None

    def path_for(self, key: str) -> Path:
        """Return where the consignment of this key lies, sent or not."""
        digest = hashlib.sha256(key.encode()).hexdigest()[:16]
        return self._folder / f"{ascii_file_name(key)}-{digest}.eml"

    def send(self, parcel: Parcel) -> Receipt:
        """Write the parcel, or find that it is there already. Idempotent.

        Raises:
            TransientDeliveryError: the folder is missing, full, or not ours to write.
            PermanentDeliveryError: another content lies there under the same key.
        """
        target, data = self.path_for(parcel.key), parcel.to_bytes()
        try:
            if not target.exists():
                _write(target, data)
                return Receipt(code="stored", text=target.name)
            same = target.read_bytes() == data
        except OSError as err:
            raise TransientDeliveryError(
                channel=self.name,
                recipient=parcel.recipient_address,
                reply_code=type(err).__name__,
                reply_text=err.strerror or str(err),
            ) from err
        if not same:
            raise PermanentDeliveryError(
                channel=self.name,
                recipient=parcel.recipient_address,
                reply_code="conflict",
                reply_text=f"another content lies in {target.name}",
            )
        return Receipt(code="duplicate", text=target.name)


def _write(target: Path, data: bytes) -> None:
    part = target.with_name(target.name + ".part")
    with part.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(target)
