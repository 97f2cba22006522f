"""Indefinite lengths made definite, as many signers write the frame of a message.

Only what has an indefinite length is written anew; what has a definite one stays byte for byte, so
that certificates and signed attributes are never touched. Source: X.690, 8.1.3.6 and 8.7.3.
"""

from __future__ import annotations

from typing import Final

from signing.encoding import der
from signing.encoding.der import BerFound, DerFault

_INDEFINITE: Final = 0x80
_CONSTRUCTED: Final = 0x20
_PIECES: Final = 0x24
"""An OCTET STRING in pieces."""

_END: Final = b"\x00\x00"
_MAX_DEPTH: Final = 24
_MAX_VALUES: Final = 20_000


def is_indefinite(data: bytes) -> bool:
    """Whether the first value's length is not told in front."""
    return data[1:2] == bytes([_INDEFINITE])


def definite(data: bytes) -> tuple[bytes, int]:
    """The first value with definite lengths, and where it ended in the data.

    Raises:
        BerFound: It is in another form of BER.
        DerFault: It is not whole.
    """
    return _Rewriting(data).value(0, _MAX_DEPTH)


class _Rewriting:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._values = 0

    def value(self, at: int, depth: int) -> tuple[bytes, int]:
        """One value anew, and where it ended."""
        data = self._data
        self._values += 1
        if self._values > _MAX_VALUES or depth == 0:
            raise BerFound("nesting")
        if data[at + 1 : at + 2] != bytes([_INDEFINITE]):
            item = der.item_at(data, at, len(data))
            return der.whole(data, item), item.end
        if not data[at] & _CONSTRUCTED:
            raise DerFault("indefinite length of a plain value")
        pieces, end = self._until_end(at + 2, depth - 1)
        if data[at] == _PIECES:
            return _wrap(der.OCTET_STRING, b"".join(map(_content, pieces))), end
        return _wrap(data[at], b"".join(pieces)), end

    def _until_end(self, at: int, depth: int) -> tuple[list[bytes], int]:
        pieces = []
        while self._data[at : at + 2] != _END:
            piece, at = self.value(at, depth)
            pieces.append(piece)
        return pieces, at + 2


def _content(piece: bytes) -> bytes:
    return der.body(piece, der.item_at(piece, 0, len(piece)), der.OCTET_STRING)


def _wrap(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < _INDEFINITE:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, _INDEFINITE | len(octets)]) + octets + content
