"""Time-stamp tokens: what the authority says. Source: RFC 3161, 2.4.2."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from signing.encoding import der
from signing.encoding.certificate import read_algorithm, read_extensions
from signing.encoding.der import DerFault
from signing.encoding.instants import GENERALIZED_TIME, instant
from signing.judge.crypto.algorithms import hash_name_of
from signing.judge.crypto.faults import unsure

_EXTENSIONS: Final = 0xA1


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A TSTInfo."""

    hash_name: str
    """Of the imprint."""

    imprint: bytes
    stamped_at: datetime


def read_token_info(content: bytes) -> TokenInfo:
    """Reads what a token stamps and when.

    Raises:
        UnsureMessage: It is not in the standard's form.
    """
    try:
        return _read(content)
    except (DerFault, IndexError, ValueError) as err:
        raise unsure("token", str(err)) from err


def _read(content: bytes) -> TokenInfo:
    version, _, stamped, _, moment, *optional = der.only(content)
    if der.integer(content, version) != 1 or moment.tag != GENERALIZED_TIME:
        raise unsure("token", "version")
    for one in optional:
        if one.tag == _EXTENSIONS:
            sequence = one._replace(tag=der.SEQUENCE)
            if any(found.critical for found in read_extensions(content, sequence).values()):
                raise unsure("token", "critical extension")
    algorithm, imprint = der.inside(content, stamped)
    return TokenInfo(
        hash_name_of(read_algorithm(content, algorithm)),
        der.body(content, imprint, der.OCTET_STRING),
        instant(content, moment),
    )
