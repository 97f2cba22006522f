"""Certificates judged by our own reading of them first; by the library where that gives no answer.

Nothing is fetched, for a stranger's certificate must not choose which address this server visits:
what is missing is only noted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from signing.judge.answers import ChainAnswer
from signing.judge.crypto.needs import need_of
from signing.judge.crypto.paths import OwnChains
from signing.judge.part import FileEvidence, SignedMessage
from signing.outcome import RevocationNeed
from signing.policy import VerificationPolicy
from signing.trust import TrustStore

if TYPE_CHECKING:
    from signing.library.chain import LibraryChains


_MOST_NEEDS: Final = 16


@dataclass(frozen=True)
class BothChains:
    """Judges certificates with what one file brings along. An `answers.Chains`."""

    trust: TrustStore
    policy: VerificationPolicy
    evidence: FileEvidence = field(default_factory=FileEvidence)
    needs: dict[bytes, RevocationNeed] = field(default_factory=dict)
    """What was missing so far, by certificate; a few at most."""

    def at(
        self,
        message: SignedMessage,
        moment: datetime,
        *,
        stamping: bool = False,
        retroactive: bool = False,
    ) -> ChainAnswer:
        """Judges the signer's certificate of a message at an instant. See `answers.Chains`."""
        answer = self._own.at(message, moment, stamping=stamping, retroactive=retroactive)
        if answer is None:
            answer = self._library.at(message, moment, stamping=stamping, retroactive=retroactive)
        if answer.code in {"evidence_missing", "evidence_stale"}:
            self._note_needs(message, moment, retroactive=retroactive)
        return answer

    def _note_needs(self, message: SignedMessage, moment: datetime, *, retroactive: bool) -> None:
        links = self._own.links_without_evidence(message, moment, retroactive=retroactive)
        for certificate, issuer in links:
            if len(self.needs) < _MOST_NEEDS:
                self.needs[certificate.encoded] = need_of(certificate, issuer)

    @cached_property
    def _own(self) -> OwnChains:
        return OwnChains(trust=self.trust, policy=self.policy, evidence=self.evidence)

    @cached_property
    def _library(self) -> LibraryChains:
        # Most of a second to import, which most files never need.
        from signing.library.chain import LibraryChains  # noqa: PLC0415

        return LibraryChains(trust=self.trust, policy=self.policy, evidence=self.evidence)
