"""Tokens of programs: made once, ended for good, each deed in the audit trail."""

import hashlib
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from actions.api_tokens import add_api_token, api_tokens, end_api_token
from actions.auditing import MACHINE, Actor, verify_chain
from actions.errors import InvalidInputError, NotAuthorisedError, NotFoundError
from models.audit import AuditEvent
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
        ("drafter", "Kho", DRAFTER, NotAuthorisedError),
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


def test_only_an_administrator_ends_a_token_that_is_there(database: Database) -> None:
    small_office(database)
    made = add_api_token(database, officer_id="drafter", label="Kho", at=AT, actor=MACHINE)
    with pytest.raises(NotAuthorisedError):
        end_api_token(database, made.id, at=AT, actor=DRAFTER)
    with pytest.raises(NotFoundError):
        end_api_token(database, uuid.uuid4(), at=AT, actor=MACHINE)
    assert [outcome for _, outcome in deeds(database)] == ["done", "refused", "refused"]
