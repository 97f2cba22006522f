"""Certificates judged by our own reading of them first; by the library where that gives no answer.

Nothing is fetched, for a stranger's certificate must not choose which address this server visits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from signing.judge.answers import ChainAnswer
from signing.judge.crypto.paths import OwnChains
from signing.judge.part import FileEvidence, SignedMessage
from signing.policy import VerificationPolicy
from signing.trust import TrustStore

if TYPE_CHECKING:
    from signing.library.chain import LibraryChains


@dataclass(frozen=True)
class BothChains:
    """Judges certificates with what one file brings along. An `answers.Chains`."""

    trust: TrustStore
    policy: VerificationPolicy
    evidence: FileEvidence = field(default_factory=FileEvidence)

    def at(
        self,
        message: SignedMessage,
        moment: datetime,
        *,
        stamping: bool = False,
        retroactive: bool = False,
    ) -> ChainAnswer:
        """Judges the signer's certificate of a message at an instant. See `answers.Chains`."""
        own = self._own.at(message, moment, stamping=stamping, retroactive=retroactive)
        if own is not None:
            return own
        return self._library.at(message, moment, stamping=stamping, retroactive=retroactive)

    @cached_property
    def _own(self) -> OwnChains:
        return OwnChains(trust=self.trust, policy=self.policy, evidence=self.evidence)

    @cached_property
    def _library(self) -> LibraryChains:
        # Most of a second to import, which most files never need.
        from signing.library.chain import LibraryChains  # noqa: PLC0415

        return LibraryChains(trust=self.trust, policy=self.policy, evidence=self.evidence)
