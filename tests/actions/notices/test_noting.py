"""Notices: written with the deed, once, for whom something waits; over when it does not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from actions.auditing import Actor
from actions.cancelling import cancel
from actions.chasing import chase
from actions.discussing.comments import answer, comment
from actions.discussing.opinions import Asked, Said, ask_opinions, give_opinion
from actions.drafting import revise, submit
from actions.errors import ActionRefusedError, NotFoundError
from actions.notices.kinds import TOLD, WORDS, Kind
from actions.notices.noting import followed
from actions.notices.showing import (
    Shown,
    count_new,
    mark_all_read,
    mark_read,
    notices_of,
)
from actions.reporting import submit_report
from actions.reports.refusing import refuse_delivery
from actions.reviewing import pass_step, return_draft
from actions.taking_back import take_back
from models.base import DirectiveId
from models.lifecycle import ReviewStep
from models.officer import Post, Role
from tests.actions.back_office import issue, mark_judge, signed_pdf, task, unit
from tests.actions.discussing.test_opinions import add_guest
from tests.actions.notices.whom import told, waited_for
from tests.support.factories import officer
from tests.support.front import DRAFT, Front


@pytest.fixture
def office(front: Front) -> Front:
    """The small office whose deeds write their notices."""
    desk = replace(front.desk, database=followed(front.desk.database), judge=mark_judge)
    return replace(front, desk=desk)


@pytest.fixture
def lone(lone_front: Front) -> Front:
    """The same on SQLite alone."""
    return replace(
        lone_front,
        desk=replace(
            lone_front.desk, database=followed(lone_front.desk.database), judge=mark_judge
        ),
    )


def told_of(front: Front, actor: Actor, **how: bool) -> Sequence[Shown]:
    with front.desk.database.reading() as session:
        return notices_of(session, actor.id, front.clock(), **how).items  # type: ignore[arg-type]  # only flags


def kinds(front: Front, actor: Actor, **how: bool) -> list[str]:
    return [one.kind.value for one in told_of(front, actor, **how)]


def new(front: Front, actor: Actor) -> int:
    with front.desk.database.reading() as session:
        return count_new(session, actor.id)


def in_line(front: Front) -> None:
    with front.desk.database.reading() as session:
        assert told(session) == waited_for(session, front.clock())


def test_who_is_waited_for_is_told_and_it_is_over_when_it_was_done(office: Front) -> None:
    key = office.submitted()
    assert kinds(office, office.content_reviewer) == ["check_content"]
    assert kinds(office, office.drafter) == []
    pass_step(office.desk, office.content_reviewer, key, ReviewStep.CONTENT, revision=1)
    assert new(office, office.content_reviewer) == 0
    (done,) = told_of(office, office.content_reviewer)
    assert done.over_at is not None
    assert new(office, office.signatory) == 0
    pass_step(office.desk, office.form_reviewer, key, ReviewStep.FORM, revision=1)
    (asked,) = told_of(office, office.signatory)
    assert (asked.kind, asked.subject) == (Kind.APPROVE, DRAFT.content.title)
    assert (asked.by, asked.path) == (office.form_reviewer.name, f"/van-ban/{key}")
    return_draft(office.desk, office.signatory, key, reason="Thiếu thời hạn", revision=1)
    assert kinds(office, office.drafter, only_new=True) == ["revise"]
    revise(office.desk, office.drafter, key, draft=DRAFT, note="Đã bổ sung")
    submit(office.desk, office.drafter, key)
    # The second round is another notice, though the step bears the same name.
    in_line(office)
    assert kinds(office, office.signatory) == ["approve", "approve"]
    assert new(office, office.signatory) == 1
    cancel(office.desk, office.signatory, key, reason="Thôi")
    assert [new(office, one) for one in office.everybody()] == [0] * 9


def test_those_whose_work_a_draft_was_are_told_that_it_was_taken_back_and_why(
    office: Front,
) -> None:
    key = office.submitted()
    pass_step(office.desk, office.content_reviewer, key, ReviewStep.CONTENT, revision=1)
    take_back(office.desk, office.drafter, key, reason="Sai số liệu", revision=1)
    in_line(office)
    # Whose turn it was, and who has looked at this very version; the signatory has not seen it.
    for reviewer in (office.content_reviewer, office.form_reviewer):
        (shown,) = told_of(office, reviewer, only_new=True)
        assert (shown.kind, shown.by) == (Kind.TAKEN_BACK, office.drafter.name)
        assert (shown.reason, shown.path) == ("Sai số liệu", f"/van-ban/{key}")
    assert [kinds(office, one) for one in (office.signatory, office.drafter)] == [[], []]
    # Again before it was read: one notice, with what was said last.
    submit(office.desk, office.drafter, key)
    assert kinds(office, office.form_reviewer, only_new=True) == ["check_form", "taken_back"]
    take_back(office.desk, office.drafter, key, reason="Thiếu phụ lục", revision=1)
    (shown,) = told_of(office, office.form_reviewer, only_new=True)
    assert (shown.count, shown.reason) == (2, "Thiếu phụ lục")
    in_line(office)


def test_why_a_draft_was_taken_back_is_not_told_to_who_is_of_the_office_no_more(
    lone: Front,
) -> None:
    key = lone.submitted()
    take_back(lone.desk, lone.drafter, key, reason="Sai số liệu", revision=1)
    with lone.desk.database.writing() as session:
        post = session.scalars(select(Post).where(Post.officer_id == "form-reviewer")).one()
        post.valid_to = lone.clock().date() - timedelta(days=1)
    (shown,) = told_of(lone, lone.form_reviewer, only_new=True)
    assert (shown.kind, shown.reason, shown.subject) == (Kind.TAKEN_BACK, "", "")


def test_every_clerk_is_told_but_not_of_what_the_clerk_did(office: Front) -> None:
    with office.desk.database.writing() as session:
        officer(session, "thu-hai", "Văn thư thứ hai", Role.REGISTRY_CLERK)
    second = Actor(kind="officer", id="thu-hai", name="Văn thư thứ hai")
    key = office.approved()
    assert kinds(office, second) == kinds(office, office.clerk) == ["take_number"]
    with office.desk.database.writing() as session:
        post = session.scalars(select(Post).where(Post.officer_id == "thu-hai")).one()
        post.valid_to = office.clock().date() - timedelta(days=1)
    # Who is of the office no more sees that there was something, not what it was.
    (shown,) = told_of(office, second)
    assert (shown.title, shown.subject, shown.path) == ("", "", "")
    assert key == shown.directive_id


def test_a_refused_or_broken_deed_tells_nobody(office: Front) -> None:
    key = office.submitted()
    with pytest.raises(ActionRefusedError):
        pass_step(office.desk, office.clerk, key, ReviewStep.CONTENT, revision=1)

    def broken(*given: object) -> None:
        if "audit_head" in str(given[2]) and "sequence" in str(given[2]):
            raise ConnectionError

    engine = office.desk.database.engine
    event.listen(engine, "before_cursor_execute", broken)
    try:
        with pytest.raises(ConnectionError):
            pass_step(office.desk, office.content_reviewer, key, ReviewStep.CONTENT, revision=1)
    finally:
        event.remove(engine, "before_cursor_execute", broken)
    assert new(office, office.content_reviewer) == 1


def test_remarks_answers_and_opinions_are_told_to_whom_they_are_for(lone: Front) -> None:
    key = lone.submitted()
    desk = lone.desk
    for text in ("Nêu rõ mốc.", "Nêu rõ đơn vị."):
        remark = comment(desk, lone.content_reviewer, key, revision=1, place="mục I, đoạn 2",
                         quote="", text=text)  # fmt: skip
    (told_once,) = told_of(lone, lone.drafter)
    assert (told_once.kind, told_once.count) == (Kind.REMARKED, 2)
    answer(desk, lone.drafter, remark, text="Đã sửa.")
    assert kinds(lone, lone.content_reviewer) == ["answered", "check_content"]
    assert new(lone, lone.drafter) == 1
    guest = add_guest(lone)
    asked = Asked(organisations=("huyen-a",), due=date(2022, 9, 30))
    (request,) = ask_opinions(desk, lone.drafter, key, asked)
    in_line(lone)
    (shown,) = told_of(lone, guest)
    assert (shown.kind, shown.subject) == (Kind.OPINION, DRAFT.content.title)
    give_opinion(desk, guest, request, Said(kind="agree", text=""))
    in_line(lone)
    assert kinds(lone, lone.drafter, only_new=True) == ["opined", "remarked"]


def test_what_comes_again_rings_again_once_it_was_read(lone: Front) -> None:
    key, follower = _issued(lone), lone.office.actor(Role.FOLLOW_UP)
    assert kinds(lone, lone.drafter) == ["issued"]
    _report(lone, key, "huyen-a")
    (first,) = told_of(lone, follower)
    assert first.path == f"/theo-doi/{key}?loc=cho"
    _report(lone, key, "huyen-b")
    assert [(one.id, one.count) for one in told_of(lone, follower)] == [(first.id, 2)]
    mark_read(lone.desk.database, follower.id, first.id, lone.clock())
    assert new(lone, follower) == 0
    _report(lone, key, "so-tt")
    assert [(one.id, one.is_new) for one in told_of(lone, follower)] == [(first.id, True)]
    in_line(lone)


def test_whoever_follows_up_is_told_once_a_day_of_what_is_missing(lone: Front) -> None:
    key, follower = _issued(lone), lone.office.actor(Role.FOLLOW_UP)
    lone.clock.set_day(date(2022, 10, 31))
    assert chase(lone.desk).overdue > 1
    chase(lone.desk)
    (shown,) = told_of(lone, follower)
    assert (shown.kind, shown.path) == (Kind.OVERDUE, f"/theo-doi/{key}")


def test_what_a_unit_refuses_waits_for_the_clerk_and_who_follows_is_told_why(lone: Front) -> None:
    key = _issued(lone)
    told_to = {Kind.DELIVERY: lone.clerk, Kind.UNIT_REFUSED: lone.office.actor(Role.FOLLOW_UP)}
    before = [new(lone, one) for one in told_to.values()]
    refuse_delivery(lone.desk, unit("so-tt"), key, organisation_id="so-tt", reason="Gửi nhầm")
    for kind, one in told_to.items():
        shown = next(each for each in told_of(lone, one) if each.kind is kind)
        assert shown.path == f"/phat-hanh/{key}?loc=can-xu-ly"
        assert shown.reason.endswith(": Gửi nhầm") is (kind is Kind.UNIT_REFUSED)
    assert [new(lone, one) for one in told_to.values()] == [count + 1 for count in before]
    in_line(lone)


def _issued(front: Front) -> DirectiveId:
    return issue(front.desk, tasks=[task()])


def _report(front: Front, key: DirectiveId, who: str) -> None:
    submit_report(
        front.desk, unit(who), directive_id=key, organisation_id=who, via="upload",
        file_name="Báo cáo.pdf", content=signed_pdf(who),
    )  # fmt: skip


def test_nobody_marks_the_notices_of_another(lone: Front) -> None:
    lone.submitted()
    (mine,) = told_of(lone, lone.content_reviewer)
    database, at = lone.desk.database, lone.clock()
    for strange in (mine.id, 0, 2**31 - 1):
        with pytest.raises(NotFoundError):
            mark_read(database, lone.form_reviewer.id, strange, at)
    assert mark_all_read(database, lone.content_reviewer.id, at, until=at - timedelta(1)) == 0
    assert mark_all_read(database, lone.content_reviewer.id, at, until=at) == 1
    assert mark_all_read(database, lone.content_reviewer.id, at) == 0
    mark_read(database, lone.content_reviewer.id, mine.id, at + timedelta(hours=1))
    assert told_of(lone, lone.content_reviewer)[0].read_at == at


def test_every_kind_has_its_words() -> None:
    assert set(WORDS) == set(Kind)
    assert set(Kind) > TOLD
