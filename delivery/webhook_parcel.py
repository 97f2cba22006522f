"""A consignment or letter as a JSON document, for the systems of units that take webhooks.

The document, version 1; a receiver must pass over names that it does not know::

    {"version": 1, "key": "…", "message_id": "<…@…>", "kind": "directive", "sent_at": "…+07:00",
     "office": {"name": "…", "id": "000.00.00.H36"}, "number": "96-HD/BTGTU", "symbol": "HD/BTGTU",
     "date": "2026-11-02", "type": "Hướng dẫn", "subject": "…", "urgency": "khẩn",
     "signer": "…", "text": "…", "link": "https://…",
     "files": [{"name": "…pdf", "media_type": "application/pdf", "size": 150000,
                "sha256": "hex", "content": "base64"}]}
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

from delivery.envelope import Attachment
from delivery.errors import EnvelopeError

VERSION: Final = 1
_VIETNAM: Final = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True, kw_only=True)
class JSONParcel:
    """One message to one receiver; the fields of `delivery.parcel.Parcel`, and what people read.

    Raises:
        EnvelopeError: the instant has no zone (said at making: nothing unfit is queued).
    """

    key: str
    message_id: str
    recipient_address: str
    """The URL."""
    at: datetime
    kind: str
    """``directive``, ``test``, ``notice`` or a kind of notice."""
    office: str
    """Name of the sending agency."""
    subject: str
    """Trích yếu, or the subject of a letter."""
    text: str
    """What a person at the other side reads."""
    office_id: str = ""
    """Mã định danh of the sending agency."""
    number: str = ""
    """Number and symbol as printed."""
    symbol: str = ""
    issued: date | None = None
    document_type: str = ""
    """Name of the kind of document: Hướng dẫn, Công văn."""
    urgency: str = ""
    """Empty, ``khẩn``, ``thượng khẩn``, ``hoả tốc``."""
    signer: str = ""
    link: str = ""
    """The unit's own page at the portal."""
    files: tuple[Attachment, ...] = ()
    sender_address: str = ""
    media_type: str = "application/json"
    ending: str = ".json"

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise EnvelopeError("at", "without time zone")

    def to_bytes(self) -> bytes:
        """Return the document in UTF-8, the same at every call.

        Raises:
            EnvelopeError: a text holds what no text can (lone surrogates).
        """
        document = {
            "version": VERSION,
            "key": self.key,
            "message_id": self.message_id,
            "kind": self.kind,
            "sent_at": self.at.astimezone(_VIETNAM).isoformat(),
            "office": {"name": self.office, "id": self.office_id},
            "number": self.number,
            "symbol": self.symbol,
            "date": self.issued.isoformat() if self.issued else None,
            "type": self.document_type,
            "subject": self.subject,
            "urgency": self.urgency,
            "signer": self.signer,
            "text": self.text,
            "link": self.link,
        }
        # The files are the same for every recipient: they are written once and set in at the end.
        files = b",".join(_file(one) for one in self.files)
        return _written(document)[:-1] + b',"files":[' + files + b"]}"


def _written(document: Mapping[str, object]) -> bytes:
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as err:
        raise EnvelopeError("text", "lone surrogates") from err


@lru_cache(maxsize=16)
def _file(file: Attachment) -> bytes:
    document = {
        "name": file.name,
        "media_type": file.media_type,
        "size": len(file.content),
        "sha256": hashlib.sha256(file.content).hexdigest(),
        "content": b64encode(file.content).decode("ascii"),
    }
    return _written(document)
