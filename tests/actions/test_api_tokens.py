"""Tokens of programs: made once, ended for good, each deed in the audit trail."""

import hashlib
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from actions.api_tokens import (
    add_api_token,
    api_tokens,
    end_api_token,
    token_in_use,
    tokens_of,
)
from actions.auditing import MACHINE, Actor, verify_chain
from actions.errors import InvalidInputError, NotAuthorisedError, NotFoundError
from models.audit import AuditEvent
from models.officer import Account, Officer, Scope
from models.session import Database
from tests.support.factories import small_office

AT = datetime(2022, 9, 20, 1, 0, tzinfo=UTC)
DRAFTER = Actor(kind="officer", id="drafter", name="Nguyễn Thị Soạn")


def deeds(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        assert verify_chain(session).broken_at is None
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence)).all()
    return [(row.deed, row.outcome) for row in rows if row.deed.endswith("api_token")]


def test_a_token_is_stored_by_its_digest_alone_and_ends_once(database: Database) -> None:
    small_office(database)
    made = add_api_token(database, officer_id="drafter", label=" Kho ", at=AT, actor=MACHINE)
    end_api_token(database, made.id, at=AT, actor=MACHINE)
    end_api_token(database, made.id, at=AT + timedelta(hours=1), actor=MACHINE)
    with database.reading() as session:
        (row,) = api_tokens(session)
    assert row.token_sha256 == hashlib.sha256(made.token.encode()).hexdigest()
    assert (row.label, row.ended_at) == ("Kho", AT)
    assert deeds(database) == [("add_api_token", "done"), ("end_api_token", "done")]


@pytest.mark.parametrize(
    ("officer", "label", "actor", "refusal"),
    [
        ("auditor", "Kho", DRAFTER, NotAuthorisedError),
        ("nobody", "Kho", MACHINE, NotFoundError),
        ("drafter", "  ", MACHINE, InvalidInputError),
        ("drafter", "x" * 201, MACHINE, InvalidInputError),
    ],
)
def test_a_refused_token_is_not_made_and_leaves_its_event(
    database: Database, officer: str, label: str, actor: Actor, refusal: type[Exception]
) -> None:
    small_office(database)
    with pytest.raises(refusal):
        add_api_token(database, officer_id=officer, label=label, at=AT, actor=actor)
    with database.reading() as session:
        assert api_tokens(session) == []
    assert deeds(database) == [("add_api_token", "refused")]


def test_officers_make_and_end_their_own_tokens_and_no_others(database: Database) -> None:
    small_office(database)
    other = add_api_token(database, officer_id="auditor", label="Kho", at=AT, actor=MACHINE)
    with pytest.raises(NotAuthorisedError):
        end_api_token(database, other.id, at=AT, actor=DRAFTER)
    with pytest.raises(NotAuthorisedError):
        end_api_token(database, uuid.uuid4(), at=AT, actor=DRAFTER)
    with pytest.raises(NotFoundError):
        end_api_token(database, uuid.uuid4(), at=AT, actor=MACHINE)
    own = add_api_token(database, officer_id="drafter", label="Kho", at=AT, actor=DRAFTER)
    assert token_in_use(database, own.token, AT) is not None
    end_api_token(database, own.id, at=AT, actor=DRAFTER)
    assert token_in_use(database, own.token, AT) is None
    assert token_in_use(database, other.token, AT) is not None


def test_a_token_is_good_for_its_scopes_and_until_its_end(database: Database) -> None:
    small_office(database)
    end = AT + timedelta(days=30)
    made = add_api_token(
        database, officer_id="drafter", label="Kho", at=AT, actor=MACHINE,
        scopes=(Scope.WRITE, Scope.READ), expires_at=end,
    )  # fmt: skip
    found = token_in_use(database, made.token, end - timedelta(seconds=1))
    assert found is not None
    assert found.scopes == {Scope.READ, Scope.WRITE}
    assert token_in_use(database, made.token, end) is None
    with database.reading() as session:
        [row] = tokens_of(session, "drafter")
    assert row.scopes == ["read", "write"]
    assert row.last_used_at == end - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("scopes", "days"), [((), None), ((Scope.READ,), 0), ((Scope.READ,), 4000)]
)
def test_a_token_for_nothing_or_with_an_end_that_cannot_be_is_not_made(
    database: Database, scopes: tuple[Scope, ...], days: int | None
) -> None:
    small_office(database)
    end = None if days is None else AT + timedelta(days=days)
    with pytest.raises(InvalidInputError):
        add_api_token(
            database, officer_id="drafter", label="Kho", at=AT, actor=MACHINE, scopes=scopes,
            expires_at=end,
        )  # fmt: skip
    with database.reading() as session:
        assert api_tokens(session) == []


def test_a_token_of_an_officer_whose_account_is_closed_or_who_left_opens_nothing(
    database: Database,
) -> None:
    small_office(database)
    made = add_api_token(database, officer_id="drafter", label="Kho", at=AT, actor=MACHINE)
    with database.writing() as session:
        session.add(
            Account(officer_id="drafter", username="soan", password_hash="", disabled_at=AT)
        )
    assert token_in_use(database, made.token, AT) is None
    with database.writing() as session:
        session.get_one(Account, "drafter").disabled_at = None
    assert token_in_use(database, made.token, AT) is not None
    with database.writing() as session:
        session.get_one(Officer, "drafter").left_on = (AT - timedelta(days=1)).date()
    assert token_in_use(database, made.token, AT) is None
