"""Machines of signatories on both databases: codes that open once, tokens that end."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from actions.auditing import MACHINE, Actor
from actions.errors import NotAuthorisedError, NotFoundError
from actions.pairing import (
    ALPHABET,
    CODE_LIFETIME,
    PairingRefusedError,
    device_in_use,
    devices_of,
    end_device,
    offer_code,
    pair_device,
)
from models.audit import AuditEvent
from models.officer import Account, Officer
from models.session import Database
from tests.support.clock import StoryClock
from tests.support.factories import small_office

SIGNATORY = Actor(kind="officer", id="signatory", name="Người ký")
CLERK = Actor(kind="officer", id="registry-clerk", name="Văn thư")
DRAFTER = Actor(kind="officer", id="drafter", name="Người soạn")


@pytest.fixture
def office(database: Database) -> Database:
    small_office(database)
    with database.writing() as session:
        for officer in (SIGNATORY.id, CLERK.id):
            session.add(Account(officer_id=officer, username=officer, password_hash="x"))
    return database


def test_a_code_becomes_a_token_once(office: Database, clock: StoryClock) -> None:
    code = offer_code(office, actor=SIGNATORY, at=clock())
    assert len(code.code) == 8
    assert set(code.code) <= set(ALPHABET)
    made = pair_device(office, code=code.spelled.lower(), label=" Máy  bàn ", at=clock())
    found = device_in_use(office, made.token, clock())
    assert found is not None
    assert (found.id, found.actor.id, found.label) == (made.id, "signatory", "Máy bàn")
    with pytest.raises(PairingRefusedError):
        pair_device(office, code=code.code, label="x", at=clock())
    assert device_in_use(office, code.code, clock()) is None


def test_of_two_machines_with_one_code_one_is_paired(office: Database, clock: StoryClock) -> None:
    code, at = offer_code(office, actor=SIGNATORY, at=clock()), clock()

    def tries(label: str) -> bool:
        try:
            pair_device(office, code=code.code, label=label, at=at)
        except PairingRefusedError:
            return False
        return True

    with ThreadPoolExecutor(max_workers=4) as threads:
        assert sum(threads.map(tries, ("a", "b", "c", "d"))) == 1


def test_a_code_ends_by_time_and_by_the_next_one(office: Database, clock: StoryClock) -> None:
    first, at = offer_code(office, actor=SIGNATORY, at=clock()), clock()
    second = offer_code(office, actor=SIGNATORY, at=at)
    for code, then in ((first, at), (second, at + CODE_LIFETIME)):
        with pytest.raises(PairingRefusedError):
            pair_device(office, code=code.code, label="x", at=then)
    late = at + CODE_LIFETIME - timedelta(seconds=1)
    assert pair_device(office, code=second.code, label="x", at=late).token.startswith("tka_")


def test_only_who_signs_or_seals_has_a_machine(office: Database, clock: StoryClock) -> None:
    assert offer_code(office, actor=CLERK, at=clock())
    for actor in (DRAFTER, MACHINE):
        with pytest.raises(NotAuthorisedError):
            offer_code(office, actor=actor, at=clock())


def test_a_machine_ends_with_its_officer(office: Database, clock: StoryClock) -> None:
    at = clock()
    code = offer_code(office, actor=SIGNATORY, at=at)
    token = pair_device(office, code=code.code, label="x", at=at).token
    waiting = offer_code(office, actor=SIGNATORY, at=at)
    assert device_in_use(office, token, at)
    with office.writing() as session:
        session.execute(
            update(Officer)
            .where(Officer.id == "signatory")
            .values(left_on=at.date() - timedelta(days=1))
        )
    assert device_in_use(office, token, at) is None
    with pytest.raises(PairingRefusedError):
        pair_device(office, code=waiting.code, label="x", at=at)


def test_an_ended_machine_is_out_at_once_and_stays_on_the_list(
    office: Database, clock: StoryClock
) -> None:
    at = clock()
    code = offer_code(office, actor=SIGNATORY, at=at)
    made = pair_device(office, code=code.code, label="x", at=at)
    with pytest.raises(NotAuthorisedError):
        end_device(office, made.id, actor=CLERK, at=at)
    assert device_in_use(office, made.token, at)
    for actor in (SIGNATORY, MACHINE):  # the second time nothing more happens
        end_device(office, made.id, actor=actor, at=at)
        assert device_in_use(office, made.token, at) is None
    with office.reading() as session:
        assert [one.ended_at for one in devices_of(session, "signatory")] == [at]
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.deed == "end_device").order_by(AuditEvent.sequence)
        ).all()
    assert [event.outcome for event in events] == ["refused", "done"]
    with pytest.raises(NotFoundError):
        end_device(office, uuid.uuid4(), actor=MACHINE, at=at)
