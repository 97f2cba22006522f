"""What is asked for, and what is about to be signed: written down before any key is touched."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from signing.certificates import SigningCertificate
from signing.mechanism import Mechanism, mechanism_for


class SignatureKind(StrEnum):
    """Whose act it is."""

    OFFICER = "officer"
    """First; certifies: afterwards only the prepared fields may be filled (DocMDP 2)."""

    SEAL = "seal"
    """After the officer; an ordinary signature by the agency."""

    APPROVAL = "approval"
    """An officer's ordinary signature on a paper that others have signed before."""

    COPY = "copy"
    """By the agency on a copy in due form; a block of text on page 1. Source: NĐ 30/2020 PL I, phần
    II, I.3."""

    ANNEX = "annex"
    """By the agency on an annex in a file of its own; a block likewise. Source: PL I II.8.b."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRequest:
    """Who signs what, where."""

    kind: SignatureKind
    field: str
    """Name of the empty field, for instance `ChuKyLanhDao`."""

    name: str
    """Officer's or agency's name: in the mark, in /Name and in /Reason."""

    organisation: str = ""
    location: str = ""
    contact: str = ""
    """Address in /ContactInfo, usually e-mail."""

    approved_sha256_hex: str | None = None
    """SHA-256 of the PDF that was shown and approved; where given, no other bytes are signed."""

    test_only: bool = False
    """Writes THỬ NGHIỆM into the mark."""

    block: tuple[str, ...] = ()
    """Lines of the text that a copy or an annex bears instead of a picture."""

    image: bytes | None = None
    """The officer's own handwriting, as `signing.marks.handwritten.clean_scan` gives it; without it
    the name is drawn."""

    fill: tuple[tuple[str, str], ...] = ()
    """Text fields that are filled in the very revision that is signed: names and values."""

    @property
    def reason(self) -> str:
        """The sentence in /Reason."""
        return f"{self.name} đã ký văn bản này"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedSignature:
    """A document in its last state before signing. Store it before any key is touched."""

    pdf: bytes
    """The document with an empty container for the signature."""

    document_digest: bytes
    """Hash over everything but the container, by the hash of `mechanism`; raw bytes."""

    signed_attributes: bytes
    """DER of the CMS signed attributes: this is what the key signs, by `mechanism`."""

    region_start: int
    """Offset of the container's first byte (`<`)."""

    region_end: int
    """Offset after the container's last byte (`>`)."""

    field: str
    certificate: SigningCertificate
    mechanism: Mechanism
    at: datetime
    """Aware, UTC. Claimed time only; the proof is the time-stamp token."""

    def to_json(self) -> str:
        """Everything but the PDF's bytes, to be stored beside them."""
        return json.dumps(
            {
                "document_digest": self.document_digest.hex(),
                "signed_attributes": _text(self.signed_attributes),
                "region": [self.region_start, self.region_end],
                "field": self.field,
                "certificate": _text(self.certificate.der),
                "issuers": [_text(issuer) for issuer in self.certificate.issuers],
                "mechanism": str(self.mechanism),
                "at": self.at.isoformat(),
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str, *, pdf: bytes) -> PreparedSignature:
        """Joins stored words and bytes; `complete_signature` checks that they belong together."""
        state = json.loads(text)
        certificate = SigningCertificate(
            der=base64.b64decode(state["certificate"]),
            issuers=tuple(base64.b64decode(issuer) for issuer in state["issuers"]),
        )
        return cls(
            pdf=pdf,
            document_digest=bytes.fromhex(state["document_digest"]),
            signed_attributes=base64.b64decode(state["signed_attributes"]),
            region_start=state["region"][0],
            region_end=state["region"][1],
            field=state["field"],
            certificate=certificate,
            # Plans that were stored before mechanisms were named meant the usual one.
            mechanism=mechanism_for(certificate, state.get("mechanism")),
            at=datetime.fromisoformat(state["at"]),
        )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
