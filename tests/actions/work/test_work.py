"""What waits for whom, by when; taking it up from a queue and giving it back."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, update

from actions.auditing import Actor
from actions.errors import NotAuthorisedError, TakenError, WrongStateError
from actions.reviewing import return_draft
from actions.work.claiming import claim, give_back
from actions.work.items import Kind, Subject, Waiting
from actions.work.listing import Work, by_day, everything_for
from models.base import DirectiveId
from models.dispatch import IncomingMessage
from models.lifecycle import ReviewStep
from models.officer import Post, Role
from models.work import Claim
from tests.support.factories import officer
from tests.support.front import Front, with_content

pytestmark = pytest.mark.both_databases

_ID = DirectiveId(uuid.uuid4())
SECOND = Actor(kind="officer", id="clerk-two", name="Lý Thị Hai")


@pytest.fixture
def two_clerks(front: Front) -> Front:
    front.change(lambda session: officer(session, SECOND.id, SECOND.name, Role.REGISTRY_CLERK))
    return front


def work(front: Front, actor: Actor) -> Work:
    with front.desk.database.reading() as session:
        return everything_for(session, actor.id, front.desk.clock())


def numbering(key: DirectiveId) -> Subject:
    return Subject(about="directive", id=key, step="take_number", revision=1)


def test_what_waits_is_told_with_its_day_and_where_the_day_comes_from(front: Front) -> None:
    key, urgent = front.submitted(), front.submitted(with_content(urgency="KHẨN"))
    rows = work(front, front.content_reviewer).mine
    today = front.desk.clock().date()
    assert [(row.subject.id, row.due, row.kind) for row in rows] == [
        (urgent, today, Kind.CHECK),
        (key, date(2022, 10, 28), Kind.CHECK),  # “trước ngày 31/10/2022”, a Monday
    ]
    assert "khẩn" in rows[0].why_due
    assert "giao cho các đơn vị" in rows[1].why_due
    assert work(front, front.clerk).mine == ()


def test_a_draft_that_was_returned_waits_for_its_drafter_with_the_reason(front: Front) -> None:
    key = front.submitted()
    return_draft(front.desk, front.form_reviewer, key, reason="Sửa địa danh", revision=1)
    (row,) = work(front, front.drafter).mine
    assert (row.kind, row.subject.step) == (Kind.DRAFT, "revise")
    assert "Sửa địa danh" in row.words


def test_rows_are_grouped_by_day_and_those_without_one_come_last() -> None:
    wednesday = date(2022, 9, 21)
    days = {
        "late": wednesday - timedelta(days=1), "today": wednesday, "week": date(2022, 9, 25),
        "later": date(2022, 9, 26), "none": None,
    }  # fmt: skip
    plain = Waiting(
        kind=Kind.MAIL, subject=Subject(about="message", id=_ID, step="match"),
        title="", text="", words="", since=datetime(2022, 9, 20, tzinfo=UTC),
    )  # fmt: skip
    rows = [replace(plain, due=day) for day in days.values()]
    assert [(one.key, one.rows[0].due) for one in by_day(rows, wednesday)] == list(days.items())


def test_where_one_alone_could_do_it_there_is_no_queue(front: Front) -> None:
    key = front.approved()
    (row,) = work(front, front.clerk).mine
    assert (row.subject, row.queue, row.holder) == (numbering(key), "", None)
    with pytest.raises(NotAuthorisedError):
        claim(front.desk, front.clerk, numbering(key))


def test_a_clerk_takes_up_what_waits_for_all_and_gives_it_back(two_clerks: Front) -> None:
    front, key = two_clerks, two_clerks.approved()
    assert [one.queue for one in work(front, SECOND).mine] == ["Hàng chờ văn thư"]
    claim(front.desk, SECOND, numbering(key))
    claim(front.desk, SECOND, numbering(key))
    assert [one.holder.name for one in work(front, SECOND).mine if one.holder] == [SECOND.name]
    others = work(front, front.clerk)
    assert (others.mine, [one.subject for one in others.taken]) == ((), [numbering(key)])
    with pytest.raises(TakenError, match=f"{SECOND.name} đã nhận việc này trước"):
        claim(front.desk, front.clerk, numbering(key))
    with pytest.raises(WrongStateError):
        give_back(front.desk, front.clerk, numbering(key))
    assert front.last_event().outcome == "refused"
    give_back(front.desk, SECOND, numbering(key))
    claim(front.desk, front.clerk, numbering(key))
    deeds = [event.deed for event in front.events(key)]
    assert deeds.count("claim_work") == 4
    assert "give_back_work" in deeds


def test_nobody_takes_up_what_does_not_wait_for_them(two_clerks: Front) -> None:
    key = two_clerks.approved()
    for wrong in (
        lambda: claim(two_clerks.desk, two_clerks.drafter, numbering(key)),
        lambda: claim(two_clerks.desk, SECOND, replace(numbering(key), step="seal")),
        lambda: claim(two_clerks.desk, SECOND, replace(numbering(key), about="message")),
        lambda: claim(two_clerks.desk, SECOND, replace(numbering(key), id=_ID)),
    ):
        with pytest.raises(NotAuthorisedError):
            wrong()
    assert two_clerks.count(Claim) == 0


def test_what_somebody_holds_who_is_clerk_no_more_waits_for_everybody_again(
    two_clerks: Front,
) -> None:
    front, key = two_clerks, two_clerks.approved()
    officer_three = Actor(kind="officer", id="clerk-three", name="Mạc Thị Ba")
    front.change(
        lambda session: officer(session, "clerk-three", officer_three.name, Role.REGISTRY_CLERK)
    )
    claim(front.desk, SECOND, numbering(key))
    yesterday = front.desk.clock().date() - timedelta(days=1)
    ended = update(Post).where(Post.officer_id == SECOND.id).values(valid_to=yesterday)
    front.change(lambda session: session.execute(ended))
    assert [one.holder for one in work(front, front.clerk).mine] == [None]
    claim(front.desk, front.clerk, numbering(key))
    assert work(front, officer_three).mine == ()


def test_of_two_who_take_it_up_at_once_one_gets_it_and_the_other_a_sentence(
    two_clerks: Front,
) -> None:
    front, key = two_clerks, two_clerks.approved()
    barrier = threading.Barrier(2)
    said: list[str] = []

    def takes(actor: Actor) -> Callable[[], None]:
        def run() -> None:
            barrier.wait()
            try:
                claim(front.desk, actor, numbering(key))
                said.append("got it")
            except TakenError as refusal:
                said.append(refusal.diagnosis())

        return run

    threads = [threading.Thread(target=takes(actor)) for actor in (front.clerk, SECOND)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert front.count(Claim) == 1
    assert said.count("got it") == 1
    assert sum("đã nhận việc này trước" in one for one in said) == 1


def test_mail_that_nobody_could_match_waits_for_clerk_and_follow_up(front: Front) -> None:
    at = front.desk.clock()
    letter = IncomingMessage(
        dedupe_key="x", sender="a@b.example", subject="", raw_sha256="0" * 64, state="unmatched",
        received_at=at,
    )  # fmt: skip
    front.change(lambda session: session.add(letter))
    rows = {role: work(front, front.office.actor(role)).mine for role in Role}
    with_it = {role for role, found in rows.items() if any(one.kind == Kind.MAIL for one in found)}
    assert with_it == {Role.REGISTRY_CLERK, Role.FOLLOW_UP}
    assert rows[Role.FOLLOW_UP][0].text == "(không có tiêu đề)"


def test_each_kind_costs_as_many_statements_for_thirty_as_for_one(front: Front) -> None:
    key = front.submitted()
    few = _statements(front, front.content_reviewer)
    for _ in range(29):
        front.submitted()
    assert len(work(front, front.content_reviewer).mine) == 30
    assert _statements(front, front.content_reviewer) == few
    front.passes(key, ReviewStep.CONTENT)
    assert len(work(front, front.content_reviewer).mine) == 29


def _statements(front: Front, actor: Actor) -> int:
    made: list[str] = []

    def note(*given: object) -> None:
        made.append(str(given[2]))

    engine = front.desk.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        work(front, actor)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(made)
