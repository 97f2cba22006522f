"""Where a certificate says that its revocation can be asked. Nothing is asked here."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from signing.encoding import der
from signing.encoding.certificate import (
    AUTHORITY_INFORMATION_ACCESS,
    CRL_DISTRIBUTION_POINTS,
    Certificate,
)
from signing.encoding.der import DerFault
from signing.outcome import RevocationNeed

_OCSP: Final = "1.3.6.1.5.5.7.48.1"
_URI: Final = 0x86
"""GeneralName, uniformResourceIdentifier. Source: RFC 5280, 4.2.1.6."""

_EXPLICIT: Final = 0xA0
_MOST_URLS: Final = 4
_LONGEST_URL: Final = 1000


def need_of(certificate: Certificate, issuer: Certificate) -> RevocationNeed:
    """Where to ask about a certificate; no addresses where they cannot be read."""
    return RevocationNeed(
        certificate=certificate.encoded,
        issuer=issuer.encoded,
        ocsp_urls=_few(_ocsp_urls(_value(certificate, AUTHORITY_INFORMATION_ACCESS))),
        crl_urls=_few(_crl_urls(_value(certificate, CRL_DISTRIBUTION_POINTS))),
    )


def _value(certificate: Certificate, kind: str) -> bytes:
    extension = certificate.extensions.get(kind)
    return b"" if extension is None else extension.value


def _few(urls: Iterator[bytes]) -> tuple[str, ...]:
    try:
        found = [url.decode("ascii") for url in islice(urls, _MOST_URLS)]
    except (DerFault, IndexError, ValueError):
        return ()
    return tuple(url for url in found if len(url) <= _LONGEST_URL)


def _ocsp_urls(value: bytes) -> Iterator[bytes]:
    """Source: RFC 5280, 4.2.2.1."""
    for one in der.only(value) if value else ():
        method, place = der.inside(value, one)
        if der.oid(value, method) == _OCSP and place.tag == _URI:
            yield der.body(value, place, _URI)


def _crl_urls(value: bytes) -> Iterator[bytes]:
    """Full names only. Source: RFC 5280, 4.2.1.13."""
    for point in der.only(value) if value else ():
        for name in der.inside(value, point)[:1]:
            if name.tag != _EXPLICIT:
                continue
            for full in der.inside(value, name, _EXPLICIT):
                if full.tag != _EXPLICIT:
                    continue
                for place in der.inside(value, full, _EXPLICIT):
                    if place.tag == _URI:
                        yield der.body(value, place, _URI)
