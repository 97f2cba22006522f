"""The archive time stamp: over the whole document, with the evidence about itself. Level B-LTA."""

from __future__ import annotations

import asyncio
import io
from datetime import datetime
from typing import Final

from asn1crypto import cms
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import PdfTimeStamper
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko_certvalidator import ValidationContext
from typing_extensions import override

from signing.container import CONTAINER_HEX
from signing.errors import DocumentUnsignableError
from signing.evidence import append_evidence, append_what_can_be_had, unstamped
from signing.fields import UNREADABLE_SENTENCE, read_fields
from signing.mechanism import Digest
from signing.services import Session, TrustServices, open_session
from signing.writer import open_writer

STAMP_FIELD: Final = "DauThoiGian"
"""Archive time stamps lie in fields of this name with a number."""


class _SessionStamper(TimeStamper):
    """Lets the library's document time stamp ask through our session, once."""

    def __init__(self, session: Session, context: ValidationContext) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # no types there
        self._session = session
        self._context = context
        self.token: cms.ContentInfo | None = None

    @override
    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        self.token = await self._session.time_stamp(
            message_digest, Digest(md_algorithm), thorough=self._context
        )
        return self.token


def add_archive_timestamp(
    pdf: bytes,
    *,
    services: TrustServices,
    at: datetime,
    digest: Digest = Digest.SHA256,
    insist: bool = False,
) -> bytes:
    """Stamps the whole document, and appends the evidence about that stamp: B-LTA.

    Call it once after the seal, and again before the certificate of the last stamp expires.
    Signatures that have no time stamp yet get fresh evidence first, for this one proves their time.

    Args:
        pdf: With a signature; stays as it is, byte for byte, at the front of the result.
        services: Time-stamping authorities and revocation services.
        at: The instant of now, aware.
        digest: Over the document, for the stamp.
        insist: The signatures without a time stamp are our own: without fresh evidence about them
            the stamp is of no use. Else what cannot be had is left out.

    Raises:
        DocumentUnsignableError: Unreadable, or without any signature.
        TimestampUnavailableError: No time stamp now; try again later.
        EvidenceUnavailableError: No revocation evidence now; try again later.
        KeyRefusedError: The certificate of our own signature without a time stamp is good no more.
    """
    return asyncio.run(_archive(pdf, services, at, digest, insist=insist))


async def _archive(
    pdf: bytes, services: TrustServices, at: datetime, digest: Digest, *, insist: bool
) -> bytes:
    aging = unstamped(pdf)
    async with open_session(services, at=at) as session:
        context = session.context()
        if aging:
            append = append_evidence if insist else append_what_can_be_had
            pdf = await append(pdf, aging, context=context)
        writer, number = _open(pdf)
        stamper = _SessionStamper(session, context)
        out = io.BytesIO()
        await PdfTimeStamper(stamper, field_name=f"{STAMP_FIELD}{number}").async_timestamp_pdf(
            writer, digest.value, bytes_reserved=CONTAINER_HEX, output=out
        )
        structures = [stamper.token["content"]] if stamper.token is not None else []
        return await append_evidence(out.getvalue(), structures, context=context)


def _open(pdf: bytes) -> tuple[IncrementalPdfFileWriter, int]:
    """A writer over a signed document, and the number of its next archive time stamp."""
    try:
        writer = open_writer(pdf)
        fields = read_fields(writer.prev)
    except (PdfError, ValueError, KeyError) as err:
        raise DocumentUnsignableError(str(err), UNREADABLE_SENTENCE) from err
    if not any(field.filled for field in fields.values()):
        raise DocumentUnsignableError("nothing signed", "Văn bản chưa có chữ ký nào để lưu trữ.")
    return writer, 1 + sum(name.startswith(STAMP_FIELD) for name in fields)
