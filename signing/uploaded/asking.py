"""The parent's side: a stranger's upload is compared and counted here, but never read."""

from __future__ import annotations

from datetime import datetime

from signing.certificates import SigningCertificate, refuse_unfit
from signing.pool import TaskEndedError
from signing.question import UploadQuestion
from signing.sandbox import Sandbox
from signing.uploaded.errors import UploadRefusedError, UploadTooLargeError, UploadUnreadableError
from signing.uploaded.outcome import UploadedSignature, load


def ask_upload(
    sandbox: Sandbox,
    frozen: bytes,
    uploaded: bytes,
    *,
    field: str,
    certificate: SigningCertificate,
    at: datetime,
) -> UploadedSignature:
    """Checks an upload in a child process with limits.

    Args:
        sandbox: Where it is read.
        frozen: The document that was handed out.
        uploaded: What came back.
        field: Name of the prepared field.
        certificate: The registered one, which alone may have signed.
        at: Aware; it must be valid then.

    Raises:
        UploadRefusedError: One class for each way in which it is something else.
        KeyRefusedError: The certificate is expired, not yet valid, or not for signing documents.
    """
    refuse_unfit(certificate.facts, at=at)
    limit = sandbox.limits.file_bytes
    if len(uploaded) > limit:
        raise UploadTooLargeError(limit_mb=str(limit >> 20))
    question = UploadQuestion(frozen=frozen, field=field, certificate=certificate.der, at=at)
    try:
        found = sandbox.answer(question, uploaded, _read)
    except TaskEndedError as ended:
        raise UploadUnreadableError(reason=ended.reason.message) from ended
    if isinstance(found, UploadRefusedError):
        raise found
    if not uploaded.startswith(frozen):
        raise UploadUnreadableError(reason="câu trả lời không khớp với tệp.")
    return found


def _read(answer: bytes) -> UploadedSignature | UploadRefusedError:
    """A refusal is an answer too: the process that gave it is in order."""
    try:
        return load(answer)
    except UploadRefusedError as refusal:
        return refusal
