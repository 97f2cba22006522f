"""The officer's signature: who, when, with which certificate, and after which kill."""

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NoReturn, Self

import pytest
from sqlalchemy import select, update

from actions.auditing import verify_chain
from actions.errors import (
    AlreadyDoneError,
    CertificateUnfitError,
    NotAcceptedError,
    NotAuthorisedError,
    NotEntitledError,
    PinRefusedError,
    StaleRevisionError,
    UnavailableError,
    WrongStateError,
)
from actions.reviewing import return_draft
from actions.signing_off import complete, sign
from models.base import DirectiveId
from models.directive import Directive
from models.everything import metadata
from models.lifecycle import ReviewStep
from models.numbering import RegisterEntry
from models.officer import RegisteredCertificate, SigningAuthority
from signing.errors import KeyRefusedError, KeyUnavailableError
from signing.names import OFFICER_FIELD
from tests.actions.signature_rows import next_deed, signatures_of, states_of
from tests.support.front import Front
from tests.support.signing_office import (
    PIN,
    Authority,
    signed,
    signs,
)


def test_the_signatory_signs_and_the_machine_finishes(signing_front: Front) -> None:
    front = signing_front
    key = front.frozen()
    frozen = front.directive(key).frozen_sha256 or ""
    assert next_deed(front, key) == "sign"
    signs(front, key)
    assert (front.state(key), next_deed(front, key)) == ("numbered", "complete_signature")
    complete(front.desk, key)
    directive = front.directive(key)
    assert (directive.state, next_deed(front, key)) == ("signed", "seal")
    pdf = front.desk.archive.get(directive.signed_sha256 or "")
    assert pdf.startswith(front.desk.archive.get(frozen))
    report = front.desk.judge(pdf, "x", front.clock())
    assert [(one.field, one.level, one.certifies) for one in report.signatures] == [
        (OFFICER_FIELD, "B-LT", True)
    ]
    row = signatures_of(front)[0]
    assert (row.state, row.officer_id, row.source_sha256) == ("completed", "signatory", frozen)
    assert row.document_sha256 == directive.signed_sha256
    assert row.verification is not None
    assert row.verification["verdict"] == "passed"
    assert [event.deed for event in front.events(key)][-3:] == [
        "plan_sign",
        "sign",
        "complete_signature",
    ]
    with front.desk.database.reading() as session:
        assert verify_chain(session).broken_at is None


def test_the_signed_directive_stands_in_the_register(signing_front: Front) -> None:
    key = signed(signing_front)
    with signing_front.desk.database.reading() as session:
        entry = session.scalars(select(RegisterEntry)).one()
    assert (entry.directive_id, entry.year, entry.ordinal) == (key, 2022, 1)
    assert entry.columns["number_symbol"] == "96-HD/BTNTU"


def test_nobody_but_the_signatory_signs(frozen_front: Front, key: DirectiveId) -> None:
    seen = frozen_front.directive(key).frozen_sha256 or ""
    for actor in frozen_front.everybody():
        if actor == frozen_front.signatory:
            continue
        with pytest.raises(NotAuthorisedError, match="ký văn bản"):
            sign(frozen_front.desk, actor, key, seen_sha256=seen, pin=PIN)
    assert signatures_of(frozen_front) == []
    assert frozen_front.last_event().outcome == "refused"


@pytest.mark.parametrize("make", [Front.start, Front.submitted, Front.approved])
def test_before_its_number_nothing_is_signed(
    one_front: Front, make: Callable[[Front], DirectiveId]
) -> None:
    key = make(one_front)
    with pytest.raises(WrongStateError, match="đã cấp số"):
        signs(one_front, key, seen_sha256="0" * 64)
    assert signatures_of(one_front) == []


def test_before_it_is_frozen_nothing_is_signed(one_front: Front) -> None:
    key = one_front.numbered()
    with pytest.raises(UnavailableError, match="đang được dựng"):
        signs(one_front, key)


def test_a_returned_draft_cannot_be_signed(frozen_front: Front, key: DirectiveId) -> None:
    seen = frozen_front.directive(key).frozen_sha256
    return_draft(frozen_front.desk, frozen_front.signatory, key, reason="Sửa", revision=1)
    with pytest.raises(WrongStateError, match="đã trả lại"):
        signs(frozen_front, key, seen_sha256=seen)


def test_what_was_seen_must_be_what_is_frozen(frozen_front: Front, key: DirectiveId) -> None:
    with pytest.raises(StaleRevisionError, match="không còn là bản hiện hành"):
        signs(frozen_front, key, seen_sha256="0" * 64)
    assert signatures_of(frozen_front) == []
    signs(frozen_front, key)
    assert states_of(frozen_front) == ["keyed"]


@pytest.mark.parametrize(
    ("values", "entitled"),
    [
        ({"valid_to": date(2022, 9, 21)}, True),
        ({"valid_to": date(2022, 9, 20)}, False),
        ({"doc_types": ["Kế hoạch"]}, False),
        ({"doc_types": ["Hướng dẫn"]}, True),
    ],
)
def test_the_authority_must_cover_kind_and_day_of_signing(
    frozen_front: Front, key: DirectiveId, values: dict[str, object], *, entitled: bool
) -> None:
    frozen_front.change(lambda s: s.execute(update(SigningAuthority).values(**values)))
    frozen_front.clock.set_day(date(2022, 9, 21))
    if entitled:
        signs(frozen_front, key)
        assert states_of(frozen_front) == ["keyed"]
    else:
        with pytest.raises(NotEntitledError):
            signs(frozen_front, key)
        assert signatures_of(frozen_front) == []


def test_a_wrong_pin_changes_nothing_and_is_written_nowhere(
    signing_front: Front, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    front = signing_front
    key = front.frozen()
    before = front.directive(key).updated_at
    wrong = "sai-mat-9731"
    with caplog.at_level(logging.DEBUG), pytest.raises(PinRefusedError) as refusal:
        signs(front, key, pin=wrong)
    assert refusal.value.__cause__ is None
    assert (front.directive(key).updated_at, signatures_of(front)) == (before, [])
    event = front.last_event()
    assert (event.deed, event.outcome, event.detail) == (
        "sign",
        "refused",
        {
            "code": "pin_refused",
            "sentence": "Mã PIN không đúng. Việc cần làm: nhập lại mã PIN.",
        },
    )
    with caplog.at_level(logging.DEBUG):
        signs(front, key)
    complete(front.desk, key)
    everything = [caplog.text, str(refusal.value), _all_rows(front)]
    assert not any(pin in text for pin in (wrong, PIN) for text in everything)
    files = [path for path in (tmp_path / "archive").glob("**/*") if path.is_file()]
    assert not any(pin.encode() in path.read_bytes() for pin in (wrong, PIN) for path in files)


def _all_rows(front: Front) -> str:
    with front.desk.database.reading() as session:
        rows = [
            list(map(str, row))
            for table in metadata.sorted_tables
            for row in session.execute(select(table))
        ]
    return json.dumps(rows, ensure_ascii=False)


@pytest.mark.parametrize(
    ("holder", "words"),
    [("revoked", "thu hồi"), ("expired", "hết hạn"), ("wrong-usage", "không được cấp để ký")],
)
def test_an_unfit_certificate_is_refused_before_the_pin(
    frozen_front: Front, key: DirectiveId, authority: Authority, holder: str, words: str
) -> None:
    authority.register(frozen_front, holder, officer_id="signatory")
    frozen_front.desk = replace(frozen_front.desk, open_key=_never)
    with pytest.raises(CertificateUnfitError) as refusal:
        signs(frozen_front, key)
    assert words in refusal.value.diagnosis()
    assert signatures_of(frozen_front) == []


def _never(_row: RegisteredCertificate, _pin: str) -> NoReturn:
    raise AssertionError("the key was touched")


@pytest.mark.parametrize(
    "values",
    [
        {"valid_to": date(2022, 9, 19)},
        {"valid_from": date(2022, 9, 21)},
        {"key_kind": "none"},
        {"officer_id": "auditor"},
    ],
)
def test_without_an_own_certificate_on_the_day_nobody_signs(
    frozen_front: Front, key: DirectiveId, values: dict[str, object]
) -> None:
    frozen_front.change(
        lambda s: s.execute(
            update(RegisteredCertificate)
            .where(RegisteredCertificate.officer_id == "signatory")
            .values(**values)
        )
    )
    with pytest.raises(CertificateUnfitError, match="chưa có chứng thư"):
        signs(frozen_front, key)


def test_a_key_of_somebody_else_is_refused(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    frozen_front.change(
        lambda s: s.execute(
            update(RegisteredCertificate).values(key_location=str(authority.pki.key("other")))
        )
    )
    with pytest.raises(CertificateUnfitError, match="không phải khoá của chứng thư"):
        signs(frozen_front, key)
    assert signatures_of(frozen_front) == []


def test_a_key_that_is_missing_is_not_to_be_had(frozen_front: Front, key: DirectiveId) -> None:
    frozen_front.change(
        lambda s: s.execute(update(RegisteredCertificate).values(key_location="no.p12"))
    )
    with pytest.raises(UnavailableError, match="Khoá ký số"):
        signs(frozen_front, key)


def test_a_key_file_without_a_usable_key_is_refused(frozen_front: Front, key: DirectiveId) -> None:

    def refuse(_row: RegisteredCertificate, _pin: str) -> NoReturn:
        raise KeyRefusedError("no_usable_key", "Tệp khoá không chứa khoá ký số dùng được.")

    frozen_front.desk = replace(frozen_front.desk, open_key=refuse)
    with pytest.raises(CertificateUnfitError, match="Tệp khoá"):
        signs(frozen_front, key)


class _UnpluggedKey:
    """A token that is pulled out between opening and signing."""

    def __init__(self, key: object) -> None:
        self.certificate = key.certificate  # type: ignore[attr-defined]
        self.mechanism = key.mechanism  # type: ignore[attr-defined]

    def announce(self, _attributes: object) -> None:
        pass

    def sign(self, _attributes: bytes) -> NoReturn:
        raise KeyUnavailableError("token")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_how: object) -> None:
        pass


def test_a_key_that_fails_leaves_a_plan_that_the_next_attempt_abandons(
    frozen_front: Front, key: DirectiveId
) -> None:
    whole = frozen_front.desk
    frozen_front.desk = replace(
        whole, open_key=lambda row, pin: _UnpluggedKey(whole.open_key(row, pin))
    )
    with pytest.raises(UnavailableError, match="Khoá ký số"):
        signs(frozen_front, key)
    assert (states_of(frozen_front), next_deed(frozen_front, key)) == (["planned"], "sign")
    frozen_front.desk = whole
    signs(frozen_front, key)
    assert states_of(frozen_front) == ["abandoned", "keyed"]


def test_a_plan_without_a_key_is_abandoned_by_a_return(
    frozen_front: Front, key: DirectiveId
) -> None:
    whole = frozen_front.desk
    frozen_front.desk = replace(
        whole, open_key=lambda row, pin: _UnpluggedKey(whole.open_key(row, pin))
    )
    with suppress(UnavailableError):
        signs(frozen_front, key)
    return_draft(whole, frozen_front.signatory, key, reason="Sửa", revision=1)
    assert states_of(frozen_front) == ["abandoned"]
    assert frozen_front.state(key) == "returned"


def test_what_a_key_has_signed_can_no_longer_be_returned(signing_front: Front) -> None:
    key = signing_front.frozen()
    signs(signing_front, key)
    with pytest.raises(WrongStateError, match="đang được ký"):
        return_draft(signing_front.desk, signing_front.signatory, key, reason="Sửa", revision=1)
    complete(signing_front.desk, key)
    assert signing_front.state(key) == "signed"
    with pytest.raises(WrongStateError, match="đã ký"):
        return_draft(signing_front.desk, signing_front.signatory, key, reason="Sửa", revision=1)


def test_nobody_signs_twice(frozen_front: Front, key: DirectiveId) -> None:
    signs(frozen_front, key)
    for _ in range(2):
        with pytest.raises(AlreadyDoneError, match="Ký số"):
            signs(frozen_front, key)
        complete(frozen_front.desk, key)
    assert states_of(frozen_front) == ["completed"]


def test_bytes_that_changed_after_freezing_are_not_signed(
    frozen_front: Front, key: DirectiveId, tmp_path: Path
) -> None:
    frozen = frozen_front.directive(key).frozen_sha256 or ""
    stored = tmp_path / "archive" / "objects" / frozen[:2] / frozen[2:]
    stored.chmod(0o644)
    stored.write_bytes(stored.read_bytes().replace(b"%PDF-1", b"%PDF-2"))
    with pytest.raises(UnavailableError, match="bị hỏng hoặc bị sửa"):
        signs(frozen_front, key)
    assert signatures_of(frozen_front) == []


def test_a_document_that_cannot_be_signed_is_refused(frozen_front: Front, key: DirectiveId) -> None:
    digest = frozen_front.desk.archive.put(b"no PDF at all")
    frozen_front.change(lambda s: s.execute(update(Directive).values(frozen_sha256=digest)))
    with pytest.raises(NotAcceptedError, match="Bản để ký"):
        signs(frozen_front, key)


def test_each_step_of_review_still_covers_what_is_signed(one_front: Front) -> None:
    """A changed text cannot reach the signature without all three decisions."""
    key = one_front.submitted()
    for step in (ReviewStep.CONTENT, ReviewStep.FORM):
        one_front.passes(key, step)
        with pytest.raises(WrongStateError):
            signs(one_front, key)
