"""What is said of one certificate at one instant, by our own judge or by the library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from signing.certificates import CertificateFacts
from signing.judge.part import SignedMessage
from signing.policy import VerificationPolicy
from signing.trust import TrustStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainAnswer:
    """What became of a certificate at an instant."""

    code: str
    """`good`, or `revoked`, `expired`, `not_yet_valid`, `wrong_usage`, `issuer_unknown`,
    `evidence_missing`, `evidence_stale`, `algorithm`, `invalid`."""

    path: tuple[CertificateFacts, ...] = ()
    """From the anchor to the certificate, where the chain is good."""

    when: datetime | None = None
    """When it was revoked, or ended."""

    detail: str = ""
    test_only: bool = False
    """The anchor is a test's."""

    @property
    def good(self) -> bool:
        """Leads to an anchor, and every revocation is known and good."""
        return self.code == "good"

    def within_life(self, moment: datetime) -> bool:
        """Whether every certificate below the anchor is valid at an instant by its own dates."""
        return all(one.not_before <= moment <= one.not_after for one in self.path[1:])

    def ends(self) -> datetime:
        """When the first certificate below the anchor ends."""
        return min(one.not_after for one in self.path[-1:] + self.path[1:])


class Chains(Protocol):
    """Judges certificates with what one file and the office's trust bring along."""

    @property
    def trust(self) -> TrustStore:
        """Anchors and registrations."""

    @property
    def policy(self) -> VerificationPolicy:
        """Which rules."""

    def at(
        self,
        message: SignedMessage,
        moment: datetime,
        *,
        stamping: bool = False,
        retroactive: bool = False,
    ) -> ChainAnswer:
        """Judges the signer's certificate of a message at an instant.

        Args:
            message: The certificates that travel in it may help to build the chain.
            moment: Aware.
            stamping: Whether it must be for time stamps; else for signing documents.
            retroactive: Accept revocation data issued after `moment` too: "good later" means
                "good then". Data whose life ended before `moment` never count.
        """
