"""The evidence in a file, as bytes of known kinds: how it leaves the process that read the file.

One line of JSON with kind and length of each part, then the parts one behind the other.
"""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from signing.judge.part import FileReading, SignedMessage

KINDS: Final = ("signature", "token", "certificate", "ocsp", "crl")
MOST_PARTS: Final = 20_000


class Part(NamedTuple):
    """One piece of evidence."""

    kind: str
    """signature (CMS), token (RFC 3161), certificate, ocsp or crl."""

    der: bytes


def parts_of(reading: FileReading) -> tuple[Part, ...]:
    """Everything in a file that a verdict may rest on, each once."""
    found = [part for one in reading.parts for part in _of_message(one.message, one.kind)]
    found += [part for one in reading.parts for token in one.tokens for part in _token(token)]
    stored = reading.evidence
    found += [Part("certificate", der) for der in stored.certificates]
    found += [Part("ocsp", der) for der in stored.ocsps]
    found += [Part("crl", der) for der in stored.crls]
    return tuple(dict.fromkeys(found))


def _of_message(message: SignedMessage | None, kind: str) -> list[Part]:
    if message is None:
        return []
    if kind == "timestamp":
        return _token(message)
    return _with_certificates("signature", message)


def _token(message: SignedMessage) -> list[Part]:
    return _with_certificates("token", message)


def _with_certificates(kind: str, message: SignedMessage) -> list[Part]:
    whole = [Part(kind, message.der)] if message.der else []
    ders = (message.certificate, *message.certificates)
    return whole + [Part("certificate", der) for der in ders]


def dump_parts(parts: tuple[Part, ...]) -> bytes:
    """All of them; `load_parts` gives them back."""
    line = json.dumps([[one.kind, len(one.der)] for one in parts]).encode()
    return line + b"\n" + b"".join(one.der for one in parts)


def load_parts(answer: bytes) -> tuple[Part, ...]:
    """The parts that `dump_parts` wrote.

    Raises:
        ValueError: The bytes are no such parts.
    """
    line, _, rest = answer.partition(b"\n")
    try:
        listed = json.loads(line)
        return tuple(_cut(listed, rest))
    except (TypeError, RecursionError) as err:
        raise ValueError(f"no parts: {type(err).__name__}") from err


def _cut(listed: list[list[object]], rest: bytes) -> list[Part]:
    found, at = [], 0
    for kind, size in listed:
        if kind not in KINDS or type(size) is not int or not 0 < size <= len(rest) - at:
            raise ValueError("part")
        found.append(Part(str(kind), rest[at : at + size]))
        at += size
    if at != len(rest) or len(found) > MOST_PARTS:
        raise ValueError("parts")
    return found
