"""Reads messages of QCVN 102:2016, whoever wrote them."""

from delivery.edxml.message import EdxmlMessage


def read_edxml(raw: bytes, *, size_limit_bytes: int) -> EdxmlMessage:
    """Return the message.

    Raises:
        EdxmlUnreadableError: no XML, another format, a part too large, an attachment missing.
    """
    raise NotImplementedError
