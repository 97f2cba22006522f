"""The side of the sandbox: an upload is read here, and only plain facts go back."""

from __future__ import annotations

from signing.certificates import SigningCertificate
from signing.question import UploadQuestion
from signing.uploaded.errors import UploadRefusedError
from signing.uploaded.outcome import dump
from signing.uploaded.reading import read_upload


def answer_upload(question: UploadQuestion, uploaded: bytes) -> bytes:
    """The answer about one upload, as `signing.uploaded.outcome` writes it."""
    try:
        found = read_upload(
            question.frozen,
            uploaded,
            field=question.field,
            certificate=SigningCertificate(der=question.certificate),
            at=question.at,
        )
    except UploadRefusedError as refusal:
        return dump(refusal)
    return dump(found)
