"""Distinguished names: the attributes that people read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from signing.encoding.der import SET, DerFault, inside, item_at, oid, only

COMMON_NAME: Final = "2.5.4.3"
ORGANISATION: Final = "2.5.4.10"
EMAIL: Final = "1.2.840.113549.1.9.1"

_UTF8: Final = 0x0C
_PRINTABLE: Final = 0x13
_IA5: Final = 0x16
_BMP: Final = 0x1E
_CODECS: Final = {_UTF8: "utf-8", _PRINTABLE: "ascii", _IA5: "ascii", _BMP: "utf-16-be"}


class OtherText(Exception):  # noqa: N818 (an answer about foreign bytes)
    """A string in a character set that this reader leaves to others (T61, universal)."""


@lru_cache(maxsize=1024)
def first_attributes(name: bytes) -> Mapping[str, str]:
    """The first value of each attribute that people read, by object identifier.

    Args:
        name: DER of a Name.

    Raises:
        DerFault: It is none.
        OtherText: One of them is in another character set.
    """
    found: dict[str, str] = {}
    for group in only(name):
        for pair in inside(name, group, SET):
            parts = inside(name, pair)
            if len(parts) != 2:  # noqa: PLR2004 (type and value)
                raise DerFault("attribute of a name")
            kind = oid(name, parts[0])
            if kind in {COMMON_NAME, ORGANISATION, EMAIL} and kind not in found:
                found[kind] = _text(name[parts[1].start : parts[1].end], parts[1].tag)
    return found


def _text(octets: bytes, tag: int) -> str:
    codec = _CODECS.get(tag)
    if codec is None:
        raise OtherText(hex(tag))
    try:
        return octets.decode(codec)
    except UnicodeDecodeError as err:
        raise OtherText(codec) from err


_RFC822: Final = 0x81


def first_email(alternative_names: bytes) -> str | None:
    """The first e-mail address of a GeneralNames, None where there is none.

    Raises:
        OtherText: It is not plain ASCII.
    """
    top = item_at(alternative_names, 0, len(alternative_names))
    for one in inside(alternative_names, top):
        if one.tag == _RFC822:
            return plain_email(_text(alternative_names[one.start : one.end], _IA5))
    return None


def plain_email(address: str) -> str:
    """The address itself, if no part of it is encoded.

    Raises:
        OtherText: It is not ASCII, or its host is in the encoding for other alphabets.
    """
    if not address.isascii() or "xn--" in address.casefold():
        raise OtherText("address")
    return address
