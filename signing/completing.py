"""From the raw signature to the level that is wanted: time stamp, then evidence. Network."""

from __future__ import annotations

import asyncio
from datetime import datetime
from enum import StrEnum

from asn1crypto import cms

from signing.container import make_container
from signing.evidence import append_evidence
from signing.mechanism import Digest
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
    async with open_session(services) as session:
        token: cms.ContentInfo | None = None
        if level is not Level.B_B:
            token = await session.time_stamp(Digest.SHA256.of(raw_signature))
        container = make_container(
            prepared.certificate,
            prepared.mechanism,
            prepared.signed_attributes,
            raw_signature,
            token=token,
        )
        pdf = place_container(prepared, container)
        if level is not Level.B_LT:
            return pdf
        structures = [container["content"], *([token["content"]] if token else ())]
        return await append_evidence(pdf, structures, session=session, at=at)
