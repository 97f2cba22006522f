"""The digest of a certificate's public key, by which a server is pinned."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

from signing.encoding.certificate import parse_certificate
from signing.encoding.der import DerFault

_HEX_LENGTH: Final = 64
_PREFIXES: Final = ("sha256//", "sha256/", "sha256:")


def public_key_sha256(der: bytes) -> str:
    """SHA-256 over SubjectPublicKeyInfo, lower-case hex; empty where it cannot be read.

    Source: RFC 7469, 2.4.
    """
    try:
        return hashlib.sha256(parse_certificate(der).public_key).hexdigest()
    except (DerFault, LookupError, ValueError):
        return ""


def read_pin(text: str) -> str:
    """A pin as people write it (hex, or base64 behind `sha256//`) as lower-case hex.

    Raises:
        ValueError: it is neither.
    """
    plain = text.strip()
    for prefix in _PREFIXES:
        plain = plain.removeprefix(prefix)
    digits = plain.replace(":", "").lower()
    if len(digits) == _HEX_LENGTH:
        return bytes.fromhex(digits).hex()
    try:
        found = base64.b64decode(plain, validate=True)
    except ValueError as err:  # also where a letter is not ASCII
        raise ValueError(text) from err
    if len(found) != hashlib.sha256().digest_size:
        raise ValueError(text)
    return found.hex()
