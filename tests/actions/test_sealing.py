"""The agency's seal: the clerk alone, after the officer, on what was verified."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from actions.errors import (
    AlreadyDoneError,
    CertificateUnfitError,
    NotAcceptedError,
    NotAuthorisedError,
    PinRefusedError,
    SeparationError,
    StaleRevisionError,
    UnavailableError,
    WrongStateError,
)
from actions.sealing import complete, seal
from models.base import DirectiveId
from models.directive import Directive, Document
from models.officer import Post, RegisteredCertificate
from models.signature import Signature
from signing.names import OFFICER_FIELD, SEAL_FIELD
from tests.support.front import Front
from tests.support.signing_office import PIN, Authority, dies_at, seals, signed, signs


def _seal_rows(front: Front) -> list[Signature]:
    with front.desk.database.reading() as session:
        return list(session.scalars(select(Signature).where(Signature.kind == "seal")))


def test_the_clerk_seals_and_the_machine_finishes_with_an_archive_stamp(
    signing_front: Front,
) -> None:
    front = signing_front
    key = signed(front)
    front.clock.advance(hours=1)
    seals(front, key)
    assert front.state(key) == "signed"
    complete(front.desk, key)
    directive = front.directive(key)
    assert directive.state == "sealed"
    pdf = front.desk.archive.get(directive.sealed_sha256 or "")
    assert pdf.startswith(front.desk.archive.get(directive.signed_sha256 or ""))
    report = front.desk.judge(pdf, "x", front.clock())
    assert report.verdict.value == "passed"
    assert [(one.field, one.level) for one in report.signatures if one.kind == "signature"] == [
        (OFFICER_FIELD, "B-LTA"),
        (SEAL_FIELD, "B-LTA"),
    ]
    assert [one.kind for one in report.signatures].count("timestamp") == 1
    row = _seal_rows(front)[0]
    assert (row.state, row.officer_id) == ("completed", "registry-clerk")
    assert front.count(Document, Document.kind == "sealed") == 1


@pytest.mark.parametrize("make", [Front.start, Front.submitted, Front.approved, Front.numbered])
def test_sealing_before_the_officer_has_signed_is_refused_and_recorded(
    one_front: Front, make: Callable[[Front], DirectiveId]
) -> None:
    key = make(one_front)
    with pytest.raises(WrongStateError, match="chỉ làm được khi đã ký"):
        seals(one_front, key, seen_sha256="0" * 64)
    event = one_front.last_event()
    assert (event.deed, event.outcome, event.actor_id, event.subject_id) == (
        "seal",
        "refused",
        "registry-clerk",
        str(key),
    )
    assert event.detail["code"] == "wrong_state"
    assert _seal_rows(one_front) == []


def test_sealing_while_the_officers_signature_is_unfinished_is_refused(
    frozen_front: Front, key: DirectiveId
) -> None:
    signs(frozen_front, key)
    with pytest.raises(WrongStateError):
        seals(frozen_front, key, seen_sha256=frozen_front.directive(key).frozen_sha256)


def test_nobody_but_the_clerk_seals(signed_front: Front, key: DirectiveId) -> None:
    seen = signed_front.directive(key).signed_sha256 or ""
    for actor in signed_front.everybody():
        if actor == signed_front.clerk:
            continue
        with pytest.raises(NotAuthorisedError, match="văn thư"):
            seal(signed_front.desk, actor, key, seen_sha256=seen, pin=PIN)
    assert _seal_rows(signed_front) == []
    seals(signed_front, key)
    assert [row.state for row in _seal_rows(signed_front)] == ["keyed"]


def test_a_clerk_who_signed_as_the_officer_does_not_seal(
    signed_front: Front, key: DirectiveId
) -> None:
    seen = signed_front.directive(key).signed_sha256 or ""
    signed_front.change(
        lambda s: s.execute(
            update(Post).where(Post.officer_id == "signatory").values(roles=["registry_clerk"])
        )
    )
    with pytest.raises(SeparationError, match="vừa ký vừa đóng dấu"):
        seal(signed_front.desk, signed_front.signatory, key, seen_sha256=seen, pin=PIN)


def test_the_clerk_seals_what_was_seen_and_once(signed_front: Front, key: DirectiveId) -> None:
    with pytest.raises(StaleRevisionError):
        seals(signed_front, key, seen_sha256=signed_front.directive(key).frozen_sha256)
    with pytest.raises(PinRefusedError):
        seals(signed_front, key, pin="000000")
    assert _seal_rows(signed_front) == []
    seals(signed_front, key)
    with pytest.raises(AlreadyDoneError, match="Đóng dấu"):
        seals(signed_front, key)
    complete(signed_front.desk, key)
    with pytest.raises(AlreadyDoneError, match="Đóng dấu"):
        seals(signed_front, key)
    assert [row.state for row in _seal_rows(signed_front)] == ["completed"]


@pytest.mark.parametrize(
    "values",
    [{"valid_to": date(2022, 9, 19)}, {"key_kind": "none"}, {"organisation_id": "tinh-uy"}],
)
def test_without_the_agencys_registered_certificate_nobody_seals(
    signed_front: Front, key: DirectiveId, values: dict[str, object]
) -> None:
    signed_front.change(
        lambda s: s.execute(
            update(RegisteredCertificate)
            .where(RegisteredCertificate.organisation_id == "ban")
            .values(**values)
        )
    )
    with pytest.raises(CertificateUnfitError, match="cơ quan"):
        seals(signed_front, key)


def test_the_officers_own_key_does_not_seal(
    signed_front: Front, key: DirectiveId, authority: Authority
) -> None:
    """The seal's field needs the agency's certificate, whatever the register of them may say."""
    signed_front.change(
        lambda s: s.execute(
            update(RegisteredCertificate)
            .where(RegisteredCertificate.organisation_id == "ban")
            .values(key_location=str(authority.pki.key("signatory")))
        )
    )
    with pytest.raises(CertificateUnfitError, match="không phải khoá"):
        seals(signed_front, key)


def test_a_document_whose_officers_signature_does_not_hold_is_not_sealed(
    signed_front: Front, key: DirectiveId
) -> None:
    pdf = signed_front.desk.archive.get(signed_front.directive(key).signed_sha256 or "")
    spoilt = signed_front.desk.archive.put(pdf.replace(b"/Rect", b"/Rekt", 1))
    signed_front.change(lambda s: s.execute(update(Directive).values(signed_sha256=spoilt)))
    with pytest.raises(NotAcceptedError, match="Chữ ký của lãnh đạo"):
        seals(signed_front, key)
    assert _seal_rows(signed_front) == []
    assert signed_front.last_event().detail["code"] == "not_accepted"


def test_while_the_authority_is_silent_the_seal_waits(
    signed_front: Front, key: DirectiveId, authority: Authority
) -> None:
    seals(signed_front, key)
    services = authority.services(signed_front.clock, proxy="http://127.0.0.1:9")
    with pytest.raises(UnavailableError):
        complete(replace(signed_front.desk, services=services), key)
    assert signed_front.state(key) == "signed"
    complete(signed_front.desk, key)
    assert signed_front.state(key) == "sealed"


def test_a_kill_at_any_step_of_finishing_ends_with_one_seal(
    signed_front: Front, key: DirectiveId
) -> None:
    seals(signed_front, key)
    step = 0
    while signed_front.state(key) == "signed":
        step += 3  # the same steps as those of the officer's signature, all tried there
        dies_at(step, signed_front.desk, lambda desk: complete(desk, key))
    assert step > 5
    complete(signed_front.desk, key)
    assert [row.state for row in _seal_rows(signed_front)] == ["completed"]
    assert signed_front.count(Document, Document.kind == "sealed") == 1


def test_with_nothing_to_finish_nothing_happens(signed_front: Front, key: DirectiveId) -> None:
    events = len(signed_front.events())
    complete(signed_front.desk, key)
    assert (len(signed_front.events()), signed_front.state(key)) == (events, "signed")
