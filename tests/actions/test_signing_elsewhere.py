"""Prepared here, signed elsewhere: the plan waits, the key is at another place."""

import uuid
from dataclasses import replace

import pytest
from sqlalchemy import update

from actions.errors import (
    AlreadyDoneError,
    CertificateUnfitError,
    NotAcceptedError,
    NotAuthorisedError,
    StaleRevisionError,
    WrongStateError,
)
from actions.keying import PlannedSignature
from actions.reviewing import return_draft
from actions.sealing import complete as complete_seal
from actions.sealing import hand_in as hand_in_seal
from actions.sealing import plan_elsewhere as plan_seal
from actions.signing_off import complete, hand_in, plan_elsewhere
from models.base import DirectiveId
from models.officer import RegisteredCertificate
from signing.keys.software import open_pkcs12
from tests.actions.signature_rows import next_deed, signatures_of, states_of
from tests.support.front import Front
from tests.support.signing_office import PIN, Authority, signed


def use_key_at(front: Front, place: str) -> None:
    """Both certificates' keys lie at a place."""
    front.change(
        lambda session: session.execute(update(RegisteredCertificate).values(key_kind=place))
    )


def planned(front: Front, key: DirectiveId) -> PlannedSignature:
    seen = front.directive(key).frozen_sha256 or ""
    return plan_elsewhere(front.desk, front.signatory, key, seen_sha256=seen)


def answer(authority: Authority, holder: str, plan: PlannedSignature) -> bytes:
    """What the token at the other place makes of the plan's attributes."""
    with open_pkcs12(authority.pki.key(holder), PIN) as token:
        return token.sign(plan.prepared.signed_attributes)


def test_a_signature_made_days_later_elsewhere_is_finished_like_any_other(
    signing_front: Front, authority: Authority
) -> None:
    front = signing_front
    use_key_at(front, "agent")
    key = front.frozen()
    plan = planned(front, key)
    assert (states_of(front), next_deed(front, key)) == (["planned"], "sign")
    front.clock.advance(days=3)
    raw = answer(authority, "signatory", plan)
    hand_in(front.desk, front.signatory, key, signature_id=plan.id, raw_signature=raw)
    assert next_deed(front, key) == "complete_signature"
    complete(front.desk, key)
    assert front.state(key) == "signed"
    row = signatures_of(front)[0]
    assert (row.state, row.method) == ("completed", "agent")
    assert row.verification is not None
    assert row.verification["verdict"] == "passed"


def test_the_seal_too_is_made_elsewhere(signing_front: Front, authority: Authority) -> None:
    front = signing_front
    key = signed(front)
    use_key_at(front, "agent")
    seen = front.directive(key).signed_sha256 or ""
    plan = plan_seal(front.desk, front.clerk, key, seen_sha256=seen)
    raw = answer(authority, "ban", plan)
    hand_in_seal(front.desk, front.clerk, key, signature_id=plan.id, raw_signature=raw)
    complete_seal(front.desk, key)
    assert front.state(key) == "sealed"


def test_the_same_person_gets_the_same_plan_again_and_another_document_a_new_one(
    frozen_front: Front, key: DirectiveId
) -> None:
    use_key_at(frozen_front, "agent")
    first, again = planned(frozen_front, key), planned(frozen_front, key)
    assert (first.id, first.prepared) == (again.id, again.prepared)
    with pytest.raises(StaleRevisionError):
        plan_elsewhere(frozen_front.desk, frozen_front.signatory, key, seen_sha256="0" * 64)
    assert states_of(frozen_front) == ["planned"]


def test_the_same_signature_handed_in_twice_counts_once_and_another_one_is_refused(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    front = frozen_front
    use_key_at(front, "agent")
    plan = planned(front, key)
    raw = answer(authority, "signatory", plan)
    for _ in range(2):
        hand_in(front.desk, front.signatory, key, signature_id=plan.id, raw_signature=raw)
    with pytest.raises(AlreadyDoneError):
        hand_in(front.desk, front.signatory, key, signature_id=plan.id, raw_signature=raw[::-1])
    assert states_of(front) == ["keyed"]
    assert [event.deed for event in front.events(key)].count("sign") == 2  # one done, one refused


@pytest.mark.parametrize("fault", ["garbage", "another key", "another plan"])
def test_what_the_planned_key_did_not_sign_is_refused_before_it_is_kept(
    frozen_front: Front, key: DirectiveId, authority: Authority, fault: str
) -> None:
    front = frozen_front
    use_key_at(front, "agent")
    plan = planned(front, key)
    wrong = {
        "garbage": b"\x00" * 256,
        "another key": answer(authority, "other", plan),
        "another plan": answer(
            authority,
            "signatory",
            replace(plan, prepared=replace(plan.prepared, signed_attributes=b"1\x00")),
        ),
    }[fault]
    with pytest.raises(NotAcceptedError, match="Ký số"):
        hand_in(front.desk, front.signatory, key, signature_id=plan.id, raw_signature=wrong)
    assert states_of(front) == ["planned"]
    raw = answer(authority, "signatory", plan)
    hand_in(front.desk, front.signatory, key, signature_id=plan.id, raw_signature=raw)
    assert states_of(front) == ["keyed"]


def test_a_plan_of_somebody_else_or_of_nobody_takes_no_signature(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    front = frozen_front
    use_key_at(front, "agent")
    plan = planned(front, key)
    raw = answer(authority, "signatory", plan)
    with pytest.raises((WrongStateError, NotAuthorisedError)):
        hand_in(front.desk, front.clerk, key, signature_id=plan.id, raw_signature=raw)
    with pytest.raises(WrongStateError):
        hand_in(front.desk, front.signatory, key, signature_id=uuid.uuid4(), raw_signature=raw)
    assert states_of(front) == ["planned"]


def test_a_plan_that_was_given_up_takes_no_signature(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    front = frozen_front
    use_key_at(front, "agent")
    plan = planned(front, key)
    raw = answer(authority, "signatory", plan)
    return_draft(front.desk, front.signatory, key, reason="Sửa", revision=1)
    with pytest.raises(WrongStateError):
        hand_in(front.desk, front.signatory, key, signature_id=plan.id, raw_signature=raw)
    assert states_of(front) == ["abandoned"]


def test_a_key_that_is_opened_here_is_not_planned_elsewhere(
    frozen_front: Front, key: DirectiveId
) -> None:
    with pytest.raises(CertificateUnfitError, match="trang ký"):
        planned(frozen_front, key)
    assert states_of(frozen_front) == []
