"""What an officer who leaves had of incoming papers, opinions and queues passes on, or is told."""

import uuid
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from actions.absences.stating import Statement, state_absence
from actions.absences.turning import turn
from actions.auditing import MACHINE
from actions.discussing.opinions import Asked, Said, ask_opinions, give_opinion
from actions.incoming.accepting import accept
from actions.incoming.assigning import Handler, assign
from actions.incoming.handling import finish
from actions.leaving import Left, leave, preview
from actions.work.items import INCOMING
from models.audit import AuditEvent
from models.discussion import OpinionRequest
from models.incoming import IncomingAssignment
from models.numbering import RegisterEntry
from models.officer import Role
from models.work import Claim
from tests.actions.incoming.receiver import THEIRS, Receiver, message

DAY = date(2022, 9, 20)
DUE = date(2022, 10, 20)
MESSAGE_97 = message(document_id=f"{THEIRS},2022/09/20,97/HD/TU,1", number="97")


def leaves(receiver: Receiver, who: str, to: str | None = None) -> Left:
    return leave(
        receiver.desk.database, who, on=DAY, reason="Chuyển công tác", to=to,
        at=receiver.desk.clock(), actor=MACHINE,
    )  # fmt: skip


def told(left: Left) -> list[tuple[str, str]]:
    return [(one.what, one.outcome) for one in left.pieces]


def parts(receiver: Receiver, key: uuid.UUID) -> list[tuple[str | None, bool, str]]:
    return [(one.officer_id, one.leads, one.state) for one in receiver.parts(key)]


def test_a_paper_is_handled_on_by_who_takes_over(receiver: Receiver) -> None:
    key = receiver.assigned()
    left = leaves(receiver, "drafter", to="form-reviewer")
    assert told(left) == [("chủ trì giải quyết", "handed")]
    assert parts(receiver, key) == [
        ("form-reviewer", True, "open"), ("follow-up", False, "open"),
    ]  # fmt: skip
    with receiver.desk.database.reading() as session:
        line = session.scalars(
            select(RegisterEntry).where(RegisterEntry.incoming_document_id == key)
        ).one()
        noted = session.scalars(
            select(AuditEvent).where(
                AuditEvent.deed == "hand_over", AuditEvent.subject_id == str(key)
            )
        ).one()
    assert line.columns["receiver"].startswith(left.pieces[0].words.split(" chủ trì")[0])
    assert (noted.detail["from"], noted.detail["to"]) == ("drafter", "form-reviewer")


def test_without_anybody_a_paper_stays_and_is_told_until_somebody_is_named(
    receiver: Receiver,
) -> None:
    key = receiver.assigned()
    left = leaves(receiver, "drafter")
    assert told(left) == [("chủ trì giải quyết", "left")]
    assert "nêu người nhận" in left.remaining[0]
    assert parts(receiver, key)[0] == ("drafter", True, "open")
    assert told(leaves(receiver, "drafter", to="form-reviewer")) == [
        ("chủ trì giải quyết", "handed")
    ]
    assert parts(receiver, key)[0] == ("form-reviewer", True, "open")


def test_who_takes_over_and_has_a_part_already_has_one_part_the_larger(receiver: Receiver) -> None:
    leading, taking_part = receiver.assigned(), receiver.assigned(MESSAGE_97)
    drafter, follower = Handler(officer_id="drafter"), Handler(officer_id="follow-up")
    assign(
        receiver.desk, receiver.front.signatory, taking_part, opinion="", lead=follower,
        coordinating=(drafter,),
    )  # fmt: skip
    leaves(receiver, "drafter", to="follow-up")
    assert parts(receiver, leading) == [("follow-up", True, "open")]
    assert parts(receiver, taking_part) == [("follow-up", True, "open")]


def test_a_part_that_is_done_stays_its_doers(receiver: Receiver) -> None:
    key = receiver.assigned()
    other, mine = receiver.parts(key)[1].id, receiver.parts(key)[0].id
    finish(receiver.desk, receiver.front.office.actor(Role.FOLLOW_UP), other, result="Đã phối hợp.")
    finish(receiver.desk, receiver.front.drafter, mine, result="Đã tham mưu.")
    assert told(leaves(receiver, "drafter", to="form-reviewer")) == []
    assert parts(receiver, key)[0] == ("drafter", True, "done")


def test_a_paper_presented_to_the_leaver_is_assigned_by_another(receiver: Receiver) -> None:
    key = receiver.arrives()
    accept(receiver.desk, receiver.front.clerk, key, presented_to="follow-up")
    assert told(leaves(receiver, "follow-up")) == [("người được trình để phân công", "handed")]
    assert receiver.document(key).presented_to_id is None
    lead = Handler(officer_id="drafter", due=DUE)
    assign(receiver.desk, receiver.front.signatory, key, opinion="", lead=lead)


def test_an_opinion_is_given_by_who_takes_over(receiver: Receiver) -> None:
    front = receiver.front
    key = front.submitted()
    asked = Asked(officers=("registry-clerk",), due=DUE)
    (request,) = ask_opinions(front.desk, front.drafter, key, asked)
    left = leaves(receiver, "registry-clerk", to="follow-up")
    assert ("người được xin ý kiến", "handed") in told(left)
    give_opinion(
        front.desk, front.office.actor(Role.FOLLOW_UP), request, Said(kind="agree", text="")
    )
    with front.desk.database.reading() as session:
        assert session.get_one(OpinionRequest, request).answered_by == "follow-up"


def test_nobody_is_asked_for_an_opinion_by_themselves(receiver: Receiver) -> None:
    front = receiver.front
    key = front.submitted()
    ask_opinions(front.desk, front.drafter, key, Asked(officers=("registry-clerk",), due=DUE))
    left = leaves(receiver, "registry-clerk", to="drafter")
    assert ("người được xin ý kiến", "left") in told(left)


def test_what_was_taken_from_a_queue_waits_for_everybody_again(receiver: Receiver) -> None:
    key = receiver.arrives()
    with receiver.desk.database.writing() as session:
        session.add(
            Claim(
                about=INCOMING, subject_id=key, step="accept", revision=0,
                officer_id="registry-clerk", at=receiver.desk.clock(),
            )
        )  # fmt: skip
    assert leaves(receiver, "registry-clerk").claims == 1
    with receiver.desk.database.reading() as session:
        assert session.scalars(select(Claim)).all() == []


def test_a_preview_says_the_same_and_changes_nothing(receiver: Receiver) -> None:
    key = receiver.assigned()
    seen = preview(
        receiver.desk.database, "drafter", on=DAY, to="form-reviewer", at=receiver.desk.clock(),
        actor=MACHINE,
    )  # fmt: skip
    assert told(seen) == [("chủ trì giải quyết", "handed")]
    assert parts(receiver, key)[0] == ("drafter", True, "open")
    with receiver.desk.database.reading() as session:
        assert session.scalars(select(IncomingAssignment.officer_id)).all()


def test_in_an_absence_papers_pass_to_the_deputy_and_what_stays_is_not_noted_each_time(
    receiver: Receiver,
) -> None:
    front = receiver.front
    key = receiver.assigned()
    draft = front.submitted()
    ask_opinions(front.desk, front.drafter, draft, Asked(officers=("auditor",), due=DUE))
    said = Statement(
        officer_id="drafter", deputy_id="form-reviewer", first_day=DAY, last_day=DUE,
        reason="Nghỉ phép",
    )  # fmt: skip
    stated = state_absence(front.desk.database, said, at=front.desk.clock(), actor=MACHINE)
    assert [(one.what, one.outcome) for one in stated.work] == [("chủ trì giải quyết", "handed")]
    assert parts(receiver, key)[0] == ("form-reviewer", True, "open")
    asker = replace(said, officer_id="auditor", deputy_id="operator")
    passed = state_absence(front.desk.database, asker, at=front.desk.clock(), actor=MACHINE)
    assert [(one.what, one.outcome) for one in passed.work] == [("người được xin ý kiến", "handed")]
    before = front.last_event().sequence
    assert turn(front.desk) == ()
    assert front.last_event().sequence == before
