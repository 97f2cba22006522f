from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from actions.auditing import MACHINE
from actions.closing import (
    cancel_obligation,
    close_directive,
    close_if_settled,
    fulfil_own,
)
from actions.desk import Desk, doing
from actions.errors import (
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    WrongStateError,
)
from models.directive import Directive
from models.lifecycle import ObligationState
from models.officer import Role
from models.outbox import OutboxRow
from models.session import Database
from tests.actions.back_office import OWN, issue, obligations, task, unit
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice, small_office


@pytest.fixture
def office(sqlite_database: Database) -> SmallOffice:
    return small_office(sqlite_database)


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path, clock: StoryClock, office: SmallOffice) -> Desk:
    assert office.group == "huyen"
    return make_desk(sqlite_database, tmp_path, clock)


def directive(desk: Desk) -> Directive:
    with desk.database.reading() as session:
        return session.scalars(select(Directive)).one()


def test_a_directive_is_closed_with_a_reason_by_its_follow_up_officer(
    desk: Desk, office: SmallOffice, clock: StoryClock
) -> None:
    key = issue(desk, tasks=[task()])
    with pytest.raises(NotAuthorisedError):
        close_directive(desk, office.actor(Role.SIGNATORY), key, reason="x")
    with pytest.raises(InvalidInputError):
        close_directive(desk, office.actor(Role.FOLLOW_UP), key, reason="  ")
    close_directive(desk, office.actor(Role.FOLLOW_UP), key, reason=" Đã đủ kết quả. ")
    closed = directive(desk)
    assert (closed.state, closed.close_reason, closed.closed_at) == (
        "closed", "Đã đủ kết quả.", clock.at,
    )  # fmt: skip
    with pytest.raises(WrongStateError):
        close_directive(desk, office.actor(Role.FOLLOW_UP), key, reason="x")
    with desk.database.reading() as session:
        kinds = session.scalars(select(OutboxRow.kind)).all()
        assert "wake" in kinds


def test_a_directive_without_obligations_does_not_close_itself(desk: Desk) -> None:
    key = issue(desk)
    with doing(desk, MACHINE, "look", subject=key) as deed:
        assert not close_if_settled(deed, deed.session.get_one(Directive, key))


def test_cancelling_the_last_obligation_closes_the_directive(
    desk: Desk, office: SmallOffice
) -> None:
    issue(desk, tasks=[task(groups=[], organisations=["huyen-a", "huyen-b"])])
    one, other = (obligations(desk)["R1", who].id for who in ("huyen-a", "huyen-b"))
    actor = office.actor(Role.FOLLOW_UP)
    with pytest.raises(InvalidInputError):
        cancel_obligation(desk, actor, one, reason="")
    with pytest.raises(NotAuthorisedError):
        cancel_obligation(desk, unit("huyen-a"), one, reason="không làm")
    cancel_obligation(desk, actor, one, reason="Giao nhầm.")
    assert directive(desk).state == "issued"
    with pytest.raises(WrongStateError):
        cancel_obligation(desk, actor, one, reason="lần nữa")
    cancel_obligation(desk, actor, other, reason="Giao nhầm.")
    assert directive(desk).state == "closed"
    with pytest.raises(NotFoundError):
        cancel_obligation(desk, actor, uuid4(), reason="x")


def test_the_office_records_that_its_own_task_is_done(desk: Desk, office: SmallOffice) -> None:
    issue(desk, tasks=[OWN, task(groups=[], organisations=["huyen-a"])])
    actor = office.actor(Role.FOLLOW_UP)
    own, other = obligations(desk)["R2", "ban"].id, obligations(desk)["R1", "huyen-a"].id
    with pytest.raises(WrongStateError, match="đơn vị khác"):
        fulfil_own(desk, actor, other, note="x")
    with pytest.raises(InvalidInputError, match="Kết quả"):
        fulfil_own(desk, actor, own, note="")
    fulfil_own(desk, actor, own, note="Đã báo cáo Ban Thường vụ.")
    done = obligations(desk)["R2", "ban"]
    assert done.state == "accepted"
    assert done.reported_at == done.accepted_at == desk.clock()
    cancel_obligation(desk, actor, other, reason="Giao nhầm.")
    assert directive(desk).state == "closed"


def test_a_transferred_obligation_counts_as_settled(desk: Desk) -> None:
    key = issue(desk, tasks=[task(groups=[], organisations=["huyen-a"])])
    with desk.database.writing() as session:
        for one in obligations(desk).values():
            session.merge(one).state = ObligationState.TRANSFERRED.value
    with doing(desk, MACHINE, "look", subject=key) as deed:
        assert close_if_settled(deed, deed.session.get_one(Directive, key))
