"""Writes messages of QCVN 102:2016."""

from datetime import datetime

from delivery.edxml.message import EdxmlMessage


def write_edxml(message: EdxmlMessage, *, at: datetime, key: str) -> bytes:
    """Return the message as XML: UTF-8, the same bytes for the same message, instant and key.

    Args:
        message: the document or status.
        at: the instant of sending (trace header), aware.
        key: the consignment key; identifiers of parts are made from it.

    Raises:
        EnvelopeError: a text cannot stand in XML.
    """
    raise NotImplementedError
