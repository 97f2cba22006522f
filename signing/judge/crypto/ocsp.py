"""OCSP answers: who says what of which certificate, and whether that one may. Source: RFC 6960."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from signing.encoding import der
from signing.encoding.certificate import (
    OCSP_NO_CHECK,
    Algorithm,
    Certificate,
    parse_certificate,
    read_algorithm,
    read_extensions,
)
from signing.encoding.der import DerFault, Item
from signing.encoding.instants import instant
from signing.judge.crypto.algorithms import digest, hash_name_of
from signing.judge.crypto.faults import unsure
from signing.judge.crypto.links import check_extensions, scheme, signed_by, verify
from signing.judge.crypto.statement import Statement

_BASIC: Final = "1.3.6.1.5.5.7.48.1.1"
_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
_NONCE: Final = "1.3.6.1.5.5.7.48.1.2"
_VERSION: Final = 0xA0
_BY_NAME: Final = 0xA1
_BY_KEY: Final = 0xA2
_GOOD: Final = 0x80
_REVOKED: Final = 0xA1
_UNKNOWN: Final = 0x82
_NEXT_UPDATE: Final = 0xA0
_EXTENSIONS: Final = 0xA1
_REASON: Final = 0xA0


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleAnswer:
    """What is said of one certificate."""

    hash_name: str
    issuer_name: bytes
    """Digest of the issuer's name."""

    issuer_key: bytes
    serial: int
    statement: Statement

    def is_about(self, certificate: Certificate, issuer: Certificate) -> bool:
        """Whether it speaks of this certificate of this issuer. Source: RFC 6960, 4.1.1."""
        return (
            self.serial == certificate.serial
            and self.issuer_name == digest(self.hash_name, certificate.issuer)
            and self.issuer_key == digest(self.hash_name, issuer.key_bits_string)
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """An answer with the part that its responder signed."""

    signed: bytes
    algorithm: Algorithm
    signature: bytes
    responder_name: bytes | None
    """DER of the name; None where the key is named."""

    responder_key: bytes | None
    """SHA-1 of the public key."""

    singles: tuple[SingleAnswer, ...]
    certificates: tuple[bytes, ...]


@lru_cache(maxsize=1024)
def parse_ocsp(encoded: bytes) -> Answer | None:
    """Takes an OCSPResponse apart; None where its responder had nothing to say.

    Raises:
        DerFault: It is none, or not in DER.
        UnsureMessage: Of another kind, or with critical extensions.
    """
    try:
        return _parse(encoded)
    except (IndexError, ValueError) as err:  # a part is missing
        raise DerFault("OCSP") from err


def _parse(data: bytes) -> Answer | None:
    status, *rest = der.only(data)
    if der.body(data, status, der.ENUMERATED) != b"\x00":
        return None
    kind, octets = der.inside(data, der.explicit(data, rest[0], 0))
    if der.oid(data, kind) != _BASIC:
        raise unsure("ocsp", "type")
    basic = der.body(data, octets, der.OCTET_STRING)
    signed, algorithm, signature, *certificates = der.only(basic)
    name, key, singles = _response_data(basic, der.inside(basic, signed))
    return Answer(
        signed=der.whole(basic, signed),
        algorithm=read_algorithm(basic, algorithm),
        signature=der.bits(basic, signature),
        responder_name=name,
        responder_key=key,
        singles=singles,
        certificates=tuple(
            der.whole(basic, one)
            for outer in certificates
            for one in der.inside(basic, der.explicit(basic, outer, 0))
        ),
    )


def _response_data(
    data: bytes, parts: list[Item]
) -> tuple[bytes | None, bytes | None, tuple[SingleAnswer, ...]]:
    """Source: RFC 6960, 4.2.1, ResponseData."""
    if parts[0].tag == _VERSION:
        parts = parts[1:]
    responder, _, answers, *extensions = parts
    for one in extensions:
        _check_extensions(data, one)
    inner = der.explicit(data, responder, 1 if responder.tag == _BY_NAME else 2)
    name = der.whole(data, inner) if responder.tag == _BY_NAME else None
    key = der.body(data, inner, der.OCTET_STRING) if responder.tag == _BY_KEY else None
    singles = tuple(_single(data, one) for one in der.inside(data, answers))
    return name, key, singles


def _check_extensions(data: bytes, item: Item) -> None:
    """A nonce speaks to the one who asked, who is not here."""
    found = read_extensions(data, der.explicit(data, item, 1))
    if any(one.critical for kind, one in found.items() if kind != _NONCE):
        raise unsure("ocsp", "critical extension")


def _single(data: bytes, item: Item) -> SingleAnswer:
    identified, status, since, *optional = der.inside(data, item)
    algorithm, name, key, serial = der.inside(data, identified)
    until = None
    for one in optional:
        if one.tag == _NEXT_UPDATE:
            until = instant(data, der.explicit(data, one, 0))
        elif one.tag == _EXTENSIONS:
            _check_extensions(data, one)
    return SingleAnswer(
        hash_name=hash_name_of(read_algorithm(data, algorithm)),
        issuer_name=der.body(data, name, der.OCTET_STRING),
        issuer_key=der.body(data, key, der.OCTET_STRING),
        serial=der.integer(data, serial),
        statement=_statement(data, status, instant(data, since), until),
    )


def _statement(data: bytes, status: Item, since: datetime, until: datetime | None) -> Statement:
    if status.tag == _GOOD:
        return Statement(since, until, known=True)
    if status.tag == _UNKNOWN:
        return Statement(since, until, known=False)
    when, *reasons = der.inside(data, status, _REVOKED)
    reason = 0
    if reasons:
        one = der.explicit(data, reasons[0], 0)
        reason = int.from_bytes(der.body(data, one, der.ENUMERATED), "big")
    return Statement(since, until, known=True, revoked_at=instant(data, when), reason=reason)


def statements(
    answer: Answer, certificate: Certificate, issuer: Certificate, moment: datetime
) -> Iterator[Statement]:
    """What an answer says of a certificate, once it is certain who says it.

    Args:
        answer: Not verified yet.
        certificate: About which.
        issuer: Its issuer, in the chain.
        moment: At which a delegated responder's certificate must be valid.

    Raises:
        UnsureMessage: The responder is unknown, or its own revocation would have to be asked.
    """
    found = [one.statement for one in answer.singles if one.is_about(certificate, issuer)]
    if not found:
        return
    responder = _responder(answer, issuer)
    if responder is not issuer:
        _check_delegated(responder, issuer, moment)
    if scheme(answer).hash_name == "sha1" or not verify(answer, responder):
        # Who asks puts a value of his own into an answer: with SHA-1 that lets him forge others.
        raise unsure("ocsp", "signature")
    yield from found


def _responder(answer: Answer, issuer: Certificate) -> Certificate:
    for one in (issuer, *map(parse_certificate, answer.certificates)):
        if answer.responder_name is not None:
            if one.subject == answer.responder_name:
                return one
        elif hashlib.sha1(one.key_bits_string, usedforsecurity=False).digest() == (
            answer.responder_key
        ):
            return one
    raise unsure("ocsp", "responder")


def _check_delegated(responder: Certificate, issuer: Certificate, moment: datetime) -> None:
    """Source: RFC 6960, 4.2.2.2: issued by the same issuer, for this purpose, directly."""
    if scheme(responder).hash_name == "sha1":
        raise unsure("ocsp", "responder")
    if responder.issuer != issuer.subject or not signed_by(responder, issuer):
        raise unsure("ocsp", "responder")
    check_extensions(responder)
    if _SIGNING not in (responder.purposes or ()) or OCSP_NO_CHECK not in responder.extensions:
        raise unsure("ocsp", "responder")
    if not responder.not_before <= moment <= responder.not_after:
        raise unsure("ocsp", "responder")
