"""A signature under way: attempts at once, a silent authority, a refused result, kills."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import update

from actions.desk import Desk
from actions.errors import (
    ActionRefusedError,
    NotAcceptedError,
    UnavailableError,
)
from actions.reviewing import return_draft
from actions.signing_off import complete, sign
from models.base import DirectiveId
from models.directive import Document
from models.numbering import RegisterEntry
from models.signature import Signature
from signing.outcome import VerificationReport
from signing.policy import INTEGRITY
from signing.trust import TrustStore
from signing.verify import verify
from tests.actions.signature_rows import next_deed, signatures_of, states_of
from tests.support.front import Front
from tests.support.signing_office import (
    PIN,
    Authority,
    dies_at,
    signs,
)

NOWHERE = "http://127.0.0.1:9"
"""Nobody listens there."""


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
    assert states_of(front).count("keyed") == 1
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
    assert (states_of(frozen_front), frozen_front.state(key)) == (["keyed"], "numbered")
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
    row = signatures_of(frozen_front)[0]
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
    assert (states_of(frozen_front), frozen_front.state(key)) == (["abandoned"], "numbered")


def test_a_signature_by_another_certificate_than_planned_is_abandoned(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    signs(frozen_front, key)
    other = authority.fingerprint("ban")
    frozen_front.change(lambda s: s.execute(update(Signature).values(certificate=other)))
    with pytest.raises(NotAcceptedError, match="kế hoạch ký"):
        complete(frozen_front.desk, key)
    assert states_of(frozen_front) == ["abandoned"]


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
    while next_deed(frozen_front, key) == "sign":
        step += 1
        dies_at(step, frozen_front.desk, act)
        assert (states_of(frozen_front).count("planned"), frozen_front.state(key)) in (
            (0, "numbered"),
            (1, "numbered"),
        ), step
    assert step > 8
    states = states_of(frozen_front)
    assert (states.count("keyed"), states.count("planned")) == (1, 0)
    complete(frozen_front.desk, key)
    assert states_of(frozen_front).count("completed") == 1


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
    assert (states_of(frozen_front), _raw(frozen_front, key)) == (["completed"], raw)
    assert frozen_front.count(Document, Document.kind == "signed") == 1
    assert frozen_front.count(RegisterEntry) == 1


def _raw(front: Front, key: DirectiveId) -> bytes | None:
    return next(row.raw_signature for row in signatures_of(front) if row.directive_id == key)


def test_the_claimed_time_is_the_clocks(frozen_front: Front, key: DirectiveId) -> None:
    frozen_front.clock.set(datetime(2022, 9, 21, 6, 54, 12, tzinfo=UTC))
    signs(frozen_front, key)
    frozen_front.clock.advance(seconds=3)
    complete(frozen_front.desk, key)
    pdf = frozen_front.desk.archive.get(frozen_front.directive(key).signed_sha256 or "")
    report = frozen_front.desk.judge(pdf, "x", frozen_front.clock())
    assert report.signatures[0].claimed_time == datetime(2022, 9, 21, 6, 54, 12, tzinfo=UTC)
    assert report.signatures[0].proven_time == datetime(2022, 9, 21, 6, 54, 15, tzinfo=UTC)
