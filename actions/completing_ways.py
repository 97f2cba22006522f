"""How the machine finishes a signature: one that was planned here, or one from another tool."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from signing.completing import WithoutTimestamp, complete_signature, complete_without_timestamp
from signing.request import PreparedSignature
from signing.services import TrustServices
from signing.uploaded.finishing import complete_upload, complete_upload_without_timestamp

UPLOAD = "upload"
"""Mark in the plan of what was signed with any other tool."""


class Way(Protocol):
    """What is stored of a signature, and how its document is made whole."""

    def complete(self, services: TrustServices, at: datetime) -> bytes:
        """Up to B-LT. Raises as `signing.completing.complete_signature`."""

    def without_timestamp(self, services: TrustServices, at: datetime) -> WithoutTimestamp:
        """As far as it goes where no time stamp is to be had."""


@dataclass(frozen=True, slots=True)
class _Planned:
    """Prepared here; the key gave the signature alone."""

    prepared: PreparedSignature
    raw: bytes

    def complete(self, services: TrustServices, at: datetime) -> bytes:
        return complete_signature(self.prepared, self.raw, services=services, at=at)

    def without_timestamp(self, services: TrustServices, at: datetime) -> WithoutTimestamp:
        return complete_without_timestamp(self.prepared, self.raw, services=services, at=at)


@dataclass(frozen=True, slots=True)
class _Uploaded:
    """Signed elsewhere: the document has its signature already."""

    pdf: bytes
    field: str

    def complete(self, services: TrustServices, at: datetime) -> bytes:
        return complete_upload(self.pdf, field=self.field, services=services, at=at)

    def without_timestamp(self, services: TrustServices, at: datetime) -> WithoutTimestamp:
        return complete_upload_without_timestamp(self.pdf, services=services, at=at)


def way_of(plan: str, raw: bytes, *, pdf: bytes) -> Way:
    """The way of a stored signature.

    Args:
        plan: JSON of the row's plan.
        raw: the signature value.
        pdf: the document that the row calls prepared.
    """
    state = json.loads(plan)
    if state.get(UPLOAD):
        return _Uploaded(pdf, state["field"])
    return _Planned(PreparedSignature.from_json(plan, pdf=pdf), raw)
