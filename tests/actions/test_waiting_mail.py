"""What fits nobody waits for a person, is read as text, and is matched to a delivery once."""

import uuid
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from actions.amending.recalling import recall
from actions.answers.moving import events_of
from actions.desk import Desk
from actions.errors import InvalidInputError, NotAuthorisedError, NotFoundError, WrongStateError
from actions.receiving import receive
from actions.waiting_mail import (
    Meaning,
    how_many_wait,
    match_to_delivery,
    read_message,
    waiting,
)
from delivery.inbox import read_mail
from models.base import DirectiveId
from models.dispatch import Consignment, IncomingMessage
from models.officer import Role
from models.organisation import UnitChannel
from models.session import Database
from tests.actions.back_office import (
    ScriptedChannel,
    consignments,
    issue,
    send_all,
    unit,
)
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice, small_office


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return small_office(database)


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: StoryClock, office: SmallOffice) -> Desk:
    assert office.group == "huyen"
    return make_desk(database, tmp_path, clock, channels={"smtp": ScriptedChannel()})


@pytest.fixture
def key(desk: Desk) -> DirectiveId:
    made = issue(desk)
    send_all(desk)
    return made


def comes(desk: Desk, text: str = "Đơn vị chưa nhận được.") -> IncomingMessage:
    made = EmailMessage()
    made["From"], made["Subject"] = "la@noi-khac.example", "Hỏi"
    made["Message-ID"] = f"<{uuid.uuid4()}@noi-khac.example>"
    made.set_content(text)
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="../../x.pdf")
    mail = read_mail(made.as_bytes())
    receive(desk, mail)
    with desk.database.reading() as session:
        query = select(IncomingMessage).where(IncomingMessage.dedupe_key == mail.dedupe_key)
        return session.scalars(query).one()


def test_what_waits_is_listed_and_read_as_text(desk: Desk, key: DirectiveId) -> None:
    one, other = comes(desk), comes(desk, "x" * 30_000)
    with desk.database.reading() as session:
        assert {row.id for row in waiting(session)} == {one.id, other.id}
        assert len(waiting(session, limit=1)) == 1
        assert how_many_wait(session) == 2
    read = read_message(desk, one)
    assert read.text.strip() == "Đơn vị chưa nhận được."
    assert read.reports == 1
    assert "/" not in read.files[0][0]
    assert (read_message(desk, other).cut, read.cut) == (True, False)
    assert key in {row.directive_id for row in consignments(desk).values()}


@pytest.mark.parametrize(
    ("meaning", "state"),
    [
        (Meaning.WORD, "sent"), (Meaning.BOUNCED, "bounced"), (Meaning.ARRIVED, "arrived"),
        (Meaning.REFUSED, "refused"), (Meaning.ACCEPTED, "accepted"),
    ],
)  # fmt: skip
def test_a_person_says_what_it_means_and_it_counts_once(
    desk: Desk, key: DirectiveId, office: SmallOffice, meaning: Meaning, state: str
) -> None:
    came, one = comes(desk), consignments(desk)["huyen-a"]
    assert one.directive_id == key
    clerk = office.actor(Role.REGISTRY_CLERK)
    moved = match_to_delivery(
        desk, clerk, came.id, consignment_id=one.id, meaning=meaning, reason="Thư nói vậy"
    )
    assert (moved, consignments(desk)["huyen-a"].state) == (meaning is not Meaning.WORD, state)
    with desk.database.reading() as session:
        (said,) = (
            event for event in events_of(session, [one.id])[one.id] if event.incoming_id == came.id
        )
        assert said.source == "officer"
        assert "Thư nói vậy" in said.words
        assert how_many_wait(session) == 0
    with pytest.raises(WrongStateError):
        match_to_delivery(
            desk, clerk, came.id, consignment_id=one.id, meaning=Meaning.ACCEPTED, reason="lại"
        )
    assert consignments(desk)["huyen-a"].state == state


def test_a_bounce_that_a_person_saw_lets_the_next_channel_take_over(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    with desk.database.writing() as session:
        session.add(
            UnitChannel(organisation_id="huyen-a", rank=1, channel="folder", address="huyen-a")
        )
    came, one = comes(desk), consignments(desk)["huyen-a"]
    assert one.directive_id == key
    match_to_delivery(
        desk, office.actor(Role.FOLLOW_UP), came.id, consignment_id=one.id,
        meaning=Meaning.BOUNCED, reason="Hộp thư đầy",
    )  # fmt: skip
    standing = {row.channel: row for row in _of_unit(desk, "huyen-a")}
    assert standing["smtp"].rerouted_to_id == standing["folder"].id


def _of_unit(desk: Desk, organisation_id: str) -> list[Consignment]:
    with desk.database.reading() as session:
        query = select(Consignment).where(Consignment.organisation_id == organisation_id)
        return list(session.scalars(query))


def test_an_answer_to_a_recall_by_mail_counts_where_one_was_asked(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    came, one, clerk = comes(desk), consignments(desk)["huyen-a"], office.actor(Role.REGISTRY_CLERK)
    said: Any = {"consignment_id": one.id, "meaning": Meaning.RECALLED, "reason": "Thư đồng ý"}
    with pytest.raises(WrongStateError):
        match_to_delivery(desk, clerk, came.id, **said)
    recall(desk, clerk, key, reason="Sai thẩm quyền")
    assert match_to_delivery(desk, clerk, came.id, **said)
    assert consignments(desk)["huyen-a"].state == "recalled"


def test_only_follow_up_and_registry_decide_and_they_say_why(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    came, one = comes(desk), consignments(desk)["huyen-a"]
    assert one.directive_id == key
    said: Any = {"consignment_id": one.id, "meaning": Meaning.ACCEPTED}
    for actor in (office.actor(Role.DRAFTER), unit("huyen-a")):
        with pytest.raises(NotAuthorisedError):
            match_to_delivery(desk, actor, came.id, **said, reason="x")
    clerk = office.actor(Role.REGISTRY_CLERK)
    with pytest.raises(InvalidInputError):
        match_to_delivery(desk, clerk, came.id, **said, reason=" ")
    with pytest.raises(NotFoundError):
        match_to_delivery(desk, clerk, uuid.uuid4(), **said, reason="x")
    said["consignment_id"] = uuid.uuid4()
    with pytest.raises(NotFoundError):
        match_to_delivery(desk, clerk, came.id, **said, reason="x")
    assert consignments(desk)["huyen-a"].state == "sent"
