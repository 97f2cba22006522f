"""One certificate at one instant: does it lead to an anchor, and was nothing in between revoked?

The steps for each chain, from the anchor down:

1. Algorithm: hash and key that the policy accepts at the instant.
2. Validity at the instant.
3. Revocation, by the evidence of the file.
4. Right of each authority to issue: CA, path length, key usage.
5. Usage of the certificate itself.

Source: RFC 5280, 6.1. What is not fully understood gives no answer, and the library is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import pairwise

from signing.certificates import read_facts
from signing.encoding.certificate import (
    EXTENDED_KEY_USAGE,
    Certificate,
    parse_certificate,
)
from signing.encoding.der import DerFault
from signing.judge.answers import ChainAnswer
from signing.judge.crypto.algorithms import curve_of
from signing.judge.crypto.building import Builder, Chain, Known
from signing.judge.crypto.faults import UnsureMessage, unsure
from signing.judge.crypto.links import check_extensions, scheme
from signing.judge.crypto.revocation import Evidence
from signing.judge.part import FileEvidence, SignedMessage
from signing.policy import VerificationPolicy
from signing.trust import TrustStore

_TIME_STAMPING = "1.3.6.1.5.5.7.3.8"


@dataclass(frozen=True)
class OwnChains:
    """Judges certificates with what one file brings along."""

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
    ) -> ChainAnswer | None:
        """Judges the signer's certificate of a message at an instant. See `answers.Chains`.

        Returns:
            None where the library must be asked.
        """
        try:
            question = _Question(self, moment, stamping=stamping, retroactive=retroactive)
            return self._answer(message, question)
        except (UnsureMessage, DerFault, IndexError, ValueError):
            # Whatever the foreign bytes bring out: unsure is the one answer to it.
            return None

    def links_without_evidence(
        self, message: SignedMessage, moment: datetime, *, retroactive: bool
    ) -> tuple[tuple[Certificate, Certificate], ...]:
        """Certificates of the only chain of which nothing usable is known, each before its issuer.

        Empty where the chain is not clear, or the evidence is not understood.
        """
        try:
            certificate = parse_certificate(message.certificate)
            (chain,) = self._builder.chains(certificate, Known.of(message.certificates))
            return tuple(
                (below, issuer)
                for issuer, below in pairwise(chain)
                if self.revocation.standing(below, issuer, moment, retroactive=retroactive).code
                in {"evidence_missing", "evidence_stale"}
            )
        except (UnsureMessage, DerFault, IndexError, ValueError):
            return ()

    def _answer(self, message: SignedMessage, question: _Question) -> ChainAnswer:
        if question.stamping and not question.is_strong_hash(message.hash_name):
            # Of a signature the steps say so themselves; a weak stamp proves nothing.
            return ChainAnswer(code="algorithm")
        certificate = parse_certificate(message.certificate)
        chains = self._builder.chains(certificate, Known.of(message.certificates))
        if not chains:
            return ChainAnswer(code="issuer_unknown")
        answers = [question.judge(chain) for chain in chains]
        good = [one for one in answers if one.good]
        if good:
            return good[0]
        if len(answers) > 1:
            raise unsure("path", "several chains")
        return answers[0]

    @cached_property
    def _builder(self) -> Builder:
        anchors = Known.of(anchor.der for anchor in self.trust.anchors)
        return Builder(anchors, Known.of((*self.trust.intermediates, *self.evidence.certificates)))

    @cached_property
    def revocation(self) -> Evidence:
        """The evidence, taken apart once."""
        return Evidence(self.evidence, self.policy.clock_tolerance)

    @cached_property
    def tests(self) -> frozenset[bytes]:
        """DER of the anchors that are a test's."""
        return frozenset(anchor.der for anchor in self.trust.anchors if anchor.test_only)


@dataclass(frozen=True)
class _Question:
    """An instant, and what is asked about it."""

    chains: OwnChains
    moment: datetime
    stamping: bool
    retroactive: bool

    def judge(self, chain: Chain) -> ChainAnswer:
        for certificate in chain:
            check_extensions(certificate)
        for depth, (issuer, certificate) in enumerate(pairwise(chain)):
            below = len(chain) - depth - 2
            bad = self._link(issuer, certificate, authorities_below=below)
            if bad is not None:
                return bad
        return self._usage(chain[-1]) or self._good(chain)

    def _link(
        self, issuer: Certificate, certificate: Certificate, *, authorities_below: int
    ) -> ChainAnswer | None:
        _check_anchor_or_authority(issuer)
        # 1. Algorithm.
        if not self._is_strong(issuer, certificate):
            return ChainAnswer(code="algorithm")
        # 2. Validity.
        lifeless = self._validity(certificate)
        if lifeless is not None:
            return lifeless
        # 3. Revocation.
        standing = self.chains.revocation.standing(
            certificate, issuer, self.moment, retroactive=self.retroactive
        )
        if standing.code != "good":
            return ChainAnswer(code=standing.code, when=standing.when)
        # 4. Right to issue.
        if authorities_below > issuer.path_length:
            raise unsure("path", "path length")
        return None

    def _validity(self, certificate: Certificate) -> ChainAnswer | None:
        tolerance = self.chains.policy.clock_tolerance
        if self.moment + tolerance < certificate.not_before:
            return ChainAnswer(code="not_yet_valid", when=certificate.not_before)
        if self.moment - tolerance > certificate.not_after:
            return ChainAnswer(code="expired", when=certificate.not_after)
        return None

    def _is_strong(self, issuer: Certificate, certificate: Certificate) -> bool:
        """The signature over a certificate, and the key that made it."""
        return self.is_strong_hash(scheme(certificate).hash_name) and self._is_strong_key(issuer)

    def is_strong_hash(self, name: str) -> bool:
        """Whether the policy accepts a hash at the instant."""
        policy = self.chains.policy
        if name == "sha1":
            return self._is_before(policy.sha1_until)
        return name not in policy.broken_hashes

    def _is_strong_key(self, certificate: Certificate) -> bool:
        policy = self.chains.policy
        curve = curve_of(certificate)
        if curve:
            return curve in policy.ec_curves
        short = 0 < certificate.rsa_bits < policy.rsa_bits
        return not short or self._is_before(policy.short_rsa_until)

    def _is_before(self, end: datetime) -> bool:
        """Whether the instant is proven to lie before an algorithm's end.

        Asked about a stamp with evidence of later, the instant is only what the stamp itself says:
        a forger's weak stamp would prove its own age.
        """
        return self.moment < end and not (self.stamping and self.retroactive)

    def _usage(self, certificate: Certificate) -> ChainAnswer | None:
        # 5. Usage.
        if self.stamping:
            if not self._is_strong_key(certificate):
                return ChainAnswer(code="algorithm")
            return None if _is_for_stamps(certificate) else ChainAnswer(code="wrong_usage")
        if curve_of(certificate) and not self._is_strong_key(certificate):
            return ChainAnswer(code="algorithm")
        usages = certificate.usages
        if usages is None:
            raise unsure("usage")
        if not self.chains.policy.key_usage <= usages:
            return ChainAnswer(code="wrong_usage")
        return None

    def _good(self, chain: Chain) -> ChainAnswer:
        return ChainAnswer(
            code="good",
            path=tuple(read_facts(one.encoded) for one in chain),
            test_only=any(one.encoded in self.chains.tests for one in chain),
        )


def _check_anchor_or_authority(issuer: Certificate) -> None:
    """Source: RFC 5280, 6.1.4 (k) and (n)."""
    may = issuer.usages is None or "key_cert_sign" in issuer.usages
    if not issuer.is_authority or not may:
        raise unsure("path", "issuer may not issue")


def _is_for_stamps(certificate: Certificate) -> bool:
    """For time stamps and nothing else, and critically so. Source: RFC 3161, 2.3."""
    extension = certificate.extensions.get(EXTENDED_KEY_USAGE)
    return (
        extension is not None
        and extension.critical
        and certificate.purposes == frozenset({_TIME_STAMPING})
    )
