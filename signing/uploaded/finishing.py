"""Time stamp and evidence for a signature that another tool made. Network.

What the tool signed stays as it is: a time stamp goes into the unsigned attributes, where the tool
left room for it, else over the whole document in a revision of its own; the evidence is appended.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms

from signing.archiving import add_archive_timestamp
from signing.completing import Level, WithoutTimestamp
from signing.container import TIME_STAMP
from signing.errors import (
    DocumentUnsignableError,
    EvidenceUnavailableError,
    KeyRefusedError,
)
from signing.evidence import append_evidence, unstamped
from signing.fields import UNREADABLE_SENTENCE
from signing.judge.crypto.cms import read_message
from signing.judge.faults import Refused, Unsure
from signing.judge.file.document import open_document
from signing.judge.file.signatures import list_signatures
from signing.mechanism import Digest
from signing.services import TrustServices, open_session


@dataclass(frozen=True, slots=True)
class _Place:
    """The container of a signature, and the room that was kept for it."""

    container: cms.ContentInfo
    start: int
    """Offset of its first hexadecimal digit."""

    end: int

    @property
    def signer(self) -> cms.SignerInfo:
        return self.container["content"]["signer_infos"][0]

    @property
    def tokens(self) -> list[cms.ContentInfo]:
        """The time stamps that the tool brought."""
        return [
            token
            for one in self.signer["unsigned_attrs"] or ()
            if one["type"].native == TIME_STAMP
            for token in one["values"]
        ]


def complete_upload(
    pdf: bytes, *, field: str, services: TrustServices, at: datetime, level: Level = Level.B_LT
) -> bytes:
    """Adds what an accepted upload lacks. Idempotent, like `signing.completing.complete_signature`.

    A time stamp of the tool's own is kept where its authority is one of ours; else ours takes its
    place, for what nobody here trusts proves nothing.

    Args:
        pdf: As `signing.uploaded.reading` accepted it.
        field: The field that it signs.
        services: Time-stamping authorities and revocation services.
        at: The instant of now, aware.
        level: How far to go; nobody is asked for B-B.

    Raises:
        DocumentUnsignableError: Not a document that was accepted.
        TimestampUnavailableError: No time stamp now; try again later.
        EvidenceUnavailableError: No revocation evidence now; try again later.
        KeyRefusedError: The certificate is revoked, or does not lead to an anchor.
    """
    if level is Level.B_B:
        return pdf
    completed = asyncio.run(_complete(pdf, _find(pdf, field), services, at, level))
    if completed is not None:
        return completed
    return add_archive_timestamp(pdf, services=services, at=at, insist=True)


def complete_upload_without_timestamp(
    pdf: bytes, *, services: TrustServices, at: datetime
) -> WithoutTimestamp:
    """Appends the evidence where it can be had; for where no service gives a time stamp.

    Raises:
        DocumentUnsignableError: Not a document that was accepted.
        KeyRefusedError: The certificate is revoked, or does not lead to an anchor.
    """
    return asyncio.run(_without(pdf, services, at))


async def _without(pdf: bytes, services: TrustServices, at: datetime) -> WithoutTimestamp:
    aging = unstamped(pdf)
    if not aging:
        return WithoutTimestamp(pdf=pdf, evidenced=False)
    async with open_session(services, at=at) as session:
        try:
            evidenced = await append_evidence(pdf, aging, context=session.context())
        except EvidenceUnavailableError:
            return WithoutTimestamp(pdf=pdf, evidenced=False)
    return WithoutTimestamp(pdf=evidenced, evidenced=True)


async def _complete(
    pdf: bytes, place: _Place, services: TrustServices, at: datetime, level: Level
) -> bytes | None:
    """The document at the level; None where the tool left no room for a time stamp."""
    async with open_session(services, at=at) as session:
        context = session.context()
        brought = place.tokens
        if brought:
            structures = (place.container["content"], *(one["content"] for one in brought))
            try:
                evidenced = await append_evidence(pdf, structures, context=context)
            except KeyRefusedError:
                pass  # of the signer or of the tool's authority: the former is seen again below
            else:
                return evidenced if level is Level.B_LT else pdf
        digest = Digest.SHA256
        thorough = context if level is Level.B_LT else None
        value = digest.of(place.signer["signature"].native)
        token = await session.time_stamp(value, digest, thorough=thorough)
        stamped = _stamped(pdf, place, token)
        if stamped is None or thorough is None:
            return stamped
        structures = (place.container["content"], token["content"])
        return await append_evidence(stamped, structures, context=context)


def _find(pdf: bytes, field: str) -> _Place:
    try:
        filled = list_signatures(open_document(pdf)).filled
        found = next(one for one in filled if one.name == field)
        container = cms.ContentInfo.load(read_message(found.contents).encoded)
    except (Refused, Unsure, StopIteration, ValueError) as err:
        raise DocumentUnsignableError(str(err), UNREADABLE_SENTENCE) from err
    if found.byte_range is None:
        raise DocumentUnsignableError(found.fault, UNREADABLE_SENTENCE)
    _, gap, resumes, _ = found.byte_range
    return _Place(container, gap + 1, resumes - 1)


def _stamped(pdf: bytes, place: _Place, token: cms.ContentInfo) -> bytes | None:
    """The document with a time stamp in the container; None where it does not fit."""
    before = place.container.dump()
    container = cms.ContentInfo.load(before)
    signer = container["content"]["signer_infos"][0]
    others = [one for one in signer["unsigned_attrs"] or () if one["type"].native != TIME_STAMP]
    stamp = cms.CMSAttribute({"type": TIME_STAMP, "values": [token]})
    signer["unsigned_attrs"] = cms.CMSAttributes([*others, stamp])
    written = container.dump()
    digits = written.hex().encode()
    if len(digits) > place.end - place.start or not _says_the_same(before, written):
        return None
    padded = digits.ljust(place.end - place.start, b"0")
    return b"".join((pdf[: place.start], padded, pdf[place.end :]))


def _says_the_same(before: bytes, after: bytes) -> bool:
    """Whether what was signed, and the signature, came through the rewriting as they were."""
    try:
        one, other = read_message(before), read_message(after)
    except (Refused, Unsure):
        return False
    return (one.signature, one.signed_attributes, one.certificate.encoded) == (
        other.signature,
        other.signed_attributes,
        other.certificate.encoded,
    )
