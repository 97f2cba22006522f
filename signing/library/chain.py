"""One certificate at one instant, judged by the library.

Nothing is fetched, for a stranger's certificate must not choose which address this server visits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, TypeAlias

from asn1crypto import crl, ocsp, x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator import errors as faults

from signing.certificates import CertificateFacts, facts_of, load
from signing.judge.answers import ChainAnswer
from signing.judge.part import FileEvidence, SignedMessage
from signing.library.leaks import LEAKS
from signing.policy import VerificationPolicy
from signing.trust import TrustStore

_Evidence: TypeAlias = tuple[list[ocsp.OCSPResponse], list[crl.CertificateList]]
_EVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class LibraryChains:
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

        def ask(evidence: _Evidence) -> ChainAnswer:
            question = self._ask(
                message, moment, evidence, stamping=stamping, retroactive=retroactive
            )
            return asyncio.run(question)

        every, timely = self._revocation, self._made_in_time(message)
        try:
            answer = ask(every)
            return answer if timely == every else ask(timely)
        except faults.RevokedError as err:
            return ChainAnswer(code="revoked", when=err.revocation_dt)
        except faults.ExpiredError as err:
            return ChainAnswer(code="expired", when=err.expired_dt)
        except LEAKS as err:
            code = _code(err)
            if code == "wrong_usage" and self._is_self_signed_stranger(message):
                code = "issuer_unknown"
            return ChainAnswer(code=code, detail=type(err).__name__)

    def _is_self_signed_stranger(self, message: SignedMessage) -> bool:
        """The library calls these unfit; they only lead to no anchor."""
        known = {anchor.der for anchor in self.trust.anchors}
        certificate = load(message.certificate)
        return certificate.self_signed != "no" and message.certificate not in known

    def _made_in_time(self, message: SignedMessage) -> _Evidence:
        """What was said while the certificate lived: afterwards its revocation is forgotten.

        The rest may still say that it was revoked, so both are asked. Source: RFC 5280, 3.3.
        """
        answers, lists = self._revocation
        try:
            end = load(message.certificate).not_valid_after
            return (
                [one for one in answers if _said_at(one) <= end],
                [one for one in lists if one["tbs_cert_list"]["this_update"].native <= end],
            )
        except LEAKS:
            return ([], [])

    async def _ask(
        self,
        message: SignedMessage,
        moment: datetime,
        evidence: _Evidence,
        *,
        stamping: bool,
        retroactive: bool,
    ) -> ChainAnswer:
        ocsps, crls = evidence
        context = ValidationContext(
            trust_roots=[load(anchor.der) for anchor in self.trust.anchors],
            other_certs=[*self._others, *_readable(message.certificates)],
            moment=moment,
            allow_fetching=False,
            ocsps=ocsps,
            crls=crls,
            revocation_mode="require",
            retroactive_revinfo=retroactive,
            time_tolerance=self.policy.clock_tolerance,
            weak_hash_algos={*self.policy.broken_hashes, "sha1"},
        )
        validator = CertificateValidator(load(message.certificate), validation_context=context)
        usage = set() if stamping else set(self.policy.key_usage)
        extended = {"time_stamping"} if stamping else None
        found = await validator.async_validate_usage(usage, extended)  # type: ignore[no-untyped-call]  # no types there
        path = tuple(facts_of(one) for one in found.iter_certs(include_root=True))
        return ChainAnswer(code="good", path=path, test_only=self._is_test(path))

    @cached_property
    def _others(self) -> list[x509.Certificate]:
        known = (*self.trust.intermediates, *self.evidence.certificates)
        return list(_readable(known))

    @cached_property
    def _revocation(self) -> _Evidence:
        """A damaged piece of evidence counts as none, and is then missed."""
        answers, lists = [], []
        for der in self.evidence.ocsps:
            try:
                answers.append(ocsp.OCSPResponse.load(der))
            except LEAKS:
                continue
        for der in self.evidence.crls:
            try:
                lists.append(crl.CertificateList.load(der))
            except LEAKS:
                continue
        return answers, lists

    def _is_test(self, path: tuple[CertificateFacts, ...]) -> bool:
        tests = {anchor.sha256_hex for anchor in self.trust.anchors if anchor.test_only}
        return any(one.sha256_hex in tests for one in path)


def _said_at(answer: ocsp.OCSPResponse) -> datetime:
    """The latest time of an answer's statements; of an answer without any the earliest of all."""
    basic = answer["response_bytes"]
    if basic.native is None:
        return _EVER
    singles = answer.response_data["responses"]
    return max((one["this_update"].native for one in singles), default=_EVER)


def _readable(ders: tuple[bytes, ...]) -> Iterator[x509.Certificate]:
    for der in ders:
        try:
            yield load(der)
        except LEAKS:
            continue


_CODES: tuple[tuple[type[Exception], str], ...] = (
    (faults.StaleRevinfoError, "evidence_stale"),
    (faults.InsufficientRevinfoError, "evidence_missing"),
    (faults.NotYetValidError, "not_yet_valid"),
    (faults.DisallowedAlgorithmError, "algorithm"),
    (faults.PathBuildingError, "issuer_unknown"),
    (faults.InvalidCertificateError, "wrong_usage"),
)


def _code(err: Exception) -> str:
    return next((code for kind, code in _CODES if isinstance(err, kind)), "invalid")
