from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.acknowledging import acknowledge
from actions.chasing import chase
from actions.desk import Desk
from actions.dispatching import deliver_batch
from actions.errors import AlreadyDoneError, NotAuthorisedError, NotFoundError
from actions.extending import request_extension
from actions.transferring import _transfer, transfer_to_successors
from models.audit import AuditEvent
from models.base import DirectiveId
from models.organisation import OrganisationSuccessor
from models.session import Database
from tests.actions.back_office import (
    ScriptedChannel,
    change_unit,
    consignments,
    issue,
    obligations,
    send_all,
    task,
    unit,
)
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import organisation, small_office

ENDED, AFTER = date(2022, 10, 14), date(2022, 10, 17)
A = "huyen-a@donvi.example"


@pytest.fixture
def channel() -> ScriptedChannel:
    return ScriptedChannel()


@pytest.fixture
def desk(
    sqlite_database: Database, tmp_path: Path, clock: StoryClock, channel: ScriptedChannel
) -> Desk:
    small_office(sqlite_database)
    return make_desk(sqlite_database, tmp_path, clock, channels={"smtp": channel})


def end(desk: Desk, key: str, *successors: str) -> None:
    change_unit(desk, key, valid_to=ENDED)
    with desk.database.writing() as session:
        for successor in successors:
            session.add(
                OrganisationSuccessor(
                    organisation_id=key, successor_id=successor, since=date(2022, 10, 15)
                )
            )


def test_what_an_ended_unit_owes_passes_to_its_successors_who_get_the_directive(
    desk: Desk, clock: StoryClock, channel: ScriptedChannel
) -> None:
    issue(desk, tasks=[task(groups=[], organisations=["huyen-a"])])
    send_all(desk)
    with desk.database.writing() as session:
        organisation(session, "moi-1", "Đơn vị mới 1")
        organisation(session, "moi-2", "Đơn vị mới 2", address=None)
    end(desk, "huyen-a", "moi-1", "moi-2")
    clock.set_day(AFTER)
    assert transfer_to_successors(desk) == 1
    made = obligations(desk)
    old, heir = made["R1", "huyen-a"], made["R1", "moi-1"]
    assert (old.state, old.successor_id) == ("transferred", heir.id)
    assert (heir.state, heir.due, heir.sentence) == ("open", old.due, old.sentence)
    assert heir.flags[-1]["message"].startswith("Kế thừa Huyện ủy A")
    assert consignments(desk)["moi-1"].state == "planned"
    assert consignments(desk)["moi-2"].state == "held"
    send_all(desk)
    assert "moi-1@donvi.example" in channel.recipients
    assert transfer_to_successors(desk) == 0
    with desk.database.reading() as session:
        deed = select(AuditEvent).where(AuditEvent.deed == "transfer_obligation")
        assert session.scalars(deed).one().detail["successors"] == ["moi-1", "moi-2"]


def test_a_successor_that_owes_the_same_already_owes_it_once(desk: Desk, clock: StoryClock) -> None:
    issue(desk, tasks=[task()])
    request_extension(
        desk, unit("huyen-a"), obligations(desk)["R1", "huyen-a"].id,
        asked_until=date(2022, 12, 1), reason="x",
    )  # fmt: skip
    end(desk, "huyen-a", "huyen-b")
    clock.set_day(AFTER)
    assert transfer_to_successors(desk) == 1
    made = obligations(desk)
    assert made["R1", "huyen-a"].successor_id == made["R1", "huyen-b"].id
    assert len(made) == 3


def test_without_a_successor_it_stays_for_a_person(desk: Desk, clock: StoryClock) -> None:
    issue(desk, tasks=[task()])
    end(desk, "huyen-a")
    clock.set_day(AFTER)
    assert transfer_to_successors(desk) == 0
    assert obligations(desk)["R1", "huyen-a"].state == "open"


def test_what_was_reported_just_before_is_not_passed_on(desk: Desk, clock: StoryClock) -> None:
    issue(desk, tasks=[task(groups=[], organisations=["huyen-a"])])
    end(desk, "huyen-a", "huyen-b")
    clock.set_day(AFTER)
    owed = obligations(desk)["R1", "huyen-a"]
    with desk.database.writing() as session:
        session.merge(owed).state = "reported"
    assert _transfer(desk, owed.id) is False
    assert list(obligations(desk)) == [("R1", "huyen-a")]


def test_the_issuing_office_may_be_the_successor_and_is_sent_nothing(
    desk: Desk, clock: StoryClock
) -> None:
    issue(desk, tasks=[task(groups=[], organisations=["huyen-a"])])
    end(desk, "huyen-a", "ban")
    clock.set_day(AFTER)
    assert transfer_to_successors(desk) == 1
    assert ("R1", "ban") in obligations(desk)
    assert "ban" not in consignments(desk)


def test_chasing_reminds_the_successor(desk: Desk, clock: StoryClock) -> None:
    issue(desk, tasks=[task(groups=[], organisations=["huyen-a"])])
    end(desk, "huyen-a", "huyen-b")
    clock.set_day(date(2022, 10, 25))
    assert chase(desk).reminders == 1
    send_all(desk)
    assert obligations(desk)["R1", "huyen-b"].state == "open"


# --- the unit's own word that it has received -------------------------------------------------


@pytest.fixture
def key(desk: Desk, channel: ScriptedChannel) -> DirectiveId:
    channel.plan[A] = ["bounce"]
    made = issue(desk, tasks=[task()])
    deliver_batch(desk)
    return made


def test_a_unit_confirms_even_what_its_server_refused(
    desk: Desk, key: DirectiveId, clock: StoryClock
) -> None:
    acknowledge(desk, unit("huyen-a"), key, organisation_id="huyen-a")
    one = consignments(desk)["huyen-a"]
    assert (one.state, one.acknowledged_at) == ("accepted", clock.at)
    with pytest.raises(AlreadyDoneError):
        acknowledge(desk, unit("huyen-a"), key, organisation_id="huyen-a")


def test_only_the_unit_itself_confirms_and_only_what_was_meant_for_it(
    desk: Desk, key: DirectiveId
) -> None:
    with pytest.raises(NotAuthorisedError):
        acknowledge(desk, unit("huyen-b"), key, organisation_id="huyen-a")
    with pytest.raises(NotFoundError):
        acknowledge(desk, unit("ban"), key, organisation_id="ban")
