"""Who can let others in is never nobody; and how an account is let in again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from actions import passwords
from actions.accounts import (
    SignInRefusedError,
    add_account,
    disable_account,
    sign_in,
)
from actions.auditing import MACHINE
from actions.errors import InvalidInputError, NotAuthorisedError, NotFoundError
from actions.last_administrator import administrators
from actions.leaving import leave
from actions.passwords import check_password, temporary_password
from actions.reopening import reopen_account, unlock_account
from models.officer import Account, Officer, Role
from models.session import Database
from tests.support.factories import SmallOffice, officer, small_office

GOOD = "đồi thông hai mộ chiều mưa"
AT = datetime(2022, 9, 20, 1, 0, tzinfo=UTC)
TODAY = date(2022, 9, 20)


@pytest.fixture(autouse=True)
def _light_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    light = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", light)


@pytest.fixture
def office(database: Database) -> SmallOffice:
    made = small_office(database)
    opened(database, "administrator")
    opened(database, "drafter")
    return made


def opened(database: Database, who: str) -> None:
    add_account(
        database, officer_id=who, username=who, password=GOOD, at=AT, actor=MACHINE,
        temporary=False,
    )  # fmt: skip


def second(database: Database) -> None:
    with database.writing() as session:
        officer(session, "tri-hai", "Đinh Thị Trị", Role.ADMINISTRATOR)
    opened(database, "tri-hai")


def test_the_last_administrator_does_not_leave_before_another_can_sign_in(
    database: Database, office: SmallOffice
) -> None:
    me = office.actor(Role.ADMINISTRATOR)
    for day in (TODAY, TODAY + timedelta(days=30)):
        with pytest.raises(InvalidInputError, match="duy nhất"):
            leave(database, "administrator", on=day, reason="Nghỉ hưu", at=AT, actor=me)
    with database.reading() as session:
        assert session.get_one(Officer, "administrator").left_on is None
    second(database)
    leave(database, "administrator", on=TODAY, reason="Nghỉ hưu", at=AT, actor=me)
    with database.reading() as session:
        assert [one.id for one in administrators(session, TODAY)] == ["tri-hai"]
    # What was not handed over the first time can still be, by somebody else.
    leave(database, "administrator", on=TODAY, reason="Bàn giao tiếp", at=AT, actor=MACHINE)


def test_the_last_administrators_account_is_not_closed_not_even_by_the_server(
    database: Database, office: SmallOffice
) -> None:
    for actor in (office.actor(Role.ADMINISTRATOR), MACHINE):
        with pytest.raises(InvalidInputError, match="duy nhất"):
            disable_account(database, officer_id="administrator", at=AT, actor=actor)
    second(database)
    disable_account(database, officer_id="administrator", at=AT, actor=MACHINE)
    with pytest.raises(InvalidInputError, match="Đinh Thị Trị"):
        disable_account(database, officer_id="tri-hai", at=AT, actor=MACHINE)
    disable_account(database, officer_id="drafter", at=AT, actor=MACHINE)


def test_a_locked_account_is_unlocked_at_once_and_keeps_its_password(
    database: Database, office: SmallOffice
) -> None:
    me = office.actor(Role.ADMINISTRATOR)
    for _ in range(5):
        with pytest.raises(SignInRefusedError):
            sign_in(database, "drafter", "sai mật khẩu mất rồi", at=AT)
    with pytest.raises(SignInRefusedError):
        sign_in(database, "drafter", GOOD, at=AT)
    with pytest.raises(NotAuthorisedError):
        unlock_account(
            database, officer_id="drafter", at=AT, actor=office.actor(Role.REGISTRY_CLERK)
        )
    unlock_account(database, officer_id="drafter", at=AT, actor=me)
    unlock_account(database, officer_id="drafter", at=AT, actor=me)
    assert sign_in(database, "drafter", GOOD, at=AT).token
    with pytest.raises(NotFoundError):
        unlock_account(database, officer_id="auditor", at=AT, actor=me)


def test_a_closed_account_is_opened_again_with_a_reason_but_not_of_who_left(
    database: Database, office: SmallOffice
) -> None:
    me = office.actor(Role.ADMINISTRATOR)
    disable_account(database, officer_id="drafter", at=AT, actor=me, reason="Nghỉ phép dài")
    with pytest.raises(InvalidInputError):
        reopen_account(database, officer_id="drafter", reason=" ", at=AT, actor=me)
    with pytest.raises(NotAuthorisedError):
        reopen_account(
            database, officer_id="drafter", reason="x", at=AT, actor=office.actor(Role.DRAFTER)
        )
    reopen_account(database, officer_id="drafter", reason="Đi làm lại", at=AT, actor=me)
    assert sign_in(database, "drafter", GOOD, at=AT).token
    yesterday = TODAY - timedelta(days=1)
    leave(database, "drafter", on=yesterday, reason="Chuyển công tác", at=AT, actor=me)
    with pytest.raises(InvalidInputError, match="thôi công tác"):
        reopen_account(database, officer_id="drafter", reason="Nhầm", at=AT, actor=me)
    with database.reading() as session:
        assert session.get_one(Account, "drafter").disabled_at == AT


def test_a_temporary_password_is_taken_and_never_the_same() -> None:
    made = {temporary_password() for _ in range(50)}
    assert len(made) == 50
    assert not any(check_password(one, username="soan", name="Soạn") for one in made)
