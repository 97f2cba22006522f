"""Whether a certificate was revoked at an instant, by all the evidence that is there.

1. An OCSP answer or a list counts once its signer is known and its signature holds.
2. Whoever says revoked, since before the instant, is believed, however old or new the statement is.
3. Good is believed only from a statement that was alive at the instant; one made afterwards counts
   where it is asked for: "good later" and "revoked later" mean good then.
4. Good is not believed of a certificate that had expired before it was said: authorities forget the
   revocation of what has expired. Source: RFC 5280, 3.3; RFC 6960, 4.4.4; ETSI EN 319 102-1, 5.2.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from signing.encoding.certificate import Certificate
from signing.judge.crypto import crl, ocsp
from signing.judge.crypto.faults import unsure
from signing.judge.crypto.statement import Statement
from signing.judge.part import FileEvidence


@dataclass(frozen=True, slots=True)
class Standing:
    """What the evidence says of a certificate."""

    code: str
    """`good`, `revoked`, `evidence_missing` or `evidence_stale`."""

    when: datetime | None = None
    """When it was revoked."""


@dataclass(frozen=True)
class Evidence:
    """The OCSP answers and lists that one file brings along."""

    source: FileEvidence
    tolerance: timedelta

    @cached_property
    def _answers(self) -> tuple[ocsp.Answer, ...]:
        found = (ocsp.parse_ocsp(one) for one in self.source.ocsps)
        return tuple(one for one in found if one is not None)

    @cached_property
    def _lists(self) -> tuple[crl.RevocationList, ...]:
        return tuple(crl.parse_crl(one) for one in self.source.crls)

    def standing(
        self,
        certificate: Certificate,
        issuer: Certificate,
        moment: datetime,
        *,
        retroactive: bool,
    ) -> Standing:
        """Judges the revocation of a certificate at an instant.

        Args:
            certificate: Below an anchor.
            issuer: Its issuer, in the chain.
            moment: Aware.
            retroactive: Whether statements made after `moment` count.

        Raises:
            UnsureMessage: A piece of the evidence is not understood: it may be what decides.
            DerFault: Likewise.
        """
        found = list(self._statements(certificate, issuer, moment))
        against = [one.revoked_at for one in found if one.revokes(moment) and one.revoked_at]
        if against:
            return Standing("revoked", min(against))
        known = [one for one in found if one.known and not _is_forgotten(one, certificate)]
        alive = [one for one in known if not one.is_stale(moment, self.tolerance)]
        if any(retroactive or self._was_good(one, moment) for one in alive):
            return Standing("good")
        stale = known and not alive
        return Standing("evidence_stale" if stale else "evidence_missing")

    def _was_good(self, one: Statement, moment: datetime) -> bool:
        return one.revoked_at is None and not one.is_too_new(moment, self.tolerance)

    def _statements(
        self, certificate: Certificate, issuer: Certificate, moment: datetime
    ) -> Iterator[Statement]:
        for answer in self._answers:
            for one in ocsp.statements(answer, certificate, issuer, moment):
                if not certificate.names_ocsp:
                    raise unsure("ocsp", "not announced")
                yield one
        for found in self._lists:
            said = crl.statement(found, certificate, issuer)
            if said is not None:
                yield said


def _is_forgotten(one: Statement, certificate: Certificate) -> bool:
    """Whether a statement that knows of no revocation was made after the certificate's end."""
    return one.revoked_at is None and one.since > certificate.not_after
