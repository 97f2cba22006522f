"""Chains of certificates from one up to an anchor, by name and by signature.

An anchor is known by its bytes, never by its name. Source: RFC 5280, 6.1; RFC 4158 (building).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from signing.encoding.certificate import Certificate, parse_certificate
from signing.encoding.der import DerFault
from signing.encoding.names import COMMON_NAME, OtherText, first_attributes
from signing.judge.crypto.faults import unsure
from signing.judge.crypto.links import signed_by

Chain = tuple[Certificate, ...]
"""From the anchor to the certificate."""

_MAX_LENGTH: Final = 8
_MAX_STEPS: Final = 64


@dataclass(frozen=True)
class Known:
    """Certificates by the name of their subject."""

    by_name: Mapping[bytes, tuple[Certificate, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, encoded: Iterable[bytes]) -> Known:
        """Each once.

        Raises:
            UnsureMessage: One cannot be read: another reader may see an issuer in it.
        """
        found: dict[bytes, list[Certificate]] = defaultdict(list)
        for one in dict.fromkeys(encoded):
            try:
                certificate = parse_certificate(one)
            except DerFault as err:
                raise unsure("der", "certificate") from err
            found[certificate.subject].append(certificate)
        return cls({name: tuple(all_of_it) for name, all_of_it in found.items()})

    def named(self, name: bytes) -> tuple[Certificate, ...]:
        """Those of a subject."""
        return self.by_name.get(name, ())

    def has_alike(self, name: bytes) -> bool:
        """Whether a subject has the same common name, written in another way.

        Names may be compared in other ways than byte for byte. Source: RFC 5280, 7.1.
        """
        wanted = _plain(name)
        return any(_plain(one) == wanted for one in self.by_name)


def _plain(name: bytes) -> str:
    try:
        common = first_attributes(name).get(COMMON_NAME, "")
    except (DerFault, OtherText):
        return ""
    return " ".join(common.casefold().split())


class Builder:
    """Builds chains of one file."""

    def __init__(self, anchors: Known, helpers: Known) -> None:
        self._anchors = anchors
        self._helpers = helpers
        self._steps = 0

    def chains(self, certificate: Certificate, around: Known) -> list[Chain]:
        """All chains of a certificate; none where its issuers are unknown.

        Args:
            certificate: The lower end.
            around: Certificates that travel with it.

        Raises:
            UnsureMessage: There may be others than those found here.
        """
        if certificate in self._anchors.named(certificate.subject):
            raise unsure("path", "an anchor itself")
        self._steps = 0
        return list(self._above((certificate,), around))

    def _above(self, below: Chain, around: Known) -> Iterator[Chain]:
        self._steps += 1
        if len(below) > _MAX_LENGTH or self._steps > _MAX_STEPS:
            raise unsure("path", "long")
        name = below[0].issuer
        anchors = self._anchors.named(name)
        helpers = (*self._helpers.named(name), *around.named(name))
        named = dict.fromkeys((*anchors, *helpers))
        self._check_none_is_alike(name, around, found=bool(named))
        # An authority that renewed its key has several certificates under one name.
        others = [one for one in named if one not in below]
        issuers = [one for one in others if signed_by(below[0], one)]
        if others and not issuers:
            raise unsure("path", "issuer of another key")
        for issuer in issuers:
            if issuer in anchors:
                yield (issuer, *below)
            else:
                yield from self._above((issuer, *below), around)

    def _check_none_is_alike(self, name: bytes, around: Known, *, found: bool) -> None:
        if found:
            return
        if any(known.has_alike(name) for known in (self._anchors, self._helpers, around)):
            raise unsure("path", "a name that is alike")
