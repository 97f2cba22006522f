"""From the raw signature to the level that is wanted: time stamp, then evidence. Network."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from asn1crypto import cms

from signing.container import make_container
from signing.errors import EvidenceUnavailableError
from signing.evidence import append_evidence, unstamped
from signing.request import PreparedSignature
from signing.services import TrustServices, open_session
from signing.sign import check_prepared, place_container


class Level(StrEnum):
    """Baseline levels of PAdES that a single signature can have. Source: ETSI EN 319 142-1, 6."""

    B_B = "B-B"
    """The signature alone."""

    B_T = "B-T"
    """With a time stamp over it."""

    B_LT = "B-LT"
    """With the evidence about every certificate, too. An archive time stamp makes B-LTA of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutTimestamp:
    """A document whose new signature has no time stamp: level B-B."""

    pdf: bytes
    evidenced: bool
    """Whether the evidence about its certificates is in the file. Without a proven time it serves
    only while it is fresh."""


def complete_signature(
    prepared: PreparedSignature,
    raw_signature: bytes,
    *,
    services: TrustServices,
    at: datetime,
    level: Level = Level.B_LT,
) -> bytes:
    """Fills the container with the signature and its time stamp, then appends the evidence.

    Idempotent: the same two inputs give the same signature in the same place each time; only time
    stamp and evidence are new. Nothing is kept between calls. Runs an event loop: not for callers
    inside one.

    Args:
        prepared: As stored before the key was touched.
        raw_signature: What the key gave for `prepared.signed_attributes`.
        services: Time-stamping authority and revocation services.
        at: Aware; evidence must show everything valid at this instant.
        level: How far to go; nobody is asked for B-B.

    Raises:
        DocumentChangedError: The stored bytes are not those that were prepared.
        SignatureMismatchError: The raw signature is not by the key of the certificate.
        TimestampUnavailableError: No time stamp now; try again later.
        EvidenceUnavailableError: No revocation evidence now; try again later.
        KeyRefusedError: The certificate is revoked, or does not lead to an anchor.
    """
    check_prepared(prepared, raw_signature)
    return asyncio.run(_complete(prepared, raw_signature, services, at, level))


async def _complete(
    prepared: PreparedSignature,
    raw_signature: bytes,
    services: TrustServices,
    at: datetime,
    level: Level,
) -> bytes:
    if level is Level.B_B:
        return place_container(prepared, _container(prepared, raw_signature))
    digest = prepared.mechanism.digest
    async with open_session(services, at=at) as session:
        # The time stamp's own chain is evidenced while the next service can still be asked.
        context = session.context() if level is Level.B_LT else None
        token = await session.time_stamp(digest.of(raw_signature), digest, thorough=context)
        container = _container(prepared, raw_signature, token)
        pdf = place_container(prepared, container)
        if context is None:
            return pdf
        return await append_evidence(pdf, (container["content"], token["content"]), context=context)


def complete_without_timestamp(
    prepared: PreparedSignature, raw_signature: bytes, *, services: TrustServices, at: datetime
) -> WithoutTimestamp:
    """Fills the container without a time stamp, and appends the evidence where it can be had.

    For where no service gives a time stamp and the office goes on without one. An archive time
    stamp over the document proves the time later. Idempotent, like `complete_signature`.

    Raises:
        DocumentChangedError: The stored bytes are not those that were prepared.
        SignatureMismatchError: The raw signature is not by the key of the certificate.
        KeyRefusedError: The certificate is revoked, or does not lead to an anchor.
    """
    check_prepared(prepared, raw_signature)
    return asyncio.run(_without(prepared, raw_signature, services, at))


async def _without(
    prepared: PreparedSignature, raw_signature: bytes, services: TrustServices, at: datetime
) -> WithoutTimestamp:
    pdf = place_container(prepared, _container(prepared, raw_signature))
    # Earlier ones of the same kind, too: what is known of their certificates must be fresh as well.
    structures = unstamped(pdf)
    async with open_session(services, at=at) as session:
        try:
            evidenced = await append_evidence(pdf, structures, context=session.context())
        except EvidenceUnavailableError:
            return WithoutTimestamp(pdf=pdf, evidenced=False)
    return WithoutTimestamp(pdf=evidenced, evidenced=True)


def _container(
    prepared: PreparedSignature, raw_signature: bytes, token: cms.ContentInfo | None = None
) -> cms.ContentInfo:
    return make_container(
        prepared.certificate,
        prepared.mechanism,
        prepared.signed_attributes,
        raw_signature,
        token=token,
    )
