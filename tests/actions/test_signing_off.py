"""The officer's signature: who, when, with which certificate, and after which kill."""

import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier
from typing import NoReturn

import pytest
from sqlalchemy import select, update

from actions.auditing import verify_chain
from actions.desk import Desk
from actions.errors import (
    ActionRefusedError,
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
from actions.progress import next_step
from actions.reviewing import return_draft
from actions.signing_off import complete, sign
from models.base import DirectiveId
from models.directive import Directive, Document
from models.everything import metadata
from models.lifecycle import ReviewStep
from models.numbering import RegisterEntry
from models.officer import RegisteredCertificate, SigningAuthority
from models.signature import Signature
from signing.errors import KeyRefusedError, KeyUnavailableError
from signing.names import OFFICER_FIELD
from signing.outcome import VerificationReport
from signing.policy import INTEGRITY
from signing.trust import TrustStore
from signing.verify import verify
from tests.support.front import Front
from tests.support.signing_office import (
    PIN,
    Authority,
    dies_at,
    signed,
    signs,
)

NOWHERE = "http://127.0.0.1:9"
"""Nobody listens there."""


def _signatures(front: Front) -> list[Signature]:
    with front.desk.database.reading() as session:
        return list(session.scalars(select(Signature).order_by(Signature.planned_at)))


def _states(front: Front) -> list[str]:
    return sorted(row.state for row in _signatures(front))


def _next(front: Front, key: DirectiveId) -> str:
    with front.desk.database.reading() as session:
        return next_step(session, session.get_one(Directive, key)).deed


def test_the_signatory_signs_and_the_machine_finishes(signing_front: Front) -> None:
    front = signing_front
    key = front.frozen()
    frozen = front.directive(key).frozen_sha256 or ""
    assert _next(front, key) == "sign"
    signs(front, key)
    assert (front.state(key), _next(front, key)) == ("numbered", "complete_signature")
    complete(front.desk, key)
    directive = front.directive(key)
    assert (directive.state, _next(front, key)) == ("signed", "seal")
    pdf = front.desk.archive.get(directive.signed_sha256 or "")
    assert pdf.startswith(front.desk.archive.get(frozen))
    report = front.desk.judge(pdf, "x", front.clock())
    assert [(one.field, one.level, one.certifies) for one in report.signatures] == [
        (OFFICER_FIELD, "B-LT", True)
    ]
    row = _signatures(front)[0]
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
    assert _signatures(frozen_front) == []
    assert frozen_front.last_event().outcome == "refused"


@pytest.mark.parametrize("make", [Front.start, Front.submitted, Front.approved])
def test_before_its_number_nothing_is_signed(
    one_front: Front, make: Callable[[Front], DirectiveId]
) -> None:
    key = make(one_front)
    with pytest.raises(WrongStateError, match="đã cấp số"):
        signs(one_front, key, seen_sha256="0" * 64)
    assert _signatures(one_front) == []


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
    assert _signatures(frozen_front) == []
    signs(frozen_front, key)
    assert _states(frozen_front) == ["keyed"]


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
        assert _states(frozen_front) == ["keyed"]
    else:
        with pytest.raises(NotEntitledError):
            signs(frozen_front, key)
        assert _signatures(frozen_front) == []


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
    assert (front.directive(key).updated_at, _signatures(front)) == (before, [])
    event = front.last_event()
    assert (event.deed, event.outcome, event.detail) == (
        "sign",
        "refused",
        {"code": "pin_refused"},
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
    assert _signatures(frozen_front) == []


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
    assert _signatures(frozen_front) == []


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

    def sign(self, _attributes: bytes) -> NoReturn:
        raise KeyUnavailableError("token")


def test_a_key_that_fails_leaves_a_plan_that_the_next_attempt_abandons(
    frozen_front: Front, key: DirectiveId
) -> None:
    whole = frozen_front.desk
    frozen_front.desk = replace(
        whole, open_key=lambda row, pin: _UnpluggedKey(whole.open_key(row, pin))
    )
    with pytest.raises(UnavailableError, match="Khoá ký số"):
        signs(frozen_front, key)
    assert (_states(frozen_front), _next(frozen_front, key)) == (["planned"], "sign")
    frozen_front.desk = whole
    signs(frozen_front, key)
    assert _states(frozen_front) == ["abandoned", "keyed"]


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
    assert _states(frozen_front) == ["abandoned"]
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
    assert _states(frozen_front) == ["completed"]


def test_many_attempts_at_once_make_one_signature(signing_front: Front) -> None:
    front = signing_front
    key = front.frozen()
    start = Barrier(3)

    def attempt(_: int) -> str:
        start.wait()
        try:
            signs(front, key)
        except ActionRefusedError as refusal:
            return refusal.code
        return "signed"

    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(attempt, range(3)))
    assert outcomes.count("signed") == 1
    assert set(outcomes) <= {"signed", "already_done", "wrong_state"}
    assert _states(front).count("keyed") == 1
    complete(front.desk, key)
    assert front.state(key) == "signed"


def test_a_return_and_a_signature_at_once_never_both_hold(signing_front: Front) -> None:
    front = signing_front
    key = front.frozen()
    start = Barrier(2)

    def attempt(act: Callable[[], None]) -> str:
        start.wait()
        try:
            act()
        except ActionRefusedError as refusal:
            return refusal.code
        return "done"

    acts: list[Callable[[], None]] = [
        lambda: signs(front, key),
        lambda: return_draft(front.desk, front.signatory, key, reason="Sửa", revision=1),
    ]
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attempt, acts))
    assert outcomes.count("done") == 1
    complete(front.desk, key)
    assert front.state(key) == ("signed" if outcomes[0] == "done" else "returned")


def test_bytes_that_changed_after_freezing_are_not_signed(
    frozen_front: Front, key: DirectiveId, tmp_path: Path
) -> None:
    frozen = frozen_front.directive(key).frozen_sha256 or ""
    stored = tmp_path / "archive" / "objects" / frozen[:2] / frozen[2:]
    stored.chmod(0o644)
    stored.write_bytes(stored.read_bytes().replace(b"%PDF-1", b"%PDF-2"))
    with pytest.raises(UnavailableError, match="bị hỏng hoặc bị sửa"):
        signs(frozen_front, key)
    assert _signatures(frozen_front) == []


def test_a_document_that_cannot_be_signed_is_refused(frozen_front: Front, key: DirectiveId) -> None:
    digest = frozen_front.desk.archive.put(b"no PDF at all")
    frozen_front.change(lambda s: s.execute(update(Directive).values(frozen_sha256=digest)))
    with pytest.raises(NotAcceptedError, match="Bản để ký"):
        signs(frozen_front, key)


def test_while_the_authority_is_silent_nothing_is_lost(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    whole = frozen_front.desk
    silent = replace(whole, services=authority.services(frozen_front.clock, proxy=NOWHERE))
    frozen_front.desk = silent
    with pytest.raises(UnavailableError, match="Dịch vụ chứng thực"):
        signs(frozen_front, key)
    frozen_front.desk = whole
    signs(frozen_front, key)
    for _ in range(2):
        with pytest.raises(UnavailableError, match="tự thử tiếp"):
            complete(silent, key)
    assert (_states(frozen_front), frozen_front.state(key)) == (["keyed"], "numbered")
    complete(whole, key)
    assert frozen_front.state(key) == "signed"


def test_with_nothing_to_finish_nothing_happens(frozen_front: Front, key: DirectiveId) -> None:
    events = len(frozen_front.events())
    complete(frozen_front.desk, key)
    assert len(frozen_front.events()) == events


def _lenient(pdf: bytes, name: str, at: datetime) -> VerificationReport:
    return verify(pdf, name=name, policy=INTEGRITY, trust=TrustStore(), at=at)


def test_a_signature_that_our_judge_refuses_is_abandoned(
    frozen_front: Front, key: DirectiveId
) -> None:
    signs(frozen_front, key)
    whole = frozen_front.desk
    with pytest.raises(NotAcceptedError):
        complete(replace(whole, judge=_lenient), key)
    row = _signatures(frozen_front)[0]
    assert (row.state, frozen_front.state(key)) == ("abandoned", "numbered")
    assert "không được chấp nhận" in (row.problem or "")
    assert frozen_front.last_event().deed == "abandon_officer"
    assert frozen_front.count(RegisterEntry) == 0
    signs(frozen_front, key)
    complete(whole, key)
    assert frozen_front.state(key) == "signed"


def test_a_raw_signature_that_does_not_fit_is_abandoned(
    frozen_front: Front, key: DirectiveId
) -> None:
    signs(frozen_front, key)
    frozen_front.change(lambda s: s.execute(update(Signature).values(raw_signature=bytes(256))))
    with pytest.raises(NotAcceptedError, match="không khớp"):
        complete(frozen_front.desk, key)
    assert (_states(frozen_front), frozen_front.state(key)) == (["abandoned"], "numbered")


def test_a_signature_by_another_certificate_than_planned_is_abandoned(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    signs(frozen_front, key)
    other = authority.fingerprint("ban")
    frozen_front.change(lambda s: s.execute(update(Signature).values(certificate=other)))
    with pytest.raises(NotAcceptedError, match="kế hoạch ký"):
        complete(frozen_front.desk, key)
    assert _states(frozen_front) == ["abandoned"]


def test_two_workers_that_finish_at_once_record_one_document(signing_front: Front) -> None:
    front = signing_front
    key = front.frozen()
    signs(front, key)
    start = Barrier(2)

    def attempt(_: int) -> None:
        start.wait()
        complete(front.desk, key)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(attempt, range(2)))
    assert front.state(key) == "signed"
    assert front.count(Document, Document.kind == "signed") == 1
    assert front.count(RegisterEntry) == 1


def test_a_kill_at_any_step_of_signing_ends_with_one_signature(
    frozen_front: Front, key: DirectiveId
) -> None:
    """Each attempt dies one step later than the one before, until one gets through."""
    seen = frozen_front.directive(key).frozen_sha256 or ""

    def act(desk: Desk) -> None:
        sign(desk, frozen_front.signatory, key, seen_sha256=seen, pin=PIN)

    step = 0
    while _next(frozen_front, key) == "sign":
        step += 1
        dies_at(step, frozen_front.desk, act)
        assert (_states(frozen_front).count("planned"), frozen_front.state(key)) in (
            (0, "numbered"),
            (1, "numbered"),
        ), step
    assert step > 8
    states = _states(frozen_front)
    assert (states.count("keyed"), states.count("planned")) == (1, 0)
    complete(frozen_front.desk, key)
    assert _states(frozen_front).count("completed") == 1


def test_a_kill_at_any_step_of_finishing_ends_with_one_document(
    frozen_front: Front, key: DirectiveId
) -> None:
    signs(frozen_front, key)
    raw = _raw(frozen_front, key)
    step = 0
    while frozen_front.state(key) == "numbered":
        step += 1
        assert frozen_front.count(Document, Document.kind == "signed") == 0
        dies_at(step, frozen_front.desk, lambda desk: complete(desk, key))
    assert step > 5
    complete(frozen_front.desk, key)
    assert (_states(frozen_front), _raw(frozen_front, key)) == (["completed"], raw)
    assert frozen_front.count(Document, Document.kind == "signed") == 1
    assert frozen_front.count(RegisterEntry) == 1


def _raw(front: Front, key: DirectiveId) -> bytes | None:
    return next(row.raw_signature for row in _signatures(front) if row.directive_id == key)


def test_the_claimed_time_is_the_clocks(frozen_front: Front, key: DirectiveId) -> None:
    frozen_front.clock.set(datetime(2022, 9, 21, 6, 54, 12, tzinfo=UTC))
    signs(frozen_front, key)
    frozen_front.clock.advance(seconds=3)
    complete(frozen_front.desk, key)
    pdf = frozen_front.desk.archive.get(frozen_front.directive(key).signed_sha256 or "")
    report = frozen_front.desk.judge(pdf, "x", frozen_front.clock())
    assert report.signatures[0].claimed_time == datetime(2022, 9, 21, 6, 54, 12, tzinfo=UTC)
    assert report.signatures[0].proven_time == datetime(2022, 9, 21, 6, 54, 15, tzinfo=UTC)


def test_each_step_of_review_still_covers_what_is_signed(one_front: Front) -> None:
    """A changed text cannot reach the signature without all three decisions."""
    key = one_front.submitted()
    for step in (ReviewStep.CONTENT, ReviewStep.FORM):
        one_front.passes(key, step)
        with pytest.raises(WrongStateError):
            signs(one_front, key)
