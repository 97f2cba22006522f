"""Certificate revocation lists. Source: RFC 5280, 5 and 6.3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from signing.encoding import der
from signing.encoding.certificate import (
    CRL_DISTRIBUTION_POINTS,
    Algorithm,
    Certificate,
    Extension,
    read_algorithm,
    read_extensions,
)
from signing.encoding.der import DerFault, Item
from signing.encoding.instants import GENERALIZED_TIME, UTC_TIME, instant
from signing.judge.crypto.faults import unsure
from signing.judge.crypto.links import verify
from signing.judge.crypto.statement import Statement

_EXTENSIONS: Final = 0xA0
_SCOPE: Final = "2.5.29.28"
_REASON: Final = "2.5.29.21"
_INVALID_SINCE: Final = "2.5.29.24"
_KNOWN: Final = frozenset(
    {
        _SCOPE,
        "2.5.29.20",  # number
        "2.5.29.35",  # authority key identifier
        "2.5.29.18",  # issuer's other names
        "1.3.6.1.5.5.7.1.1",  # where its issuer's certificate is
    }
)
_PARTIAL: Final = frozenset({"2.5.29.27", "2.5.29.46"})
"""Delta lists, and lists that have some."""

_KNOWN_ENTRY: Final = frozenset({_REASON, _INVALID_SINCE, "2.5.29.23"})

_NAME, _USERS, _AUTHORITIES = 0xA0, 0x81, 0x82
_FULL_NAME: Final = 0xA0
_TRUE: Final = b"\xff"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a list is about. Source: RFC 5280, 5.2.5."""

    names: frozenset[bytes] = frozenset()
    """DER of the places where it is published; empty where not named."""

    users_only: bool = False
    authorities_only: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class RevocationList:
    """A list with the part that its issuer signed."""

    signed: bytes
    algorithm: Algorithm
    signature: bytes
    issuer: bytes
    since: datetime
    until: datetime | None
    revoked: bytes
    """The entries, DER, one after the other: often very many, so they are not taken apart."""

    scope: Scope

    def statement(self, serial: int) -> Statement:
        """What the list says of a serial number."""
        entry = _find(self.revoked, serial)
        if entry is None:
            return Statement(self.since, self.until, known=True)
        when, reason, invalid_since = entry
        return Statement(
            self.since,
            self.until,
            known=True,
            revoked_at=when,
            reason=reason,
            invalid_since=invalid_since,
        )


@lru_cache(maxsize=256)
def parse_crl(encoded: bytes) -> RevocationList:
    """Takes a CertificateList apart.

    Raises:
        DerFault: It is none, or not in DER.
        UnsureMessage: A delta list, or with scope or critical extensions not understood here.
    """
    try:
        return _parse(encoded)
    except (IndexError, ValueError) as err:  # a part is missing
        raise DerFault("CRL") from err


def _parse(data: bytes) -> RevocationList:
    signed, algorithm, signature = der.only(data)
    parts = der.inside(data, signed)
    if parts[0].tag == der.INTEGER:
        parts = parts[1:]
    inner, issuer, since, *rest = parts
    named = read_algorithm(data, algorithm)
    if read_algorithm(data, inner) != named:
        raise DerFault("two algorithms")
    times = (GENERALIZED_TIME, UTC_TIME)
    until = instant(data, rest[0]) if rest and rest[0].tag in times else None
    lists = [one for one in rest if one.tag == der.SEQUENCE]
    others = [one for one in rest if one.tag == _EXTENSIONS]
    found = read_extensions(data, der.explicit(data, others[0], 0)) if others else {}
    return RevocationList(
        signed=der.whole(data, signed),
        algorithm=named,
        signature=der.bits(data, signature),
        issuer=der.whole(data, issuer),
        since=instant(data, since),
        until=until,
        revoked=data[lists[0].start : lists[0].end] if lists else b"",
        scope=_scope(found),
    )


def _scope(extensions: dict[str, Extension]) -> Scope:
    for kind, extension in extensions.items():
        if kind in _PARTIAL or (extension.critical and kind not in _KNOWN):
            raise unsure("crl", kind)
    if _SCOPE not in extensions:
        return Scope()
    value = extensions[_SCOPE].value
    fields = {one.tag: one for one in der.only(value)}
    if set(fields) - {_NAME, _USERS, _AUTHORITIES}:
        raise unsure("crl", "scope")
    names = _full_names(value, der.explicit(value, fields[_NAME], 0)) if _NAME in fields else ()
    return Scope(
        frozenset(names), *(_is_true(value, fields.get(one)) for one in (_USERS, _AUTHORITIES))
    )


def _is_true(data: bytes, item: Item | None) -> bool:
    return item is not None and data[item.start : item.end] == _TRUE


def _full_names(data: bytes, item: Item) -> tuple[bytes, ...]:
    """Names of a distribution point. Source: RFC 5280, 4.2.1.13."""
    if item.tag != _FULL_NAME:
        raise unsure("crl", "relative name")
    return tuple(der.whole(data, one) for one in der.items(data, item.start, item.end))


def _find(entries: bytes, serial: int) -> tuple[datetime, int, datetime | None] | None:
    octets = serial.to_bytes(serial.bit_length() // 8 + 1, "big", signed=True)
    if serial >= 0 and bytes([der.INTEGER, len(octets)]) + octets not in entries:
        return None
    at = 0
    while at < len(entries):
        item = der.item_at(entries, at, len(entries))
        parts = der.inside(entries, item)
        if der.integer(entries, parts[0]) == serial:
            return _entry(entries, parts)
        at = item.end
    return None


def _entry(data: bytes, parts: list[Item]) -> tuple[datetime, int, datetime | None]:
    """Source: RFC 5280, 5.3."""
    extensions = read_extensions(data, parts[2]) if len(parts) > 2 else {}  # noqa: PLR2004 (optional)
    if set(extensions) - _KNOWN_ENTRY:
        raise unsure("crl", "entry")
    reason, invalid_since = 0, None
    if _REASON in extensions:
        value = extensions[_REASON].value
        one = der.item_at(value, 0, len(value))
        reason = int.from_bytes(der.body(value, one, der.ENUMERATED), "big")
    if _INVALID_SINCE in extensions:
        value = extensions[_INVALID_SINCE].value
        invalid_since = instant(value, der.item_at(value, 0, len(value)))
    return instant(data, parts[1]), reason, invalid_since


def statement(
    found: RevocationList, certificate: Certificate, issuer: Certificate
) -> Statement | None:
    """What a list says of a certificate; None where it is not about it.

    Args:
        found: Not verified yet.
        certificate: About which.
        issuer: Its issuer, in the chain.

    Raises:
        UnsureMessage: It bears the issuer's name but not its signature, or the scope is unclear.
    """
    if found.issuer != certificate.issuer or not _is_in_scope(found.scope, certificate):
        return None
    if issuer.usages is not None and "crl_sign" not in issuer.usages:
        raise unsure("crl", "issuer")
    if not verify(found, issuer):
        raise unsure("crl", "signature")
    return found.statement(certificate.serial)


def _is_in_scope(scope: Scope, certificate: Certificate) -> bool:
    """Source: RFC 5280, 6.3.3 (b)."""
    if scope.users_only and certificate.is_authority:
        return False
    if scope.authorities_only and not certificate.is_authority:
        return False
    return not scope.names or bool(scope.names & _published(certificate))


def _published(certificate: Certificate) -> frozenset[bytes]:
    """Where the lists of a certificate are published."""
    extension = certificate.extensions.get(CRL_DISTRIBUTION_POINTS)
    if extension is None:
        raise unsure("crl", "distribution point")
    value = extension.value
    found: list[bytes] = []
    for point in der.only(value):
        fields = der.inside(value, point)
        if [one.tag for one in fields] != [_NAME]:
            raise unsure("crl", "distribution point")  # of other issuers, or for some reasons
        found += _full_names(value, der.explicit(value, fields[0], 0))
    return frozenset(found)
