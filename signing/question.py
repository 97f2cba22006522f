"""What the parent asks the judge in the sandbox. Trusted: it comes from us, never from a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from signing.judge.part import FileEvidence
from signing.policy import VerificationPolicy
from signing.trust import TrustStore

ENTRY: Final = "signing.inside:Judge"
"""Who answers; see `signing.worker`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What stays the same from file to file, and goes over once."""

    policy: VerificationPolicy
    trust: TrustStore
    file_bytes: int
    """Larger files are unreadable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of one file; not its name, which the parent alone needs."""

    at: datetime
    """Aware, UTC."""

    password: bytes = field(default=b"", repr=False)
    """Of an encrypted file."""

    extra: FileEvidence | None = None
    """Evidence from elsewhere than the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadQuestion:
    """What is asked of a document that was signed elsewhere; see `signing.uploaded`."""

    frozen: bytes = field(repr=False)
    """The document that was handed out."""

    certificate: bytes = field(repr=False)
    """DER of the one that must have signed."""

    field: str
    """The prepared field."""

    at: datetime
    """Aware, UTC."""
