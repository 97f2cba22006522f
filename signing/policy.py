"""What makes a signature acceptable: rules as data, each profile with name and version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationPolicy:
    """A named set of rules. A change of any value needs a new version."""

    name: str
    version: str
    trust: bool
    """True: chain, revocation, usage and time are judged too; else mathematics and changes only."""

    broken_hashes: frozenset[str] = frozenset({"md2", "md4", "md5"})
    """Never accepted, whatever the time."""

    sha1_until: datetime = datetime(2017, 1, 1, tzinfo=UTC)
    """SHA-1 signatures are accepted only where a time before this is proven.

    Source: ETSI TS 119 312, table 1: SHA-1 is not for new signatures; the year is our own choice.
    """

    rsa_bits: int = 2048
    """Shorter RSA keys are accepted only where a time before `short_rsa_until` is proven."""

    short_rsa_until: datetime = datetime(2014, 1, 1, tzinfo=UTC)
    ec_curves: frozenset[str] = frozenset(
        {
            "secp256r1",
            "secp384r1",
            "secp521r1",
            "brainpoolP256r1",
            "brainpoolP384r1",
            "brainpoolP512r1",
        }
    )
    """Curves of keys in a chain. Source: ETSI TS 119 312, 6.2.2."""

    key_usage: frozenset[str] = frozenset({"non_repudiation"})
    """Usages that the signer's certificate must permit; one without the extension
    permits none."""

    last_archive_stamp_evidence: bool = True
    """While the certificate of a document time stamp is valid, evidence that was gathered when the
    stamp was made is accepted for that stamp. Every archived file lives by this between two archive
    stamps. A stricter policy sets False and needs fresh evidence at the time of judgement."""

    clock_tolerance: timedelta = timedelta(minutes=5)
    """How far apart the clocks of authorities may be."""


INTEGRITY: Final = VerificationPolicy(name="integrity", version="2026.2", trust=False)
"""Mathematics and what changed after signing; says nothing of who."""

OFFICIAL: Final = VerificationPolicy(name="official", version="2026.2", trust=True)
"""Adds chain, revocation, key usage and registration, at the proven time."""

PROFILES: Final = {policy.name: policy for policy in (INTEGRITY, OFFICIAL)}
