"""Opinions asked before approval: of whom, by when, what they say, and that they bind nobody."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from actions.access import may_see
from actions.auditing import Actor
from actions.discussing.asked import Opinions, opinions_for, opinions_of, units_to_ask
from actions.discussing.opinions import (
    Asked,
    Said,
    ask_opinions,
    give_opinion,
    record_opinion,
    withdraw_request,
)
from actions.errors import (
    AlreadyDoneError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    WrongStateError,
)
from models.base import DirectiveId
from models.directive import Directive
from models.discussion import OpinionRequest
from models.lifecycle import DirectiveState, ReviewStep
from models.officer import Officer, Post, Role
from tests.support.front import Front

DUE = date(2022, 9, 30)
AGREE = Said(kind="agree", text="")
AGAINST = Said(kind="disagree", text="Thời hạn quá gấp.")


@pytest.fixture
def guest(front: Front) -> Actor:
    """An officer of a unit that the directive is not of."""
    return add_guest(front)


def add_guest(front: Front) -> Actor:
    post = Post(
        officer_id="khach", organisation_id="huyen-a", title="Chánh Văn phòng",
        roles=["drafter", "signatory"], valid_from=date(2020, 1, 1),
    )  # fmt: skip
    front.change(lambda session: session.add(Officer(id="khach", name="Khách")))
    front.change(lambda session: session.add(post))
    return Actor(kind="officer", id="khach", name="Khách")


def asks(front: Front, key: DirectiveId, **changes: object) -> uuid.UUID:
    asked = replace(Asked(officers=("registry-clerk",), due=DUE), **changes)  # type: ignore[arg-type]
    return ask_opinions(front.desk, front.drafter, key, asked)[0]


def shown(front: Front, key: DirectiveId) -> Opinions:
    with front.desk.database.reading() as session:
        directive = session.get_one(Directive, key)
        return opinions_of(session, directive, front.signatory.id, front.desk.clock())


def sees(front: Front, actor: Actor, key: DirectiveId) -> bool:
    with front.desk.database.reading() as session:
        return may_see(session, actor.id, session.get_one(Directive, key), DUE)


def test_an_opinion_is_asked_by_a_day_and_answered(front: Front) -> None:
    key = front.submitted()
    made = asks(front, key, question="Thời hạn có hợp lý không?")
    assert [one.who for one in shown(front, key).waiting] == ["Hoàng Thị Thư"]
    give_opinion(front.desk, front.clerk, made, AGAINST)
    (one,) = shown(front, key).rows
    assert (one.kind, one.text, one.answered_by) == (
        "disagree", "Thời hạn quá gấp.", "Hoàng Thị Thư",
    )  # fmt: skip
    assert [event.deed for event in front.events(key)][-2:] == ["ask_opinions", "give_opinion"]
    with pytest.raises(AlreadyDoneError):
        give_opinion(front.desk, front.clerk, made, AGREE)


def test_who_is_late_is_told_and_the_draft_goes_on_all_the_same(front: Front) -> None:
    key = front.submitted()
    made = asks(front, key, officers=("registry-clerk", "follow-up"))
    front.clock.advance(days=60)
    assert len(shown(front, key).late) == 2
    give_opinion(front.desk, front.clerk, made, AGREE)
    assert [one.is_late for one in shown(front, key).rows] == [True, True]
    for step in ReviewStep:
        front.passes(key, step)
    assert front.state(key) == "approved"
    assert shown(front, key).waiting != ()


def test_a_unit_answers_by_one_of_its_officers_or_by_its_own_paper(
    front: Front, guest: Actor
) -> None:
    key = front.submitted()
    here, there = (
        asks(front, key, officers=(), organisations=(unit,)) for unit in ("huyen-a", "huyen-b")
    )
    with pytest.raises(NotAuthorisedError):
        give_opinion(front.desk, guest, there, AGREE)
    give_opinion(front.desk, guest, here, AGREE)
    with pytest.raises(InvalidInputError, match="Ghi số và ngày"):
        record_opinion(front.desk, front.drafter, there, AGREE)
    paper = replace(AGREE, received_as="Công văn 12-CV/HU ngày 26/9/2022")
    for actor in (front.signatory, guest):
        with pytest.raises(NotAuthorisedError):
            record_opinion(front.desk, actor, there, paper)
    record_opinion(front.desk, front.drafter, there, paper)
    told = {one.who: (one.answered_by, one.received_as) for one in shown(front, key).rows}
    assert told["Huyện ủy A"] == ("Khách", "")
    assert told["Huyện ủy B"] == ("Nguyễn Thị Soạn", "Công văn 12-CV/HU ngày 26/9/2022")


def test_to_be_asked_gives_sight_of_the_draft_until_it_is_signed_and_nothing_else(
    front: Front, guest: Actor
) -> None:
    key, other = front.submitted(), front.submitted()
    made = asks(front, key, officers=("khach",))
    assert sees(front, guest, key)
    assert not sees(front, guest, other)
    with pytest.raises(NotAuthorisedError):
        ask_opinions(front.desk, guest, key, Asked(officers=("follow-up",), due=DUE))

    def moves(state: str) -> Callable[..., None]:
        return lambda session: setattr(session.get_one(Directive, key), "state", state)

    front.change(moves("issued"))
    assert not sees(front, guest, key)
    with pytest.raises(WrongStateError):
        give_opinion(front.desk, guest, made, AGREE)
    front.change(moves("in_review"))
    withdraw_request(front.desk, front.drafter, made)
    assert not sees(front, guest, key)
    with pytest.raises(NotFoundError):
        give_opinion(front.desk, guest, made, AGREE)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"officers": ()}, "Chọn ít nhất một người"),
        ({"due": None}, "Chọn ngày cần có ý kiến"),
        ({"due": date(2020, 1, 1)}, "Ngày này đã qua"),
        ({"officers": ("khong-co",)}, "Không còn làm việc"),
        ({"officers": ("drafter",)}, "tự xin ý kiến"),
        ({"organisations": ("khong-co",)}, "Không còn hoạt động"),
        ({"organisations": ("ban",)}, "Là cơ quan soạn thảo"),
        ({"question": "a" * 4001}, "Dài 4001"),
        ({"officers": tuple(f"o{at}" for at in range(101))}, "Nhiều nhất 100"),
    ],
)
def test_what_cannot_be_asked_is_named_and_nobody_is_asked(
    lone_front: Front, changes: dict[str, object], said: str
) -> None:
    key = lone_front.submitted()
    with pytest.raises(InvalidInputError, match=said):
        asks(lone_front, key, **changes)
    assert lone_front.count(OpinionRequest) == 0


def test_nobody_is_asked_twice_at_once(lone_front: Front) -> None:
    key = lone_front.submitted()
    made = asks(lone_front, key)
    with pytest.raises(InvalidInputError, match="chưa trả lời; không xin lần nữa"):
        asks(lone_front, key)
    give_opinion(lone_front.desk, lone_front.clerk, made, AGREE)
    asks(lone_front, key)


def test_those_who_write_and_decide_ask_and_only_before_approval(lone_front: Front) -> None:
    key = lone_front.submitted()
    for actor in (lone_front.clerk, lone_front.office.actor(Role.AUDITOR)):
        with pytest.raises(NotAuthorisedError, match="xin ý kiến"):
            ask_opinions(lone_front.desk, actor, key, Asked(officers=("follow-up",), due=DUE))
    ask_opinions(
        lone_front.desk, lone_front.signatory, key, Asked(officers=("follow-up",), due=DUE)
    )
    approved = lone_front.approved()
    with pytest.raises(WrongStateError):
        asks(lone_front, approved)
    assert lone_front.directive(approved).state == DirectiveState.APPROVED


@pytest.mark.parametrize("kind", ["with_remarks", "disagree"])
def test_remarks_and_a_no_need_words_and_other_words_are_no_answer(
    lone_front: Front, kind: str
) -> None:
    key = lone_front.submitted()
    made = asks(lone_front, key)
    with pytest.raises(InvalidInputError, match="Ghi rõ góp ý"):
        give_opinion(lone_front.desk, lone_front.clerk, made, Said(kind=kind, text=" "))
    with pytest.raises(InvalidInputError, match="Chọn đồng ý"):
        give_opinion(lone_front.desk, lone_front.clerk, made, Said(kind="maybe", text="x"))
    with pytest.raises(NotAuthorisedError):
        give_opinion(lone_front.desk, lone_front.drafter, made, AGREE)
    with pytest.raises(InvalidInputError, match="chính cán bộ đó"):
        record_opinion(lone_front.desk, lone_front.drafter, made, replace(AGREE, received_as="x"))


def test_two_officers_of_a_unit_who_answer_at_once_give_one_answer(
    front: Front, guest: Actor
) -> None:
    key = front.submitted()
    made = asks(front, key, officers=(), organisations=("huyen-a",))

    def tries(said: Said) -> str:
        try:
            give_opinion(front.desk, guest, made, said)
        except AlreadyDoneError:
            return "late"
        return "given"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(tries, (AGREE, AGAINST))) == ["given", "late"]


def test_what_waits_for_an_officer_is_told_with_its_day(lone_front: Front) -> None:
    key = lone_front.submitted()
    made = asks(lone_front, key)
    desk = lone_front.desk
    with desk.database.reading() as session:
        (one,) = opinions_for(session, "registry-clerk", desk.clock())
        assert opinions_for(session, "follow-up", desk.clock()) == ()
        assert [unit.name for unit in units_to_ask(session, "ban", "huyen uy a", DUE)] == [
            "Huyện ủy A"
        ]
    assert (one.directive_id, one.due, one.asked_by) == (key, DUE, "Nguyễn Thị Soạn")
    give_opinion(desk, lone_front.clerk, made, AGREE)
    with desk.database.reading() as session:
        assert opinions_for(session, "registry-clerk", desk.clock()) == ()
