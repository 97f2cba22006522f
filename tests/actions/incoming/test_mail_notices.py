"""Mail that fits nothing rings at those who deal with it, and is over when somebody did."""

import uuid
from dataclasses import replace
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from actions.auditing import Actor
from actions.incoming.taking import PaperFacts, take_mail
from actions.notices.noting import followed
from actions.notices.showing import Shown, notices_of
from actions.receiving import receive, set_aside
from delivery.inbox import read_mail
from models.dispatch import IncomingMessage
from models.officer import Role
from tests.actions.incoming.receiver import Receiver
from tests.actions.notices.whom import told, waited_for

FACTS = PaperFacts(sender_name="Sở Nội vụ", subject="Hỏi về kế hoạch")


@pytest.fixture
def ours(receiver: Receiver) -> Receiver:
    """The office whose deeds write their notices."""
    front = receiver.front
    desk = replace(front.desk, database=followed(front.desk.database))
    return replace(receiver, front=replace(front, desk=desk))


def comes(ours: Receiver) -> uuid.UUID:
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "la@noi-khac.example", "Hỏi về kế hoạch"
    letter["Message-ID"] = f"<{uuid.uuid4()}@noi-khac.example>"
    letter.set_content("Đơn vị xin hỏi.")
    mail = read_mail(letter.as_bytes())
    receive(ours.desk, mail)
    with ours.desk.database.reading() as session:
        known = select(IncomingMessage.id).where(IncomingMessage.dedupe_key == mail.dedupe_key)
        return session.scalars(known).one()


def new(ours: Receiver, actor: Actor) -> list[Shown]:
    with ours.desk.database.reading() as session:
        at = ours.desk.clock()
        assert told(session) == waited_for(session, at)
        return list(notices_of(session, actor.id, at, only_new=True).items)


def test_mail_that_fits_nothing_rings_at_clerk_and_follow_up_and_at_nobody_else(
    ours: Receiver,
) -> None:
    front, follow_up = ours.front, ours.front.office.actor(Role.FOLLOW_UP)
    key = comes(ours)
    for actor in (front.clerk, follow_up):
        (rings,) = new(ours, actor)
        assert (rings.kind.value, rings.title) == ("mail", "la@noi-khac.example")
        assert (rings.subject, rings.path) == ("Hỏi về kế hoạch", f"/thu-den/{key}")
    assert new(ours, front.drafter) == new(ours, front.signatory) == []


def test_it_is_over_for_both_when_one_of_them_set_it_aside(ours: Receiver) -> None:
    follow_up = ours.front.office.actor(Role.FOLLOW_UP)
    set_aside(ours.desk, follow_up, comes(ours), reason="Thư quảng cáo.")
    assert new(ours, follow_up) == new(ours, ours.front.clerk) == []


def test_made_an_incoming_paper_it_waits_as_that_alone(ours: Receiver) -> None:
    take_mail(ours.desk, ours.front.clerk, comes(ours), FACTS)
    assert new(ours, ours.front.office.actor(Role.FOLLOW_UP)) == []
    with ours.desk.database.reading() as session:
        assert {step for _, _, step in told(session)} == {"accept"}
