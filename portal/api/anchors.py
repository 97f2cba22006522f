"""Whom the office trusts, for programs of its administrator: looked at, added, changed, taken away.

What is added is named by its fingerprints, so that a file is trusted only as somebody compared it.
"""

import base64
import binascii
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from actions.anchor_rows import AnchorRow, Standing, anchor_rows, find_anchor, row_of
from actions.errors import InvalidInputError, Problem
from actions.listing.sight import Reader
from actions.trusting import (
    AnchorTerms,
    SentFile,
    add_trust_anchors,
    change_trust_anchor,
    look_at_anchors,
    remove_trust_anchor,
)
from models.officer import Role
from portal.anchor_form import MOST_ORGANISATIONS
from portal.api.shapes import DOES, Day, Given, Line, Reasoned, Told, Words
from portal.calling import Administers, Reads
from signing.trust import Purpose

router = APIRouter(prefix="/api/v1", tags=["trust anchors"])
_NAME = "certificates"
MOST_SENT = 200_000
"""Characters, each of a byte or an escape of two: below the limit of a body in any case."""
Fingerprint = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
FingerprintInPath = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
Certificates = Annotated[
    str,
    Field(
        min_length=1, max_length=MOST_SENT, pattern=r"^[ -~\t\r\n]*$",
        description="One certificate or several, in ASCII: PEM, or a DER or P7B file in base64.",
    ),
]  # fmt: skip


class SentCertificates(Given):
    """A file with certificates."""

    certificates: Certificates


class Declaration(Given):
    """What the office says of an anchor, whole: what is left out is without a limit."""

    name: Annotated[Line, Field(description="As its certificate says where empty.")] = ""
    source: Annotated[Words, Field(min_length=1, description="Where the file is from.")]
    reason: Annotated[Words, Field(min_length=1)]
    since: Day | None = None
    until: Day | None = None
    purposes: Annotated[
        tuple[Purpose, ...],
        Field(
            min_length=1,
            max_length=10,
            description="`officer`: signatures of persons, `agency`: seals, `stamp`: time stamps.",
        ),
    ] = tuple(Purpose)
    organisations: Annotated[
        tuple[Line, ...],
        Field(
            max_length=MOST_ORGANISATIONS,
            description="Only what is certified for these: identifiers of the office's data, or "
            "names as certificates say them; any where empty.",
        ),
    ] = ()  # fmt: skip

    def terms(self, *, end_entity: bool = False) -> AnchorTerms:
        """Returns it as deeds take it."""
        return AnchorTerms(
            name=self.name, source=self.source, reason=self.reason, since=self.since,
            until=self.until, purposes=frozenset(self.purposes),
            organisations=self.organisations, end_entity=end_entity,
        )  # fmt: skip


class NewAnchors(Declaration):
    """Certificates to trust, as they were compared with what their issuer publishes."""

    certificates: Certificates
    fingerprints: Annotated[
        tuple[Fingerprint, ...],
        Field(min_length=1, max_length=1000, description="SHA-256 of each, all of them."),
    ]
    end_entity: Annotated[
        bool, Field(description="Also certificates that may not issue others.")
    ] = False


class ChangedDeclaration(Declaration):
    """What is to be said of an anchor."""

    seen: Annotated[str, Field(max_length=64, description="`seen` of the anchor as read.")]


class OfferedCertificate(Told):
    """A certificate of a file that nobody has trusted for it."""

    fingerprint: str
    """SHA-256 over the DER."""
    subject: str
    organisation: str
    issuer: str
    self_issued: bool
    serial: str
    not_before: datetime
    not_after: datetime
    may_issue: bool
    """Whether it says that it is an authority's."""
    test_only: bool
    is_trusted: bool
    """Already; adding it says anew what it is good for."""


class OfferedCertificates(Told):
    """The certificates of a file."""

    items: list[OfferedCertificate]


class TrustAnchor(Told):
    """A certificate that the office trusts by itself."""

    fingerprint: str
    """SHA-256 over the DER."""
    name: str
    subject: str
    organisation: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    test_only: bool
    is_declared: bool
    """False where it was only copied into the folder: trusted for everything."""
    standing: Standing
    source: str
    reason: str
    since: date | None
    until: date | None
    purposes: list[Purpose]
    organisations: list[str]
    seen: str
    """Names what is said of it; given with a change."""


class TrustAnchors(Told):
    """The anchors of the office."""

    items: list[TrustAnchor]


@router.get("/trust-anchors")
def anchors(call: Reads) -> TrustAnchors:
    """Returns the trust anchors, to an administrator."""
    with call.looking() as reader:
        _require_administrator(reader)
    rows = anchor_rows(call.portal.office.settings.trust_folder, call.portal.at())
    return TrustAnchors(items=[_told(one) for one in rows])


@router.get("/trust-anchors/{fingerprint}")
def anchor(call: Reads, fingerprint: FingerprintInPath) -> TrustAnchor:
    """Returns one trust anchor to change, to an administrator."""
    with call.looking() as reader:
        _require_administrator(reader)
    found = find_anchor(call.portal.office.settings.trust_folder, fingerprint)
    return _told(row_of(found, call.portal.at()))


@router.post("/trust-anchor-look")
def looks(call: Administers, body: SentCertificates) -> OfferedCertificates:
    """Returns what a file holds, to be compared with what its issuer publishes; nothing is done."""
    portal = call.portal
    found = look_at_anchors(
        portal.database, portal.office.settings.trust_folder, _file(body.certificates),
        at=portal.at(), actor=call.actor,
    )  # fmt: skip
    return OfferedCertificates(
        items=[
            OfferedCertificate.model_validate({**_facts(one.row), "is_trusted": one.is_trusted})
            for one in found
        ]
    )


@router.post("/trust-anchors", **DOES)
def adds(call: Administers, body: NewAnchors) -> Response:
    """Trusts every certificate of a file, all or none; says it anew of those trusted already."""
    folder = call.portal.office.settings.trust_folder
    return call.do(
        lambda desk: add_trust_anchors(
            desk.database, folder, _file(body.certificates),
            body.terms(end_entity=body.end_entity), seen=body.fingerprints, at=desk.clock(),
            actor=call.actor,
        )
    )  # fmt: skip


@router.put("/trust-anchors/{fingerprint}", **DOES)
def changes(
    call: Administers, fingerprint: FingerprintInPath, body: ChangedDeclaration
) -> Response:
    """Says anew what an anchor is good for."""
    folder = call.portal.office.settings.trust_folder
    return call.do(
        lambda desk: change_trust_anchor(
            desk.database, folder, fingerprint, body.terms(), seen=body.seen, at=desk.clock(),
            actor=call.actor,
        )
    )  # fmt: skip


@router.post("/trust-anchors/{fingerprint}/remove", **DOES)
def removes(call: Administers, fingerprint: FingerprintInPath, body: Reasoned) -> Response:
    """Trusts a certificate no longer; what was judged before stays."""
    folder = call.portal.office.settings.trust_folder
    return call.do(
        lambda desk: remove_trust_anchor(
            desk.database, folder, fingerprint, body.reason, at=desk.clock(), actor=call.actor
        )
    )


def _require_administrator(reader: Reader) -> None:
    reader.require_role("xem chứng thư gốc tin cậy", Role.ADMINISTRATOR)


def _file(text: str) -> SentFile:
    if "-----BEGIN" in text:
        return SentFile(name=_NAME, content=text.encode())
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as err:
        reason = "là tệp PEM, hoặc tệp DER, P7B ghi bằng base64."
        raise InvalidInputError(Problem(place=_NAME, reason=reason)) from err
    return SentFile(name=_NAME, content=content)


def _facts(row: AnchorRow) -> dict[str, object]:
    facts = row.facts
    return {
        "fingerprint": row.fingerprint, "subject": facts.name, "organisation": facts.organisation,
        "issuer": facts.issuer, "self_issued": row.self_issued, "serial": facts.serial,
        "not_before": facts.not_before, "not_after": facts.not_after, "may_issue": row.may_issue,
        "test_only": row.anchor.test_only,
    }  # fmt: skip


def _told(row: AnchorRow) -> TrustAnchor:
    said = row.anchor
    return TrustAnchor.model_validate(
        {
            **_facts(row), "name": row.name, "is_declared": row.is_declared,
            "standing": row.standing, "source": said.source, "reason": said.reason,
            "since": said.since, "until": said.until, "purposes": sorted(said.purposes),
            "organisations": list(said.organisations), "seen": row.seen,
        }
    )  # fmt: skip
