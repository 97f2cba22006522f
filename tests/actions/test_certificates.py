# ruff: noqa: ANN401 (columns and options of every type pass through)
"""Certificates with their keys: registered, changed, ended; whose token is lost signs no more."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from actions.auditing import MACHINE
from actions.certificate_ends import end
from actions.certificate_rows import certificate_lines, last_day
from actions.certificates import NewCertificate, change, register
from actions.errors import (
    AlreadyDoneError,
    CertificateUnfitError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    WrongStateError,
)
from actions.freezing import freeze
from actions.signatures import ABANDONED, usable_certificate
from actions.signing_off import hand_in, plan_elsewhere
from models.base import DirectiveId
from models.batch import BatchItem, SigningBatch
from models.officer import RegisteredCertificate, Role
from models.organisation import Office
from models.signature import Signature
from tests.support.front import Front
from tests.support.signing_office import PIN, Authority, signed, signs

TODAY = date(2022, 9, 20)
REASON = "Mất thiết bị khi đi công tác"


def new(authority: Authority, holder: str = "signatory", **changes: Any) -> NewCertificate:
    values: dict[str, Any] = {
        "der": authority.der(holder), "officer_id": "signatory", "key_kind": "pkcs12",
        "key_location": "signatory.p12", "valid_from": TODAY, **changes,
    }  # fmt: skip
    return NewCertificate(**values)


def take(front: Front, made: NewCertificate, **changes: Any) -> Any:
    values = {"at": front.clock(), "actor": MACHINE, **changes}
    return register(front.desk.database, made, **values)


def ends(front: Front, fingerprint: str, **changes: Any) -> Any:
    values = {
        "on": TODAY, "reason": REASON, "at": front.clock(), "actor": MACHINE, **changes,
    }  # fmt: skip
    return end(front.desk.database, fingerprint, **values)


def row(front: Front, fingerprint: str) -> RegisteredCertificate:
    with front.desk.database.reading() as session:
        return session.get_one(RegisteredCertificate, fingerprint)


def use_key_elsewhere(front: Front) -> None:
    kind = update(RegisteredCertificate).values(key_kind="agent")
    front.change(lambda session: session.execute(kind))


def test_a_certificate_is_registered_with_the_way_to_its_key(
    lone_front: Front, authority: Authority
) -> None:
    settings = {"module": "softhsm", "token": "Thư ký", "key": "ky-so"}
    made = take(
        lone_front,
        new(
            authority, key_kind="pkcs11", key_location=None, key_settings=settings,
            mechanism="rsa-pss/sha384",
        ),
        actor=lone_front.office.actor(Role.ADMINISTRATOR),
    )  # fmt: skip
    found = row(lone_front, made.fingerprint)
    assert (found.key_kind, found.key_settings, found.mechanism) == (
        "pkcs11", settings, "rsa-pss/sha384",
    )  # fmt: skip
    assert found.trial
    assert made.trial
    assert lone_front.last_event().deed == "register_certificate"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"key_kind": "smartcard"}, "“smartcard” không có"),
        ({"key_kind": "pkcs11", "key_location": None}, "thiếu module"),
        ({"key_settings": {"pin": "1234"}}, "không dùng “pin”"),
        ({"key_location": None}, "phải có tên tệp"),
        ({"key_location": "../khac.p12"}, "chỉ ghi tên tệp"),
        ({"key_kind": "agent"}, "và chỉ loại khoá ấy"),
        ({"mechanism": "ecdsa/sha256"}, "Cách ký"),
        ({"der": b"no certificate"}, "không phải chứng thư"),
    ],
)
def test_what_cannot_find_a_key_is_refused_with_its_place(
    lone_front: Front, authority: Authority, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        take(lone_front, new(authority, **changes))
    assert reason in refused.value.diagnosis()
    assert lone_front.last_event().outcome == "refused"


@pytest.mark.parametrize(("holder", "word"), [("expired", "hết hạn"), ("wrong-usage", "ký văn")])
def test_a_certificate_that_cannot_sign_is_not_registered(
    lone_front: Front, authority: Authority, holder: str, word: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        take(lone_front, new(authority, holder))
    assert word in refused.value.diagnosis()


def test_a_certificate_in_another_name_is_taken_with_a_warning(
    lone_front: Front, authority: Authority
) -> None:
    assert take(lone_front, new(authority)).warnings == ()
    (warning,) = take(lone_front, new(authority, "other")).warnings
    assert "Người Khác" in warning


def test_only_an_administrator_registers_and_ends(one_front: Front, authority: Authority) -> None:
    clerk = one_front.clerk
    with pytest.raises(NotAuthorisedError):
        take(one_front, new(authority), actor=clerk)
    with pytest.raises(NotAuthorisedError):
        ends(one_front, authority.fingerprint("signatory"), actor=clerk)
    assert row(one_front, authority.fingerprint("signatory")).end_reason is None


def test_the_way_to_a_key_is_said_anew(lone_front: Front, authority: Authority) -> None:
    made = take(lone_front, new(authority))
    change(
        lone_front.desk.database, made.fingerprint[:12], at=lone_front.clock(), actor=MACHINE,
        key_kind="agent", key_location=None,
    )  # fmt: skip
    assert row(lone_front, made.fingerprint).key_kind == "agent"
    with pytest.raises(NotFoundError):
        change(
            lone_front.desk.database, "0" * 12, at=lone_front.clock(), actor=MACHINE,
            key_kind="agent",
        )  # fmt: skip


def test_whose_token_is_lost_signs_no_more_from_that_moment(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    ended = ends(frozen_front, authority.fingerprint("signatory"))
    assert [one.directive_id for one in ended.waiting] == [key]
    with pytest.raises(CertificateUnfitError):
        signs(frozen_front, key)
    assert frozen_front.state(key) == "numbered"
    found = row(frozen_front, authority.fingerprint("signatory"))
    assert (found.valid_to, found.end_reason) == (TODAY, REASON)
    assert frozen_front.events(found.fingerprint)[-1].detail["before"]["key_kind"] == "pkcs12"


def test_a_certificate_that_ends_later_still_signs_until_then(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    ends(frozen_front, authority.fingerprint("signatory"), on=TODAY + timedelta(days=1))
    signs(frozen_front, key)
    frozen_front.clock.advance(days=2)
    with frozen_front.desk.database.reading() as session:
        late = TODAY + timedelta(days=2)
        assert usable_certificate(session, late, officer_id="signatory") is None


def test_what_was_planned_with_a_lost_token_is_given_up_and_the_new_one_goes_on(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    use_key_elsewhere(frozen_front)
    seen = frozen_front.directive(key).frozen_sha256 or ""
    planned = plan_elsewhere(frozen_front.desk, frozen_front.signatory, key, seen_sha256=seen)
    assert ends(frozen_front, authority.fingerprint("signatory")).abandoned == 1
    with frozen_front.desk.database.reading() as session:
        abandoned = session.get_one(Signature, planned.id)
        assert (abandoned.state, REASON in (abandoned.problem or "")) == (ABANDONED, True)
    spare = RegisteredCertificate(
        fingerprint=authority.fingerprint("other"), subject="mới", der=authority.der("other"),
        officer_id="signatory", key_kind="pkcs12", valid_from=TODAY,
        key_location=str(authority.pki.key("other")),
    )  # fmt: skip
    frozen_front.change(lambda session: session.add(spare))
    signs(frozen_front, key, pin=PIN)
    with frozen_front.desk.database.reading() as session:
        living = session.scalars(select(Signature).where(Signature.state != ABANDONED)).one()
        assert (living.certificate, living.state) == (spare.fingerprint, "keyed")


def test_a_signature_made_elsewhere_with_a_lost_token_is_not_taken(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    use_key_elsewhere(frozen_front)
    seen = frozen_front.directive(key).frozen_sha256 or ""
    planned = plan_elsewhere(frozen_front.desk, frozen_front.signatory, key, seen_sha256=seen)
    opened = frozen_front.desk.open_key(row(frozen_front, authority.fingerprint("signatory")), PIN)
    raw = opened.sign(planned.prepared.signed_attributes)
    ends(frozen_front, authority.fingerprint("signatory"))
    with pytest.raises((WrongStateError, CertificateUnfitError)):
        hand_in(
            frozen_front.desk, frozen_front.signatory, key, signature_id=planned.id,
            raw_signature=raw,
        )  # fmt: skip
    assert frozen_front.state(key) == "numbered"


def test_batches_that_wait_for_a_lost_token_are_over_and_running_ones_stop(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    def batch(session: Any, state: str) -> uuid.UUID:
        made = SigningBatch(
            id=uuid.uuid4(), officer_id="signatory", kind="officer", state=state,
            created_at=frozen_front.clock(),
        )  # fmt: skip
        session.add(made)
        session.flush()
        session.add(BatchItem(batch_id=made.id, position=1, directive_id=key, seen_sha256="0" * 64))
        return made.id

    with frozen_front.desk.database.writing() as session:
        waiting, running = batch(session, "summarised"), batch(session, "running")
    assert ends(frozen_front, authority.fingerprint("signatory")).batches == 2
    with frozen_front.desk.database.reading() as session:
        assert session.get_one(SigningBatch, waiting).state == "stopped"
        assert session.get_one(BatchItem, (waiting, 1)).outcome == "not_begun"
        assert session.get_one(SigningBatch, running).stop_asked
        assert session.get_one(BatchItem, (running, 1)).outcome == "waiting"


def test_what_the_agency_has_to_seal_is_listed_when_its_token_is_lost(
    signed_front: Front, key: DirectiveId, authority: Authority
) -> None:
    ended = ends(signed_front, authority.fingerprint("ban"))
    assert [one.directive_id for one in ended.waiting] == [key]


def test_where_the_number_comes_later_what_waits_for_the_officer_is_listed_too(
    one_front: Front, authority: Authority
) -> None:
    first = update(Office).values(number_after_signing=True)
    one_front.change(lambda session: session.execute(first))
    key = one_front.approved()
    freeze(one_front.desk, key)
    ended = ends(one_front, authority.fingerprint("signatory"))
    assert [one.directive_id for one in ended.waiting] == [key]
    assert ends(one_front, authority.fingerprint("ban")).waiting == ()


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
def test_an_end_is_said_once_and_needs_its_reason(
    signing_front: Front, authority: Authority
) -> None:
    mine = authority.fingerprint("signatory")
    with pytest.raises(InvalidInputError):
        ends(signing_front, mine, reason="  ")
    ends(signing_front, mine[:10].upper())
    with pytest.raises(AlreadyDoneError):
        ends(signing_front, mine)
    earlier = ends(signing_front, mine, on=TODAY - timedelta(days=3))
    assert earlier.last_day == TODAY - timedelta(days=3)


def test_a_signature_of_before_still_counts_after_the_end(
    one_front: Front, authority: Authority
) -> None:
    key = signed(one_front)
    ends(one_front, authority.fingerprint("signatory"))
    assert one_front.state(key) == "signed"


def test_an_ended_certificate_is_not_registered_again(
    one_front: Front, authority: Authority
) -> None:
    ends(one_front, authority.fingerprint("signatory"))
    with pytest.raises(InvalidInputError) as refused:
        take(one_front, new(authority))
    assert REASON in refused.value.diagnosis()


def test_lists_show_kind_last_day_trial_and_problems(
    one_front: Front, authority: Authority
) -> None:
    ends(one_front, authority.fingerprint("ban"))
    with one_front.desk.database.reading() as session:
        lines = {one.holder: one for one in certificate_lines(session, one_front.clock())}
        mine = session.get_one(RegisteredCertificate, authority.fingerprint("signatory"))
        assert last_day(mine) == date(2045, 12, 31)
    assert set(lines) == {"Trần Văn Ký", "Ban Thử nghiệm Tỉnh ủy"}
    assert lines["Trần Văn Ký"].problems == ()
    assert lines["Trần Văn Ký"].trial
    assert REASON in lines["Ban Thử nghiệm Tỉnh ủy"].problems[0]
