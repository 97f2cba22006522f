"""Remarks on a draft: on its words, by whom, until when, and what becomes of them."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.auditing import Actor
from actions.discussing.comments import (
    MOST_COMMENTS,
    answer,
    comment,
    finish,
    open_comments,
    reopen,
)
from actions.discussing.threads import Thread, discussion_of
from actions.drafting import revise
from actions.errors import (
    AlreadyDoneError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    WrongStateError,
)
from actions.reviewing import return_draft
from documents.content import Paragraph, Section
from models.base import DirectiveId
from models.directive import Directive
from models.discussion import DraftComment
from models.lifecycle import DirectiveState
from models.officer import Officer, Post
from tests.support.front import REPORT, SENTENCE, Front, with_content

PLACE = "mục I, đoạn 2"
QUOTE = "trước ngày 31/10/2022"


def remark(front: Front, key: DirectiveId, text: str = "Ngày này quá gấp.") -> uuid.UUID:
    return comment(
        front.desk, front.content_reviewer, key, revision=1, place=PLACE, quote=QUOTE, text=text
    )


def threads(front: Front, key: DirectiveId) -> tuple[Thread, ...]:
    with front.desk.database.reading() as session:
        directive = session.get_one(Directive, key)
        return discussion_of(session, directive, front.drafter.id).threads


def next_version(front: Front, key: DirectiveId, *texts: str) -> None:
    return_draft(front.desk, front.content_reviewer, key, reason="Sửa", revision=1)
    section = Section(label="I.", title="Nhiệm vụ", blocks=tuple(Paragraph(text=t) for t in texts))
    draft = with_content(sections=(section,))
    revise(front.desk, front.drafter, key, draft=replace(draft, tasks=()), note="Đã sửa")


def test_a_remark_is_kept_at_its_words_with_its_answers(front: Front) -> None:
    key = front.submitted()
    made = remark(front, key)
    answer(front.desk, front.drafter, made, text=" Sẽ lùi đến 15/11. ")
    (one,) = threads(front, key)
    assert (one.author, one.place, one.quote) == ("Lê Văn Nội", PLACE, QUOTE)
    assert (one.is_kept, one.is_whole) == (True, False)
    assert [said.text for said in one.answers] == ["Sẽ lùi đến 15/11."]
    assert [event.deed for event in front.events(key)][-2:] == ["comment", "answer_comment"]
    assert front.state(key) == "in_review"


def test_a_remark_stays_on_its_words_in_the_next_version_or_says_that_they_changed(
    front: Front,
) -> None:
    kept, changed, gone = front.submitted(), front.submitted(), front.submitted()
    for key in (kept, changed, gone):
        remark(front, key)
    next_version(front, kept, "Một đoạn mới ở trên.", REPORT.replace("kết quả", "sơ bộ"))
    next_version(front, changed, SENTENCE, REPORT.replace("31/10/2022", "15/11/2022"))
    next_version(front, gone, SENTENCE)
    shown = [threads(front, key)[0] for key in (kept, changed, gone)]
    assert [one.is_kept for one in shown] == [True, False, False]
    assert [one.point is None for one in shown] == [False, False, True]
    assert {one.quote for one in shown} == {QUOTE}


def test_whoever_looked_at_the_version_before_still_has_their_say(front: Front) -> None:
    key = front.submitted()
    next_version(front, key, SENTENCE, REPORT.replace("31/10/2022", "15/11/2022"))
    remark(front, key)
    assert threads(front, key)[0].is_kept is False


def test_nobody_of_another_office_remarks_or_answers(front: Front) -> None:
    key = front.submitted()
    made = remark(front, key)
    front.change(lambda session: session.add(Officer(id="khach", name="Khách")))
    front.change(
        lambda session: session.add(
            Post(
                officer_id="khach", organisation_id="huyen-a", title="Văn thư", roles=["drafter"],
                valid_from=date(2020, 1, 1),
            )
        )
    )  # fmt: skip
    strangers = (
        Actor(kind="officer", id="khach", name="Khách"),
        Actor(kind="unit", id=front.drafter.id, name="Đơn vị"),
    )
    for actor in strangers:
        with pytest.raises(NotAuthorisedError, match="không có quyền góp ý"):
            comment(front.desk, actor, key, revision=1, place=PLACE, quote="", text="Tôi")
        with pytest.raises(NotAuthorisedError):
            answer(front.desk, actor, made, text="Tôi")
        with pytest.raises(NotAuthorisedError):
            finish(front.desk, actor, made)
    assert front.last_event().outcome == "refused"
    assert front.count(DraftComment) == 1


def test_the_writer_the_drafter_and_the_signatory_say_when_it_is_done(front: Front) -> None:
    key = front.submitted()
    made = remark(front, key)
    for actor in (front.clerk, front.form_reviewer):
        with pytest.raises(NotAuthorisedError, match="đánh dấu"):
            finish(front.desk, actor, made)
    for actor in (front.drafter, front.content_reviewer, front.signatory):
        finish(front.desk, actor, made)
        with pytest.raises(AlreadyDoneError):
            finish(front.desk, actor, made)
        reopen(front.desk, actor, made)
        with pytest.raises(AlreadyDoneError):
            reopen(front.desk, actor, made)
    with front.desk.database.reading() as session:
        assert open_comments(session, key) == 1


def test_two_who_mark_at_once_are_written_down_once(front: Front) -> None:
    key = front.submitted()
    made = remark(front, key)

    def tries(actor: Actor) -> str:
        try:
            finish(front.desk, actor, made)
        except AlreadyDoneError:
            return "late"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(tries, (front.drafter, front.signatory)))
    assert told == ["done", "late"]


@pytest.mark.parametrize("state", ["signed", "sealed", "issued", "cancelled"])
def test_after_the_signature_nothing_is_said_or_marked_any_more(
    lone_front: Front, state: str
) -> None:
    key = lone_front.submitted()
    made = remark(lone_front, key)

    def moves(session: Session) -> None:
        session.get_one(Directive, key).state = DirectiveState(state).value

    lone_front.change(moves)
    deeds: tuple[Callable[[], object], ...] = (
        lambda: remark(lone_front, key),
        lambda: answer(lone_front.desk, lone_front.drafter, made, text="x"),
        lambda: finish(lone_front.desk, lone_front.drafter, made),
        lambda: reopen(lone_front.desk, lone_front.drafter, made),
    )
    for deed in deeds:
        with pytest.raises(WrongStateError):
            deed()
    assert [one.text for one in threads(lone_front, key)] == ["Ngày này quá gấp."]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("place", "mục IX, đoạn 9", "Không có đoạn này"),
        ("quote", "chữ không có ở đây", "Những chữ này không có"),
        ("text", "  \r\n ", "Ghi điều cần góp ý"),
        ("text", "a" * 4001, "Dài 4001 chữ"),
    ],
)
def test_what_cannot_be_right_is_named_and_nothing_is_stored(
    lone_front: Front, field: str, value: str, said: str
) -> None:
    key = lone_front.submitted()
    given = {"place": PLACE, "quote": QUOTE, "text": "Gấp.", field: value}
    with pytest.raises(InvalidInputError, match=said):
        comment(lone_front.desk, lone_front.drafter, key, revision=1, **given)
    for missing in (0, 7):
        with pytest.raises(NotFoundError):
            comment(
                lone_front.desk, lone_front.drafter, key, revision=missing, place=PLACE,
                quote="", text="Gấp.",
            )  # fmt: skip
    with pytest.raises(NotFoundError):
        answer(lone_front.desk, lone_front.drafter, uuid.uuid4(), text="Ai?")
    assert lone_front.count(DraftComment) == 0


def test_an_answer_to_an_answer_is_none(lone_front: Front) -> None:
    key = lone_front.submitted()
    made = remark(lone_front, key)
    answer(lone_front.desk, lone_front.drafter, made, text="Vâng.")
    with lone_front.desk.database.reading() as session:
        inner = session.scalars(
            select(DraftComment.id).where(DraftComment.answers_id == made)
        ).one()
    with pytest.raises(NotFoundError):
        answer(lone_front.desk, lone_front.drafter, inner, text="Vâng vâng.")


def test_a_directive_takes_no_endless_number_of_remarks(
    lone_front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_COMMENTS == 1000
    monkeypatch.setattr("actions.discussing.comments.MOST_COMMENTS", 2)
    key = lone_front.submitted()
    remark(lone_front, key, "Một")
    remark(lone_front, key, "Hai")
    with pytest.raises(InvalidInputError, match="đã có 2 góp ý"):
        remark(lone_front, key, "Ba")
