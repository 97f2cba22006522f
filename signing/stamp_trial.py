"""Trial stamps: whether a time-stamping service answers, under whose anchor, and until when."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from asn1crypto import cms
from pyhanko.sign.general import extract_certificate_info

from signing.certificates import CertificateFacts, facts_of
from signing.errors import TimestampUnavailableError
from signing.mechanism import Digest
from signing.services import TrustServices, open_session
from signing.timestamps import TimestampService


@dataclass(frozen=True, slots=True, kw_only=True)
class StampTrial:
    """What one service gave."""

    url: str
    title: str
    """How it is called to people."""

    problem: str = ""
    """Why there is no usable token, in Vietnamese; empty where there is one."""

    certificate: CertificateFacts | None = None
    """Of whoever signed the token."""

    stamped_at: datetime | None = None
    """The instant in the token."""

    trial: bool = False
    """Whether it holds only because a trial anchor is trusted."""


def try_stamps(
    services: TrustServices, *, at: datetime, real_roots: Iterable[bytes]
) -> tuple[StampTrial, ...]:
    """Asks each service for one stamp, by itself, once. Never raises for a service that fails.

    Args:
        services: whom to ask; each answer is checked as for a signature.
        at: the instant of now, aware.
        real_roots: DER of the anchors that are no trial's.
    """
    real = tuple(real_roots)
    return tuple(_try(services, one, at, real) for one in services.timestamps)


def _try(
    services: TrustServices, service: TimestampService, at: datetime, real: tuple[bytes, ...]
) -> StampTrial:
    alone = replace(services, timestamps=(replace(service, tries=1),))
    try:
        token = asyncio.run(_stamp(alone, at))
    except TimestampUnavailableError as err:
        return StampTrial(url=service.url, title=service.title, problem=err.diagnosis())
    content = token["content"]
    signer = extract_certificate_info(content).signer_cert
    stamped_at: datetime = content["encap_content_info"]["content"].parsed["gen_time"].native
    return StampTrial(
        url=service.url,
        title=service.title,
        certificate=facts_of(signer),
        stamped_at=stamped_at,
        trial=not _holds_under(alone, at, real),
    )


def _holds_under(services: TrustServices, at: datetime, roots: tuple[bytes, ...]) -> bool:
    """Tells whether the service is trusted by these anchors alone."""
    if not roots:
        return False
    if set(roots) == set(services.roots):
        return True
    try:
        asyncio.run(_stamp(replace(services, roots=roots), at))
    except TimestampUnavailableError:
        return False
    return True


async def _stamp(services: TrustServices, at: datetime) -> cms.ContentInfo:
    digest = hashlib.sha256(b"Trinh Ky: thu dau thoi gian").digest()
    async with open_session(services, at=at) as session:
        return await session.time_stamp(digest, Digest.SHA256)
