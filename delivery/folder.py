"""A folder that another system watches: each consignment is one file, whole or not there at all."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from delivery.channel import Receipt
from delivery.errors import ChannelError, PermanentDeliveryError, TransientDeliveryError
from delivery.names import folder_parts, parcel_file_name
from delivery.parcel import Parcel


class FolderChannel:
    """Writes ``<key>-<digest><ending>`` by way of ``….part``; watchers ignore ``.part``.

    A parcel's address names a folder below the channel's own (``so-a/den``), which is made where it
    is missing; an empty one, or a mail address, means the channel's own folder. That one must
    exist: a share that is not mounted must not be mistaken for an empty one.
    """

    def __init__(self, folder: Path, *, name: str = "folder") -> None:
        """Keep the folder; nothing is looked at before the first parcel.

        Args:
            folder: what everything stays below.
            name: of the channel, for others that are folders too.
        """
        self._folder = folder
        self.name = name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None

    def send(self, parcel: Parcel) -> Receipt:
        """Write the parcel, or find that it is there already. Idempotent.

        Raises:
            TransientDeliveryError: the folder is missing, full, or not ours to write.
            PermanentDeliveryError: the address leads out of the folder, or another content lies
                there under the same key.
        """
        try:
            target, data = self._target(parcel), parcel.to_bytes()
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                _write(target, data)
                return Receipt(code="stored", text=target.name)
            same = target.read_bytes() == data
        except OSError as err:
            words = err.strerror or str(err)
            raise self._fault(TransientDeliveryError, parcel, type(err).__name__, words) from err
        if not same:
            words = f"trong thư mục đã có tệp {target.name} với nội dung khác"
            raise self._fault(PermanentDeliveryError, parcel, "conflict", words)
        return Receipt(code="duplicate", text=target.name)

    def _target(self, parcel: Parcel) -> Path:
        """Return where the consignment lies, sent or not; links out of the folder are no way."""
        name, address = parcel_file_name(parcel.key, parcel.ending), parcel.recipient_address
        own = self._folder.resolve(strict=True)
        if not address or "@" in address:
            return self._folder / name
        parts = folder_parts(address)
        place = self._folder.joinpath(*parts or ())
        if parts is None or not place.resolve().is_relative_to(own):
            words = "địa chỉ phải là tên thư mục con, ví dụ so-a/den, không dẫn ra ngoài"
            raise self._fault(PermanentDeliveryError, parcel, "outside", words)
        return place / name

    def _fault(
        self, kind: type[ChannelError], parcel: Parcel, code: str, words: str
    ) -> ChannelError:
        return kind(
            channel=self.name,
            recipient=parcel.recipient_address,
            reply_code=code,
            reply_text=words,
        )


def _write(target: Path, data: bytes) -> None:
    """Have content and name on the disk before anybody is told."""
    part = target.with_name(target.name + ".part")
    with part.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(target)
    handle = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
