"""One certificate at one instant: does it lead to an anchor, and was nothing on the way revoked?

Nothing is fetched, for a stranger's certificate must not choose which address this server visits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator import errors as faults

from signing.certificates import CertificateFacts, facts_of, load
from signing.judge.reading import LEAKS
from signing.policy import VerificationPolicy
from signing.trust import TrustStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Certificates and revocation data that travel in the file."""

    certificates: tuple[x509.Certificate, ...] = ()
    ocsps: tuple[ocsp.OCSPResponse, ...] = ()
    crls: tuple[crl.CertificateList, ...] = ()

    @property
    def has_revocation(self) -> bool:
        """Whether there is any OCSP answer or CRL."""
        return bool(self.ocsps or self.crls)

    def plus(self, certificates: Iterable[x509.Certificate]) -> Evidence:
        """The same with further certificates."""
        return replace(self, certificates=(*self.certificates, *certificates))


def read_evidence(reader: PdfFileReader) -> Evidence:
    """The document security store; empty where there is none or it cannot be read.

    It is evidence, not content: a damaged store counts as none, and is then missed.
    """
    try:
        store = DocumentSecurityStore.read_dss(reader)
        return Evidence(
            certificates=tuple(store.load_certs()),
            ocsps=tuple(ocsp.OCSPResponse.load(one.get_object().data) for one in store.ocsps),
            crls=tuple(crl.CertificateList.load(one.get_object().data) for one in store.crls),
        )
    except NoDSSFoundError:
        return Evidence()
    except LEAKS:
        return Evidence()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainJudge:
    """Judges certificates with what one file brings along."""

    trust: TrustStore
    policy: VerificationPolicy
    evidence: Evidence

    def at(
        self,
        certificate: x509.Certificate,
        moment: datetime,
        *,
        stamping: bool = False,
        retroactive: bool = False,
    ) -> ChainAnswer:
        """Judges a certificate at an instant.

        Args:
            certificate: The signer's or the time-stamping authority's.
            moment: Aware.
            stamping: Whether it must be for time stamps; else for signing documents.
            retroactive: Accept revocation data issued after `moment` too: "good later" means
                "good then". Data whose life ended before `moment` never count.
        """
        try:
            return asyncio.run(
                self._ask(certificate, moment, stamping=stamping, retroactive=retroactive)
            )
        except faults.RevokedError as err:
            return ChainAnswer(code="revoked", when=err.revocation_dt)
        except faults.ExpiredError as err:
            return ChainAnswer(code="expired", when=err.expired_dt)
        except LEAKS as err:
            return ChainAnswer(code=_code(err), detail=type(err).__name__)

    async def _ask(
        self, certificate: x509.Certificate, moment: datetime, *, stamping: bool, retroactive: bool
    ) -> ChainAnswer:
        known = [load(der) for der in self.trust.intermediates]
        context = ValidationContext(
            trust_roots=[load(anchor.der) for anchor in self.trust.anchors],
            other_certs=[*known, *self.evidence.certificates],
            moment=moment,
            allow_fetching=False,
            ocsps=list(self.evidence.ocsps),
            crls=list(self.evidence.crls),
            revocation_mode="require",
            retroactive_revinfo=retroactive,
            time_tolerance=self.policy.clock_tolerance,
            weak_hash_algos={*self.policy.broken_hashes, "sha1"},
        )
        validator = CertificateValidator(certificate, validation_context=context)
        usage = set() if stamping else set(self.policy.key_usage)
        extended = {"time_stamping"} if stamping else None
        found = await validator.async_validate_usage(usage, extended)  # type: ignore[no-untyped-call]  # no types there
        path = tuple(facts_of(one) for one in found.iter_certs(include_root=True))
        return ChainAnswer(code="good", path=path, test_only=self._is_test(path))

    def _is_test(self, path: tuple[CertificateFacts, ...]) -> bool:
        tests = {anchor.sha256_hex for anchor in self.trust.anchors if anchor.test_only}
        return any(one.sha256_hex in tests for one in path)


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
