"""Signing with any other tool: who gets the document, what comes back, and what is made of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from pyhanko.sign import SimpleSigner
from sqlalchemy import delete, update

from actions import sealing, signing_off
from actions.errors import (
    ActionRefusedError,
    AlreadyDoneError,
    NotAcceptedError,
    NotAuthorisedError,
    SeparationError,
    UnavailableError,
    WrongStateError,
)
from actions.uploading import UploadNotTakenError, download_for_signing, take_signed
from models.base import DirectiveId
from models.officer import RegisteredCertificate, SigningAuthority
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.outcome import VerificationReport
from signing.request import SignatureKind
from tests.actions.signature_rows import next_deed, signatures_of
from tests.signing.uploaded import tools
from tests.support.front import Front, with_content
from tests.support.signing_office import PIN, Authority, seals

OFFICER, SEAL = SignatureKind.OFFICER, SignatureKind.SEAL


def elsewhere(front: Front, kind: str = "upload") -> None:
    """The keys of the office lie elsewhere."""
    front.change(lambda s: s.execute(update(RegisteredCertificate).values(key_kind=kind)))


def by(authority: Authority, holder: str) -> SimpleSigner:
    made = SimpleSigner.load_pkcs12(str(authority.pki.key(holder)), passphrase=PIN.encode())
    assert made is not None
    return made


def signed_by_tool(
    front: Front, key: DirectiveId, signer: SimpleSigner, **options: object
) -> bytes:
    pdf = download_for_signing(front.desk, front.signatory, key, kind=OFFICER).pdf
    return tools.sign(pdf, signer, room=24_000, **options)


def refused_with(front: Front, key: DirectiveId, uploaded: bytes) -> str:
    with pytest.raises(UploadNotTakenError) as caught:
        take_signed(front.desk, front.signatory, key, kind=OFFICER, uploaded=uploaded)
    event = front.last_event()
    assert (event.outcome, event.deed) == ("refused", "sign")
    assert event.detail["reason"] == caught.value.reason
    assert (front.state(key), signatures_of(front)) == ("numbered", [])
    return caught.value.reason


@pytest.mark.parametrize("certify", [True, False])
def test_a_directive_goes_its_whole_way_with_another_tool(
    frozen_front: Front,
    key: DirectiveId,
    authority: Authority,
    certify: bool,  # noqa: FBT001 (a parameter of the test)
) -> None:
    front = frozen_front
    elsewhere(front)
    handed = download_for_signing(front.desk, front.signatory, key, kind=OFFICER)
    assert (handed.sha256_hex, handed.field) == (front.directive(key).frozen_sha256, OFFICER_FIELD)
    uploaded = tools.sign(handed.pdf, by(authority, "signatory"), certify=certify, room=24_000)
    take_signed(front.desk, front.signatory, key, kind=OFFICER, uploaded=uploaded)
    row = signatures_of(front)[0]
    assert (row.state, row.method, row.plan["certifies"]) == ("keyed", "upload", certify)
    assert front.desk.archive.get(row.prepared_sha256) == uploaded
    assert next_deed(front, key) == "complete_signature"
    signing_off.complete(front.desk, key)
    assert front.state(key) == "signed"

    front.clock.advance(hours=1)
    out = download_for_signing(front.desk, front.clerk, key, kind=SEAL)
    sealed = tools.seal(out.pdf, by(authority, "ban"), room=24_000)
    take_signed(front.desk, front.clerk, key, kind=SEAL, uploaded=sealed)
    sealing.complete(front.desk, key)
    assert front.state(key) == "sealed"
    pdf = front.desk.archive.get(front.directive(key).sealed_sha256 or "")
    report = front.desk.judge(pdf, "x", front.clock())
    assert report.verdict.value == "passed"
    assert [(one.field, one.level) for one in report.signatures if one.kind == "signature"] == [
        (OFFICER_FIELD, "B-LTA"),
        (SEAL_FIELD, "B-LTA"),
    ]


def test_the_officer_signs_elsewhere_and_the_seal_is_made_here(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    front = frozen_front
    fingerprint = authority.fingerprint("signatory")
    front.change(
        lambda s: s.execute(
            update(RegisteredCertificate)
            .where(RegisteredCertificate.fingerprint == fingerprint)
            .values(key_kind="upload")
        )
    )
    uploaded = signed_by_tool(front, key, by(authority, "signatory"))
    take_signed(front.desk, front.signatory, key, kind=OFFICER, uploaded=uploaded)
    signing_off.complete(front.desk, key)
    seals(front, key)
    sealing.complete(front.desk, key)
    assert front.state(key) == "sealed"


def test_the_same_upload_is_not_taken_twice(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    front = frozen_front
    elsewhere(front)
    uploaded = signed_by_tool(front, key, by(authority, "signatory"))
    take_signed(front.desk, front.signatory, key, kind=OFFICER, uploaded=uploaded)
    with pytest.raises(AlreadyDoneError):
        take_signed(front.desk, front.signatory, key, kind=OFFICER, uploaded=uploaded)
    signing_off.complete(front.desk, key)
    signing_off.complete(front.desk, key)
    assert [row.state for row in signatures_of(front)] == ["completed"]


def test_what_is_refused_leaves_its_reason_in_the_trail(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    front = frozen_front
    elsewhere(front)
    honest = signed_by_tool(front, key, by(authority, "signatory"))
    assert refused_with(front, key, b"%!PS") == "upload_not_pdf"
    assert refused_with(front, key, honest + b"\n") == "upload_bytes_behind_end"
    stranger = signed_by_tool(front, key, by(authority, "other"))
    assert refused_with(front, key, stranger) == "upload_other_signer"
    assert front.last_event().detail["name"] == "Người Khác"
    take_signed(front.desk, front.signatory, key, kind=OFFICER, uploaded=honest)
    assert front.last_event().detail["method"] == "upload"


def test_another_directive_of_the_office_is_refused(one_front: Front, authority: Authority) -> None:
    elsewhere(one_front)
    key = one_front.frozen()
    other = one_front.frozen(with_content(title="Phòng chống bão lụt năm 2022"))
    uploaded = signed_by_tool(one_front, other, by(authority, "signatory"))
    assert refused_with(one_front, key, uploaded) == "upload_other_document"


def test_nobody_but_the_signatory_gets_or_hands_in_the_document(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    front = frozen_front
    elsewhere(front)
    uploaded = signed_by_tool(front, key, by(authority, "signatory"))
    for actor in front.everybody():
        if actor == front.signatory:
            continue
        with pytest.raises(NotAuthorisedError):
            download_for_signing(front.desk, actor, key, kind=OFFICER)
        with pytest.raises(NotAuthorisedError):
            take_signed(front.desk, actor, key, kind=OFFICER, uploaded=uploaded)
    assert signatures_of(front) == []


def test_nobody_but_the_clerk_seals_elsewhere(signed_front: Front, key: DirectiveId) -> None:
    front = signed_front
    elsewhere(front)
    for actor in front.everybody():
        if actor != front.clerk:
            with pytest.raises((NotAuthorisedError, SeparationError)):
                download_for_signing(front.desk, actor, key, kind=SEAL)
    download_for_signing(front.desk, front.clerk, key, kind=SEAL)


def _not_entitled(front: Front, _authority: Authority) -> None:
    front.change(lambda s: s.execute(update(SigningAuthority).values(doc_types=["Quyết định"])))


def _no_certificate(front: Front, _authority: Authority) -> None:
    front.change(lambda s: s.execute(delete(RegisteredCertificate)))


def _key_is_here(front: Front, _authority: Authority) -> None:
    elsewhere(front, "pkcs12")


def _revoked(front: Front, authority: Authority) -> None:
    authority.register(front, "revoked", officer_id="signatory")
    elsewhere(front)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_not_entitled, "not_entitled"),
        (_no_certificate, "certificate_unfit"),
        (_key_is_here, "certificate_unfit"),
        (_revoked, "certificate_unfit"),
    ],
)
def test_what_bars_every_signature_bars_this_one(
    frozen_front: Front,
    key: DirectiveId,
    authority: Authority,
    change: Callable[[Front, Authority], None],
    code: str,
) -> None:
    front = frozen_front
    elsewhere(front)
    uploaded = signed_by_tool(front, key, by(authority, "signatory"))
    change(front, authority)
    with pytest.raises(ActionRefusedError) as caught:
        take_signed(front.desk, front.signatory, key, kind=OFFICER, uploaded=uploaded)
    assert caught.value.code == code
    assert front.last_event().outcome == "refused"
    assert signatures_of(front) == []


def test_a_key_that_an_agent_holds_may_be_used_by_another_tool_too(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    front = frozen_front
    elsewhere(front, "agent")
    waiting = signing_off.plan_elsewhere(
        front.desk, front.signatory, key, seen_sha256=front.directive(key).frozen_sha256 or ""
    )
    uploaded = signed_by_tool(front, key, by(authority, "signatory"))
    take_signed(front.desk, front.signatory, key, kind=OFFICER, uploaded=uploaded)
    assert {row.id == waiting.id: row.state for row in signatures_of(front)} == {
        True: "abandoned",
        False: "keyed",
    }


def test_before_its_turn_nothing_is_handed_out(one_front: Front) -> None:
    elsewhere(one_front)
    key = one_front.approved()
    with pytest.raises(WrongStateError):
        download_for_signing(one_front.desk, one_front.signatory, key, kind=OFFICER)
    with pytest.raises((WrongStateError, UnavailableError)):
        take_signed(one_front.desk, one_front.signatory, key, kind=OFFICER, uploaded=b"%PDF-")


def test_a_seal_upon_an_officers_signature_that_does_not_hold_is_refused(
    signed_front: Front, key: DirectiveId, authority: Authority
) -> None:
    front = signed_front
    elsewhere(front)
    out = download_for_signing(front.desk, front.clerk, key, kind=SEAL)
    sealed = tools.seal(out.pdf, by(authority, "ban"), room=24_000)
    nobody = replace(front.desk, judge=lambda pdf, name, at: judged_badly(front, pdf, name, at))
    with pytest.raises(NotAcceptedError):
        take_signed(nobody, front.clerk, key, kind=SEAL, uploaded=sealed)
    assert front.state(key) == "signed"
    take_signed(front.desk, front.clerk, key, kind=SEAL, uploaded=sealed)


def judged_badly(front: Front, pdf: bytes, name: str, at: datetime) -> VerificationReport:
    """The judge's own word about a file whose last byte is missing."""
    return front.desk.judge(pdf[:-400], name, at)
