"""Accounts, signing in, locks and sessions."""

from datetime import UTC, date, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from actions import passwords
from actions.account_rows import OwnPasswordError
from actions.accounts import (
    SignInRefusedError,
    add_account,
    disable_account,
    end_session,
    end_sessions,
    session_officer,
    set_password,
    sign_in,
)
from actions.auditing import MACHINE, Actor, verify_chain
from actions.errors import (
    AlreadyDoneError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
)
from actions.passwords import check_password, hash_password, verify_password
from models.audit import AuditEvent
from models.officer import Account, Officer, Role, SignInSession
from models.session import Database
from tests.support.factories import SmallOffice, small_office

AT = datetime(2022, 9, 20, 1, 0, tzinfo=UTC)
GOOD = "đồi thông hai mộ chiều mưa"
OTHER = "hồ xuân hương sáng sớm"


@pytest.fixture(autouse=True)
def _light_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The full parameters take a sixth of a second each; one test below looks at them."""
    light = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", light)
    passwords._hash_of_nobody.cache_clear()


@pytest.fixture
def office(database: Database) -> SmallOffice:
    made = small_office(database)
    add_account(
        database, officer_id="drafter", username="Soan", password=GOOD, at=AT, actor=MACHINE
    )
    return made


def deeds(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        assert verify_chain(session).broken_at is None
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence))
        return [(row.deed, row.outcome, row.detail.get("reason", "")) for row in rows]


def fail(database: Database, times: int, at: datetime = AT) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefusedError):
            sign_in(database, "soan", "sai mật khẩu mất rồi", at=at)


def test_the_right_password_opens_a_session_that_names_the_officer(
    database: Database, office: SmallOffice
) -> None:
    made = sign_in(database, " SOAN ", GOOD, at=AT)
    found = session_officer(database, made.token, AT + timedelta(hours=11, minutes=59))
    assert found is not None
    assert found.actor == Actor(kind="officer", id="drafter", name="Nguyễn Thị Soạn, Chuyên viên")
    assert found.sent_by(made.csrf_token)
    assert not found.sent_by(made.token)
    assert not found.sent_by(None)
    assert deeds(database) == [("add_account", "done", ""), ("sign_in", "done", "")]
    assert office.officer(Role.DRAFTER) == found.officer_id


def test_a_password_typed_with_separate_marks_is_the_same_password(
    database: Database, office: SmallOffice
) -> None:
    import unicodedata  # noqa: PLC0415 (this test alone)

    assert office
    assert sign_in(database, "soan", unicodedata.normalize("NFD", GOOD), at=AT).token


@pytest.mark.parametrize(
    ("username", "password", "reason"),
    [("soan", OTHER, "wrong_password"), ("nobody", GOOD, "unknown_account")],
)
def test_wrong_name_and_wrong_password_sound_the_same_and_are_recorded(
    database: Database, office: SmallOffice, username: str, password: str, reason: str
) -> None:
    assert office
    with pytest.raises(SignInRefusedError) as refusal:
        sign_in(database, username, password, at=AT)
    assert refusal.value.diagnosis() == SignInRefusedError("anything").diagnosis()
    assert deeds(database)[-1] == ("sign_in", "refused", reason)
    with database.reading() as session:
        texts = [str(row.detail) + row.subject_id for row in session.scalars(select(AuditEvent))]
    assert not any("nobody" in text or OTHER in text or GOOD in text for text in texts)


def test_five_wrong_passwords_lock_even_the_right_one_out_for_a_minute(
    database: Database, office: SmallOffice
) -> None:
    assert office
    fail(database, 4)
    assert sign_in(database, "soan", GOOD, at=AT)
    fail(database, 5)
    with pytest.raises(SignInRefusedError):
        sign_in(database, "soan", GOOD, at=AT + timedelta(seconds=59))
    assert deeds(database)[-1] == ("sign_in", "refused", "locked")
    assert sign_in(database, "soan", GOOD, at=AT + timedelta(seconds=60))


def test_the_lock_doubles_up_to_an_hour_and_tries_while_locked_do_not_lengthen_it(
    database: Database, office: SmallOffice
) -> None:
    assert office
    fail(database, 5)
    at, pauses = AT, []
    for _ in range(8):
        with database.reading() as session:
            until = session.get_one(Account, "drafter").locked_until
        assert until is not None
        pauses.append(int((until - at).total_seconds() / 60))
        fail(database, 1, at)
        at = until
        fail(database, 1, at)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_disabled_account_and_an_officer_who_left_do_not_get_in(
    database: Database, office: SmallOffice
) -> None:
    made = sign_in(database, "soan", GOOD, at=AT)
    with database.writing() as session:
        session.get_one(Officer, "drafter").left_on = date(2022, 9, 20)
    assert session_officer(database, made.token, AT) is not None
    later = AT + timedelta(hours=11)  # still the 20th in Vietnam
    assert session_officer(database, made.token, later) is not None
    gone = AT + timedelta(days=1)
    with pytest.raises(SignInRefusedError):
        sign_in(database, "soan", GOOD, at=gone)
    disable_account(database, officer_id="drafter", at=AT, actor=office.actor(Role.ADMINISTRATOR))
    disable_account(database, officer_id="drafter", at=AT, actor=office.actor(Role.ADMINISTRATOR))
    assert session_officer(database, made.token, AT) is None
    with pytest.raises(SignInRefusedError):
        sign_in(database, "soan", GOOD, at=AT)
    assert [deed for deed in deeds(database) if deed[0] == "disable_account"] == [
        ("disable_account", "done", "")
    ]


def test_an_open_session_of_an_officer_who_left_is_over(
    database: Database, office: SmallOffice
) -> None:
    assert office
    made = sign_in(database, "soan", GOOD, at=AT)
    with database.writing() as session:
        session.get_one(Officer, "drafter").left_on = date(2022, 9, 19)
    assert session_officer(database, made.token, AT) is None


def test_an_account_that_was_disabled_in_the_tables_has_no_session(
    database: Database, office: SmallOffice
) -> None:
    assert office
    made = sign_in(database, "soan", GOOD, at=AT)
    with database.writing() as session:
        session.get_one(Account, "drafter").disabled_at = AT
    assert session_officer(database, made.token, AT) is None
    with pytest.raises(SignInRefusedError):
        sign_in(database, "soan", GOOD, at=AT)
    assert deeds(database)[-1] == ("sign_in", "refused", "disabled")


def test_a_session_ends_after_twelve_hours_or_when_it_is_ended(
    database: Database, office: SmallOffice
) -> None:
    assert office
    made = sign_in(database, "soan", GOOD, at=AT)
    assert session_officer(database, made.token, AT + timedelta(hours=12)) is None
    assert session_officer(database, made.token + "x", AT) is None
    assert end_session(database, made.token, AT)
    assert not end_session(database, made.token, AT)
    assert session_officer(database, made.token, AT) is None


def test_the_database_never_holds_a_token(database: Database, office: SmallOffice) -> None:
    assert office
    made = sign_in(database, "soan", GOOD, at=AT)
    assert len(made.token) >= 43
    with database.reading() as session:
        row = session.scalars(select(SignInSession)).one()
    assert made.token not in {row.token_sha256, row.csrf_token}


def test_long_dead_sessions_are_cleared_at_the_next_sign_in(
    database: Database, office: SmallOffice
) -> None:
    assert office
    sign_in(database, "soan", GOOD, at=AT)
    sign_in(database, "soan", GOOD, at=AT + timedelta(days=40))
    with database.reading() as session:
        assert len(session.scalars(select(SignInSession)).all()) == 1


def test_a_new_password_ends_all_sessions_and_the_lock(
    database: Database, office: SmallOffice
) -> None:
    made = sign_in(database, "soan", GOOD, at=AT)
    fail(database, 5)
    set_password(
        database, officer_id="drafter", password=OTHER, at=AT,
        actor=office.actor(Role.ADMINISTRATOR),
    )  # fmt: skip
    assert session_officer(database, made.token, AT) is None
    assert sign_in(database, "soan", OTHER, at=AT)
    with pytest.raises(SignInRefusedError):
        sign_in(database, "soan", GOOD, at=AT)


def test_a_new_password_follows_the_same_rules(database: Database, office: SmallOffice) -> None:
    me = office.actor(Role.DRAFTER)
    with pytest.raises(InvalidInputError):
        set_password(database, officer_id="drafter", password="ngắn", at=AT, actor=me, current=GOOD)
    assert sign_in(database, "soan", GOOD, at=AT)


@pytest.mark.parametrize("current", [None, OTHER])
def test_officers_change_their_own_password_only_with_the_current_one(
    database: Database, office: SmallOffice, current: str | None
) -> None:
    me = office.actor(Role.DRAFTER)
    with pytest.raises(OwnPasswordError):
        set_password(
            database, officer_id="drafter", password=OTHER, at=AT, actor=me, current=current
        )
    set_password(database, officer_id="drafter", password=OTHER, at=AT, actor=me, current=GOOD)
    assert sign_in(database, "soan", OTHER, at=AT)


def test_only_administrators_manage_accounts_of_others(
    database: Database, office: SmallOffice
) -> None:
    clerk = office.actor(Role.REGISTRY_CLERK)
    with pytest.raises(NotAuthorisedError):
        add_account(
            database, officer_id="auditor", username="sat", password=GOOD, at=AT, actor=clerk
        )
    with pytest.raises(NotAuthorisedError):
        set_password(database, officer_id="drafter", password=OTHER, at=AT, actor=clerk)
    with pytest.raises(NotAuthorisedError):
        disable_account(database, officer_id="drafter", at=AT, actor=clerk)
    with pytest.raises(NotAuthorisedError):
        end_sessions(database, "drafter", at=AT, actor=clerk)
    assert [outcome for _, outcome, _ in deeds(database)] == ["done", *["refused"] * 4]
    sign_in(database, "soan", GOOD, at=AT)
    sign_in(database, "soan", GOOD, at=AT)
    assert end_sessions(database, "drafter", at=AT, actor=office.actor(Role.DRAFTER)) == 2
    administrator = office.actor(Role.ADMINISTRATOR)
    assert end_sessions(database, "drafter", at=AT, actor=administrator) == 0


def test_accounts_need_a_known_officer_a_free_name_and_a_good_password(
    database: Database, office: SmallOffice
) -> None:
    assert office
    with pytest.raises(NotFoundError):
        add_account(database, officer_id="x", username="ai-do", password=GOOD, at=AT, actor=MACHINE)
    with pytest.raises(AlreadyDoneError):
        add_account(
            database, officer_id="drafter", username="b12", password=GOOD, at=AT, actor=MACHINE
        )
    for username, password, place in (
        ("soan", GOOD, "Tên đăng nhập"),
        ("có dấu", GOOD, "Tên đăng nhập"),
        ("giam-sat", "ngắn quá", "Mật khẩu"),
    ):
        with pytest.raises(InvalidInputError) as refusal:
            add_account(
                database, officer_id="auditor", username=username, password=password, at=AT,
                actor=MACHINE,
            )  # fmt: skip
        assert refusal.value.problems[0].place == place
    with pytest.raises(NotFoundError):
        set_password(database, officer_id="auditor", password=GOOD, at=AT, actor=MACHINE)


def test_an_old_hash_is_made_anew_at_the_next_sign_in(
    database: Database, office: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert office
    stronger = PasswordHasher(time_cost=2, memory_cost=128, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", stronger)
    sign_in(database, "soan", GOOD, at=AT)
    with database.reading() as session:
        assert "m=128,t=2" in session.get_one(Account, "drafter").password_hash
    assert sign_in(database, "soan", GOOD, at=AT)


@pytest.mark.parametrize(
    "password",
    ["mười một ký", "123456789012", "Pass Word 1234", "aaaaaaaaaaaaaa", "ababababababab",
     "nguyenminhan", "Nguyễn Minh An", "NGUYEN MINH AN", "x" * 300],
)  # fmt: skip
def test_short_common_and_own_names_are_no_passwords(password: str) -> None:
    assert check_password(password, username="nguyenminhan", name="Nguyễn Minh An")


@pytest.mark.parametrize("password", [GOOD, OTHER, "mot hai ba bon nam", "🌲" * 11 + "đồi"])
def test_length_alone_makes_a_password_good(password: str) -> None:
    assert check_password(password, username="nguyenminhan", name="Nguyễn Minh An") == ()


@given(st.text(max_size=60))
def test_any_text_is_hashed_and_verified(password: str) -> None:
    encoded = hash_password(password)
    assert verify_password(encoded, password)
    assert not verify_password(encoded, password + "x")
    assert not verify_password(None, password)
    assert not verify_password("no hash at all", password)


def test_the_product_hashes_with_argon2id_at_full_strength() -> None:
    parameters = PasswordHasher()
    assert (parameters.type.name, parameters.memory_cost, parameters.time_cost) == ("ID", 65536, 3)
