"""Incoming papers ring at those for whom they wait, and are over when somebody did it."""

from dataclasses import replace
from datetime import date

import pytest

from actions.auditing import MACHINE, Actor
from actions.incoming.accepting import accept
from actions.incoming.assigning import Handler, assign
from actions.incoming.handling import finish
from actions.leaving import leave
from actions.notices.mailing import send_at_once
from actions.notices.noting import followed
from actions.notices.showing import Shown, notices_of
from models.dispatch import Notice
from models.officer import Officer, Role
from models.officer_notice import NoticeChoice
from tests.actions.incoming.receiver import Receiver, recall
from tests.actions.notices.whom import told, waited_for

DUE = date(2022, 10, 20)


@pytest.fixture
def ours(receiver: Receiver) -> Receiver:
    """The office whose deeds write their notices."""
    front = receiver.front
    desk = replace(front.desk, database=followed(front.desk.database))
    return replace(receiver, front=replace(front, desk=desk))


def new(ours: Receiver, actor: Actor) -> list[Shown]:
    with ours.desk.database.reading() as session:
        at = ours.desk.clock()
        assert told(session) == waited_for(session, at)
        return list(notices_of(session, actor.id, at, only_new=True).items)


def kinds(ours: Receiver, actor: Actor) -> list[str]:
    return [one.kind.value for one in new(ours, actor)]


def test_a_paper_rings_at_each_step_at_whom_it_waits_for(ours: Receiver) -> None:
    front = ours.front
    key = ours.arrives()
    (arrived,) = new(ours, front.clerk)
    assert (arrived.kind.value, arrived.subject) == ("paper_accept", ours.document(key).subject)
    assert arrived.path == f"/van-ban-den/{key}"
    accept(ours.desk, front.clerk, key)
    assert kinds(ours, front.clerk) == []
    assert kinds(ours, front.signatory) == ["paper_assign"]
    assign(ours.desk, front.signatory, key, opinion="", lead=Handler(officer_id="drafter", due=DUE))
    assert kinds(ours, front.signatory) == []
    assert kinds(ours, front.drafter) == ["paper_handle"]
    finish(ours.desk, front.drafter, ours.parts(key)[0].id, result="Đã tham mưu.")
    assert kinds(ours, front.drafter) == []


def test_presented_to_one_officer_it_rings_there_alone(ours: Receiver) -> None:
    key = ours.arrives()
    accept(ours.desk, ours.front.clerk, key, presented_to="follow-up")
    assert kinds(ours, ours.front.signatory) == []
    assert kinds(ours, ours.front.office.actor(Role.FOLLOW_UP)) == ["paper_assign"]


def test_a_paper_asked_back_rings_at_the_clerk_again(ours: Receiver) -> None:
    ours.accepted()
    assert kinds(ours, ours.front.clerk) == []
    ours.arrives(recall())
    assert kinds(ours, ours.front.clerk) == ["paper_answer"]


def test_who_takes_over_from_a_leaver_is_told(ours: Receiver) -> None:
    ours.assigned()
    leave(
        ours.desk.database, "drafter", on=date(2022, 9, 20), reason="Chuyển công tác",
        to="form-reviewer", at=ours.desk.clock(), actor=MACHINE,
    )  # fmt: skip
    assert kinds(ours, ours.front.form_reviewer) == ["paper_handle"]


def test_a_letter_says_that_a_paper_waits_and_nothing_of_what_others_wrote(ours: Receiver) -> None:
    clerk = ours.front.clerk
    with ours.desk.database.writing() as session:
        session.get_one(Officer, clerk.id).email = "van-thu@ban.example"
        session.add(NoticeChoice(officer_id=clerk.id, mail="now", at=ours.desk.clock()))
    key = ours.arrives()
    assert send_at_once(ours.desk) == 1
    with ours.desk.database.reading() as session:
        letter = session.query(Notice).filter(Notice.kind == "officer").one().text
    assert "- Văn bản đến chờ tiếp nhận.\n" in letter
    assert ours.document(key).subject not in letter
