"""Asks the portal for a plan and checks it; what comes out may be signed, and nothing else may."""

import base64
import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from typing import Final

from cli.agent.errors import PortalUnclearError
from cli.agent.line import Line, Said
from cli.agent.work import Item, matched
from signing.agent_checks import CheckedOffer, check_offer
from signing.errors import KeyRefusedError
from signing.request import PreparedSignature

_IDENTIFIER: Final = re.compile(r"[0-9a-f-]{36}")
MOST_APPENDED: Final = 8 * 1024 * 1024
"""Bytes that a signature adds at most: a mark with its picture, and room for the container."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A plan that passed every check."""

    plan_id: str
    item: Item
    checked: CheckedOffer

    @property
    def prepared(self) -> PreparedSignature:
        """What is signed."""
        return self.checked.prepared


def fetch_offer(line: Line, item: Item, shown: bytes) -> Offer:
    """Asks for what is to be signed over a document that was looked at.

    Raises:
        OfferRefusedError: the portal wants something else signed.
        PortalRefusedError: it may not be signed now, and why.
        PortalUnclearError: the answer cannot be understood.
    """
    if item.certificate is None:
        raise PortalUnclearError("văn bản không có chứng thư ký")
    told = line.ask(
        "POST",
        f"/waiting/{item.id}/plan",
        {
            "kind": item.kind.value,
            "seen_sha256": hashlib.sha256(shown).hexdigest(),
            "certificate_sha256": item.certificate.sha256,
        },
    )
    try:
        plan_id = matched(_IDENTIFIER, told["id"])
        prepared = _prepared(told, shown)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, zlib.error) as err:
        raise PortalUnclearError("bản chuẩn bị ký") from err
    except KeyRefusedError as err:  # a way of signing that this certificate's key does not have
        raise PortalUnclearError("cách ký") from err
    checked = check_offer(
        prepared, shown=shown, kind=item.kind, certificate_sha256=item.certificate.sha256
    )
    return Offer(plan_id=plan_id, item=item, checked=checked)


def _prepared(told: Said, shown: bytes) -> PreparedSignature:
    """Puts the plan together upon the bytes that are here, never upon those of the portal."""
    words = {
        name: told[name]
        for name in (
            "document_digest", "signed_attributes", "region", "field", "certificate", "issuers",
            "mechanism", "at",
        )
    }  # fmt: skip
    return PreparedSignature.from_json(
        json.dumps(words), pdf=shown + _unpacked(told["appended"], told["appended_bytes"])
    )


def _unpacked(text: str, length: int) -> bytes:
    inflating = zlib.decompressobj()
    data = inflating.decompress(base64.b64decode(text, validate=True), MOST_APPENDED)
    if not inflating.eof or inflating.unused_data or len(data) != length:
        raise ValueError("appended")
    return data
