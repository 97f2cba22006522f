"""Whether a certificate may sign now: asked of its own words and of its authority."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from pyhanko_certvalidator import CertificateValidator

from signing.certificates import SigningCertificate, load, refuse_unfit
from signing.errors import EvidenceUnavailableError, KeyRefusedError
from signing.services import TrustServices, open_session
from signing.vouching import validated


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateProblem:
    """Why a certificate should not be used now."""

    code: str
    """`expired`, `not_yet_valid`, `wrong_usage`, `revoked`, `untrusted`, `evidence_unavailable`."""

    message: str
    """Vietnamese sentence with what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateCheck:
    """What the services say about a certificate, for the signer to see before the PIN."""

    certificate: SigningCertificate
    at: datetime
    problems: tuple[CertificateProblem, ...]

    @property
    def usable(self) -> bool:
        """Nothing speaks against it."""
        return not self.problems


def check_certificate(
    certificate: SigningCertificate, *, services: TrustServices, at: datetime
) -> CertificateCheck:
    """Asks whether a certificate may sign now: validity, usage, chain, revocation."""
    problems: tuple[CertificateProblem, ...] = ()
    try:
        refuse_unfit(certificate.facts, at=at)
        asyncio.run(_ask(certificate, services, at))
    except KeyRefusedError as err:
        problems = (CertificateProblem(code=err.reason, message=err.diagnosis()),)
    except EvidenceUnavailableError as err:
        problems = (CertificateProblem(code=err.code, message=err.diagnosis()),)
    return CertificateCheck(certificate=certificate, at=at, problems=problems)


async def _ask(certificate: SigningCertificate, services: TrustServices, at: datetime) -> None:
    async with open_session(services, at=at) as session:
        validator = CertificateValidator(
            load(certificate.der),
            intermediate_certs=[load(issuer) for issuer in certificate.issuers],
            validation_context=session.context(),
        )
        await validated(validator, frozenset({"non_repudiation"}))
