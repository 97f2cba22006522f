"""A message of QCVN 102:2016 on its way."""

from dataclasses import dataclass
from datetime import datetime

from delivery.edxml.message import EdxmlMessage
from delivery.edxml.writing import write_edxml


@dataclass(frozen=True, slots=True, kw_only=True)
class EdxmlParcel:
    """One message to one receiver; the fields of `delivery.parcel.Parcel`."""

    key: str
    message_id: str
    recipient_address: str
    at: datetime
    message: EdxmlMessage
    sender_address: str = ""
    media_type: str = "application/edxml+xml"
    ending: str = ".edxml"

    def to_bytes(self) -> bytes:
        """Return the message as XML, the same at every call.

        Raises:
            EnvelopeError: a text cannot stand in XML.
        """
        return write_edxml(self.message, at=self.at, key=self.key)
