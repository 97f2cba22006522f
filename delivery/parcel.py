"""What a channel carries: bytes under a key, whatever they are written in."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Form(StrEnum):
    """What the bytes of a parcel are written in."""

    MAIL = "mail"
    """A message of RFC 5322: `delivery.envelope.Envelope`."""
    EDXML = "edxml"
    """A message of QCVN 102:2016: `delivery.edxml.parcel.EdxmlParcel`."""
    JSON = "json"
    """A JSON document: `delivery.webhook_parcel.JSONParcel`."""
    PAPER = "paper"
    """No bytes: a person prints and posts it."""


FORMS: dict[str, Form] = {
    "smtp": Form.MAIL,
    "folder": Form.MAIL,
    "sftp": Form.EDXML,
    "edxml_folder": Form.EDXML,
    "edxml_http": Form.EDXML,
    "webhook": Form.JSON,
    "paper": Form.PAPER,
}
"""Names of channels, as organisations carry them, and the form that each carries."""


class Parcel(Protocol):
    """One consignment or letter to one recipient; its bytes are a function of itself alone."""

    @property
    def key(self) -> str:
        """The consignment key: a repeat bears the same one (Idempotency-Key)."""

    @property
    def message_id(self) -> str:
        """With angle brackets; made from the key."""

    @property
    def sender_address(self) -> str:
        """The mail address it comes from; empty in forms that know none."""

    @property
    def recipient_address(self) -> str:
        """Where the channel takes it: a mail address, a folder's name, a URL."""

    @property
    def at(self) -> datetime:
        """Aware, UTC: the instant of the decision to send."""

    @property
    def media_type(self) -> str:
        """`message/rfc822`, `application/edxml+xml`, `application/json`."""

    @property
    def ending(self) -> str:
        """Ending of its file name: `.eml`, `.edxml`, `.json`."""

    def to_bytes(self) -> bytes:
        """Return the whole content, the same at every call."""
